// <hw-job url state>: asks how far a job is and shows it until the job has ended or moved on, then loads the page anew.

const WAIT_MS = 1000;

class Job extends HTMLElement {
  connectedCallback() {
    if (!this.hasAttribute("ended")) this.timer = setTimeout(() => this.ask(), WAIT_MS);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  async ask() {
    const reply = await fetch(this.getAttribute("url"), { headers: { Accept: "application/json" } }).catch(() => null);
    if (reply?.ok) {
      const told = await reply.json();
      if (told.state !== this.getAttribute("state")) return location.reload();
      this.show(told);
    } else if (reply) {
      return this.querySelector("p").append(" (no longer told: load the page again)");
    }
    this.timer = setTimeout(() => this.ask(), WAIT_MS);
  }

  show({ done, total, told }) {
    const bar = this.querySelector("progress");
    if (total) Object.assign(bar, { max: total, value: done });
    const line = this.querySelector("p");
    if (line.textContent !== told) line.textContent = told;
  }
}

customElements.define("hw-job", Job);
