// <hw-case data-case="…">: an answer under review, or a dispute, by keyboard; the decision is a plain form below it.
import "./task.js";
import { element, isTyping } from "./dom.js";
import { load } from "./kinds.js";

class Case extends HTMLElement {
  async connectedCallback() {
    const { task, answers, image } = JSON.parse(this.dataset.case);
    Object.assign(this, { task, answers, isChanged: false, form: document.querySelector("#decision") });
    this.isReview = this.form.dataset.tier === "review";
    this.status = element("p", { className: "status", role: "status" });
    this.sheet = element("hw-task");
    this.append(this.sheet, this.status);
    this.reason = this.form.querySelector("[name=reason]");
    this.form.addEventListener("submit", (event) => this.check(event));
    for (const button of document.querySelectorAll("[data-take]")) button.addEventListener("click", () => this.take(Number(button.dataset.take)));
    await load(task.questions.map((question) => question.kind), task.content.image);
    this.media = task.content.image ? await this.picture(image) : null;
    this.begin(this.isReview ? answers[0] : {});
    this.sheet.addEventListener("changed", () => { this.isChanged = true; this.say(); });
    addEventListener("keydown", (event) => this.pressed(event));
    this.say();
  }

  async picture(address) {
    const response = await fetch(address);
    return response.ok ? createImageBitmap(await response.blob()) : null;
  }

  begin(values) {
    this.sheet.begin(this.task, structuredClone(values ?? {}), this.media);
    this.sheet.goTo(this.sheet.slots()[0]);
  }

  // Start from one of the answers given.
  take(place) {
    if (!this.answers[place]) return;
    this.begin(this.answers[place]);
    this.isChanged = place > 0 || !this.isReview;
    this.say(`Answer ${place + 1} is taken over; change it or go on.`);
  }

  say(text = "") {
    this.status.textContent = text || (this.isReview && this.isChanged ? "Changed: Enter corrects, with a reason." : "");
    this.form.querySelector("[value=accept]")?.toggleAttribute("disabled", this.isChanged);
  }

  pressed(event) {
    if (document.querySelector("dialog[open]") || event.defaultPrevented) return;
    const inForm = event.target.closest("#decision");
    if (event.altKey && this.shortcut(event.code)) { event.preventDefault(); return; }
    if (!inForm && this.sheet.pressed(event)) { event.preventDefault(); return; }
    if (event.key === "Escape") {
      event.preventDefault();
      if (isTyping(event.target)) document.activeElement.blur();
      else this.reason.focus();
      return;
    }
    if (event.key !== "Enter" || event.shiftKey || event.target.closest("textarea, a, summary") && !event.ctrlKey) return;
    if (event.target.closest("button:not([role=radio], [role=checkbox], [aria-pressed])")) return;
    event.preventDefault();
    this.decide(this.usual(inForm));
  }

  // What Enter means: settle; correct what was changed; return what has a reason; else accept.
  usual(inForm) {
    if (!this.isReview) return "";
    if (this.isChanged) return "correct";
    return inForm && this.reason.value.trim() ? "return" : "accept";
  }

  shortcut(code) {
    const digit = /^Digit([1-9])$/.exec(code);
    if (digit) { this.take(Number(digit[1]) - 1); return true; }
    const verdict = this.isReview && { KeyA: "accept", KeyC: "correct", KeyR: "return" }[code];
    if (verdict) this.decide(verdict);
    return Boolean(verdict);
  }

  decide(verdict) { this.form.requestSubmit(verdict ? this.form.querySelector(`[value=${verdict}]`) : null); }

  // Nothing leaves the page without its reason and its answers.
  check(event) {
    const verdict = event.submitter?.value ?? "";
    if (verdict !== "accept" && !this.reason.value.trim()) {
      event.preventDefault();
      this.reason.focus();
      this.say("Say why; the people concerned read it.");
      return;
    }
    const obstacle = verdict === "correct" || !this.isReview ? this.sheet.obstacle() : "";
    if (obstacle) { event.preventDefault(); this.say(obstacle); return; }
    this.form.querySelector("[name=values]").value = JSON.stringify(this.sheet.answers());
  }
}

customElements.define("hw-case", Case);
