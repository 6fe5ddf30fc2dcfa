// The guideline editor: after each pause in typing the server shows what the text becomes, what differs, what it lacks.
import { follow } from "./editing.js";

const form = document.querySelector("[data-preview]");
const shown = form.querySelector("[data-shown]");
const text = form.elements.text;
let asked = 0;

async function refresh() {
  const mine = ++asked;
  const body = new URLSearchParams(new FormData(form));
  const reply = await fetch(form.dataset.preview, { method: "POST", body }).catch(() => null);
  if (mine !== asked) return;
  shown.toggleAttribute("data-stale", !reply?.ok);
  if (reply?.ok) shown.innerHTML = await reply.text(); // the server's own template; the text in it was cleaned there
}

follow(form, refresh, "change");

shown.addEventListener("click", (event) => {
  const line = Number(event.target.closest("[data-line]")?.dataset.line ?? 0);
  if (!line) return;
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(start, start + lines[line - 1].length);
});
