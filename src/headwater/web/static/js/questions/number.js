// <hw-number>: a number with its unit and bounds.
import { element } from "../dom.js";
import { Question } from "./question.js";

class NumberQuestion extends Question {
  build() {
    this.box = element("input", { inputMode: "decimal", autocomplete: "off", "aria-label": this.asked.text || this.name });
    this.box.addEventListener("input", () => this.read());
    this.control.append(element("div", { className: "number" }, this.box, element("span", { textContent: this.asked.unit ?? "" }), element("small", { textContent: this.bounds() })));
  }

  read() {
    const text = this.box.value.trim().replace(",", ".");
    const number = Number(text);
    this.wrong = text !== "" && !Number.isFinite(number) ? "That is not a number." : "";
    this.box.ariaInvalid = String(Boolean(this.wrong));
    this.answer = text === "" ? undefined : this.wrong ? text : number;
  }

  bounds() {
    const { minimum, maximum } = this.asked;
    if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
    if (minimum !== undefined) return `at least ${minimum}`;
    return maximum === undefined ? "" : `at most ${maximum}`;
  }

  problem() {
    if (this.isUndecided || this.given === undefined) return "";
    if (typeof this.given !== "number") return "That is not a number.";
    const inside = this.given >= (this.asked.minimum ?? -Infinity) && this.given <= (this.asked.maximum ?? Infinity);
    return inside ? "" : `The number must be ${this.bounds()}.`;
  }

  update() { if (document.activeElement !== this.box) this.box.value = this.given ?? ""; }
}

customElements.define("hw-number", NumberQuestion);
