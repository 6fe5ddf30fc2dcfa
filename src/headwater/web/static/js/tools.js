// <hw-tools>: what can be done with the task at hand, below its questions: submit, skip with a reason, give back, undo, ask.
import { action, element } from "./dom.js";
import { dropDraft } from "./drafts.js";
import { GIVEN_BACK } from "./reasons.js";

class Tools extends HTMLElement {
  // `bench`, the element around the tasks, is set before it is attached.
  connectedCallback() {
    const { bench } = this;
    this.className = "actions tools";
    this.reason = element("input", { placeholder: "Why can it not be answered? Enter sends, Esc goes back.", "aria-label": "Reason for skipping", maxLength: 500, hidden: true });
    this.reason.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); this.skip(this.reason.value); }
    });
    const back = Object.assign(action("Give back", "Alt B", () => this.giveBack(), "quiet"), { title: "Without a reason: others get the task first, and you again only when no other work is left" });
    this.append(action("Submit", "Enter", () => bench.submit(), "primary"), action("Skip", "Esc", () => this.pressSkip()), back,
      action("Undo", "Backspace", () => bench.undo(), "quiet"), action("Ask", "Alt Q", () => bench.enquiries.open(), "quiet"), this.reason);
  }

  get bindings() {
    return [{ alt: "KeyB", text: "give the task back without a reason: others get it first", act: () => this.giveBack() }];
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
    await bench.depart(bench.entry(act, bench.task, more));
  }
}

customElements.define("hw-tools", Tools);
