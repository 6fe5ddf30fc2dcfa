// What every kind of question shares: its legend, its answer (of the whole or of a turn), "cannot decide" with a reason.
import { element, hint, isEmpty } from "../dom.js";
import { obey } from "../keymap.js";

const UNDECIDED = "cannot_decide";
// Whether a button of the pointer is down: what moves then is gone from under it before the click.
let isPressed = false;
addEventListener("pointerdown", () => { isPressed = true; }, true);
for (const kind of ["pointerup", "pointercancel", "keydown"]) addEventListener(kind, () => { isPressed = false; }, true);

export class Question extends HTMLElement {
  // Set before it is attached. `asked` is the question as data, `task` the <hw-task> around it.
  asked = null;
  task = null;

  connectedCallback() {
    if (this.field) return;
    this.classList.add("question");
    this.turnName = element("small");
    const legend = element("legend", {}, this.asked.text || this.asked.name, " ", this.turnName);
    if (this.asked.required === false) legend.append(" ", element("small", { textContent: "optional" }));
    this.control = element("div", { className: "control" });
    this.field = element("fieldset", {}, legend, this.control, this.undecidedLine());
    if (this.asked.help) this.control.before(element("p", { className: "help", textContent: this.asked.help }));
    this.append(this.field);
    this.addEventListener("focusin", () => {
      if (isPressed) addEventListener("pointerup", () => this.task.activate(this), { once: true, capture: true });
      else this.task.activate(this);
    });
    this.build();
  }

  // Of each kind.
  build() {}
  update() {}
  // Keys as data (see keymap.js): those that work while it is worked on, and those in fields of its own.
  get bindings() { return []; }
  get fieldBindings() { return []; }
  get listed() { return [...this.bindings, ...this.fieldBindings]; }
  key(event) { return obey(this.bindings, event); }
  focusControl() { this.control.querySelector("[tabindex='0'], input, textarea, button")?.focus({ preventScroll: true }); }

  get name() { return this.asked.name; }

  // The label worked with at this moment, of kinds that have one: the guideline opens its section.
  get current() { return ""; }

  get answer() {
    const whole = this.task.values[this.name];
    return this.asked.per_turn ? whole?.[this.task.turn] : whole;
  }

  set answer(value) {
    this.task.give(this.asked, value);
  }

  get isUndecided() { return this.answer?.[UNDECIDED] !== undefined; }

  // The answer of its kind: nothing while it cannot be decided.
  get given() { return this.isUndecided ? undefined : this.answer; }

  appliesTo(turn) {
    const role = this.task.content.turns?.[turn]?.role;
    return role !== undefined && (this.asked.per_turn === "any" || this.asked.per_turn === role);
  }

  get isAsked() {
    const { when, kind, options } = this.asked;
    if (this.isDrawn && !this.task.content.image) return false;
    if (kind === "ranking" && !options?.length && !this.task.content.responses?.length) return false;
    if (!when) return true;
    const other = this.task.question(when.question);
    const answer = this.task.values[when.question];
    return other.isAsked && [answer].flat().some((value) => when.values.includes(String(value)));
  }

  isAnswered(turn) {
    const whole = this.task.values[this.name];
    return !isEmpty(this.asked.per_turn ? whole?.[turn] : whole) && !this.problem();
  }

  // Whether something was begun that is no part of the answer yet.
  get isUnfinished() { return false; }

  // Why the answer cannot be sent yet; empty when it can.
  problem() { return ""; }

  show(active) {
    this.hidden = !this.isAsked || (Boolean(this.asked.per_turn) && !this.appliesTo(this.task.turn));
    this.classList.toggle("active", active);
    if (this.asked.per_turn) this.turnName.textContent = `for turn ${this.task.turn + 1}`;
    const reason = this.isUndecided ? this.answer[UNDECIDED] : "";
    this.undecided.setAttribute("aria-pressed", String(this.isUndecided));
    this.reason.hidden = !this.isUndecided && document.activeElement !== this.reason;
    if (document.activeElement !== this.reason) this.reason.value = reason;
    this.update();
  }

  undecidedLine() {
    this.undecided = element("button", { type: "button", className: "quiet" }, hint("0"), " Cannot decide");
    this.reason = element("input", { "aria-label": `Why “${this.asked.text || this.name}” cannot be decided`, placeholder: "Why? Enter keeps it, Esc takes it back", maxLength: 500, hidden: true });
    this.undecided.addEventListener("click", () => this.askWhy());
    this.reason.addEventListener("input", () => { this.answer = this.reason.value.trim() ? { [UNDECIDED]: this.reason.value } : undefined; });
    this.reason.addEventListener("keydown", (event) => this.reasonKey(event));
    return element("p", { className: "undecided" }, this.undecided, this.reason);
  }

  askWhy() {
    if (this.isUndecided) { this.answer = undefined; return; }
    this.reason.hidden = false;
    this.reason.focus();
  }

  reasonKey(event) {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") { this.reason.value = ""; this.answer = undefined; }
    const kept = this.isUndecided;
    this.undecided.focus();
    this.reason.hidden = !kept;
    if (kept) this.task.advance(this);
    else this.focusControl();
  }
}
