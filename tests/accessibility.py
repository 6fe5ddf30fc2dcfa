"""What axe-core finds wrong with a page for people who see, hear or move differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Page

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_TOLD = """options => axe.run(options).then(found => found.violations.map(rule =>
    `${rule.id}: ${rule.help} — ${rule.nodes.slice(0, 5).map(node => node.target[0]).join(", ")}`))"""
"""Of all that axe says, only this leaves the page: the rest takes longer to carry than to find."""


def problems(tab: Page) -> list[str]:
    """Return every violation of WCAG 2.2 AA on the page as it is now: the rule, what it asks, and the elements."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(AXE_SCRIPT)
    found: list[str] = tab.evaluate(_TOLD, {"resultTypes": ["violations"], "runOnly": STANDARD})
    return found


def assert_sound(tab: Page) -> None:
    """Hold the page against the standard, and against scrolling sideways: light and dark, on a phone and a desk."""
    for theme in ("light", "dark"):
        tab.emulate_media(color_scheme=theme)
        for width in (390, 1280):
            tab.set_viewport_size({"width": width, "height": 800})
            assert not problems(tab)
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
