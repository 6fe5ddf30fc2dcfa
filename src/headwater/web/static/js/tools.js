// <hw-tools>: what can be done with the task at hand, below its questions: submit with a note or without, skip with a
// reason, give back, undo, ask.
import { action, element } from "./dom.js";
import { draftOf, dropDraft, keepDraft } from "./drafts.js";
import { GIVEN_BACK } from "./reasons.js";

class Tools extends HTMLElement {
  // `bench`, the element around the tasks, is set before it is attached.
  connectedCallback() {
    const { bench } = this;
    this.reason = element("input", { placeholder: "Why can it not be answered? Enter sends, Esc goes back.", "aria-label": "Reason for skipping", maxLength: 500, hidden: true });
    this.reason.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); this.skip(this.reason.value); }
    });
    this.box = element("textarea", { rows: 2, maxLength: 2000, dir: "auto", placeholder: "A note that goes with your answer; reviewers read it.", "aria-label": "Note with the answer" });
    this.box.value = draftOf(this.slot) ?? "";
    this.box.hidden = !this.box.value;
    this.box.addEventListener("input", () => keepDraft(this.slot, this.box.value));
    const back = Object.assign(action("Give back", "Alt B", () => this.giveBack(), "quiet"), { hidden: this.isBound, title: "Without a reason: others get the task first, and you again only when no other work is left" });
    const quiet = (label, key, act) => action(label, key, act, "quiet");
    this.append(
      element("div", { className: "actions tools" }, action("Submit", "Enter", () => bench.submit(), "primary"), action("Skip", "Esc", () => this.pressSkip()), back, quiet("Undo", "Backspace", () => bench.undo()), this.reason),
      element("div", { className: "actions beside" }, quiet("Note", "Alt N", () => this.openNote()), quiet("Ask", "Alt Q", () => bench.enquiries.open())), this.box,
    );
  }

  get bindings() {
    return [{ alt: "KeyN", text: "a note that goes with the answer, for the reviewer", act: () => this.openNote() },
      ...(this.isBound ? [] : [{ alt: "KeyB", text: "give the task back without a reason: others get it first", act: () => this.giveBack() }])];
  }

  // A task that came back with a reason is answered again, or passed on with one.
  get isBound() { return Boolean(this.bench.task.returned); }

  // Where the draft of the note is kept.
  get slot() { return `${this.bench.task.lease_id}-note`; }
  get note() { return this.box.value.trim(); }

  openNote() {
    if (!this.box.hidden && document.activeElement === this.box && !this.note) { this.box.hidden = true; this.bench.sheet?.active?.focusControl(); return; }
    this.box.hidden = false;
    this.box.focus();
  }

  askReason() {
    this.reason.hidden = false;
    this.reason.focus();
  }

  closeReason() { this.reason.hidden = true; }

  // The button, where there may be no keyboard: asks why, sends the reason that was written, else goes back.
  pressSkip() {
    if (this.reason.hidden) this.askReason();
    else if (this.reason.value.trim()) this.skip(this.reason.value);
    else this.closeReason();
  }

  async skip(reason) {
    if (!reason.trim()) { this.bench.say("Say in a few words why."); return; }
    await this.leave("skip", { reason });
  }

  // Put the task behind the other work; what was begun in it goes.
  async giveBack() {
    const { messages } = this.bench;
    await this.leave("return");
    messages.say(GIVEN_BACK, "good");
  }

  async leave(act, more = {}) {
    const { bench } = this;
    if (!bench.sheet) return;
    dropDraft(bench.task.lease_id);
    dropDraft(this.slot);
    await bench.depart(bench.entry(act, bench.task, more));
  }
}

customElements.define("hw-tools", Tools);
