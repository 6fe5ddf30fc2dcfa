"""The tasks of a campaign on pages, in a real browser, narrow and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.annotation.plan import Plan
from tests.accessibility import assert_sound
from tests.annotation import factories
from tests.serving import served
from tests.web.sheets import CHAT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


def test_a_manager_finds_a_task_and_reads_what_happened_to_it(team: Team, browser: Browser) -> None:
    records = factories.put_records(team, ["<b>first</b> " * 60, *(f"message {place}" for place in range(60))])
    campaign = factories.open_campaign(team, records, plan=Plan(overlap=2)).id
    factories.work_through(team, campaign, team.annotators[0], topic="fault", limit=3)
    factories.work_through(team, campaign, team.annotators[1], topic="praise", limit=1)
    with served(team.app) as site:
        tab = site.tab_of(browser, team.ops)
        tab.goto(f"{site.url}/p/support/campaigns/{campaign}")
        tab.get_by_role("link", name="Tasks", exact=True).click()
        tab.get_by_text("61").or_(tab.get_by_role("link", name="More")).first.wait_for()
        assert tab.locator("tbody tr").count() == 50
        assert_sound(tab)
        tab.get_by_role("link", name="More").click()
        tab.get_by_role("heading", name="Tasks of first").wait_for()
        assert tab.locator("tbody tr").count() == 11
        tab.locator("#progress").select_option("done")
        tab.get_by_role("button", name="Show").click()
        tab.wait_for_load_state()
        assert tab.locator("tbody tr").count() == 1
        assert tab.locator("tbody td").nth(1).inner_text().split() == ["fault", "praise"]
        tab.locator("tbody a").click()
        tab.get_by_role("heading", name="Answers").wait_for()
        cards = tab.locator("section.card")
        assert cards.count() == 2
        assert "ann1" in cards.first.inner_text()
        assert "topic v1" in cards.first.inner_text()
        assert_sound(tab)
        tab.context.close()


def test_a_chat_is_shown_turn_by_turn(team: Team, browser: Browser) -> None:
    records = factories.put_records(team, ["a chat"], payloads=[CHAT])
    campaign = factories.open_campaign(team, records).id
    with served(team.app) as site:
        tab = site.tab_of(browser, team.lead)
        tab.goto(f"{site.url}/p/support/campaigns/{campaign}/tasks")
        tab.locator("tbody a").click()
        tab.get_by_text("Nobody has answered it yet").wait_for()
        assert tab.locator(".content .turn").count() == 4
        tab.context.close()
