// <hw-live data-part="ID"> renews the element #ID inside it from the same page while that is marked data-running.
const EVERY_MS = 1500;

class Live extends HTMLElement {
  connectedCallback() {
    this.plan();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  plan() {
    if (this.querySelector("[data-running]")) this.timer = setTimeout(() => this.renew(), EVERY_MS);
  }

  async renew() {
    const part = this.dataset.part;
    try {
      const reply = await fetch(location.href, { headers: { Accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById(part);
      const old = document.getElementById(part);
      if (reply.ok && fresh && old && !old.contains(document.activeElement)) old.replaceWith(fresh);
    } catch {
      // the server is away for a moment: the next round tries again
    }
    this.plan();
  }
}

customElements.define("hw-live", Live);
