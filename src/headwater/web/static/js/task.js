// <hw-task>: one record with its questions, answered by keyboard. It holds the answers and tells of every change; who
// hands tasks out and takes answers in is up to the element around it.
import "./record.js";
import { action, element, isEmpty, isTyping } from "./dom.js";
import { obey } from "./keymap.js";
import { tagOf } from "./kinds.js";

const AS_SOURCE = "headwater-source"; // kept: texts are wanted as they stand

// What was said about an earlier answer to the task.
const said = (thread) => element("ul", { className: "thread notice", "aria-label": "What was said" }, ...thread.map(({ by, text }) => element("li", {}, element("strong", { textContent: by === "annotator" ? "You: " : "A reviewer: " }), element("span", { dir: "auto", textContent: text }))));

class Task extends HTMLElement {
  values = {};
  turn = 0;

  // assignment: as the server gives it; values: the answers so far; media: its image, if it has one.
  begin(assignment, values, media = null) {
    Object.assign(this, { assignment, values, media });
    this.record = Object.assign(element("hw-record"), { task: this });
    this.picture = this.content.image ? Object.assign(element("hw-picture"), { task: this }) : null;
    const note = assignment.note ? [element("p", { className: "notice attention", textContent: assignment.note })] : [];
    const thread = assignment.thread ? [said(assignment.thread)] : [];
    this.asked = this.questions.map((asked) => Object.assign(element(tagOf(asked.kind)), { asked, task: this }));
    this.active = this.asked[0];
    this.record.addEventListener("focusin", () => this.reach((question) => question.asked.kind === "spans"));
    this.picture?.addEventListener("focusin", () => this.reach((question) => question.isDrawn));
    this.classList.toggle("as-source", localStorage.getItem(AS_SOURCE) !== null);
    this.replaceChildren(...note, ...thread, ...this.sourceSwitch(), this.record, ...(this.picture ? [this.picture] : []), element("div", { className: "asked" }, ...this.asked));
    this.turn = this.slots().find((slot) => slot.turn !== null)?.turn ?? 0;
    this.goTo(this.slots().find((slot) => !slot.question.isAnswered(slot.turn)) ?? this.slots()[0]);
  }

  get rendered() { return this.assignment.rendered ?? {}; }
  get isRendered() { return Object.keys(this.rendered).length > 0; }
  get content() { return this.assignment.content; }
  get questions() { return this.assignment.questions; }
  get seed() { return this.assignment.lease_id; }
  original(name) { return this.assignment.originals?.[name] ?? ""; }
  question(name) { return this.asked.find((each) => each.name === name); }

  give(asked, value) {
    if (asked.per_turn) {
      const whole = { ...this.values[asked.name] };
      if (isEmpty(value)) delete whole[this.turn];
      else whole[this.turn] = value;
      this.values[asked.name] = whole;
    } else { this.values[asked.name] = value; }
    if (isEmpty(this.values[asked.name])) delete this.values[asked.name];
    this.show();
    this.dispatchEvent(new CustomEvent("changed"));
  }

  show() {
    for (const question of this.asked) question.show(question === this.active);
    this.record.show();
    this.picture?.redraw();
  }

  // Everything that is to be answered, in order: neighbouring questions about turns go turn by turn.
  slots() {
    const found = [];
    let group = [];
    const close = () => {
      const turns = (this.content.turns ?? []).keys();
      for (const turn of turns) found.push(...group.filter((question) => question.appliesTo(turn)).map((question) => ({ question, turn })));
      group = [];
    };
    for (const question of this.asked.filter((each) => each.isAsked)) {
      if (question.asked.per_turn) { group.push(question); continue; }
      close();
      found.push({ question, turn: null });
    }
    close();
    return found;
  }

  activate(question) {
    if (this.active === question) return;
    this.active = question;
    this.guide(question.asked, question.current);
    this.show();
  }

  // Working on the record works on the question whose marks it carries.
  reach(fits) {
    const found = this.asked.find((each) => fits(each) && each.isAsked);
    if (found && !fits(this.active)) this.activate(found);
  }

  goTo(slot, { focus = true } = {}) {
    if (!slot) { this.show(); return; }
    if (slot.turn !== null) this.turn = slot.turn;
    this.active = slot.question;
    this.show();
    this.guide(slot.question.asked, slot.question.current);
    this.record.reveal(slot.turn);
    if (focus) slot.question.focusControl();
  }

