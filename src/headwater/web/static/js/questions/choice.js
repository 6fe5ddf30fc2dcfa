// <hw-choice>: one or several of the options; options with parents open level by level; long lists are searched.
import { KEYS, element, hint } from "../dom.js";
import { keysOf, obey } from "../keymap.js";
import { Question } from "./question.js";

const LONG = 12;

class Choice extends Question {
  build() {
    this.path = [];
    this.isMany = this.asked.kind === "multiple";
    this.crumbs = element("div", { className: "crumbs", hidden: true });
    this.list = element("div", { className: "choices", role: this.isMany ? "group" : "radiogroup", "aria-label": this.asked.text || this.name });
    this.chosen = element("p", { className: "chosen", hidden: true });
    this.control.append(this.crumbs, this.list, this.chosen);
    if (this.bounds) this.control.prepend(element("p", { className: "help", textContent: this.bounds }));
    if (this.asked.options.length > LONG) this.addSearch();
    this.draw();
  }

  get bounds() {
    const { minimum, maximum } = this.asked;
    if (!this.isMany || (!minimum && !maximum)) return "";
    return minimum === maximum ? `Choose ${minimum}.` : `Choose ${[minimum ? `at least ${minimum}` : "", maximum ? `at most ${maximum}` : ""].filter(Boolean).join(" and ")}.`;
  }

  get options() { return this.asked.options; }
  children(value) { return this.options.filter((option) => (option.parent ?? "") === value); }
  get isTree() { return this.options.some((option) => option.parent); }

  get shown() {
    const words = this.search?.value.trim().toLowerCase();
    if (words) return this.options.filter((option) => `${option.label} ${option.value}`.toLowerCase().includes(words)).slice(0, KEYS.length);
    return this.children(this.path.at(-1) ?? "");
  }

  keyOf(option, place) { return option.key || KEYS[place] || ""; }

  draw() {
    const focused = this.list.contains(document.activeElement);
    this.buttons = this.shown.map((option, place) => this.button(option, place));
    this.list.replaceChildren(...this.buttons);
    this.crumbs.hidden = this.path.length === 0;
    this.crumbs.replaceChildren(...this.path.map((value, depth) => this.crumb(value, depth)));
    this.update();
    if (focused) this.focusControl();
  }

  button(option, place) {
    const made = element("button", { type: "button", role: this.isMany ? "checkbox" : "radio", tabIndex: -1 },
      hint(this.keyOf(option, place)), element("span", { textContent: option.label }));
    if (this.children(option.value).length) made.append(element("span", { className: "more", textContent: "▸", ariaHidden: "true" }));
    if (option.help) made.append(element("small", { textContent: option.help }));
    made.dataset.value = option.value;
    made.addEventListener("click", () => this.pick(option));
    for (const kind of ["focus", "mouseenter"]) made.addEventListener(kind, () => this.task.guide(this.asked, option.value));
    return made;
  }

  crumb(value, depth) {
    const made = element("button", { type: "button", className: "quiet" }, "◂ ", this.label(value), " ", ...(depth === this.path.length - 1 ? [hint("←")] : []));
    made.addEventListener("click", () => { this.path = this.path.slice(0, depth); this.draw(); });
    return made;
  }

  label(value) { return this.options.find((option) => option.value === value)?.label ?? value; }

  update() {
    const given = [this.given ?? []].flat();
    const above = new Set(given.flatMap((value) => this.ancestors(value)));
    for (const button of this.buttons ?? []) {
      button.ariaChecked = String(given.includes(button.dataset.value));
      button.classList.toggle("within", above.has(button.dataset.value));
    }
    this.chosen.hidden = !this.isTree || !given.length;
    this.chosen.textContent = given.map((value) => [...this.ancestors(value).reverse(), value].map((each) => this.label(each)).join(" › ")).join(", ");
    const at = this.buttons?.find((button) => button === document.activeElement || button.ariaChecked === "true") ?? this.buttons?.[0];
    for (const button of this.buttons ?? []) button.tabIndex = button === at ? 0 : -1;
  }

