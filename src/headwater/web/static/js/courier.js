// Carries what the person did to the server, oldest first, as often as it takes; what is refused is never thrown away.
import { dropDraft, keepDraft } from "./drafts.js";
import { drop, keep, refuse, waiting } from "./outbox.js";
import { mayPass, wordsOf } from "./server.js";

const UNFIT = 422; // the answer does not fit: the task comes back with its draft

export class Courier {
  // bench: the element around the tasks, with `call`, `accept`, `holding`, `messages` and `refused`.
  constructor(bench) { Object.assign(this, { bench, outgoing: new Map(), sending: false }); }

  waiting() { return waiting(this.bench.url, this.bench.person); }

  // Tasks whose acts are on their way: the server must not hand them out again.
  get leases() { return [...this.outgoing.values()]; }
  expect({ act, client_id, lease_id }) { if (act !== "undo") this.outgoing.set(client_id, lease_id); }

  async take(entry) {
    this.expect(entry);
    await keep(entry);
  }

  // Send what waits until nothing does or the network fails; more may come meanwhile. One window of the person at a time.
  async flush() {
    if (this.sending) return;
    this.sending = true;
    const work = async () => {
      for (let left = await this.waiting(); left.length; left = await this.waiting()) {
        for (const entry of left) if (!await this.send(entry)) return;
      }
    };
    try { await (navigator.locks ? navigator.locks.request(`headwater ${this.bench.url}`, work) : work()); } finally { this.sending = false; this.bench.count(); }
  }

  // Returns whether the entry is done with: acknowledged, or refused for good.
  async send(entry) {
    const { bench } = this;
    const { act, lease_id, token, client_id, values, note, lead_time_ms, reason } = entry;
    const bodies = { submit: { client_id, values, note, lead_time_ms }, skip: { reason }, return: {}, undo: {} };
    try {
      const reply = await bench.call(act, { lease_id, token, holding: bench.holding(), ...bodies[act] });
      if (reply.feedback) bench.messages.teach(reply.feedback, entry.excerpt);
      await this.settle(entry);
      if (act === "submit") { bench.messages.forget(lease_id); bench.pace.count(1); }
      if (act === "undo") bench.pace.count(-1);
      if (act === "undo") bench.answered = reply.answered;
      else if (reply.next ?? reply.why !== undefined) bench.accept(reply.next ?? reply);
    } catch (error) {
      if (mayPass(error)) { bench.trouble = wordsOf(error); return false; }
      await this.turnedDown(entry, error);
    }
    bench.caughtUp();
    return true;
  }

  async settle({ act, client_id, lease_id }) {
    await drop(client_id);
    this.outgoing.delete(client_id);
    if (act !== "undo" && !this.bench.holding().includes(lease_id)) dropDraft(lease_id);
  }

  // An answer goes back to its task, or is kept aside.
  async turnedDown(entry, error) {
    const { bench } = this;
    const words = wordsOf(error);
    const isBack = entry.act === "submit" && error.status === UNFIT && keepDraft(entry.lease_id, entry.values);
    if (isBack && entry.note) keepDraft(`${entry.lease_id}-note`, entry.note);
    if (entry.act === "submit" && !isBack) await this.keepAside(entry, error.message);
    else await drop(entry.client_id);
    this.outgoing.delete(entry.client_id);
    if (isBack) {
      bench.messages.tell(`${words} The task comes back with your answer.`, entry.lease_id);
      bench.comesBack(entry);
    } else if (entry.act !== "submit") {
      bench.messages.tell(words, entry.lease_id);
      if (entry.act === "undo") await this.standing(entry, words);
    }
  }

  // An answer that could not be taken back stands; what was begun in its place is kept.
  async standing(entry, words) {
    const { bench } = this;
    if (bench.task?.lease_id !== entry.lease_id) return;
    const values = bench.sheet?.answers() ?? {};
    if (JSON.stringify(values) !== JSON.stringify(entry.before)) await this.keepAside({ ...entry, values }, words);
    dropDraft(entry.lease_id);
    await bench.next();
  }

  async keepAside(entry, why) {
    await refuse(entry, why);
    dropDraft(entry.lease_id);
    await this.bench.refused.refresh();
  }
}
