// <hw-marks>: boxes, outlines or points on an image, by pointer or by keyboard alone.
import { action } from "../dom.js";
import { SHAPES, cornerAt, draftOutline, handles, hits, stroke } from "../shapes.js";
import { Drawn } from "./drawn.js";

const LISTED = 60;

class Marks extends Drawn {
  build() {
    this.shape = SHAPES[this.asked.kind];
    this.chosen = -1;
    this.draft = null;
    this.sizing = false;
    this.object = 1;
    super.build();
    if (this.bones.length) this.labels.append(action("Next object", "e", () => this.nextObject(), "quiet"));
  }

  // Lines between the points of an object; with them an object has each point once.
  get bones() { return this.asked.skeleton ?? []; }
  objectOf(mark) { return mark.object ?? 1; }
  has(object, label) { return this.marks.some((mark) => this.objectOf(mark) === object && mark.label === label); }

  nextObject() {
    this.chosen = -1;
    this.object = Math.max(0, ...this.marks.map((mark) => this.objectOf(mark))) + 1;
    this.label = this.asked.options[0].value;
    this.update();
  }

  // Put a point of the object, or put it elsewhere; the next point it lacks comes next.
  join(made) {
    const { object, label } = this;
    const others = this.marks.filter((mark) => this.objectOf(mark) !== object || mark.label !== label);
    this.keep([...others, { ...made, label, object }]);
    this.aim();
    this.task.guide(this.asked, this.label);
  }

  // What is put next: of a skeleton a point the object lacks, from the one at hand on, so that none is moved unasked.
  aim() {
    if (!this.bones.length || !this.has(this.object, this.label)) return;
    const values = this.asked.options.map(({ value }) => value);
    const at = values.indexOf(this.label);
    this.label = [...values.slice(at + 1), ...values.slice(0, at)].find((value) => !this.has(this.object, value)) ?? this.label;
    this.update();
  }

  leave() {
    this.draft = null;
    this.chosen = -1;
    this.aim();
    this.update();
  }

  take(label) {
    this.label = label;
    this.task.guide(this.asked, label);
    const one = this.marks[this.chosen];
    if (one && !(this.bones.length && this.has(this.objectOf(one), label))) this.change((mark) => ({ ...mark, label }));
    else { if (this.bones.length) this.chosen = -1; this.update(); }
  }

  change(act) {
    const changed = act(this.marks[this.chosen]);
    if (this.shape.fits(changed, this.picture.size)) this.keep(this.marks.map((mark, place) => (place === this.chosen ? changed : mark)));
  }

  finish() {
    const made = this.shape.make(this.draft);
    this.draft = null;
    if (!made) { this.say("Too small to keep."); this.picture.redraw(); return; }
    if (this.bones.length) { this.join(made); return; }
    this.chosen = this.marks.length;
    this.keep([...this.marks, { ...made, label: this.label }]);
  }

  // The pointer.
  down(at) {
    this.grip = this.pulling = null;
    if (this.asked.kind === "polygons" && this.draft) { this.place(at); return; }
    const corner = this.chosen < 0 ? -1 : cornerAt(this.shape, this.marks[this.chosen], at, this.picture.view.scale);
    if (corner >= 0) { this.pulling = this.shape.pull(this.marks[this.chosen], corner); return; }
    const hit = this.marks.findLastIndex((mark) => hits(this.asked.kind, mark, at, this.picture.view.scale));
    if (hit >= 0) { this.choose(hit); this.grip = at; return; }
    if (this.chosen >= 0) this.leave();
    this.draft = this.shape.begin(at);
    this.update();
  }

  drag(at) {
    if (this.pulling) this.change((mark) => this.shape.pulled(mark, this.pulling, at));
    else if (this.grip) { this.change((mark) => this.shape.move(mark, at.x - this.grip.x, at.y - this.grip.y)); this.grip = at; }
    else if (this.draft) this.draft = this.shape.drag(this.draft, at);
  }

  up(at) {
    if (this.pulling || this.grip || !this.draft) { this.grip = this.pulling = null; return; }
    if (this.asked.kind === "polygons") return;
    this.draft = this.shape.drag(this.draft, at);
    this.finish();
  }

  drop() { this.draft = this.grip = this.pulling = null; }

  get isUnfinished() { return Boolean(this.draft); }

  problem() {
    if (!this.draft) return super.problem();
    return this.asked.kind === "boxes" ? "The box has one corner: Space sets the other, Esc leaves it." : "The outline is not closed: Enter closes it, Esc leaves it.";
  }

  // The keyboard.
  place(at) {
    if (this.chosen >= 0) this.leave();
    this.draft = this.draft ? this.shape.add(this.draft, at, this.picture.view.scale) : this.shape.begin(at);
    if (this.draft.done) this.finish();
    else { this.say(this.asked.kind === "boxes" ? "Move to the opposite corner, then Space." : `${this.draft.points.length} corners.`); this.picture.redraw(); }
  }

