// <hw-ranking>: an order of things, best first, by pressing their keys in that order; of two, one key decides.
import { KEYS, element, hint, readable } from "../dom.js";
import { keysOf } from "../keymap.js";
import { Question } from "./question.js";

class Ranking extends Question {
  build() {
    const shown = this.asked.options?.length ? this.asked.options.map(({ value, label, key }) => ({ value, label, key })) : this.responses();
    this.things = shown.map((thing, place) => ({ ...thing, key: thing.key || KEYS[place] || "" }));
    this.cards = this.things.map((thing, place) => this.card(thing, place));
    this.control.append(element("div", { className: this.asked.options?.length ? "things" : "things long" }, ...this.cards));
    this.help = element("p", { className: "help" });
    this.control.append(this.help);
    this.tie = element("button", { type: "button", className: "quiet" }, hint("="), this.isPair ? " Neither is better" : " Same place as the one before");
    this.tie.addEventListener("click", () => this.join());
    if (this.asked.ties) this.control.append(this.tie);
    this.buildReasons();
    this.comment = element("input", { "aria-label": `Comment on ${this.asked.text || this.name}`, placeholder: "Comment, if any", maxLength: 2000 });
    this.comment.addEventListener("input", () => this.keep({ comment: this.comment.value }));
    this.control.append(this.comment);
  }

  // Shown in an order that depends on the task and the person, so that no response gains by standing first.
  responses() {
    const all = (this.task.content.responses ?? []).map((label, place) => ({ value: String(place), label }));
    const weights = new Map(all.map((thing) => [thing.value, scatter(`${this.task.seed}:${thing.value}`)]));
    return all.sort((a, b) => weights.get(a.value) - weights.get(b.value));
  }

  card(thing, place) {
    const rank = element("b", { className: "rank" });
    const head = element("button", { type: "button" }, hint(thing.key), element("span", { textContent: this.asked.options?.length ? thing.label : `Response ${place + 1}` }), rank);
    head.addEventListener("click", () => this.place(thing.value));
    const made = element("div", { className: "thing" }, head);
    if (!this.asked.options?.length) made.append(element("div", { className: "response", tabIndex: 0, role: "region", "aria-label": `Response ${place + 1}` }, ...readable(thing.label, this.task.rendered.responses?.[Number(thing.value)])));
    return Object.assign(made, { head, rank, thing });
  }

  buildReasons() {
    this.reasons = (this.asked.reasons ?? []).map((reason, place) => {
      const key = reason.key || KEYS[this.things.length + place] || "";
      const made = element("button", { type: "button", role: "checkbox" }, hint(key), element("span", { textContent: reason.label || reason.value }));
      made.addEventListener("click", () => this.toggle(reason.value));
      return Object.assign(made, { reason, shortcut: key });
    });
    if (this.reasons.length) this.control.append(element("div", { className: "choices", role: "group", "aria-label": "Reasons" }, ...this.reasons));
  }

  // Places, best first; things that share a place together.
  get order() { return this.given?.order ?? []; }

  keep(change) {
    const next = { order: this.order, reasons: this.given?.reasons ?? [], comment: this.given?.comment ?? "", ...change };
    if (!next.reasons.length) delete next.reasons;
    if (!next.comment) delete next.comment;
    this.answer = next.order.length || next.reasons || next.comment ? next : undefined;
  }

  place(value) {
    if (this.isPair) { this.decide(value); return; }
    const without = this.order.map((group) => group.filter((each) => each !== value)).filter((group) => group.length);
    const was = this.order.flat().includes(value);
    this.keep({ order: was ? without : [...without, [value]] });
    const left = this.things.filter((thing) => !this.order.flat().includes(thing.value));
    if (left.length === 1 && !was && !this.asked.ties) this.keep({ order: [...this.order, [left[0].value]] });
    this.settled();
  }

  decide(value) {
    const other = this.things.find((thing) => thing.value !== value).value;
    this.keep({ order: [[value], [other]] });
    this.settled();
  }

  join() {
    if (this.isPair) this.keep({ order: [this.things.map((thing) => thing.value)] });
    else if (this.order.length > 1) this.keep({ order: [...this.order.slice(0, -2), [...this.order.at(-2), ...this.order.at(-1)]] });
    this.settled();
  }

  // Whether more may follow once everything has its place: a tie of the last ones, reasons.
  get stays() { return this.reasons.length > 0 || Boolean(this.asked.ties && !this.isPair); }

  settled() { if (!this.problem() && !this.stays) this.task.advance(this); }

  toggle(value) {
    const chosen = new Set(this.given?.reasons ?? []);
    if (!chosen.delete(value)) chosen.add(value);
    this.keep({ reasons: [...chosen] });
  }

  problem() {
    if (this.isUndecided || this.given === undefined) return "";
    const left = this.things.length - this.order.flat().length;
    return left ? `Place the ${left === 1 ? "one" : left} that ${left === 1 ? "is" : "are"} left.` : "";
  }

  update() {
    for (const card of this.cards) {
      const at = this.order.findIndex((group) => group.includes(card.thing.value));
      card.rank.textContent = at < 0 ? "" : `${at + 1}${this.order[at].length > 1 ? " =" : ""}`;
      card.classList.toggle("placed", at >= 0);
      card.classList.toggle("best", at === 0);
      card.head.ariaPressed = String(at >= 0);
    }
    for (const button of this.reasons) button.ariaChecked = String((this.given?.reasons ?? []).includes(button.reason.value));
    this.help.textContent = this.advice;
    if (document.activeElement !== this.comment) this.comment.value = this.given?.comment ?? "";
  }

  get isPair() { return this.things.length === 2; }

  get advice() {
    const { ties } = this.asked;
    if (this.isPair) return `Press the key of the better one${ties ? ", or = when neither is" : ""}.`;
    return `Press the keys from best to worst; pressing one again takes it out.${ties ? " = puts the last one in the same place as the one before; Enter goes on." : ""}`;
  }

  get bindings() {
    const reason = (key) => this.reasons.find((button) => button.shortcut === key)?.reason;
    const thing = (key) => this.things.find((each) => each.key === key);
    return [
      ...(this.asked.ties ? [{ keys: ["="], text: this.isPair ? "neither is better" : "the same place as the one before; the last two as well", act: () => this.join() }] : []),
      ...(this.reasons.length ? [{ show: keysOf(this.reasons.map((button) => button.shortcut)), text: "the reasons", fits: ({ key }) => reason(key) !== undefined, act: ({ key }) => this.toggle(reason(key).value) }] : []),
      ...(this.stays ? [{ show: "Enter", text: "on to the next question, else submit", fits: ({ key, target }) => key === "Enter" && target !== this.tie, act: () => this.task.advance(this), when: () => this.given !== undefined && !this.problem() }] : []),
      { show: keysOf(this.things.map((each) => each.key)), text: this.isPair ? "the better one" : "from best to worst; again takes it out", fits: ({ key }) => thing(key) !== undefined, act: ({ key }) => this.place(thing(key).value) },
    ];
  }

  focusControl() { this.cards[0]?.head.focus({ preventScroll: true }); }
}

// FNV-1a with a final mix: a number that looks random and is the same at every visit.
function scatter(text) {
  let hash = 0x811c9dc5;
  for (const sign of text) hash = Math.imul(hash ^ sign.codePointAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

customElements.define("hw-ranking", Ranking);