  ancestors(value) {
    const found = [];
    for (let at = this.options.find((option) => option.value === value)?.parent; at; at = this.options.find((option) => option.value === at)?.parent) found.push(at);
    return found;
  }

  pick(option) {
    this.task.guide(this.asked, option.value);
    const opens = this.children(option.value).length > 0 && !this.search?.value;
    if (!(opens && this.asked.leaves_only)) this.choose(option.value);
    this.buttons.find((button) => button.dataset.value === option.value)?.focus({ preventScroll: true });
    if (opens) { this.path = [...this.path, option.value]; this.draw(); return; }
    if (!this.isMany && this.given === option.value) this.task.advance(this);
  }

  choose(value) {
    if (!this.isMany) { this.answer = value; return; }
    const chosen = new Set(this.given ?? []);
    if (!chosen.delete(value)) chosen.add(value);
    this.answer = this.options.map((option) => option.value).filter((each) => chosen.has(each));
  }

  problem() {
    if (this.isUndecided || !this.isMany) return "";
    const count = (this.given ?? []).length;
    if (count && count < (this.asked.minimum ?? 0)) return `Choose at least ${this.asked.minimum}.`;
    return count > (this.asked.maximum ?? Infinity) ? `Choose at most ${this.asked.maximum}.` : "";
  }

  optionOf(key) { return this.shown.find((each, place) => this.keyOf(each, place) === key); }

  get bindings() {
    const up = { keys: ["ArrowLeft"], text: "a level up, from the first option", act: () => this.climb(), when: () => this.path.length > 0 && this.buttons.indexOf(document.activeElement) <= 0 };
    return [
      { show: keysOf(this.shown.map((each, place) => this.keyOf(each, place))), text: this.isMany ? "choose the option with this key, or take it out" : "choose the option with this key", fits: ({ key }) => this.optionOf(key) !== undefined, act: ({ key }) => this.pick(this.optionOf(key)) },
      ...(this.isTree ? [up] : []),
      { keys: ["ArrowLeft", "ArrowRight"], text: "walk over the options; the guideline follows", act: ({ key }) => this.walk(key === "ArrowRight" ? 1 : -1) },
      ...(this.search ? [{ keys: ["/"], text: "search the options", act: () => this.search.focus() }] : []),
    ];
  }

  climb() {
    this.path = this.path.slice(0, -1);
    this.draw();
    this.focusControl();
  }

  walk(step) {
    const at = this.buttons.findIndex((button) => button.tabIndex === 0);
    const to = this.buttons[Math.min(Math.max(at + (this.buttons.includes(document.activeElement) ? step : 0), 0), this.buttons.length - 1)];
    to?.focus();
    this.update();
    return true;
  }

  addSearch() {
    this.search = element("input", { type: "search", "aria-label": `Search the options of ${this.asked.text || this.name}`, placeholder: "Search the options: / and Enter for the first" });
    this.search.addEventListener("input", () => this.draw());
    this.search.addEventListener("keydown", (event) => {
      if (obey(this.fieldBindings, event)) { event.preventDefault(); event.stopPropagation(); }
    });
    this.list.before(this.search);
  }

  get fieldBindings() {
    if (!this.search) return [];
    return [{ keys: ["Enter"], text: "in the search: take the first option", act: () => this.leaveSearch(this.search.value ? this.shown[0] : null) },
      { keys: ["Escape"], text: "in the search: leave it", act: () => this.leaveSearch(null) }];
  }

  leaveSearch(option) {
    if (option) this.choose(option.value);
    this.search.value = "";
    this.draw();
    this.focusControl();
    if (option && !this.isMany) this.task.advance(this);
  }

  focusControl() { (this.buttons.find((button) => button.tabIndex === 0) ?? this.buttons[0])?.focus({ preventScroll: true }); }
}

customElements.define("hw-choice", Choice);
