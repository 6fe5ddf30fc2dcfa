// <hw-picture>: an image with zoom, pan, contrast and a crosshair for the keyboard. What is drawn on it, and what a
// pointer does, is up to the question worked on.
import { action, element } from "./dom.js";
import { obey } from "./keymap.js";

const STEP = 12; // screen pixels the crosshair moves at a key
const PAN = 60; // screen pixels the image moves at a key
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const FARTHEST = 40, NEAREST = 0.05;

class Picture extends HTMLElement {
  // `task` is set before it is attached; `task.media` is the image.
  connectedCallback() {
    if (this.canvas) return;
    const { content, media } = this.task;
    this.media = media;
    this.size = { width: content.width || media?.width || 1, height: content.height || media?.height || 1 };
    this.view = null;
    this.crosshair = { x: this.size.width / 2, y: this.size.height / 2 };
    this.pointers = new Map();
    this.canvas = element("canvas", { tabIndex: 0, role: "application", "aria-label": "The image; keys are listed below it" });
    this.place = element("output", { className: "place" });
    this.canvas.style.aspectRatio = `${this.size.width} / ${this.size.height}`;
    this.contrast = this.slider("Contrast", 25, 400);
    this.brightness = this.slider("Brightness", 25, 300);
    this.append(element("div", { className: "actions" }, action("Closer", "+", () => this.zoom(1.25)), action("Farther", "-", () => this.zoom(0.8)),
      action("Whole", "f", () => this.fit()), this.contrast.label, this.brightness.label, this.place), this.canvas);
    if (!media) this.append(element("p", { className: "notice bad", textContent: "The image cannot be shown. Skip the task and say so." }));
    this.wire();
    this.resizing = new ResizeObserver(() => { if (!this.view) this.fit(); this.redraw(); });
    this.resizing.observe(this.canvas);
  }

  disconnectedCallback() { this.resizing.disconnect(); }

  slider(name, min, max) {
    const input = element("input", { type: "range", min, max, value: 100, "aria-label": name });
    input.addEventListener("input", () => this.redraw());
    return { input, label: element("span", { className: "slider" }, element("small", { textContent: name }), input) };
  }

  // The question whose marks are made now; null for an image that is only looked at.
  get tool() { return this.task.active?.isDrawn ? this.task.active : null; }
  get layers() { return this.task.asked.filter((each) => each.isDrawn && each.isAsked); }

  fit() {
    const { clientWidth, clientHeight } = this.canvas;
    if (!clientWidth) return;
    const scale = Math.min(clientWidth / this.size.width, clientHeight / this.size.height);
    this.view = { scale, x: (clientWidth - this.size.width * scale) / 2, y: (clientHeight - this.size.height * scale) / 2 };
    this.redraw();
  }

  zoom(factor, at = null) {
    if (!this.view) return;
    const { view } = this;
    const point = at ?? { x: view.x + this.crosshair.x * view.scale, y: view.y + this.crosshair.y * view.scale };
    const scale = Math.min(Math.max(view.scale * factor, NEAREST), FARTHEST);
    const by = scale / view.scale;
    this.view = { scale, x: point.x - (point.x - view.x) * by, y: point.y - (point.y - view.y) * by };
    this.redraw();
  }

  pan(dx, dy) {
    this.view = { ...this.view, x: this.view.x + dx, y: this.view.y + dy };
    this.redraw();
  }

  inside({ x, y }) { return { x: Math.round(Math.min(Math.max(x, 0), this.size.width)), y: Math.round(Math.min(Math.max(y, 0), this.size.height)) }; }

  // From the place of an event to image pixels.
  pixel(event) {
    const box = this.canvas.getBoundingClientRect();
    return this.inside({ x: (event.clientX - box.left - this.view.x) / this.view.scale, y: (event.clientY - box.top - this.view.y) / this.view.scale });
  }

