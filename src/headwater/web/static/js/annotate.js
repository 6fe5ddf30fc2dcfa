// <hw-annotate url="/p/…/workspace/…" person="…" kinds="…">: task after task. The next one is fetched ahead, what the
// person does is kept in the browser until it is acknowledged, drafts survive a reload, and a dropped network loses nothing.
import "./enquiries.js";
import "./guide.js";
import "./messages.js";
import "./pace.js";
import "./refused.js";
import "./task.js";
import "./tools.js";
import { Courier } from "./courier.js";
import { element, isTyping } from "./dom.js";
import { draftOf, dropDraft, keepDraft } from "./drafts.js";
import { obey, offerKeys, openKeys } from "./keymap.js";
import { load } from "./kinds.js";
import { REASONS, remedy } from "./reasons.js";
import { mayPass, post, wordsOf } from "./server.js";

const RETRY_MS = 5_000;
const BUSY_MS = 500;
const AHEAD = 1;
const EXCERPT = 160;

class Annotate extends HTMLElement {
  async connectedCallback() {
    Object.assign(this, { ahead: [], courier: new Courier(this), last: null, leftAt: 0, task: null, why: "", trouble: "" });
    this.status = element("div", { className: "status" });
    this.refused = Object.assign(element("hw-refused"), { url: this.url, person: this.person });
    this.messages = element("hw-messages");
    this.messages.addEventListener("teaching", () => this.held());
    this.body = element("div");
    this.enquiries = Object.assign(element("hw-enquiries"), { bench: this });
    this.pace = Object.assign(element("hw-pace"), { url: this.url });
    (document.querySelector(".workhead") ?? this).append(this.status, this.pace);
    this.replaceChildren(this.refused, this.messages, this.body, this.enquiries);
    addEventListener("keydown", (event) => this.pressed(event));
    addEventListener("online", () => this.courier.flush());
    addEventListener("offline", () => this.count());
    document.addEventListener("visibilitychange", () => { // time away from the page is not time on the task
      if (document.hidden) this.leftAt = performance.now();
      else this.began += performance.now() - Math.max(this.leftAt, this.began);
    });
    setInterval(() => this.beat(), 1000 * this.getAttribute("beat"));
    setInterval(() => this.courier.flush(), RETRY_MS);
    this.guide = document.querySelector("hw-guide");
    this.guide.addEventListener("left", () => this.sheet?.active?.focusControl());
    offerKeys(() => [{ title: "Workspace", bindings: this.bindings }, ...(this.sheet?.groups ?? [])]);
    await load(this.getAttribute("kinds").split(" "));
    await this.start();
    await this.enquiries.refresh();
  }

  get url() { return this.getAttribute("url"); }
  get person() { return this.getAttribute("person"); }
  say(text) { this.messages.say(text); }

  async call(path, body) {
    const reply = await post(`${this.url}/${path}`, body);
    this.trouble = "";
    return reply;
  }

  async start() {
    for (const entry of await this.courier.waiting()) this.courier.expect(entry);
    await this.courier.flush();
    this.pace.refresh();
    try { await this.fill(); } catch (error) { this.fail(error); }
    await this.next();
  }

  // What is at hand or on its way: the server must not hand it out again.
  holding() { return [this.task, ...this.ahead].filter(Boolean).map((task) => task.lease_id).concat(this.courier.leases); }

  async fill() {
    while (this.ahead.length < AHEAD + (this.task ? 0 : 1)) {
      const reply = await this.call("claim", { holding: this.holding() });
      if (!this.accept(reply)) return;
    }
  }

