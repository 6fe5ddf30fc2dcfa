// <hw-enquiries>: a question to the owners of the guideline about the task at hand, and what was asked before with the
// replies. A reply that was not seen yet is told once, and so
// is one that was published for everybody since the guideline was fetched.
import { element, hint } from "./dom.js";
import { wordsOf } from "./server.js";

const SEEN = "headwater-replies-seen";

class Enquiries extends HTMLElement {
  // `bench`, the element around the tasks, is set before it is attached.
  connectedCallback() {
    if (this.box) return;
    this.box = element("textarea", { rows: 2, maxLength: 2000, dir: "auto", placeholder: "What is unclear? Ctrl+Enter sends, Esc goes back.", "aria-label": "Question to the owners of the guideline" });
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.about = element("small");
    const send = element("button", { type: "button" }, "Ask ", hint("Ctrl Enter"));
    send.addEventListener("click", () => this.send());
    this.form = element("div", { className: "card ask", hidden: true }, element("p", {}, this.about), this.box, element("p", { className: "actions" }, send));
    this.list = element("ul");
    this.past = element("details", { hidden: true }, element("summary", { textContent: "What I asked" }), this.list);
    this.append(this.form, this.past);
  }

  get guide() { return document.querySelector("hw-guide"); }

  open() {
    if (!this.form.hidden && !this.form.contains(document.activeElement) && !this.box.value.trim()) { this.close(); return; }
    this.form.hidden = false;
    this.section = this.guide.current ?? "";
    this.about.textContent = this.section ? `To the owners of the guideline, about “${this.section}” and this task` : "To the owners of the guideline, about this task";
    this.box.focus();
  }

  key(event) {
    const isSent = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (isSent) this.send();
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  close() {
    this.form.hidden = true;
    this.bench.sheet?.active?.focusControl();
  }

  // What was written stays in the field until the server has it.
  async send() {
    const text = this.box.value.trim();
    const { task } = this.bench;
    if (!text || !task) { this.bench.say("Write the question first."); return; }
    try {
      await this.bench.call("ask", { lease_id: task.lease_id, token: task.token, text, section: this.section });
      this.box.value = "";
      this.close();
      this.bench.messages.say("Asked. The reply comes here and to your inbox.", "good");
      await this.refresh();
    } catch (error) { this.bench.say(`${wordsOf(error)} Your question is still in the field.`); }
  }

  // What was asked in this campaign, newest first.
  async refresh() {
    const response = await fetch(`${this.bench.url}/enquiries`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!response?.ok) return;
    const { mine: rows, published } = await response.json();
    this.past.hidden = !rows.length;
    this.list.replaceChildren(...rows.map((row) => element("li", {}, element("q", { dir: "auto", textContent: row.text }), row.section ? ` (${row.section}) ` : " ",
      row.replied_at ? element("strong", { dir: "auto", textContent: row.reply }) : element("small", { textContent: "no reply yet" }))));
    const seen = new Set(JSON.parse(localStorage.getItem(SEEN) ?? "[]"));
    const told = (row, words) => {
      if (!seen.has(row.id)) this.bench.messages.tell(words, "", "", "attention");
      seen.add(row.id);
    };
    for (const row of rows.filter((each) => each.replied_at)) told(row, `You asked “${row.text}”. The reply: ${row.reply}`);
    const recent = published.filter((row) => row.published_at > this.guide.panel.dataset.replied);
    for (const row of recent) told(row, `For everybody${row.section ? `, about “${row.section}”` : ""}: “${row.text}” The reply: ${row.reply}`);
    if (recent.length) await this.guide.renew(`${this.bench.url}/guide`);
    localStorage.setItem(SEEN, JSON.stringify([...seen]));
  }
}

customElements.define("hw-enquiries", Enquiries);
