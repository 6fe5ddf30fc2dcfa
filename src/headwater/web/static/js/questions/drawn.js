// What questions about places on an image share: labels with keys, a list of marks, and the picture they are drawn on.
import { element, hint } from "../dom.js";
import { keysOf, legend } from "../keymap.js";
import { Question } from "./question.js";

export const COLOURS = ["230 159 0", "86 180 233", "0 158 115", "213 94 0", "204 121 167", "120 110 230", "190 180 20", "220 70 70"];
const KEYS = [..."123456789abdghijklmoqrtuvwxyz"]; // without the keys that draw
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Drawn extends Question {
  isDrawn = true;

  build() {
    this.label = this.asked.options[0].value;
    this.labels = element("div", { className: "choices", role: "group", "aria-label": "Labels" }, ...this.asked.options.map((option, place) => {
      const made = element("button", { type: "button" }, hint(this.keyOf(option, place)), element("span", { className: `swatch span-${(place % COLOURS.length) + 1}`, textContent: option.label }));
      made.dataset.value = option.value;
      made.addEventListener("click", () => this.takeUp(option.value));
      for (const kind of ["focus", "mouseenter"]) made.addEventListener(kind, () => this.task.guide(this.asked, option.value));
      return made;
    }));
    this.now = element("p", { className: "help now", role: "status" });
    this.list = element("ul", { className: "marks" });
    this.control.append(this.labels, this.now, this.list, legend(this.bindings));
  }

  get picture() { return this.task.picture; }
  get current() { return this.label; }
  get marks() { return this.given ?? []; }
  keyOf(option, place) { return option.key || KEYS[place] || ""; }
  colour(label) { return COLOURS[this.asked.options.findIndex((option) => option.value === label) % COLOURS.length]; }
  named(label) { return this.asked.options.find((option) => option.value === label)?.label ?? label; }
  say(text) { this.now.textContent = text; }
  keep(marks) { this.answer = marks.length ? marks : undefined; this.picture?.redraw(); }

  // Take a label, and go to the image to draw with it.
  takeUp(label) {
    this.take(label);
    this.focusControl();
  }

  problem() {
    if (this.isUndecided || !this.given) return "";
    const { minimum = 0, maximum = Infinity } = this.asked;
    if (this.marks.length < minimum) return `Mark at least ${minimum}.`;
    return this.marks.length > maximum ? `Mark at most ${maximum}.` : "";
  }

  update() {
    for (const button of this.labels.querySelectorAll("[data-value]")) button.ariaPressed = String(button.dataset.value === this.label);
    this.picture?.redraw();
  }

  // After those of its kind: arrows and labels.
  get bindings() {
    const option = (key) => this.asked.options.find((each, place) => this.keyOf(each, place) === key);
    return [
      { keys: Object.keys(ARROWS), text: "move", act: ({ key, shiftKey }) => this.steer(...ARROWS[key], shiftKey), when: () => Boolean(this.picture?.view) }, { show: "Shift", text: "fine" },
      { show: keysOf(this.asked.options.map((each, place) => this.keyOf(each, place))), text: "the label", fits: ({ key }) => option(key) !== undefined, act: ({ key }) => this.takeUp(option(key).value) },
    ];
  }

  line(label, text, isChosen, pick, remove) {
    const place = this.asked.options.findIndex((option) => option.value === label);
    const chosen = element("button", { type: "button", className: "quiet", ariaPressed: String(isChosen) }, element("span", { className: `swatch span-${(place % COLOURS.length) + 1}`, textContent: this.named(label) }), ` ${text}`);
    chosen.addEventListener("click", pick);
    const gone = element("button", { type: "button", className: "quiet", "aria-label": `Remove ${this.named(label)}, ${text}`, textContent: "✕" });
    gone.addEventListener("click", remove);
    return element("li", {}, chosen, gone);
  }

  focusControl() { this.picture?.canvas.focus({ preventScroll: true }); }
}
