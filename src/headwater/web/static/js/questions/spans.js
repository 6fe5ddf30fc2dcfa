// <hw-spans>: labelled stretches of text and relations between them. The text itself is never rebuilt: stretches are
// painted with the CSS Custom Highlight API, so 50 kB with hundreds of spans stay as quick as ten words.
import { element, hint } from "../dom.js";
import { Cursor } from "../cursor.js";
import { keysOf, legend } from "../keymap.js";
import { Question } from "./question.js";

const COLOURS = 8;
const RESERVED = new Set(["n", "p", "r"]);
const LABEL_KEYS = [..."123456789abcdefghijklmnoqstuvwxyz"].filter((key) => !RESERVED.has(key));
const EXCERPT = 60;
const LISTED = 40;

class Spans extends Question {
  build() {
    this.cursor = new Cursor(this.task.record, () => this.follow());
    this.painted = [];
    this.task.record.addEventListener("click", () => this.pickUnder());
    this.chosen = null; // id of the span worked on
    this.from = null; // id of the span a relation starts from
    this.labels = this.row(this.asked.options, "Labels", (value) => this.label(value));
    this.arrows = this.row(this.asked.relations ?? [], "Relations", (value) => this.relate(value));
    this.arrows.hidden = true;
    this.now = element("p", { className: "help now", role: "status" });
    this.list = element("ul", { className: "marks" });
    this.control.append(this.labels, this.arrows, this.now, this.list, legend(this.bindings));
    this.paints = this.asked.options.map((_, place) => this.paint(`hw-span-${(place % COLOURS) + 1}`, place));
    this.chosenPaint = this.paint("hw-span-chosen", 100);
  }

  row(options, name, act) {
    return element("div", { className: "choices", role: "group", "aria-label": name }, ...options.map((option, place) => {
      const made = element("button", { type: "button" }, hint(this.keyOf(option, place)), element("span", { className: `swatch span-${(place % COLOURS) + 1}`, textContent: option.label || option.value }));
      if (option.help) made.append(element("small", { textContent: option.help }));
      made.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the selection
      made.addEventListener("click", () => act(option.value));
      for (const kind of ["focus", "mouseenter"]) made.addEventListener(kind, () => this.task.guide(this.asked, option.value));
      return made;
    }));
  }

  paint(name, priority) {
    if (!CSS.highlights.has(name)) CSS.highlights.set(name, Object.assign(new Highlight(), { priority }));
    return CSS.highlights.get(name);
  }

  add(paint, range) {
    paint.add(range);
    this.painted.push([paint, range]);
  }

  wipe() {
    for (const [paint, range] of this.painted ?? []) paint.delete(range);
    this.painted = [];
  }

  disconnectedCallback() { this.wipe(); }

  keyOf(option, place) { return option.key || LABEL_KEYS[place] || ""; }

  get spans() { return this.given?.spans ?? []; }
  get relations() { return this.given?.relations ?? []; }
  find(id) { return this.spans.find((span) => span.id === id); }

  keep(spans, relations = this.relations) {
    const ids = new Set(spans.map((span) => span.id));
    const left = relations.filter((relation) => ids.has(relation.from) && ids.has(relation.to));
    this.answer = spans.length ? { spans, ...(left.length ? { relations: left } : {}) } : undefined;
  }

  label(value) {
    this.task.guide(this.asked, value);
    const at = this.cursor.selected();
    if (this.chosen && !at) { this.keep(this.spans.map((span) => (span.id === this.chosen ? { ...span, label: value } : span))); return; }
    if (!at) { this.say("Choose words first: arrow keys, or the mouse."); return; }
    const same = this.spans.find((span) => span.start === at.start && span.end === at.end && (span.turn ?? 0) === at.turn);
    if (same && same.label === value) { this.choose(same.id); return; }
    if (this.asked.overlapping === false && this.spans.some((span) => span !== same && (span.turn ?? 0) === at.turn && span.start < at.end && at.start < span.end)) {
      this.say("Spans may not overlap here.");
      return;
    }
    const id = same?.id ?? `s${Math.max(0, ...this.spans.map((span) => Number(span.id?.slice(1)) || 0)) + 1}`;
    const fresh = { id, start: at.start, end: at.end, label: value, ...(this.task.content.turns ? { turn: at.turn } : {}) };
    const rest = this.spans.filter((span) => span !== same);
    this.chosen = id;
    this.keep([...rest, fresh].sort((a, b) => (a.turn ?? 0) - (b.turn ?? 0) || a.start - b.start || a.end - b.end));
  }

  relate(value) {
    const [from, to] = [this.from, this.chosen];
    if (!from || !to || from === to) { this.say("Go to the other span with n and p first."); return; }
    this.from = null;
    const again = this.relations.filter((each) => !(each.from === from && each.to === to && each.label === value));
    this.keep(this.spans, again.length < this.relations.length ? again : [...again, { from, to, label: value }]);
  }

  remove(id) {
    const at = this.spans.findIndex((span) => span.id === id);
    if (at < 0) return;
    const left = this.spans.filter((span) => span.id !== id);
    this.chosen = this.from = null;
    this.keep(left);
    this.say("Removed.");
  }

  choose(id) {
    this.chosen = id;
    const span = this.find(id);
    this.cursor.select(span.turn ?? 0, span.start, span.end);
    this.task.guide(this.asked, span.label);
    this.show(true);
  }

  walk(step) {
    if (!this.spans.length) return true;
    const at = this.spans.findIndex((span) => span.id === this.chosen);
    const to = at < 0 ? (step > 0 ? 0 : this.spans.length - 1) : (at + step + this.spans.length) % this.spans.length;
    this.choose(this.spans[to].id);
    return true;
  }

