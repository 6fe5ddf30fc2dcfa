// <hw-annotate url="/p/…/workspace/…">: answer tasks by keyboard. The next task is fetched ahead, answers are kept
// in the browser until they are acknowledged, drafts survive a reload, and a dropped network loses nothing.
import { drop, keep, waiting } from "./outbox.js";

const KEYS = [..."123456789abcdefghijklmnopqrstuvwxyz"];
const HEARTBEAT_MS = 60_000;
const AHEAD = 1;
const FINAL = new Set([404, 409, 412, 422]); // refusals that sending again cannot change

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

class Annotate extends HTMLElement {
  connectedCallback() {
    this.ahead = []; this.outgoing = new Set(); this.values = {}; this.sending = false; this.last = null; this.task = null;
    this.status = element("div", { className: "status" });
    this.status.setAttribute("role", "status");
    this.body = element("div");
    this.replaceChildren(this.status, this.body);
    addEventListener("keydown", (event) => this.pressed(event));
    addEventListener("online", () => this.flush());
    addEventListener("offline", () => this.say());
    setInterval(() => this.beat(), HEARTBEAT_MS);
    setInterval(() => this.flush(), 5_000);
    this.start();
  }

  get url() { return this.getAttribute("url"); }
  get person() { return this.getAttribute("person"); }
  waiting() { return waiting(this.url, this.person); }

