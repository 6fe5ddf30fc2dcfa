// The schema editor: after each pause in typing the form is shown as it becomes, or what is wrong with the questions.
import "./preview.js";

const form = document.querySelector("[data-preview]");
const [preview, problem] = [document.querySelector("hw-preview"), form.querySelector("[data-problem]")];
const { text } = form.elements;
let timer = 0;
let asked = 0;

async function refresh() {
  const mine = ++asked;
  const reply = await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
  if (mine !== asked || !reply?.ok) return;
  const tried = await reply.json();
  problem.hidden = !tried.problem;
  problem.textContent = tried.problem ?? "";
  if (tried.task) await preview.show(tried);
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, 400);
});
if (text.value !== text.defaultValue) refresh(); // typed before this script was there, or put back by the browser

// A text that was not written is not lost by leaving the page.
let written = false;
form.addEventListener("submit", () => { written = true; });
addEventListener("beforeunload", (event) => { if (!written && text.value !== text.defaultValue) event.preventDefault(); });