  steer(dx, dy, fine) {
    if (this.chosen >= 0 && !this.draft) {
      const by = fine ? 10 : 1;
      this.change((mark) => (this.sizing ? this.shape.grow(mark, dx * by, dy * by) : this.shape.move(mark, dx * by, dy * by)));
      return;
    }
    this.picture.walk(dx, dy, fine);
    if (this.draft) this.draft = this.shape.drag(this.draft, this.picture.crosshair);
  }

  choose(place) {
    this.chosen = place;
    this.sizing = false;
    this.object = this.objectOf(this.marks[place]);
    this.task.guide(this.asked, this.marks[place].label);
    this.show(true);
  }

  remove(place) {
    this.object = this.objectOf(this.marks[place]);
    if (this.bones.length) this.label = this.marks[place].label;
    this.chosen = -1;
    this.keep(this.marks.filter((_, at) => at !== place));
  }

  get bindings() {
    const isOutline = this.asked.kind === "polygons";
    return [
      { keys: [" "], text: this.asked.kind === "keypoints" ? "point" : "corner", act: () => this.place(this.picture.crosshair), fits: ({ key, target }) => key === " " && !target.closest("button") },
      ...(isOutline ? [{ keys: ["Enter"], text: "close the outline", act: () => this.finish(), when: () => Boolean(this.draft) }] : []),
      ...(this.bones.length ? [{ keys: ["e"], text: "the next object", act: () => this.nextObject() }] : []),
      { keys: ["n", "p"], text: "next, previous mark", act: ({ key }) => this.walk(key === "n" ? 1 : -1), when: () => this.marks.length > 0 },
      ...(this.shape.grow ? [{ keys: ["s"], text: "size", act: () => { this.sizing = !this.sizing; this.update(); }, when: () => this.chosen >= 0 }] : []),
      ...(this.asked.kind === "keypoints" ? [{ keys: ["H"], text: "hidden in the image, or seen", act: () => this.change(({ hidden, ...mark }) => (hidden ? mark : { ...mark, hidden: true })), when: () => this.chosen >= 0 }] : []),
      { keys: ["Delete"], text: "remove", act: () => this.remove(this.chosen), when: () => this.chosen >= 0 },
      { keys: ["Escape"], text: "leave the mark", act: () => this.leave(), when: () => Boolean(this.draft) || this.chosen >= 0 },
      ...super.bindings,
    ];
  }

  walk(step) { this.choose(this.chosen < 0 ? (step > 0 ? 0 : this.marks.length - 1) : (this.chosen + step + this.marks.length) % this.marks.length); }

  paint(pen, scale) {
    for (const [one, other] of this.bones) {
      for (const from of this.marks.filter((mark) => mark.label === one)) {
        const to = this.marks.find((mark) => mark.label === other && this.objectOf(mark) === this.objectOf(from));
        if (to) stroke(pen, scale, [[from.x, from.y], [to.x, to.y]], { colour: this.colour(one), open: true });
      }
    }
    this.marks.forEach((mark, place) => stroke(pen, scale, this.shape.outline(mark), { colour: this.colour(mark.label), chosen: place === this.chosen, open: mark.hidden, name: this.named(mark.label) }));
    const one = this.marks[this.chosen];
    if (one && this.shape.corners) handles(pen, scale, this.shape.corners(one), this.colour(one.label));
    if (this.draft) stroke(pen, scale, draftOutline(this.asked.kind, this.draft), { colour: this.colour(this.label), chosen: true, open: this.asked.kind === "polygons" });
  }

  update() {
    super.update();
    if (this.chosen >= this.marks.length) this.chosen = -1;
    const first = Math.max(0, Math.min(this.chosen - LISTED / 2, this.marks.length - LISTED));
    this.list.replaceChildren(...this.marks.slice(first, first + LISTED).map((mark, at) =>
      this.line(mark.label, this.described(mark), first + at === this.chosen, () => this.choose(first + at), () => this.remove(first + at))));
    const one = this.marks[this.chosen];
    const which = this.bones.length ? ` of object ${this.object}` : "";
    const isWhole = this.bones.length && this.asked.options.every(({ value }) => this.has(this.object, value));
    this.say(one ? `${this.named(one.label)}: ${this.described(one)}; arrows ${this.sizing ? "change its size" : "move it"}, Shift by ten.` : isWhole ? `Object ${this.object} has every point: e begins the next.` : `Next: ${this.named(this.label)}${which}.`);
  }

  described(mark) { return this.shape.describe(mark) + (this.bones.length ? `, object ${this.objectOf(mark)}` : ""); }
}

customElements.define("hw-marks", Marks);
