// A text being written: shown anew after each pause in typing, and not lost by leaving the page.
const PAUSE_MS = 400;

// Calls `show` as the form changes, except in the field that is left out.
export function follow(form, show, leftOut = "") {
  const { text } = form.elements;
  let timer = 0;
  let written = false;
  form.addEventListener("input", (event) => {
    if (leftOut && event.target.name === leftOut) return;
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE_MS);
  });
  form.addEventListener("submit", () => { written = true; });
  addEventListener("beforeunload", (event) => { if (!written && text.value !== text.defaultValue) event.preventDefault(); });
  if (text.value !== text.defaultValue) show(); // typed before the script was there, or put back by the browser
}