  async call(path, body) {
    const response = await fetch(`${this.url}/${path}`, {
      method: "POST", body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", Accept: "application/json",
        "X-CSRF-Token": document.querySelector("meta[name=csrf-token]").content },
    });
    const reply = await response.json().catch(() => ({ detail: "The server sent no readable reply." }));
    if (!response.ok) throw Object.assign(new Error(reply.detail), { status: response.status, code: reply.code, remedy: reply.remedy });
    return reply;
  }

  async start() {
    for (const entry of await this.waiting()) this.outgoing.add(entry.lease_id);
    await this.flush();
    try { await this.fill(); } catch (error) { this.fail(error); }
    this.next();
  }

  // What is at hand or on its way: the server must not hand it out again.
  holding() { return [this.task, ...this.ahead].filter(Boolean).map((task) => task.lease_id).concat(...this.outgoing); }

  async fill() {
    while (this.ahead.length < AHEAD + (this.task ? 0 : 1)) {
      const reply = await this.call("claim", { holding: this.holding() });
      if (!this.accept(reply)) return;
    }
  }

  accept(reply) {
    this.answered = reply.answered; this.why = reply.why;
    if (!reply.task || this.holding().includes(reply.task.lease_id)) return false;
    this.ahead.push(reply.task);
    return true;
  }

  next() {
    this.task = this.ahead.shift() ?? null;
    this.values = {}; this.question = 0; this.began = performance.now();
    if (this.task) {
      const draft = localStorage.getItem(`headwater-draft-${this.task.lease_id}`);
      this.values = draft ? JSON.parse(draft) : { ...this.task.draft };
    }
    this.render(); this.say();
    if (this.ahead.length < AHEAD && (this.task || this.why === "")) this.fill().catch(() => {}).then(() => this.caughtUp());
  }

  caughtUp() {
    if (!this.task && this.ahead.length) return this.next();
    if (!this.task) this.render();
    this.say();
  }

  render() {
    if (!this.task) {
      const reasons = { done: "Nothing is left for you at present.", paused: "The campaign is paused.", closed: "The campaign is closed.",
        unskilled: "Your skills do not fit what is left.", calibration_failed: "The calibration round was not passed; ask the guideline's owner.",
        budget_spent: "The budget is spent.", unavailable: "You are marked as not available." };
      this.body.replaceChildren(element("div", { className: "empty" }, element("h2", { textContent: reasons[this.why] ?? "No task at hand" }),
        element("p", { textContent: "Thank you. Press Enter to look again." })));
      return;
    }
    const content = element("div", { className: "content", tabIndex: 0 });
    content.setAttribute("aria-label", "The record");
    const turns = this.task.content.turns ?? [{ role: "", text: this.task.content.text }];
    for (const turn of turns) {
      content.append(element("p", { dir: "auto" }, turn.role ? element("span", { className: "role", textContent: turn.role }) : "", turn.text));
    }
    const note = this.task.note ? [element("p", { className: "notice attention", textContent: this.task.note })] : [];
    this.body.replaceChildren(...note, content, ...this.task.questions.map((question, place) => this.ask(question, place)), this.tools());
    this.show();
  }

  ask(question, place) {
    const field = element("fieldset", { className: "options" }, element("legend", { textContent: question.text || question.name }));
    if (["text"].includes(question.kind)) {
      const box = element("textarea", { rows: 4, value: this.values[question.name] ?? "", ariaLabel: question.text || question.name });
      box.addEventListener("input", () => { this.values[question.name] = box.value; this.draft(); });
      field.append(box);
      return field;
    }
    this.choices(question).forEach((option, index) => {
      const key = place === this.question ? KEYS[index] : "";
      const button = element("button", { type: "button", title: option.help ?? "" }, key ? element("kbd", { textContent: key }) : "", element("span", { textContent: option.label }));
      button.dataset.question = question.name; button.dataset.value = JSON.stringify(option.value);
      button.addEventListener("click", () => this.pick(question, option.value));
      button.addEventListener("focus", () => this.guide(option.value));
      button.addEventListener("mouseenter", () => this.guide(option.value));
      field.append(button);
    });
    return field;
  }

  choices(question) {
    if (question.kind === "rating") {
      const [low, high] = [question.minimum ?? 1, question.maximum ?? 5];
      return Array.from({ length: high - low + 1 }, (_, step) => ({ value: low + step, label: String(low + step) }));
    }
    return (question.options ?? []).map((option) => ({ ...option, label: option.label || option.value }));
  }

  tools() {
    const submit = element("button", { type: "button", className: "primary" }, "Submit ", element("kbd", { textContent: "Enter" }));
    submit.addEventListener("click", () => this.submit());
    const skip = element("button", { type: "button" }, "Skip ", element("kbd", { textContent: "Esc" }));
    skip.addEventListener("click", () => this.askReason());
    const undo = element("button", { type: "button", className: "quiet" }, "Undo ", element("kbd", { textContent: "Backspace" }));
    undo.addEventListener("click", () => this.undo());
    return element("div", { className: "actions" }, submit, skip, undo);
  }

  pick(question, value) {
    if (question.kind === "multiple") {
      const chosen = new Set(this.values[question.name] ?? []);
      chosen.has(value) ? chosen.delete(value) : chosen.add(value);
      this.values[question.name] = [...chosen];
    } else { this.values[question.name] = value; }
    this.guide(value); this.draft(); this.show();
  }

  show() {
    for (const button of this.body.querySelectorAll("button[data-question]")) {
      const given = this.values[button.dataset.question], value = JSON.parse(button.dataset.value);
      button.setAttribute("aria-pressed", String(Array.isArray(given) ? given.includes(value) : given === value));
    }
  }

  draft() { localStorage.setItem(`headwater-draft-${this.task.lease_id}`, JSON.stringify(this.values)); }

  guide(value) {
    const sections = document.querySelectorAll(".guide [data-section]");
    for (const section of sections) {
      const here = section.dataset.section.toLowerCase() === String(value).toLowerCase();
      section.classList.toggle("current", here);
      if (here) section.scrollIntoView({ block: "nearest" });
    }
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const typing = event.target.closest("textarea, input");
    if (event.key === "?" && !typing) { document.querySelector("#keys").showModal(); return; }
    if (event.key === "Enter" && !event.shiftKey && !event.target.closest("button, a, textarea")) {
      event.preventDefault();
      if (typing) return this.skip(typing.value);
      return this.task ? this.submit() : this.start();
    }
    if (event.key === "Escape") { event.preventDefault(); return typing ? this.render() : this.askReason(); }
    if (typing || !this.task) return;
    if (event.key === "Backspace") { event.preventDefault(); return this.undo(); }
    const question = this.task.questions[this.question];
    const option = question && this.choices(question)[KEYS.indexOf(event.key)];
    if (KEYS.includes(event.key) && option) {
      event.preventDefault();
      this.pick(question, option.value);
      if (question.kind !== "multiple" && this.question < this.task.questions.length - 1) { this.question += 1; this.render(); }
    }
  }

  async submit() {
    const missing = this.task.questions.find((question) => question.required !== false && this.values[question.name] === undefined);
    if (missing) return this.say(`Answer “${missing.text || missing.name}” first.`);
    const { lease_id, token } = this.task;
    const entry = { client_id: crypto.randomUUID(), url: this.url, person: this.person, lease_id, token, values: this.values, lead_time_ms: Math.round(performance.now() - this.began) };
    this.outgoing.add(lease_id);
    await keep(entry);
    this.last = { lease_id, token };
    this.next();
    this.flush();
  }

  // Send what waits, oldest first, until nothing does or the network fails; more may come meanwhile.
  async flush() {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let left = await this.waiting(); left.length; left = await this.waiting()) {
        for (const entry of left) if (!await this.send(entry)) return;
      }
    } finally { this.sending = false; this.say(); }
  }

  // Returns whether the entry is done with: acknowledged, or refused for good.
  async send({ url, person, ...entry }) {
    try {
      const reply = await this.call("submit", { ...entry, holding: this.holding() });
      await this.settle(entry);
      if (reply.feedback) this.feedback = reply.feedback.is_right ? "Right." : `Expected ${Object.values(reply.feedback.known).join(", ")}. ${reply.feedback.explanation}`;
      if (reply.next) this.accept(reply.next);
      this.caughtUp();
    } catch (error) {
      if (error.status) this.problem = `${error.message} ${error.remedy ?? ""}`;
      if (!FINAL.has(error.status)) return false;
      await this.settle(entry);
    }
    return true;
  }

  async settle(entry) { await drop(entry.client_id); this.outgoing.delete(entry.lease_id); localStorage.removeItem(`headwater-draft-${entry.lease_id}`); }

  askReason() {
    if (!this.task) return;
    const box = element("input", { placeholder: "Why can it not be answered? Enter sends, Esc goes back.", ariaLabel: "Reason for skipping" });
    this.body.prepend(box); box.focus();
  }

  async skip(reason) {
    if (!reason.trim()) return this.say("Say in a few words why.");
    try { this.accept(await this.call("skip", { lease_id: this.task.lease_id, token: this.task.token, reason })); this.next(); } catch (error) { this.fail(error); }
  }

  async undo() {
    if (!this.last) return this.say("There is nothing to take back.");
    await this.flush();
    try {
      const reply = await this.call("undo", this.last);
      this.last = null;
      if (!reply.task) return;
      if (this.task) this.ahead.unshift(this.task);
      this.ahead.unshift(reply.task); this.next();
    } catch (error) { this.fail(error); }
  }

  async beat() {
    const held = [this.task, ...this.ahead].filter(Boolean);
    if (held.length) await this.call("heartbeat", { leases: Object.fromEntries(held.map((task) => [task.lease_id, task.token])) }).catch(() => {});
  }

  fail(error) { this.problem = error.status ? `${error.message} ${error.remedy ?? ""}` : "The server does not answer; nothing is lost."; this.say(); }

  async say(message = "") {
    const left = (await this.waiting()).length;
    const parts = [`${(this.answered ?? 0)} answered`];
    if (left) parts.push(`${left} waiting to be sent`);
    this.status.replaceChildren(...parts.map((text) => element("span", { textContent: text })));
    if (!navigator.onLine) this.status.append(element("span", { className: "offline", textContent: "Offline: answers are kept here" }));
    for (const text of [this.feedback, this.problem, message].filter(Boolean)) this.status.append(element("span", { className: text === this.feedback ? "" : "wrong", textContent: text }));
    this.feedback = this.problem = "";
  }
}

customElements.define("hw-annotate", Annotate);
