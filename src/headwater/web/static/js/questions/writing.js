// <hw-writing>: free text: a demonstration, a comment, or a rewrite with what changed since the original.
import { difference } from "../difference.js";
import { element } from "../dom.js";
import { obey } from "../keymap.js";
import { Question } from "./question.js";

const TAGS = { " ": "span", "-": "del", "+": "ins" };

class Writing extends Question {
  build() {
    this.original = this.task.original(this.name);
    this.box = element("textarea", { rows: 5, dir: "auto", spellcheck: true, "aria-label": this.asked.text || this.name, value: this.given ?? this.original });
    this.count = element("small");
    this.changes = element("div", { className: "changes", dir: "auto", role: "region", "aria-label": "What changed since the original", tabIndex: 0 });
    this.box.addEventListener("input", () => { this.answer = this.box.value.trim() ? this.box.value : undefined; });
    this.box.addEventListener("keydown", (event) => {
      if (obey(this.fieldBindings, event)) { event.preventDefault(); event.stopPropagation(); }
    });
    this.control.append(this.box, element("p", { className: "help" }, this.count));
    if (this.asked.prefill) this.control.append(this.changes);
    if (this.original && this.answer === undefined) this.task.values[this.name] = this.original;
  }

  update() {
    const text = this.given ?? "";
    if (document.activeElement !== this.box && this.box.value !== text) this.box.value = text;
    const { minimum, maximum } = this.asked;
    const wanted = [minimum ? `at least ${minimum}` : "", maximum ? `at most ${maximum}` : ""].filter(Boolean).join(", ");
    const length = [...text].length;
    this.count.textContent = `${length} character${length === 1 ? "" : "s"}${wanted ? `, ${wanted}` : ""} · Ctrl+Enter goes on, Esc leaves the field`;
    if (this.asked.prefill) this.changes.replaceChildren(...difference(this.original, text).map(({ sign, text: part }) => element(TAGS[sign], { textContent: part })));
  }

  // On to the next question that waits; with none, the page around it submits.
  get fieldBindings() {
    const fits = ({ key, ctrlKey, metaKey }) => key === "Enter" && (ctrlKey || metaKey);
    return [{ show: "Ctrl Enter", text: "in the text: on to the next question, else submit", fits, act: () => this.task.advance(this), when: () => !this.problem() }];
  }

  problem() {
    if (this.isUndecided || this.given === undefined) return "";
    const length = [...this.given].length;
    if (length < (this.asked.minimum ?? 0)) return `Write at least ${this.asked.minimum} characters.`;
    return length > (this.asked.maximum ?? Infinity) ? `Write at most ${this.asked.maximum} characters.` : "";
  }

  focusControl() { this.box.focus({ preventScroll: true }); }
}

customElements.define("hw-writing", Writing);
