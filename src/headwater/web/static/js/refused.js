// <hw-refused>: answers the server did not take, kept in this browser until the person lets them go.
import { element } from "./dom.js";
import { letGo, refused } from "./outbox.js";

const INDENT = 2;

class Refused extends HTMLElement {
  // `url` and `person` are set before it is attached.
  async connectedCallback() {
    this.setAttribute("role", "log");
    this.ariaLabel = "Answers that were not taken";
    await this.refresh();
  }

  async refresh() {
    const entries = await refused(this.url, this.person);
    const shown = new Set([...this.children].map((row) => row.dataset.id));
    for (const entry of entries) if (!shown.has(entry.client_id)) this.append(this.row(entry));
  }

  row(entry) {
    const text = JSON.stringify(entry.values, null, INDENT);
    const said = element("span", { role: "status" });
    const made = element("details", { className: "notice attention" }, element("summary", { textContent: `An answer was not taken: ${entry.why}` }),
      element("p", {}, element("small", { textContent: `Given ${new Date(entry.at ?? entry.refused_at).toLocaleString()}. It is kept in this browser until you remove it.` })),
      ...(entry.excerpt ? [element("blockquote", { dir: "auto", textContent: entry.excerpt })] : []),
      element("pre", { textContent: text, tabIndex: 0, "aria-label": "The answer" }),
      element("p", { className: "actions" }, this.button("Copy", () => copy(text, made, said)), this.button("Download", () => download(entry, text)),
        this.button("Remove", () => this.remove_(entry, made)), said));
    made.dataset.id = entry.client_id;
    return made;
  }

  button(label, act) {
    const made = element("button", { type: "button", textContent: label });
    made.addEventListener("click", act);
    return made;
  }

  async remove_(entry, row) {
    await letGo(entry.client_id);
    row.remove();
  }
}

async function copy(text, row, said) {
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = "Copied.";
  } catch { // without leave, or not over HTTPS
    getSelection().selectAllChildren(row.querySelector("pre"));
    said.textContent = "Selected: press Ctrl+C.";
  }
}

function download(entry, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  element("a", { href: address, download: `answer-${entry.lease_id}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 0);
}

customElements.define("hw-refused", Refused);
