// <hw-guide>: the guideline beside the task. It follows the label worked on, is searched, and is exchanged for the
// version a task is answered under.
import { element } from "./dom.js";

class Guide extends HTMLElement {
  connectedCallback() {
    if (this.box) return;
    this.versions = new Map();
    this.box = element("input", { type: "search", "aria-label": "Search the guideline", placeholder: "Search the guideline: /" });
    this.found = element("small", { role: "status" });
    this.box.addEventListener("input", () => this.search());
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.prepend(element("p", { className: "search" }, this.box, this.found));
  }

  get panel() { return this.querySelector(".guide"); }
  get version() { return this.panel.dataset.guideline; }
  get sections() { return [...this.panel.querySelectorAll("[data-section]")]; }

  // The panel of a version; fetched once. `address` is where panels are had.
  async have(version, address) {
    this.versions.set(this.version, this.panel);
    if (!this.versions.has(version)) this.versions.set(version, await this.fetched(version, address));
  }

  async fetched(version, address) {
    const response = await fetch(`${address}/${version}`);
    if (!response.ok) throw new Error("The guideline of this task cannot be had; reload the page.");
    const panel = new DOMParser().parseFromString(await response.text(), "text/html").querySelector(".guide");
    return document.adoptNode(panel);
  }

  // Fetch the version on the screen again, with what was published beside it since.
  async renew(address) {
    const panel = await this.fetched(this.version, address).catch(() => null);
    if (panel?.dataset.guideline !== this.version) return;
    const { panel: before, current } = this;
    const top = before.scrollTop;
    before.replaceWith(panel);
    panel.scrollTop = top;
    for (const section of this.sections) section.classList.toggle("current", Boolean(current) && section.dataset.section === current);
    this.versions.set(this.version, panel);
    this.search();
  }

  // Show a version that is at hand; returns what to tell when it is another one, else null.
  show(version) {
    if (version === this.version) return null;
    const [before, after] = [this.panel, this.versions.get(version)];
    before.replaceWith(after);
    this.search();
    const { name, number, change, link } = after.dataset;
    const was = name === before.dataset.name ? ` (it was version ${before.dataset.number})` : "";
    return { text: `The guideline is now ${name}, version ${number}${was}. ${change}`, link };
  }

  focus() { this.box.focus(); this.box.select(); }

  // Show only sections that hold every word.
  search() {
    const words = this.box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const holds = (section) => words.every((word) => section.textContent.toLowerCase().includes(word));
    for (const section of this.sections) section.hidden = !holds(section);
    const count = this.sections.filter((section) => !section.hidden).length;
    this.found.textContent = words.length ? `${count} ${count === 1 ? "section" : "sections"}` : "";
  }

  key(event) {
    if (event.key !== "Escape" && event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") { this.box.value = ""; this.search(); this.dispatchEvent(new CustomEvent("left")); return; }
    this.panel.scrollTop = 0;
    this.panel.focus();
  }

  // Show the section whose title is one of these, the first that there is.
  follow(titles) {
    const wanted = titles.map((title) => title.toLowerCase());
    const found = wanted.map((title) => this.sections.find((section) => section.dataset.section.toLowerCase() === title)).find(Boolean);
    for (const section of this.sections) section.classList.toggle("current", section === found);
    this.current = found?.dataset.section ?? "";
    const frame = this.panel;
    if (found && !found.hidden && frame.scrollHeight > frame.clientHeight) frame.scrollTop = found.offsetTop - frame.clientHeight / 4;
  }
}

customElements.define("hw-guide", Guide);
