// <hw-record>: the text, chat or image that is asked about. Its texts stay plain text nodes, so that 50 kB cost nothing.
import { element, readable } from "./dom.js";

const EXCERPT = 40; // characters of an answer beside its turn

class Shown extends HTMLElement {
  // `task` is set before it is attached.
  connectedCallback() {
    if (this.texts) return;
    const { content } = this.task;
    const { text: whole, turns = [] } = this.task.rendered;
    this.className = "content";
    this.tabIndex = 0;
    this.setAttribute("role", "region");
    this.ariaLabel = "The record";
    this.turns = (content.turns ?? (content.text ? [{ role: "", text: content.text }] : [])).map((turn, place) => this.turn(turn, place, content.turns ? turns[place] : whole));
    this.texts = this.turns.map((turn) => turn.text);
    this.append(...this.turns.map((turn) => turn.row));
    this.hidden = !this.turns.length;
  }

  turn({ role, text }, place, html) {
    const shown = readable(text, html);
    const [words] = shown;
    const labels = element("span", { className: "labels" });
    const row = element("div", { className: role ? "turn" : "whole" });
    if (role) row.append(element("span", { className: "role" }, `${place + 1} · ${role}`, labels));
    row.append(...shown);
    row.addEventListener("click", (event) => { if (!event.target.closest("a")) this.task.turnTo(place); });
    return { row, labels, text: words.firstChild ?? words };
  }

  // Mark the turn asked about and write each turn's labels beside its role.
  show() {
    const perTurn = this.task.questions.filter((question) => question.per_turn);
    this.turns.forEach(({ row, labels }, place) => {
      const current = perTurn.length > 0 && place === this.task.turn;
      row.ariaCurrent = current ? "true" : null;
      labels.replaceChildren(...perTurn.flatMap((question) => this.label(question, place)));
    });
  }

  label(question, place) {
    const answer = this.task.values[question.name]?.[place];
    if (answer === undefined) return [];
    const named = (value) => question.options?.find((option) => option.value === value)?.label ?? String(value);
    const words = answer.cannot_decide ? "cannot decide" : [answer].flat().filter((value) => typeof value !== "object").map(named).join(", ");
    return [element("span", { className: "badge", dir: "auto", textContent: words.length > EXCERPT ? `${words.slice(0, EXCERPT)}…` : words || "answered" })];
  }

  reveal(place) { this.turns[place]?.row.scrollIntoView({ block: "nearest" }); }

  scroll(pages) { this.scrollBy({ top: pages * this.clientHeight * 0.85, behavior: "instant" }); }
}

customElements.define("hw-record", Shown);
