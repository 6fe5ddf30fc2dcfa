// The guideline editor: after each pause in typing the server shows what the text becomes, what differs, what it lacks.
const form = document.querySelector("[data-preview]");
const shown = form.querySelector("[data-shown]");
const text = form.elements.text;
let timer = 0;
let asked = 0;

async function refresh() {
  const mine = ++asked;
  const body = new URLSearchParams(new FormData(form));
  const reply = await fetch(form.dataset.preview, { method: "POST", body }).catch(() => null);
  if (mine !== asked) return;
  shown.toggleAttribute("data-stale", !reply?.ok);
  if (reply?.ok) shown.innerHTML = await reply.text(); // the server's own template; the text in it was cleaned there
}

form.addEventListener("input", (event) => {
  if (event.target.name === "change") return;
  clearTimeout(timer);
  timer = setTimeout(refresh, 400);
});
if (text.value !== text.defaultValue) refresh(); // typed before this script was there, or put back by the browser

shown.addEventListener("click", (event) => {
  const line = Number(event.target.closest("[data-line]")?.dataset.line ?? 0);
  if (!line) return;
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(start, start + lines[line - 1].length);
});

// A text that was not written is not lost by leaving the page.
let written = false;
form.addEventListener("submit", () => { written = true; });
addEventListener("beforeunload", (event) => { if (!written && text.value !== text.defaultValue) event.preventDefault(); });