  wire() {
    const { canvas } = this;
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, { x: event.offsetX, y: event.offsetY });
    }, { passive: false });
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.moved(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => this.up(event));
    canvas.addEventListener("focus", () => this.redraw());
    canvas.addEventListener("blur", () => this.redraw());
  }

  down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, event);
    this.panning = this.pointers.size > 1 || event.button > 0 || event.shiftKey || !this.tool;
    if (this.panning) { this.tool?.drop?.(); return; }
    this.crosshair = this.pixel(event);
    this.tool.down(this.crosshair);
    this.redraw();
  }

  moved(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before || !this.view) return;
    if (this.pointers.size > 1) this.pinch(event);
    else if (this.panning) this.pan(event.clientX - before.clientX, event.clientY - before.clientY);
    else { this.crosshair = this.pixel(event); this.tool?.drag(this.crosshair); this.redraw(); }
    this.pointers.set(event.pointerId, event);
  }

  pinch(event) {
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)[1];
    const before = this.pointers.get(event.pointerId);
    const apart = (point) => Math.hypot(point.clientX - other.clientX, point.clientY - other.clientY) || 1;
    const box = this.canvas.getBoundingClientRect();
    this.zoom(apart(event) / apart(before), { x: (event.clientX + other.clientX) / 2 - box.left, y: (event.clientY + other.clientY) / 2 - box.top });
    this.pan((event.clientX - before.clientX) / 2, (event.clientY - before.clientY) / 2);
  }

  up(event) {
    this.pointers.delete(event.pointerId);
    if (!this.panning && this.view) this.tool?.up(this.pixel(event));
    this.redraw();
  }

  // Move the crosshair and keep it in sight; fine steps are single image pixels.
  walk(dx, dy, fine) {
    const by = fine ? 1 : Math.max(1, Math.round(STEP / this.view.scale));
    this.crosshair = this.inside({ x: this.crosshair.x + dx * by, y: this.crosshair.y + dy * by });
    const [x, y] = [this.view.x + this.crosshair.x * this.view.scale, this.view.y + this.crosshair.y * this.view.scale];
    const { clientWidth, clientHeight } = this.canvas;
    if (x < 0 || x > clientWidth) this.view.x += clientWidth / 2 - x;
    if (y < 0 || y > clientHeight) this.view.y += clientHeight / 2 - y;
    this.redraw();
  }

  get bindings() {
    return [...this.pans, { keys: ["+", "=", "-"], show: "+ -", text: "closer, farther", act: ({ key }) => this.zoom(key === "-" ? 0.8 : 1.25) }, { keys: ["f"], text: "the whole image", act: () => this.fit() },
      { keys: ["c"], text: "contrast", act: () => this.sharpen() }];
  }

  // Without a tool the arrows move the image: with Shift, or alone while it has the focus.
  get pans() {
    if (this.tool || this.task.active?.asked.kind === "spans") return [];
    const fits = ({ key, shiftKey, target }) => key in ARROWS && (shiftKey || target === this.canvas);
    const act = ({ key }) => this.pan(...ARROWS[key].map((by) => by * PAN));
    return [{ show: "Shift ← → ↑ ↓", text: "move the image", fits, act, when: () => Boolean(this.view) }];
  }

  steers(event) { return obey(this.pans, event); }
  key(event) { return obey(this.bindings, event); }

  sharpen() {
    const steps = ["100", "150", "225", "350"];
    this.contrast.input.value = steps[(steps.indexOf(this.contrast.input.value) + 1) % steps.length];
    this.redraw();
  }

  redraw() {
    if (this.due) return;
    this.due = requestAnimationFrame(() => { this.due = 0; this.draw(); });
  }

  draw() {
    const { canvas, view } = this;
    if (!view || !canvas.clientWidth) return;
    const dense = devicePixelRatio || 1;
    const [width, height] = [Math.round(canvas.clientWidth * dense), Math.round(canvas.clientHeight * dense)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.setTransform(dense * view.scale, 0, 0, dense * view.scale, dense * view.x, dense * view.y);
    pen.imageSmoothingEnabled = view.scale < 4;
    pen.filter = `contrast(${this.contrast.input.value}%) brightness(${this.brightness.input.value}%)`;
    if (this.media) pen.drawImage(this.media, 0, 0, this.size.width, this.size.height);
    pen.filter = "none";
    for (const layer of this.layers) layer.paint(pen, view.scale);
    if (this.tool && document.activeElement === canvas) this.drawCrosshair(pen, view.scale);
    this.place.textContent = this.tool ? `${this.crosshair.x}, ${this.crosshair.y} · ${Math.round(view.scale * 100)} %` : `${Math.round(view.scale * 100)} %`;
  }

  drawCrosshair(pen, scale) {
    const { x, y } = this.crosshair, reach = 14 / scale;
    for (const [colour, wide] of [["#000", 3], ["#fff", 1]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = wide / scale;
      pen.beginPath();
      pen.moveTo(x - reach, y); pen.lineTo(x + reach, y);
      pen.moveTo(x, y - reach); pen.lineTo(x, y + reach);
      pen.stroke();
    }
  }
}

customElements.define("hw-picture", Picture);
