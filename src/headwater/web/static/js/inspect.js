// Judging by keyboard: Enter says right, a digit says what is right instead. Enter in the reason only leaves it:
// a reason is given for what is wrong, and the first button of the form says right.
const form = document.querySelector("[data-judge]");
form?.querySelector("[name=reason]").addEventListener("keydown", (event) => {
  if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); event.target.blur(); }
});
addEventListener("keydown", (event) => {
  if (!form || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, textarea, select, a, button, summary")) return;
  const wanted = event.key === "Enter" ? "[data-right]" : /^[1-9]$/.test(event.key) ? `[data-digit="${event.key}"]` : "";
  const button = wanted && form.querySelector(wanted);
  if (button) { event.preventDefault(); form.requestSubmit(button); }
});
