// <hw-messages>: what the workspace tells the person. A word about the last act stays until the next one; what must be
// read stays until it is put away; a lesson of the calibration round that was wrong holds the work up until it is read.
import { element, hint } from "./dom.js";

const READ_MS = 400; // Enter that was pressed for the task before does not put a lesson away unread

class Messages extends HTMLElement {
  connectedCallback() {
    if (this.line) return;
    this.line = element("p", { className: "said" });
    this.list = element("div", { className: "told" });
    this.lessons = [];
    this.setAttribute("role", "status");
    this.append(this.line, this.list);
  }

  // About the last act: replaced by the next word, cleared by the next act.
  say(text, kind = "wrong") {
    this.line.className = `said ${kind}`;
    if (this.line.textContent !== text) this.line.textContent = text;
  }

  // To be read: stays until it is put away or what it is about is settled; the same words stand once.
  tell(text, about = "", link = "", tone = link ? "attention" : "bad") {
    if ([...this.list.children].some((row) => row.dataset.text === text)) return;
    const away = element("button", { type: "button", className: "quiet", textContent: "✕", "aria-label": "Put this message away" });
    const more = link ? [" ", element("a", { href: link, target: "_blank", rel: "noopener", textContent: "What changed" })] : [];
    const row = element("p", { className: `notice ${tone}` }, element("span", {}, text, ...more), away);
    Object.assign(row.dataset, { text, about });
    away.addEventListener("click", () => row.remove());
    this.list.append(row);
  }

  putAway() { this.list.replaceChildren(); }
  forget(about) { for (const row of [...this.list.children]) if (row.dataset.about === about) row.remove(); }

  // The next act begins: what was only about the last one goes.
  next() {
    this.say("", "");
    if (!this.isTeaching) this.showLesson(null);
  }

  get isTeaching() { return Boolean(this.lesson && !this.lesson.right); }

  // A lesson about an answer; `excerpt` reminds of its record.
  teach(lesson, excerpt) {
    this.lessons.push({ ...lesson, excerpt });
    if (!this.isTeaching) this.showLesson(this.lessons.shift());
  }

  showLesson(lesson) {
    this.card?.remove();
    this.lesson = lesson;
    if (!lesson) return;
    this.shownAt = performance.now();
    this.card = this.cardOf(lesson);
    this.append(this.card);
    this.dispatchEvent(new CustomEvent("teaching"));
    if (this.isTeaching) this.onward.focus();
  }

  // The lesson was read; returns whether it was long enough on screen to be.
  read() {
    if (performance.now() - this.shownAt < READ_MS) return false;
    this.showLesson(this.lessons.shift() ?? null);
    if (!this.isTeaching) this.dispatchEvent(new CustomEvent("teaching"));
    return true;
  }

  cardOf({ right, lessons, explanation, excerpt }) {
    const card = element("section", { className: `notice lesson ${right ? "good" : "bad"}`, "aria-label": "What the calibration task teaches" },
      element("h2", { textContent: right ? "Right" : "Not right" }));
    if (excerpt) card.append(element("blockquote", { dir: "auto", textContent: excerpt }));
    card.append(element("ul", {}, ...lessons.map((each) => this.point(each))));
    if (explanation) card.append(element("p", { className: "why", dir: "auto", textContent: explanation }));
    this.onward = element("button", { type: "button", className: "primary" }, "Go on ", hint("Enter"));
    this.onward.addEventListener("click", () => this.read());
    if (!right) card.append(element("p", { className: "actions" }, this.onward));
    return card;
  }

  point({ question, right, expected, given, rule, anchor }) {
    const words = right ? [element("strong", { textContent: expected }), " was right."] : ["you gave ", element("q", { textContent: given }), "; right is ", element("strong", { textContent: expected }), "."];
    const made = element("li", {}, `${question}: `, ...words);
    if (anchor && document.getElementById(`rule-${anchor}`)) made.append(" ", element("a", { href: `#rule-${anchor}`, textContent: `Rule: ${rule}` }));
    return made;
  }
}

customElements.define("hw-messages", Messages);
