// <hw-brush>: regions of an image painted with a brush, one mask to a label, kept as COCO run lengths.
import { action, element } from "../dom.js";
import { Mask } from "../mask.js";
import { Drawn } from "./drawn.js";

const GROWTH = 1.3, WIDEST = 400; // factor and image pixels of the brush

class Brush extends Drawn {
  build() {
    this.radius = 12;
    this.erasing = false;
    this.isDown = false;
    this.masks = new Map();
    this.pictures = new Map();
    super.build();
    this.eraser = action("Erase", "e", () => this.erase());
    this.labels.after(element("p", { className: "actions" }, this.eraser, action("Smaller", ",", () => this.resize(",")), action("Larger", ".", () => this.resize("."))));
    const { width, height } = this.picture?.size ?? { width: 1, height: 1 };
    for (const mark of this.marks) this.masks.set(mark.label, new Mask(width, height, mark.rle));
  }

  mask() {
    if (!this.masks.has(this.label)) this.masks.set(this.label, new Mask(this.picture.size.width, this.picture.size.height));
    return this.masks.get(this.label);
  }

  take(label) {
    this.lift();
    this.label = label;
    this.task.guide(this.asked, label);
    this.update();
  }

  stroke(from, to) {
    this.mask().stroke(from, to, this.radius, this.erasing ? 0 : 1);
    this.pictures.delete(this.label);
    this.isChanged = true;
    this.picture.redraw();
  }

  // Keep what was painted: once a stroke, not at every point of it.
  store() {
    if (!this.isChanged) return;
    this.isChanged = false;
    this.keep([...this.masks].filter(([, mask]) => mask.area > 0).map(([label, mask]) => ({ label, rle: mask.encode() })));
  }

  down(at) {
    this.unpainted = { label: this.label, pixels: this.mask().pixels.slice() };
    this.before = at;
    this.stroke(at, at);
  }

  drag(at) { if (this.before) { this.stroke(this.before, at); this.before = at; } }
  up() { this.before = this.unpainted = null; this.store(); }

  // A second finger came down: the first one meant to move the image, not to paint.
  drop() {
    this.before = null;
    if (!this.unpainted) return;
    this.masks.get(this.unpainted.label).pixels = this.unpainted.pixels;
    this.pictures.delete(this.unpainted.label);
    this.unpainted = null;
    this.isChanged = false;
    this.picture.redraw();
  }

  erase() {
    this.erasing = !this.erasing;
    this.update();
  }

  lift() {
    this.isDown = false;
    this.store();
  }

  steer(dx, dy, fine) {
    const before = this.picture.crosshair;
    this.picture.walk(dx, dy, fine);
    if (this.isDown) { this.stroke(before, this.picture.crosshair); this.store(); }
  }

  remove(label) {
    this.masks.delete(label);
    this.pictures.delete(label);
    this.isChanged = true;
    this.store();
  }

  get bindings() {
    return [
      { keys: [" "], text: "brush down or up", act: () => this.press(), fits: ({ key, target }) => key === " " && !target.closest("button") },
      { keys: ["e"], text: "erase", act: () => this.erase() },
      { keys: [",", "."], text: "brush size", act: ({ key }) => this.resize(key) },
      { keys: ["Delete"], text: "clear the label", act: () => this.remove(this.label) },
      { keys: ["Escape"], text: "lift the brush", act: () => { this.lift(); this.update(); }, when: () => this.isDown },
      ...super.bindings,
    ];
  }

  press() {
    this.isDown = !this.isDown;
    if (this.isDown) this.stroke(this.picture.crosshair, this.picture.crosshair);
    this.store();
    this.update();
  }

  resize(key) {
    this.radius = Math.min(Math.max(key === "." ? Math.ceil(this.radius * GROWTH) : Math.floor(this.radius / GROWTH), 1), WIDEST);
    this.update();
  }

  paint(pen, scale) {
    for (const [label, mask] of this.masks) {
      if (!this.pictures.has(label)) this.pictures.set(label, mask.picture(this.colour(label)));
      pen.drawImage(this.pictures.get(label), 0, 0);
    }
    if (!this.picture.tool || this.picture.tool !== this) return;
    pen.beginPath();
    pen.arc(this.picture.crosshair.x, this.picture.crosshair.y, this.radius, 0, 2 * Math.PI);
    pen.strokeStyle = this.erasing ? "#fff" : `rgb(${this.colour(this.label)})`;
    pen.lineWidth = 2 / scale;
    pen.stroke();
  }

  update() {
    super.update();
    this.eraser.ariaPressed = String(this.erasing);
    this.list.replaceChildren(...[...this.masks].filter(([, mask]) => mask.area > 0).map(([label, mask]) =>
      this.line(label, `${mask.area} pixels`, label === this.label, () => this.take(label), () => this.remove(label))));
    this.say(`${this.erasing ? "Erasing" : "Painting"} ${this.named(this.label)}, brush ${this.radius} pixels${this.isDown ? ", down: arrows paint" : ""}.`);
  }
}

customElements.define("hw-brush", Brush);
