// Keys as data: what a key does and what the help says about it come from the same line.
// A binding: { keys: values of event.key | alt: an event.code pressed with Alt | fits(event), show: as the help writes
// it (the keys by default), text, act(event), when() }. What `act` returns false for meant nothing.
import { element, hint } from "./dom.js";

function meant(binding, event) {
  if (binding.alt) return event.altKey && event.code === binding.alt;
  return binding.fits ? binding.fits(event) : Boolean(binding.keys?.includes(event.key));
}

// Returns whether the key meant something.
export function obey(bindings, event) {
  return bindings.some((each) => each.act && meant(each, event) && (each.when?.() ?? true) && each.act(event) !== false);
}

const FEW = 5;
const NAMES = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Delete: "Del", Escape: "Esc", PageUp: "PgUp", PageDown: "PgDn" };

export const shownOf = ({ show, keys = [], alt = "" }) => show ?? (alt ? `Alt ${alt.replace(/^(Key|Digit)/, "")}` : keys.map((key) => NAMES[key] ?? key).join(" "));

// How the keys of options are written: each of a few, the ends of many.
export const keysOf = (keys) => { const given = keys.filter(Boolean); return given.length > FEW ? `${given[0]} … ${given.at(-1)}` : given.join(" "); };

// One line of hints, beside the question worked on.
export const legend = (bindings) => element("p", { className: "help keys" }, ...bindings.filter((each) => each.text).flatMap((each) => [hint(shownOf(each)), ` ${each.text} `]));

// The page's list of keys holds these groups, { title, bindings } each, whenever it is opened.
export function offerKeys(groups) {
  const dialog = document.querySelector("#keys");
  const place = element("div");
  dialog.querySelector("dl").replaceWith(place);
  dialog.addEventListener("asked", () => place.replaceChildren(...groups().filter(({ bindings }) => bindings.length).flatMap(({ title, bindings }) => [
    element("h3", { textContent: title }),
    element("dl", { className: "facts" }, ...bindings.filter((each) => each.text).flatMap((each) => [element("dt", {}, hint(shownOf(each))), element("dd", { textContent: each.text })])),
  ])));
}

export const openKeys = () => document.querySelector("[data-keys]").click();
