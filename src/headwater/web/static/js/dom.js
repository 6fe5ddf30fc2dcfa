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

// Whether keys belong to a field someone types in.
export const isTyping = (target) => Boolean(target.closest?.("textarea, select, input:not([type=range]):not([type=checkbox])"));

export const isEmpty = (answer) => answer === undefined || answer === null || answer === ""
  || (typeof answer === "object" && Object.keys(answer).length === 0);
