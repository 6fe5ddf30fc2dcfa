// <hw-annotate url="/p/…/workspace/…" person="…" kinds="…">: task after task. The next one is fetched ahead, answers are
// kept in the browser until they are acknowledged, drafts survive a reload, and a dropped network loses nothing.
import "./task.js";
import { action, element, isTyping } from "./dom.js";
import { load } from "./kinds.js";
import { drop, keep, waiting } from "./outbox.js";

const HEARTBEAT_MS = 60_000;
const RETRY_MS = 5_000;
const BUSY_MS = 500;
const AHEAD = 1;
const LAPSED = new Set([404, 409, 412]); // the task is no longer ours: sending again cannot change that
const REFUSED = 422; // the answer does not fit: the task comes back with its draft
const REASONS = {
  busy: "Others are taking what is left at this moment.",
  done: "Nothing is left for you at present.", paused: "The campaign is paused.", closed: "The campaign is closed.",
  unskilled: "Your skills do not fit what is left.", calibration_failed: "The calibration round was not passed; ask the guideline's owner.",
  budget_spent: "The budget is spent.", unavailable: "You said that you are not available; change it under Workforce.",
  stopped: "Operations have stopped your work here; your inbox says why.",
};

class Annotate extends HTMLElement {
  async connectedCallback() {
    Object.assign(this, { ahead: [], outgoing: new Set(), sending: false, last: null, task: null, why: "" });
    this.status = element("div", { className: "status", role: "status" });
    this.lost = element("div");
    this.body = element("div");
    this.replaceChildren(this.status, this.lost, this.body);
    addEventListener("keydown", (event) => this.pressed(event));
    addEventListener("online", () => this.flush());
    addEventListener("offline", () => this.say());
    setInterval(() => this.beat(), HEARTBEAT_MS);
    setInterval(() => this.flush(), RETRY_MS);
    await load(this.getAttribute("kinds").split(" "));
    await this.start();
  }

  get url() { return this.getAttribute("url"); }
  get person() { return this.getAttribute("person"); }
  waiting() { return waiting(this.url, this.person); }

  async call(path, body) {
    const response = await fetch(`${this.url}/${path}`, {
      method: "POST", body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": document.querySelector("meta[name=csrf-token]").content },
    });
    const reply = await response.json().catch(() => ({ detail: "The server sent no readable reply." }));
    if (!response.ok) throw Object.assign(new Error(reply.detail), { status: response.status, code: reply.code, remedy: reply.remedy });
    return reply;
  }

  async start() {
    for (const entry of await this.waiting()) this.outgoing.add(entry.lease_id);
    await this.flush();
    try { await this.fill(); } catch (error) { this.fail(error); }
    await this.next();
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
    reply.task.ready = Promise.all([load(reply.task.questions.map((question) => question.kind), reply.task.content.image), this.picture(reply.task)]);
    reply.task.ready.catch(() => {});
    this.ahead.push(reply.task);
    return true;
  }

  // The image travels ahead with its task, so that it is there without a wait and without the network.
  async picture(task) {
    if (!task.content.image) return;
    const response = await fetch(`${this.url}/image/${task.lease_id}`);
    if (!response.ok) throw new Error("The image of this task cannot be had; skip it and say so.");
    task.media = await createImageBitmap(await response.blob());
  }

  async next() {
    this.task = this.ahead.shift() ?? null;
    this.began = performance.now();
    this.sheet = null;
    if (this.task) {
      const { task } = this;
      try { await task.ready; } catch (error) { this.problem = error.message; }
      if (task !== this.task) return;
      this.began = performance.now();
      this.render();
    } else { this.rest(); }
    this.say();
    if (this.ahead.length < AHEAD && (this.task || this.why === "" || this.why === "busy")) this.fill().catch(() => {}).then(() => this.caughtUp());
  }

  caughtUp() {
    if (!this.task && this.ahead.length) { this.next(); return; }
    if (!this.task) this.rest();
    if (!this.task && this.why === "busy") setTimeout(() => this.fill().catch(() => {}).then(() => this.caughtUp()), BUSY_MS);
    this.say();
  }

  rest() {
    this.body.replaceChildren(element("div", { className: "empty" }, element("h2", { textContent: REASONS[this.why] ?? "No task at hand" }),
      element("p", { textContent: "Thank you. Press Enter to look again." })));
  }

  render() {
    const draft = localStorage.getItem(this.draftName(this.task.lease_id));
    this.sheet = element("hw-task");
    this.sheet.addEventListener("changed", () => this.draft());
    this.body.replaceChildren(this.sheet, this.tools());
    this.sheet.begin(this.task, draft ? JSON.parse(draft) : { ...this.task.draft }, this.task.media);
  }

