"""The servers of the suite are the real ones, set up as in production."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from tests.accessibility import problems

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.postgres
def test_postgresql_writes_through_to_disk_as_in_production(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as db:
        kept = {name: db.execute(text(f"SHOW {name}")).scalar_one() for name in ("fsync", "synchronous_commit")}
    engine.dispose()
    assert kept == {"fsync": "on", "synchronous_commit": "on"}


@pytest.mark.browser
def test_the_browser_runs_scripts_and_is_driven_by_keyboard(tab: Page) -> None:
    tab.set_content("<button onclick=\"this.textContent = 'pressed'\">press</button>")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.get_by_role("button").text_content() == "pressed"


@pytest.mark.browser
def test_the_accessibility_check_names_rule_and_element(tab: Page) -> None:
    tab.set_content("<html lang=en><title>t</title><main><h1>h</h1><img id=logo src='data:,'></main></html>")
    found = problems(tab)
    assert len(found) == 1
    assert "image-alt" in found[0]
    assert "#logo" in found[0]