  // The selection moved by mouse or keyboard: the span it covers exactly, if any, is the one worked on.
  follow() {
    const at = this.cursor.selected();
    const same = at && this.spans.find((span) => span.start === at.start && span.end === at.end && (span.turn ?? 0) === at.turn);
    const id = same?.id ?? null;
    if (id === this.chosen) return;
    this.chosen = id;
    if (this.isConnected && this.task.active === this) this.update();
  }

  // A click without a selection works on the shortest span there.
  pickUnder() {
    const at = this.cursor.caret();
    const here = at && this.spans.filter((span) => (span.turn ?? 0) === at.turn && span.start <= at.point && at.point < span.end);
    const [shortest] = (here ?? []).sort((a, b) => a.end - a.start - b.end + b.start);
    if (shortest) this.choose(shortest.id);
  }

  problem() {
    if (this.isUndecided || !this.given) return "";
    const { minimum = 0, maximum = Infinity } = this.asked;
    if (this.spans.length < minimum) return `Mark at least ${minimum}.`;
    return this.spans.length > maximum ? `Mark at most ${maximum}.` : "";
  }

  say(text) { this.now.textContent = text; }

  update() {
    this.wipe();
    const place = new Map(this.asked.options.map((option, at) => [option.value, at]));
    for (const span of this.spans) {
      const range = this.cursor.range(span.turn ?? 0, span.start, span.end);
      if (!range) continue;
      this.add(this.paints[place.get(span.label)], range);
      if (span.id === this.chosen || span.id === this.from) this.add(this.chosenPaint, range);
    }
    this.drawList(place);
    this.arrows.hidden = !this.from;
    this.labels.hidden = Boolean(this.from);
    if (this.from) this.say(`From “${this.excerpt(this.find(this.from))}” to: the other span (n and p), then a relation; Esc leaves.`);
    else this.say(this.chosen ? `“${this.excerpt(this.find(this.chosen))}” is ${this.named(this.find(this.chosen).label)}.` : "");
  }

  // The spans around the one worked on: hundreds of lines would make every key slow.
  drawList(place) {
    const at = Math.max(this.spans.findIndex((span) => span.id === this.chosen), 0);
    const first = Math.max(Math.min(at - LISTED / 2, this.spans.length - LISTED), 0);
    const lines = this.spans.slice(first, first + LISTED).map((span) => this.line(span, place.get(span.label)));
    const left = this.spans.length - lines.length;
    if (left > 0) lines.push(element("li", {}, element("small", { textContent: `${left} more before and after these: n and p` })));
    this.list.replaceChildren(...lines);
  }

  named(value) { return [...this.asked.options, ...(this.asked.relations ?? [])].find((option) => option.value === value)?.label || value; }

  excerpt(span) {
    const text = this.cursor.text(span.turn ?? 0, span.start, span.end);
    return text.length > EXCERPT ? `${text.slice(0, EXCERPT - 1)}…` : text;
  }

  line(span, place) {
    const pick = element("button", { type: "button", className: "quiet", ariaPressed: String(span.id === this.chosen) },
      element("span", { className: `swatch span-${(place % COLOURS) + 1}`, textContent: this.named(span.label) }), " ", element("bdi", { textContent: this.excerpt(span) }));
    pick.addEventListener("click", () => this.choose(span.id));
    const gone = element("button", { type: "button", className: "quiet", "aria-label": `Remove ${this.named(span.label)}: ${this.excerpt(span)}`, textContent: "✕" });
    gone.addEventListener("click", () => this.remove(span.id));
    const made = element("li", {}, pick, ...(this.asked.relations?.length ? [this.relating(span)] : []), gone);
    for (const relation of this.relations.filter((each) => each.from === span.id)) {
      made.append(element("small", {}, `${this.named(relation.label)} → `, element("bdi", { textContent: this.excerpt(this.find(relation.to)) })));
    }
    return made;
  }

  // With a pointer: begin a relation here, choose the other span, then the relation.
  relating(span) {
    const made = element("button", { type: "button", className: "quiet", textContent: "→", "aria-label": `Relate ${this.named(span.label)}: ${this.excerpt(span)}`, ariaPressed: String(span.id === this.from) });
    made.addEventListener("click", () => {
      if (this.from === span.id) { this.leave(); return; }
      this.choose(span.id);
      this.begin();
    });
    return made;
  }

  get bindings() {
    const offered = this.from ? this.asked.relations : this.asked.options;
    const option = (key) => offered.find((each, place) => this.keyOf(each, place) === key);
    const turn = ({ key }) => this.walk(key === "n" ? 1 : -1);
    return [
      { keys: ["Escape"], act: () => this.leave(), when: () => Boolean(this.from) },
      ...this.cursor.bindings,
      { keys: ["n", "p"], text: "next, previous span", act: turn },
      { show: keysOf(offered.map((each, place) => this.keyOf(each, place))), text: "label what is selected", fits: ({ key }) => option(key) !== undefined, act: ({ key }) => (this.from ? this.relate(option(key).value) : this.label(option(key).value)) },
      { keys: ["Delete"], text: "remove the span", act: () => this.remove(this.chosen), when: () => Boolean(this.chosen) },
      ...(this.asked.relations?.length ? [{ keys: ["r"], text: "relate the span to another; Esc leaves", act: () => this.begin(), when: () => Boolean(this.chosen) }] : []),
    ];
  }

  begin() {
    this.from = this.chosen;
    this.show(true);
  }

  leave() {
    this.from = null;
    this.show(true);
  }

  focusControl() { this.task.record.focus({ preventScroll: true }); }
}

customElements.define("hw-spans", Spans);
