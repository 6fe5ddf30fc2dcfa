// Making elements without markup: what is stored is only ever text.

export const KEYS = [..."123456789abcdefghijklmnopqrstuvwxyz"];

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made && !name.includes("-")) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export const hint = (text) => element("kbd", { textContent: text });

export function action(label, key, act, className = "") {
  const made = element("button", { type: "button", className }, `${label} `, hint(key));
  made.addEventListener("click", act);
  return made;
}

// HTML the server made and cleaned; its links open beside the task.
export function fromServer(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const link of body.querySelectorAll("a")) link.target = "_blank";
  for (const block of body.querySelectorAll("pre")) block.tabIndex = 0;
  return [...body.childNodes];
}

// A text as it stands and, when it is Markdown, rendered beside it; which one is seen is the task's to say.
export const readable = (text, html) => [element("div", { className: html ? "text source" : "text", dir: "auto" }, text),
  ...(html ? [element("div", { className: "prose rendered", dir: "auto" }, ...fromServer(html))] : [])];

// Whether keys belong to a field someone types in.
export const isTyping = (target) => Boolean(target.closest?.("textarea, select, input:not([type=range]):not([type=checkbox])"));

export const isEmpty = (answer) => answer === undefined || answer === null || answer === ""
  || (typeof answer === "object" && Object.keys(answer).length === 0);
