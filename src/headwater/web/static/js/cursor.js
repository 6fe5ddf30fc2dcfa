// A selection in a record's texts that moves by words: the browser's own, so the mouse, touch and screen readers share it.
import { counter, wordAt, words } from "./extent.js";

export class Cursor {
  constructor(record, moved) {
    this.record = record;
    this.counters = new Map();
    this.segments = new Map();
    this.at = null; // { turn, anchor, focus }: places of words
    document.addEventListener("selectionchange", this.changed = () => {
      if (!record.isConnected) { document.removeEventListener("selectionchange", this.changed); return; }
      moved();
    });
  }

  node(turn) { return this.record.texts[turn]; }
  counter(turn) { return remembered(this.counters, turn, () => counter(this.node(turn).data)); }
  words(turn) { return remembered(this.segments, turn, () => words(this.node(turn).data)); }

  // What is selected within one text, without blanks at its ends, in code points; null when nothing is.
  selected() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const turn = this.record.texts.findIndex((node) => node === range.startContainer);
    if (turn < 0) return null;
    const { data } = this.node(turn);
    let start = range.startOffset;
    let end = range.endContainer === range.startContainer ? range.endOffset : data.length;
    while (start < end && !data[start].trim()) start += 1;
    while (end > start && !data[end - 1].trim()) end -= 1;
    if (start >= end) return null;
    const { points } = this.counter(turn);
    return { turn, start: points(start), end: points(end) };
  }

  // Where the mouse clicked; null while something is selected.
  caret() {
    const { anchorNode, anchorOffset, isCollapsed } = getSelection();
    const turn = isCollapsed ? this.record.texts.findIndex((node) => node === anchorNode) : -1;
    return turn < 0 ? null : { turn, point: this.counter(turn).points(anchorOffset) };
  }

  range(turn, start, end) {
    const node = this.node(turn);
    if (!node) return null;
    const { units } = this.counter(turn);
    return new StaticRange({ startContainer: node, startOffset: units(start), endContainer: node, endOffset: units(end) });
  }

  text(turn, start, end) {
    const { units } = this.counter(turn);
    return this.node(turn).data.slice(units(start), units(end));
  }

  select(turn, start, end) {
    const { units } = this.counter(turn);
    const found = this.words(turn);
    this.at = { turn, anchor: wordAt(found, units(start)), focus: wordAt(found, units(end) - 1) };
    this.mark(turn, units(start), units(end));
  }

  mark(turn, start, end) {
    const node = this.node(turn);
    getSelection().setBaseAndExtent(node, start, node, end);
    this.reveal(node, end);
  }

  reveal(node, end) {
    const probe = document.createRange();
    probe.setStart(node, Math.max(end - 1, 0));
    probe.setEnd(node, end);
    const [box, frame] = [probe.getBoundingClientRect(), this.record.getBoundingClientRect()];
    if (box.bottom > frame.bottom - 8) this.record.scrollTop += box.bottom - frame.bottom + frame.height / 3;
    else if (box.top < frame.top + 8) this.record.scrollTop += box.top - frame.top - frame.height / 3;
  }

  get bindings() {
    const act = (event) => this.key(event);
    return [
      { keys: ["ArrowLeft", "ArrowRight"], text: "next word", act }, { show: "Shift ← →", text: "longer" },
      { keys: ["ArrowUp", "ArrowDown"], text: "lines", act }, { keys: ["Home", "End"], text: "first, last word", act },
    ];
  }

  // Returns whether the key moved the selection.
  key(event) {
    if (!this.record.texts.length) return false;
    this.adopt();
    if (!this.at) this.put(0, 0, 0);
    else if (getSelection().isCollapsed) this.put(this.at.turn, this.at.focus, this.at.focus);
    else return this.go(event);
    return event.key === "End" ? this.go(event) : true;
  }

  go({ key, shiftKey }) {
    if (!this.at) return true;
    const { turn, anchor, focus } = this.at;
    const last = this.words(turn).length - 1;
    if (key === "Home" || key === "End") { this.move(turn, anchor, key === "Home" ? 0 : last, shiftKey); return true; }
    if (key === "ArrowUp" || key === "ArrowDown") { this.line(key === "ArrowDown" ? 1 : -1, shiftKey); return true; }
    const leftward = getComputedStyle(this.node(turn).parentElement).direction === "rtl" ? 1 : -1;
    const to = focus + (key === "ArrowLeft" ? leftward : -leftward);
    if (to >= 0 && to <= last) this.move(turn, anchor, to, shiftKey);
    else if (!shiftKey) this.cross(turn, to < 0 ? -1 : 1);
    return true;
  }

  // Take over a selection made with the mouse.
  adopt() {
    const here = this.selected();
    if (!here) return;
    const { units } = this.counter(here.turn);
    const found = this.words(here.turn);
    const [first, last] = [wordAt(found, units(here.start)), wordAt(found, units(here.end) - 1)];
    const same = this.at && this.at.turn === here.turn && Math.min(this.at.anchor, this.at.focus) === first && Math.max(this.at.anchor, this.at.focus) === last;
    if (!same) this.at = { turn: here.turn, anchor: first, focus: last };
  }

  move(turn, anchor, focus, extends_) { this.put(turn, extends_ ? anchor : focus, focus); }

  cross(turn, step) {
    const next = turn + step;
    if (!this.record.texts[next] || !this.words(next).length) return;
    const place = step > 0 ? 0 : this.words(next).length - 1;
    this.put(next, place, place);
  }

  put(turn, anchor, focus) {
    const found = this.words(turn);
    if (!found.length) return;
    this.at = { turn, anchor, focus };
    const [from, to] = [Math.min(anchor, focus), Math.max(anchor, focus)];
    this.mark(turn, found[from][0], found[to][1]);
  }

  // To the word above or below the one at the focus.
  line(step, extends_) {
    const { turn, anchor, focus } = this.at;
    const found = this.words(turn);
    const here = this.box(turn, found[focus]);
    let best = -1, distance = Infinity, row = null;
    for (let place = focus + step; place >= 0 && place < found.length; place += step) {
      const box = this.box(turn, found[place]);
      if (Math.abs(box.top - here.top) < here.height / 2) continue;
      row ??= box.top;
      if (Math.abs(box.top - row) > here.height / 2) break;
      const apart = Math.abs(box.left + box.width / 2 - here.left - here.width / 2);
      if (apart < distance) { best = place; distance = apart; }
    }
    if (best >= 0) this.move(turn, anchor, best, extends_);
    else if (!extends_) this.cross(turn, step);
  }

  box(turn, [start, end]) {
    const probe = document.createRange();
    probe.setStart(this.node(turn), start);
    probe.setEnd(this.node(turn), end);
    return probe.getBoundingClientRect();
  }
}

function remembered(memory, key, make) {
  if (!memory.has(key)) memory.set(key, make());
  return memory.get(key);
}