  draftName(lease) { return `headwater-draft-${lease}`; }

  draft() {
    if (!this.sheet) return;
    try { localStorage.setItem(this.draftName(this.sheet.seed), JSON.stringify(this.sheet.values)); } catch { this.say("This draft is too large to survive a reload; submit it before you leave."); }
  }

  tools() {
    this.reason = element("input", { placeholder: "Why can it not be answered? Enter sends, Esc goes back.", "aria-label": "Reason for skipping", maxLength: 500, hidden: true });
    this.reason.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); this.skip(this.reason.value); }
    });
    return element("div", { className: "actions tools" }, action("Submit", "Enter", () => this.submit(), "primary"), action("Skip", "Esc", () => this.askReason()),
      action("Undo", "Backspace", () => this.undo(), "quiet"), this.reason);
  }

  pressed(event) {
    if (document.querySelector("dialog[open]") || event.defaultPrevented) return;
    const typing = isTyping(event.target);
    if (event.key === "?" && !typing) { event.preventDefault(); document.querySelector("#keys").showModal(); return; }
    if (!this.task) { if (event.key === "Enter" && !typing) { event.preventDefault(); this.start(); } return; }
    if (!this.sheet) return;
    if (this.sheet.pressed(event)) { event.preventDefault(); return; }
    if (event.key === "Escape") { event.preventDefault(); this.escape(typing); return; }
    if (event.key === "Enter" && this.submits(event, typing)) { event.preventDefault(); this.submit(); return; }
    if (event.key === "Backspace" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); this.undo(); }
  }

  // Enter submits, except where it means something else: on a plain button or link, and as a new line in a text.
  submits(event, typing) {
    if (event.ctrlKey || event.metaKey) return true;
    if (event.shiftKey || event.altKey || event.target.closest("textarea, a, summary")) return false;
    return typing || !event.target.closest("button:not([role=radio], [role=checkbox], [aria-pressed])");
  }

  escape(typing) {
    if (!typing) { this.askReason(); return; }
    if (!this.reason.hidden) this.reason.hidden = true;
    document.activeElement.blur();
  }

  async submit() {
    if (!this.sheet) return;
    const obstacle = this.sheet.obstacle();
    if (obstacle) { this.say(obstacle); return; }
    const { lease_id, token } = this.task;
    const entry = { client_id: crypto.randomUUID(), url: this.url, person: this.person, lease_id, token, values: this.sheet.answers(), lead_time_ms: Math.round(performance.now() - this.began) };
    this.outgoing.add(lease_id);
    await keep(entry);
    this.last = { lease_id, token };
    await this.next();
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
      if (reply.feedback) this.feedback = reply.feedback.right ? "Right." : `Expected ${Object.entries(reply.feedback.known).map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`).join(", ")}. ${reply.feedback.explanation}`;
      if (reply.next) this.accept(reply.next);
    } catch (error) {
      if (error.status) this.problem = `${error.message} ${error.remedy ?? ""}`;
      if (error.status === REFUSED) localStorage.setItem(this.draftName(entry.lease_id), JSON.stringify(entry.values));
      else if (LAPSED.has(error.status)) this.mourn(entry, error.message);
      else return false;
      await this.settle(entry, error.status !== REFUSED);
    }
    this.caughtUp();
    return true;
  }

  async settle(entry, forget = true) {
    await drop(entry.client_id);
    this.outgoing.delete(entry.lease_id);
    if (forget) localStorage.removeItem(this.draftName(entry.lease_id));
  }

  // An answer the server will not take any more stays readable, so that no text is lost.
  mourn(entry, why) {
    this.lost.append(element("details", { className: "notice attention" }, element("summary", { textContent: `An answer was not taken: ${why}` }),
      element("pre", { textContent: JSON.stringify(entry.values, null, 2), tabIndex: 0 })));
  }

  askReason() {
    if (!this.task) return;
    this.reason.hidden = false;
    this.reason.focus();
  }

  async skip(reason) {
    if (!reason.trim()) { this.say("Say in a few words why."); return; }
    const { lease_id, token } = this.task;
    try {
      const reply = await this.call("skip", { lease_id, token, reason });
      localStorage.removeItem(this.draftName(lease_id));
      this.accept(reply);
      await this.next();
    } catch (error) { this.fail(error); }
  }

  async undo() {
    if (!this.last) { this.say("There is nothing to take back."); return; }
    await this.flush();
    try {
      const reply = await this.call("undo", this.last);
      this.last = null;
      if (!reply.task) return;
      const current = this.task;
      this.task = null;
      this.accept(reply);
      this.ahead.unshift(this.ahead.pop(), ...(current ? [current] : []));
      await this.next();
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
