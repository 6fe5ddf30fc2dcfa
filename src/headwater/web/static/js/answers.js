// A list of answers read by keyboard: from one to the next, the whole text, the task, the next page.
const rows = [...document.querySelectorAll("[data-answer]")];

function move(step) {
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const to = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)];
  to?.focus();
  to?.scrollIntoView({ block: "nearest" });
}

const current = () => document.activeElement.closest("[data-answer]");

function unfold() {
  const parts = [...(current()?.querySelectorAll("details") ?? [])];
  const open = !parts.some((each) => each.open);
  for (const each of parts) each.open = open;
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  o: unfold,
  n: () => document.querySelector("a[rel=next]")?.click(),
  Enter: () => current()?.querySelector("[data-open]").click(),
};

let leaving = 0; // g and a letter leave the page: see shell.js
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  if (event.key === "g") { leaving = Date.now(); return; }
  if (Date.now() - leaving < 1500) { leaving = 0; return; }
  if (event.key === "Enter" && event.target !== current()) return; // a link or a summary does its own
  const act = KEYS[event.key];
  if (act) { event.preventDefault(); act(); }
});
