"""The guideline editor and moving a campaign to a version, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.annotation import guidelines, queries
from tests.accessibility import problems
from tests.annotation.factories import TEXT, open_campaign, publish_guideline
from tests.serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


def test_a_guideline_is_written_with_preview_difference_and_remarks_and_a_conflict_loses_nothing(
    team: Team, browser: Browser
) -> None:
    campaign = open_campaign(team, 2)
    with served(team.app) as site:
        tab = site.tab_of(browser, team.ops)
        tab.goto(f"{site.url}/p/support/guidelines/{campaign.guideline_id}")
        tab.get_by_role("link", name="Write the next version").click()
        tab.get_by_text("Remarks (3)").wait_for()
        assert not problems(tab)
        mine = TEXT.replace("Money.", "Money.\n\nRight: paid twice\n\nWrong: broken\n\nTie-break: money first")
        tab.get_by_label("Text").fill(f"{mine}\n<img src=x onerror=window.hit=1>")
        tab.get_by_text("Remarks (2)").wait_for()
        assert tab.locator(".preview ins", has_text="+Tie-break: money first").is_visible()
        assert tab.evaluate("window.hit ?? document.querySelectorAll('.preview img').length") == 0
        tab.get_by_role("button", name="Line 13").or_(tab.get_by_role("button", name="Line")).first.click()
        assert "##" in tab.evaluate("getSelection().toString() || document.activeElement.value")
        with team.act(team.ops) as ctx:
            guidelines.create(ctx, name="topic", text=f"{TEXT}\nTheirs.\n", change="theirs")
        tab.get_by_label("Why it differs").fill("Pairs for billing.")
        tab.get_by_role("button", name="Write", exact=True).click()
        tab.get_by_role("alert").wait_for()
        assert "Tie-break: money first" in tab.get_by_label("Text").input_value()
        assert tab.locator(".preview del", has_text="-Theirs.").is_visible()
        assert not problems(tab)
        tab.get_by_role("button", name="Write", exact=True).click()
        tab.get_by_role("heading", name="topic v3").wait_for()
        assert not problems(tab)


def test_a_campaign_is_moved_to_the_published_version_after_its_difference_was_shown(
    team: Team, browser: Browser
) -> None:
    campaign = open_campaign(team, 2)
    new = publish_guideline(team, TEXT.replace("Thanks.", "Thanks and compliments."), change="wider")
    with served(team.app) as site:
        tab = site.tab_of(browser, team.ops)
        tab.goto(f"{site.url}/p/support/campaigns/{campaign.id}")
        tab.get_by_role("link", name="Move to the published version").click()
        tab.locator("ins", has_text="+Thanks and compliments.").wait_for()
        assert not problems(tab)
        tab.get_by_role("button", name="Move to version 2").click()
        tab.get_by_role("link", name="topic v2").wait_for()
    with team.act(team.ops) as ctx:
        assert queries.campaign(ctx, campaign.id).guideline_id == new.id
