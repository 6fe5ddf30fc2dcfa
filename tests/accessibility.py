"""What axe-core finds wrong with a page for people who see, hear or move differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def problems(tab: Page) -> list[str]:
    """Return every violation of WCAG 2.2 AA on the page as it is now: the rule, what it asks, and the elements."""
    found = Axe().run(tab, options={"resultTypes": ["violations"], "runOnly": STANDARD}).response["violations"]
    return [
        f"{rule['id']}: {rule['help']} — {', '.join(str(node['target'][0]) for node in rule['nodes'][:5])}"
        for rule in found
    ]
