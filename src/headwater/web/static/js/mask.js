// A region of an image as pixels: painted with a round brush, kept as COCO run lengths (columns first).

export class Mask {
  constructor(width, height, rle = null) {
    Object.assign(this, { width, height, pixels: new Uint8Array(width * height) });
    if (rle) this.decode(rle.counts);
  }

  decode(counts) {
    let place = 0, value = 0;
    for (const count of counts) {
      if (value) for (let at = place; at < place + count; at += 1) this.pixels[(at % this.height) * this.width + Math.floor(at / this.height)] = 1;
      place += count;
      value = 1 - value;
    }
  }

  // Runs of nothing and something in turn, nothing first.
  encode() {
    const counts = [];
    let value = 0, run = 0;
    for (let x = 0; x < this.width; x += 1) {
      for (let y = 0, at = x; y < this.height; y += 1, at += this.width) {
        if (this.pixels[at] === value) { run += 1; continue; }
        counts.push(run);
        value = 1 - value;
        run = 1;
      }
    }
    counts.push(run);
    return { size: [this.height, this.width], counts };
  }

  get area() { return this.pixels.reduce((sum, pixel) => sum + pixel, 0); }

  // Stamp the brush along a line; returns the rectangle that changed.
  stroke(from, to, radius, value) {
    const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / Math.max(1, radius / 2)));
    for (let step = 0; step <= steps; step += 1) this.stamp(from.x + ((to.x - from.x) * step) / steps, from.y + ((to.y - from.y) * step) / steps, radius, value);
  }

  stamp(cx, cy, radius, value) {
    const [top, bottom] = [Math.max(0, Math.ceil(cy - radius)), Math.min(this.height - 1, Math.floor(cy + radius))];
    for (let y = top; y <= bottom; y += 1) {
      const half = Math.sqrt(Math.max(0, radius * radius - (y - cy) ** 2));
      const [left, right] = [Math.max(0, Math.ceil(cx - half)), Math.min(this.width - 1, Math.floor(cx + half))];
      if (left <= right) this.pixels.fill(value, y * this.width + left, y * this.width + right + 1);
    }
  }

  // The region as a picture of one colour.
  picture(colour) {
    const [red, green, blue] = colour.split(" ").map(Number);
    const data = new ImageData(this.width, this.height);
    const ink = new Uint32Array(data.data.buffer);
    const value = new Uint32Array(new Uint8Array([red, green, blue, 128]).buffer)[0];
    for (let at = 0; at < ink.length; at += 1) if (this.pixels[at]) ink[at] = value;
    const canvas = new OffscreenCanvas(this.width, this.height);
    canvas.getContext("2d").putImageData(data, 0, 0);
    return canvas;
  }
}
