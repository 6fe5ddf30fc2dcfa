// The schema editor: after each pause in typing the form is shown as it becomes, or what is wrong with the questions.
import { follow } from "./editing.js";
import "./preview.js";

const form = document.querySelector("[data-preview]");
const [preview, problem] = [document.querySelector("hw-preview"), form.querySelector("[data-problem]")];
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

follow(form, refresh);
