// <hw-preview data-tried='{"task": …, "carried": […]}'>: questions as annotators will see them, on a made-up record, to
// be tried by keyboard and mouse; below it the answer as it would be kept.
import "./task.js";
import { element } from "./dom.js";
import { load } from "./kinds.js";

// A picture to draw on: a bright lid with a scratch on a dark ground.
async function picture({ width, height }) {
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d");
  const shade = pen.createLinearGradient(0, 0, width, height);
  shade.addColorStop(0, "#d5d9dc");
  shade.addColorStop(1, "#7d868c");
  pen.fillStyle = "#31373b";
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = shade;
  pen.beginPath();
  pen.arc(width / 2, height / 2, height * 0.4, 0, 7);
  pen.fill();
  pen.strokeStyle = "#4a5054";
  pen.lineWidth = 6;
  pen.beginPath();
  pen.moveTo(width * 0.5, height * 0.45);
  pen.lineTo(width * 0.62, height * 0.58);
  pen.stroke();
  return createImageBitmap(canvas);
}

class Preview extends HTMLElement {
  async connectedCallback() {
    this.addEventListener("keydown", (event) => { if (!event.defaultPrevented && this.sheet?.pressed(event)) event.preventDefault(); });
    if (this.dataset.tried) await this.show(JSON.parse(this.dataset.tried));
  }

  // `tried`: a task, and what becomes of the answers given under the version before.
  async show({ task, carried = [] }) {
    await load(task.questions.map((question) => question.kind), task.content.image);
    const media = task.content.image ? await picture(task.content) : null;
    const before = document.activeElement;
    this.sheet = element("hw-task");
    this.kept = element("pre", { tabIndex: 0, ariaLabel: "The answer as it is kept" });
    this.sheet.addEventListener("changed", () => this.tell());
    this.replaceChildren(this.sheet, element("h2", { textContent: "The answer as it is kept" }), this.kept, ...this.fates(carried));
    this.sheet.begin(task, {}, media);
    if (before && before !== document.body) before.focus({ preventScroll: true }); // whoever types goes on typing
    else document.activeElement?.blur();
    this.tell();
  }

  tell() {
    const answers = this.sheet.answers();
    this.kept.textContent = Object.keys(answers).length ? JSON.stringify(answers, null, 1) : "Nothing yet: answer above.";
  }

  fates(carried) {
    if (!carried.length) return [];
    const rows = carried.map(({ question, fate, detail }) => element("li", {}, element("strong", { textContent: `${question}: ${fate}` }), detail ? ` ${detail}` : ""));
    return [element("h2", { textContent: "What becomes of the answers given so far" }), element("ul", {}, ...rows)];
  }
}

customElements.define("hw-preview", Preview);
