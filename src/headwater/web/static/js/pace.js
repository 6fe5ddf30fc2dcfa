// <hw-pace>: how the person's own work goes: the deadline, today, the last hour, what is left, accuracy where the program shows it.
import { element } from "./dom.js";

const AGAIN_MS = 300_000; // seldom: what changes at once would tell tasks apart

class Pace extends HTMLElement {
  // `url` is set before it is attached; who attaches it calls `refresh` once what waited was sent.
  connectedCallback() {
    this.given = 0;
    this.again = setInterval(() => this.refresh(), AGAIN_MS);
  }

  disconnectedCallback() { clearInterval(this.again); }

  async refresh() {
    const since = new Date(new Date().setHours(0, 0, 0, 0)).toISOString();
    const response = await fetch(`${this.url}/pace?since=${since}`).catch(() => null);
    if (!response?.ok) return;
    this.known = await response.json();
    this.given = 0;
    this.draw();
  }

  // An answer was taken, or taken back.
  count(by) {
    this.given += by;
    this.draw();
  }

  draw() {
    if (!this.known) return;
    const { today, last_hour: lately, left, accuracy, due } = this.known;
    const percent = (share) => `${Math.round(share * 100)} %`;
    const parts = [`${today + this.given} today`, `${lately + this.given} in the last hour`, left];
    if (accuracy) parts.push(`${percent(accuracy.value)} right before today (${percent(accuracy.low)}–${percent(accuracy.high)}, n = ${accuracy.n}, Wilson 95 %)`);
    const deadline = due ? [element("span", { className: due.is_near ? "near" : "", title: `Deadline: ${new Date(due.at).toLocaleString()}`, textContent: due.words })] : [];
    this.replaceChildren(...deadline, ...parts.map((text) => element("span", { textContent: text })));
  }
}

customElements.define("hw-pace", Pace);
