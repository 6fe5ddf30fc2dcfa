// What every page does: the theme switch and the keys that move between pages.
const root = document.documentElement;
const kept = localStorage.getItem("headwater-theme");
if (kept) root.dataset.theme = kept;

document.querySelector("[data-theme-toggle]")?.addEventListener("click", () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("headwater-theme", root.dataset.theme);
});

const help = document.querySelector("#keys");
function showKeys() {
  help.dispatchEvent(new Event("asked"));
  help.showModal();
  help.scrollTop = 0; // the button that has the focus stands at the end
}
document.querySelector("[data-keys]")?.addEventListener("click", showKeys);
const targets = new Map([...document.querySelectorAll("[data-key]")].map((link) => [link.dataset.key, link]));
let waiting = 0;
// A page where people work on tasks has keys of its own: a letter there is an answer, not a way to leave.
const isTaken = () => document.querySelector("hw-annotate, hw-case") !== null;
addEventListener("keydown", (event) => {
  if (event.defaultPrevented || isTaken()) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "?" && help) { showKeys(); event.preventDefault(); return; }
  if (event.key === "/") { const search = document.querySelector("[data-search]"); if (search) { search.focus(); event.preventDefault(); } return; }
  if (event.key === "g") { waiting = Date.now(); return; }
  if (Date.now() - waiting < 1500 && targets.has(event.key)) { event.preventDefault(); targets.get(event.key).click(); }
  waiting = 0;
});