  accept(reply) {
    this.answered = reply.answered; this.why = reply.why;
    if (!reply.task || this.holding().includes(reply.task.lease_id)) return false;
    reply.task.ready = Promise.all([load(reply.task.questions.map((question) => question.kind), reply.task.content.image), this.picture(reply.task), this.guide.have(reply.task.guideline, `${this.url}/guide`)]);
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
      let problem = "";
      try { await task.ready; } catch (error) { problem = error.message; }
      if (task !== this.task) return;
      // Nothing is answered beside another version of the guideline than the one the answer will carry.
      if (!this.guide.versions.has(task.guideline)) { Object.assign(this, { task: null, why: "unguided" }); this.rest(); this.say(problem); this.count(); return; }
      this.began = performance.now();
      this.render();
      if (problem) this.say(problem);
    } else { this.rest(); }
    this.count();
    if (this.ahead.length < AHEAD && (this.task || this.why === "" || this.why === "busy")) this.fill().catch(() => {}).then(() => this.caughtUp());
  }

  caughtUp() {
    if (!this.task && this.ahead.length) { this.next(); return; }
    if (!this.task) this.rest();
    if (!this.task && this.why === "busy") setTimeout(() => this.fill().catch(() => {}).then(() => this.caughtUp()), BUSY_MS);
    this.count();
  }

  rest() {
    if (this.why === "done") this.pace.refresh();
    const help = remedy(this.why, this.getAttribute("asked"));
    this.body.replaceChildren(element("div", { className: "empty" }, element("h2", { textContent: REASONS[this.why] ?? "No task at hand" }), ...(help ? [element("p", { textContent: help })] : []),
      element("p", { textContent: "Thank you. Press Enter to look again, Backspace to take your last answer back." }), element("p", {}, element("a", { href: this.url.replace(/\/[^/]*$/, ""), textContent: "Other campaigns, the most urgent first" }))));
  }

  render() {
    this.sheet = element("hw-task");
    this.sheet.addEventListener("changed", () => { this.say(""); this.draft(); });
    const news = this.guide.show(this.task.guideline);
    if (news) this.messages.tell(news.text, "", news.link);
    this.tools = Object.assign(element("hw-tools"), { bench: this });
    this.body.replaceChildren(this.sheet, this.tools);
    this.sheet.begin(this.task, draftOf(this.task.lease_id) ?? { ...this.task.draft }, this.task.media);
    if (this.messages.isTeaching) this.messages.onward.focus();
  }

  draft() { if (this.sheet && !keepDraft(this.sheet.seed, this.sheet.values)) this.say("This draft is too large to survive a reload; submit it before you leave."); }

  // A lesson holds the work up until it was read; the time it takes is not the next task's.
  held() {
    this.body.inert = this.messages.isTeaching;
    if (this.messages.isTeaching) return;
    this.began = performance.now();
    this.sheet?.active?.focusControl();
  }

  get bindings() {
    const free = ({ key, target, ctrlKey, metaKey, altKey }, wanted) => key === wanted && !isTyping(target) && !ctrlKey && !metaKey && !altKey;
    const submits = (event) => event.key === "Enter" && this.submits(event, isTyping(event.target));
    return [
      { fits: submits, show: "Enter", text: "submit; Ctrl Enter from a text", act: () => this.submit(), when: () => Boolean(this.task) },
      { fits: (event) => free(event, "Enter"), act: () => this.start(), when: () => !this.task },
      { keys: ["Escape"], text: "leave a field, else skip with a reason", act: (event) => this.escape(isTyping(event.target)), when: () => Boolean(this.task) },
      { fits: (event) => free(event, "Backspace"), show: "Backspace", text: "take the last answer back", act: () => this.undo() },
      { fits: (event) => free(event, "/"), show: "/", text: "search the guideline", act: () => this.guide.focus() },
      { fits: (event) => free(event, "?"), show: "?", text: "this list", act: openKeys },
      ...(this.task && this.tools ? this.tools.bindings : []),
      { alt: "KeyQ", text: "ask the owners of the guideline about this task", act: () => this.enquiries.open(), when: () => Boolean(this.task) },
      { alt: "KeyX", text: "put messages away", act: () => this.messages.putAway() },
    ];
  }

  pressed(event) {
    if (document.querySelector("dialog[open]") || event.defaultPrevented) return;
    const isPress = ["Enter", " "].includes(event.key);
    if (this.messages.isTeaching) {
      if ((event.key === "Enter" && !event.target.closest("a")) || event.key === "Escape") { event.preventDefault(); this.messages.read(); }
    } else if (isPress && event.target.closest("hw-refused, hw-messages, hw-guide a")) { /* presses what has the focus */
    } else if ((this.task && !this.sheet) ? false : this.sheet?.pressed(event) || obey(this.bindings, event)) { event.preventDefault(); }
  }

  // Enter submits, except where it means something else: on a plain button or link, and as a new line in a text.
  submits(event, typing) {
    if (event.ctrlKey || event.metaKey) return true;
    if (event.shiftKey || event.altKey || event.target.closest("textarea, a, summary")) return false;
    return typing || !event.target.closest("button:not([role=radio], [role=checkbox], [aria-pressed])");
  }

  escape(typing) {
    if (!typing) { this.tools.askReason(); return; }
    this.tools.closeReason();
    document.activeElement.blur();
  }

  async submit() {
    if (!this.sheet) return;
    const obstacle = this.sheet.obstacle();
    if (obstacle) { this.say(obstacle); return; }
    const values = this.sheet.answers();
    const { note, slot } = this.tools;
    const entry = this.entry("submit", this.task, { values, note, lead_time_ms: Math.round(performance.now() - this.began) });
    dropDraft(slot);
    this.last = { task: this.task, values, client_id: entry.client_id };
    await this.depart(entry);
  }

  entry(act, { lease_id, token, content }, more) {
    const excerpt = (content.text || content.turns?.[0]?.text || (content.image ? "an image" : "")).slice(0, EXCERPT);
    return { act, client_id: crypto.randomUUID(), url: this.url, person: this.person, lease_id, token, excerpt, ...more };
  }

  // Keep the act, go on at once, and send it when that is possible.
  async depart(entry) {
    this.sheet = null;
    this.messages.next();
    await this.courier.take(entry);
    await this.next();
    this.courier.flush();
  }

  // A task whose answer did not fit is the next one again.
  comesBack(entry) {
    if (this.last?.client_id !== entry.client_id) return;
    if (!this.holding().includes(entry.lease_id)) this.ahead.unshift(this.last.task);
    this.last = null;
  }

  // Take the last answer back: at once when the server says so, else when it can be asked.
  async undo() {
    const { last } = this;
    if (!last) { this.say("There is nothing to take back."); return; }
    this.last = null;
    const isWaiting = (await this.courier.waiting()).some((entry) => entry.client_id === last.client_id);
    const later = () => this.courier.take(this.entry("undo", last.task, { before: last.values }));
    if (isWaiting) { await later(); this.courier.flush(); await this.again(last.task, last.values); return; }
    try {
      const reply = await this.call("undo", { lease_id: last.task.lease_id, token: last.task.token });
      this.answered = reply.answered;
      this.pace.count(-1);
      if (reply.task) await this.again({ ...last.task, ...reply.task }, reply.task.draft);
    } catch (error) {
      if (!mayPass(error)) { this.messages.tell(wordsOf(error), last.task.lease_id); return; }
      await later();
      await this.again(last.task, last.values);
    }
  }

  async again(task, values) {
    const current = this.task;
    this.task = null;
    this.messages.next();
    keepDraft(task.lease_id, values);
    this.ahead.unshift({ ...task, draft: values }, ...(current ? [current] : []));
    await this.next();
  }

  async beat() {
    this.enquiries.refresh();
    const held = [this.task, ...this.ahead].filter(Boolean);
    if (held.length) await this.call("heartbeat", { leases: Object.fromEntries(held.map((task) => [task.lease_id, task.token])) }).catch(() => {});
  }

  fail(error) { this.trouble = wordsOf(error); this.count(); }

  // The state of the work: counts, and what is wrong with the connection as long as it is.
  async count() {
    const left = (await this.courier.waiting()).length;
    const parts = [`${this.answered ?? 0} answered`, ...(left ? [`${left} waiting to be sent`] : [])];
    this.trouble_ ??= element("span", { role: "status" });
    const words = navigator.onLine ? this.trouble : "Offline: what you do is kept here";
    this.trouble_.className = navigator.onLine ? "wrong" : "offline";
    if (this.trouble_.textContent !== words) this.trouble_.textContent = words;
    this.status.replaceChildren(...parts.map((text) => element("span", { textContent: text })), this.trouble_);
  }
}

customElements.define("hw-annotate", Annotate);
