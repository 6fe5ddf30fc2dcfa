// <hw-case data-case="…">: an answer under review, or a dispute, by keyboard; the decision is a plain form below it.
import "./guide.js";
import "./task.js";
import { element, isTyping } from "./dom.js";
import { obey, offerKeys, openKeys } from "./keymap.js";
import { load } from "./kinds.js";

const MOST_KEYS = 9;

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
    this.sheet.addEventListener("changed", () => { this.isChanged = !this.isReview || this.told() !== this.before; this.say(); });
    addEventListener("keydown", (event) => this.pressed(event));
    offerKeys(() => [{ title: this.isReview ? "Review" : "Dispute", bindings: this.bindings }, ...this.sheet.groups]);
    this.say();
  }

  async picture(address) {
    const response = await fetch(address);
    return response.ok ? createImageBitmap(await response.blob()) : null;
  }

  begin(values) {
    this.sheet.begin(this.task, structuredClone(values ?? {}), this.media);
    this.before = this.told();
    this.sheet.goTo(this.sheet.slots()[0]);
  }

  told() { return JSON.stringify(this.sheet.answers()); }

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

  get bindings() {
    const free = ({ key, target, ctrlKey, metaKey, altKey }, wanted) => key === wanted && !isTyping(target) && !ctrlKey && !metaKey && !altKey;
    const verdict = (code, value) => ({ alt: code, text: value, act: () => this.decide(value) });
    return [
      { fits: (event) => this.settles(event), show: "Enter", text: this.isReview ? "accept, or correct what was changed" : "settle", act: (event) => this.decide(this.usual(event.target.closest("#decision"))) },
      { keys: ["Escape"], text: "to the reason, and back", act: (event) => (isTyping(event.target) ? document.activeElement.blur() : this.reason.focus()) },
      ...(this.isReview ? [verdict("KeyA", "accept"), verdict("KeyC", "correct"), verdict("KeyR", "return")] : []),
      ...this.answers.slice(0, MOST_KEYS).map((_, place) => ({ alt: `Digit${place + 1}`, text: `start from answer ${place + 1}`, act: () => this.take(place) })),
      { fits: (event) => free(event, "/"), show: "/", text: "search the guideline", act: () => document.querySelector("hw-guide").focus() },
      { fits: (event) => free(event, "?"), show: "?", text: "this list", act: openKeys },
    ];
  }

  pressed(event) {
    if (document.querySelector("dialog[open]") || event.defaultPrevented) return;
    const inSheet = () => !event.target.closest("#decision") && this.sheet.pressed(event);
    const ours = () => obey(this.bindings, event);
    if (event.altKey ? ours() || inSheet() : inSheet() || ours()) event.preventDefault();
  }

  settles(event) {
    if (event.key !== "Enter" || event.shiftKey || (event.target.closest("textarea, a, summary") && !event.ctrlKey)) return false;
    return !event.target.closest("button:not([role=radio], [role=checkbox], [aria-pressed])");
  }

  // What Enter means: settle; correct what was changed; return what has a reason; else accept.
  usual(inForm) {
    if (!this.isReview) return "";
    if (this.isChanged) return "correct";
    return inForm && this.reason.value.trim() ? "return" : "accept";
  }

  decide(verdict) {
    const button = verdict ? this.form.querySelector(`[value=${verdict}]`) : null;
    if (button?.disabled) this.say(); // what was changed cannot be accepted as it was
    else this.form.requestSubmit(button);
  }

  // Nothing leaves the page without its reason and its answers.
  check(event) {
    const verdict = event.submitter?.value ?? "";
    if (verdict !== "accept" && !this.reason.value.trim()) {
      event.preventDefault();
      this.reason.focus();
      this.say("Say why; the people concerned read it.");
      return;
    }
    if (verdict === "correct" && !this.isChanged) {
      event.preventDefault();
      this.say("Nothing is changed: accept the answer, or change it first.");
      return;
    }
    const obstacle = verdict === "correct" || !this.isReview ? this.sheet.obstacle() : "";
    if (obstacle) { event.preventDefault(); this.say(obstacle); return; }
    this.form.querySelector("[name=values]").value = JSON.stringify(this.sheet.answers());
  }
}

customElements.define("hw-case", Case);
