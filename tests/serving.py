"""A served workspace: the real application behind a real socket, and people signed in to it."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from headwater.governance import accounts
from headwater.governance.model import SYSTEM
from headwater.server import build
from tests.servers import PATIENCE_MS, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from headwater.app.application import App


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running server."""

    app: App
    url: str

    def sign_in(self, tab: Page, person: str) -> None:
        """Let a person into a browser page by a one-time link."""
        with self.app.act_as(SYSTEM) as ctx:
            secret = accounts.sign_in_link(ctx, person=person)
        tab.goto(f"{self.url}/sign-in/link/{secret}")
        tab.get_by_role("button", name="Continue").click()
        tab.wait_for_load_state()

    def tab_of(self, browser: Browser, person: str, **options: object) -> Page:
        """Open a browser session of its own for a person."""
        tab = browser.new_context(**options).new_page()  # type: ignore[arg-type]
        tab.set_default_timeout(PATIENCE_MS)
        self.sign_in(tab, person)
        return tab


@contextmanager
def served(app: App) -> Iterator[Served]:
    """Serve an open workspace on a free port until the block ends."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(build(app), host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Served(app=app, url=f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join(10)
