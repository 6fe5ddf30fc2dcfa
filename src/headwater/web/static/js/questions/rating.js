// <hw-rating>: a whole number on a scale; short scales as buttons, long ones as a slider.
import { KEYS, element, hint } from "../dom.js";
import { Question } from "./question.js";

const MOST_BUTTONS = 11;

class Rating extends Question {
  build() {
    this.low = this.asked.minimum ?? 1;
    this.high = this.asked.maximum ?? 5;
    this.steps = Array.from({ length: this.high - this.low + 1 }, (_, step) => this.low + step);
    if (this.steps.length > MOST_BUTTONS) this.buildSlider();
    else this.buildButtons();
  }

  buildButtons() {
    const named = new Map((this.asked.options ?? []).map((option) => [option.value, option.label]));
    this.buttons = this.steps.map((step, place) => {
      const made = element("button", { type: "button", role: "radio", tabIndex: -1 });
      if (String(step) !== KEYS[place]) made.append(hint(KEYS[place]));
      made.append(element("b", { textContent: step }));
      if (named.has(String(step))) made.append(element("small", { textContent: named.get(String(step)) }));
      made.addEventListener("click", () => this.pick(step));
      made.addEventListener("focus", () => this.task.guide(this.asked, step));
      return made;
    });
    this.control.append(element("div", { className: "scale", role: "radiogroup", "aria-label": this.asked.text || this.name }, ...this.buttons));
  }

  buildSlider() {
    this.slider = element("input", { type: "range", min: this.low, max: this.high, step: 1, "aria-label": this.asked.text || this.name });
    this.shown = element("output");
    this.slider.addEventListener("input", () => { this.answer = Number(this.slider.value); });
    this.control.append(element("div", { className: "slider" }, element("small", { textContent: this.low }), this.slider, element("small", { textContent: this.high }), this.shown));
  }

  pick(step) {
    this.task.guide(this.asked, step);
    this.answer = step;
    this.buttons[this.steps.indexOf(step)].focus({ preventScroll: true });
    this.task.advance(this);
  }

  update() {
    if (this.slider) {
      this.shown.textContent = this.given ?? "–";
      if (this.given !== undefined) this.slider.value = this.given;
      return;
    }
    const at = Math.max(this.steps.indexOf(this.given), 0);
    this.buttons.forEach((button, place) => {
      button.ariaChecked = String(this.steps[place] === this.given);
      button.tabIndex = place === at ? 0 : -1;
    });
  }

  get bindings() {
    const walk = { keys: ["ArrowLeft", "ArrowRight"], text: "one less, one more", act: ({ key }) => this.walk(key === "ArrowRight" ? 1 : -1) };
    const place = (key) => KEYS.indexOf(key);
    const pick = { show: `1 … ${KEYS[this.steps.length - 1]}`, text: "choose the step, from the lowest", fits: ({ key }) => place(key) >= 0 && place(key) < this.steps.length, act: ({ key }) => this.pick(this.steps[place(key)]) };
    return this.slider ? [walk] : [pick, walk];
  }

  walk(by) {
    this.answer = Math.min(Math.max((this.given ?? (by > 0 ? this.low - 1 : this.high + 1)) + by, this.low), this.high);
    this.focusControl();
  }
}

customElements.define("hw-rating", Rating);
