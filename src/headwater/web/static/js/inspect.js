// Judging by keyboard: Enter says right, a digit says what is right instead.
const form = document.querySelector("[data-judge]");
addEventListener("keydown", (event) => {
  if (!form || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, textarea, select, a, button, summary")) return;
  const wanted = event.key === "Enter" ? "[data-right]" : /^[1-9]$/.test(event.key) ? `[data-digit="${event.key}"]` : "";
  const button = wanted && form.querySelector(wanted);
  if (button) { event.preventDefault(); form.requestSubmit(button); }
});