  // After a question was answered for good: the next one that waits, if any; returns whether there was one.
  advance(question) {
    const slots = this.slots();
    const at = slots.findIndex((slot) => slot.question === question && (slot.turn === null || slot.turn === this.turn));
    const next = slots.slice(at + 1).find((slot) => !slot.question.isAnswered(slot.turn));
    if (next) this.goTo(next);
    return Boolean(next);
  }

  turnTo(turn) {
    if (!this.questions.some((question) => question.per_turn)) return;
    this.turn = turn;
    const here = this.slots().filter((slot) => slot.turn === turn);
    this.goTo(here.find((slot) => slot.question === this.active) ?? here[0] ?? null);
  }

  step(by) {
    const turns = [...new Set(this.slots().map((slot) => slot.turn).filter((turn) => turn !== null))];
    const at = turns.indexOf(this.turn);
    if (by < 0 && turns.length && !this.active?.asked.per_turn) by = 0; // back from what is asked about the whole
    if (turns.length) this.turnTo(turns[Math.min(Math.max(at + by, 0), turns.length - 1)]);
    return turns.length > 0;
  }

  // What keeps the answers from being sent: says so, goes there, and returns the reason; empty when nothing does.
  obstacle() {
    const bad = this.slots().find(({ question, turn }) => question.isUnfinished || ((question.asked.required !== false || this.hasAny(question, turn)) && !question.isAnswered(turn)));
    if (!bad) return "";
    this.goTo(bad);
    const name = bad.question.asked.text || bad.question.name;
    return bad.question.problem() || `Answer “${name}”${bad.turn === null ? "" : ` for turn ${bad.turn + 1}`} first, or press 0 to say why it cannot be decided.`;
  }

  hasAny(question, turn) {
    const whole = this.values[question.name];
    return !isEmpty(turn === null ? whole : whole?.[turn]);
  }

  // The answers to what is asked.
  answers() {
    return Object.fromEntries(this.asked.filter((each) => each.isAsked && this.values[each.name] !== undefined).map((each) => [each.name, this.values[each.name]]));
  }

  get bindings() {
    return [
      ...(this.isRendered ? [{ alt: "KeyM", text: "Markdown rendered, or as it stands", act: () => this.toggleSource() }] : []),
      { show: "0", text: "cannot decide, with a reason; Alt 0 in a field", act: () => this.active?.askWhy(), fits: (event) => (event.altKey ? event.code === "Digit0" : event.key === "0" && !isTyping(event.target)) },
    ];
  }

  sourceSwitch() {
    return this.isRendered ? [element("p", { className: "actions switch" }, action("Rendered or source", "Alt M", () => this.toggleSource(), "quiet"))] : [];
  }

  // Markdown rendered, or the text as it stands.
  toggleSource() {
    const isSource = this.classList.toggle("as-source");
    if (isSource) localStorage.setItem(AS_SOURCE, "1");
    else localStorage.removeItem(AS_SOURCE);
  }

  get movements() {
    const perTurn = this.questions.some((question) => question.per_turn);
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 1, PageUp: -1 };
    return [
      { keys: ["ArrowUp", "ArrowDown"], text: perTurn ? "turns of the chat" : "scroll the record", act: ({ key }) => this.step(by[key]) || this.scrolled(by[key] * 0.15) },
      { keys: ["PageUp", "PageDown"], text: "scroll the record by pages", act: ({ key }) => this.scrolled(by[key]) },
    ];
  }

  // Returns whether the key meant something here.
  pressed(event) {
    if (obey(this.bindings, event)) return true;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return false;
    return Boolean(this.picture?.steers(event)) || Boolean(this.active && this.active.key(event)) || Boolean(this.picture?.key(event)) || obey(this.movements, event);
  }

  // Keys by what is on the screen, for the list of keys.
  get groups() {
    const seen = new Set();
    const asked = this.asked.filter((each) => each.isAsked && !seen.has(each.asked.kind) && seen.add(each.asked.kind));
    const name = (each) => each.asked.text || each.name;
    return [...asked.map((each) => ({ title: `${name(each)} (${each.asked.kind})`, bindings: each.listed })),
      { title: "Image", bindings: this.picture?.bindings ?? [] }, { title: "Record", bindings: [...this.movements, ...this.bindings] }];
  }

  scrolled(pages) {
    this.record.scroll(pages);
    return true;
  }

  // Show the guideline's section on an option, else on the question.
  guide(asked, value) {
    const label = (asked.options ?? []).find((option) => option.value === value)?.label;
    const wanted = [`${asked.name}: ${value}`, value, label, asked.name].filter((title) => title !== undefined && title !== "");
    document.querySelector("hw-guide")?.follow(wanted.map(String));
  }
}

customElements.define("hw-task", Task);
