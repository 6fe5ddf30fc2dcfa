"""Answers of kinds that no form can hold, reviewed by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from headwater.annotation import queries
from headwater.annotation.plan import Plan
from tests.accessibility import problems
from tests.annotation import factories
from tests.serving import Served
from tests.web import sheets
from tests.web.sheets import bench, opened, press, settled

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


def test_a_reviewer_takes_out_a_span_and_an_accepted_answer_stays(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened(team, "spans", plan=Plan(review_rate=1.0))
    tab = bench(site, browser, team.annotators[0], campaign)
    for end in (("Alt+n", *"unsure", "Control+Enter"), ("Enter",)):
        press(tab, "ArrowRight", "1", "ArrowRight", "2", *end)
        tab.wait_for_timeout(200)
    settled(tab)
    tab.context.close()
    tab = site.tab_of(browser, team.reviewer)
    tab.goto(f"{site.url}/p/support/campaigns/{campaign}")
    tab.get_by_role("button", name="Review answers").press("Enter")
    tab.locator("ul.marks li").nth(1).wait_for()
    first = tab.url
    for theme in ("light", "dark"):
        tab.emulate_media(color_scheme=theme)
        assert not problems(tab)
    expect(tab.locator(".thread")).to_contain_text("The annotator: unsure")
    tab.get_by_label("Comment goes with").fill("Only what happened counts.")
    tab.get_by_label("Comment goes with").blur()
    press(tab, "n", "Delete", "Alt+c", *"only the event", "Enter")
    tab.wait_for_url(lambda url: url != first)
    tab.locator("ul.marks li").nth(1).wait_for()
    sheets.picture(tab, "review")
    press(tab, "Enter")
    tab.get_by_role("heading", name="first").wait_for()
    with team.read() as ctx:
        decided = queries.reviews(ctx, campaign)
    assert [each.verdict.value for each in decided] == ["correct", "accept"]
    assert [span["label"] for span in decided[0].values["parts"]["spans"]] == ["event"]  # type: ignore[index]
    tab.context.close()
    tab = site.tab_of(browser, team.annotators[0])
    tab.goto(f"{site.url}/p/support/campaigns/{campaign}/comments")
    expect(tab.locator(".thread")).to_contain_text("You: unsure")
    expect(tab.locator(".thread")).to_contain_text("A reviewer: Only what happened counts.")
    assert not problems(tab)
    tab.context.close()


def test_a_slip_that_was_put_right_again_can_be_accepted(team: Team, site: Served, browser: Browser) -> None:
    campaign = factories.open_campaign(team, 1, plan=Plan(review_rate=1.0)).id
    factories.work_through(team, campaign, team.annotators[0])
    tab = site.tab_of(browser, team.reviewer)
    tab.goto(f"{site.url}/p/support/campaigns/{campaign}")
    tab.get_by_role("button", name="Review answers").press("Enter")
    tab.locator("hw-case .question").first.wait_for()
    accept = tab.locator("#decision [value=accept]")
    expect(accept).to_be_enabled()
    press(tab, "2")
    expect(accept).to_be_disabled()
    press(tab, "Alt+a")
    expect(tab.locator("hw-case .status")).to_have_text("Changed: Enter corrects, with a reason.")
    assert not problems(tab)
    tab.get_by_role("radio", name="billing").click()
    expect(accept).to_be_enabled()
    press(tab, "Alt+a")
    tab.get_by_role("heading", name="first").wait_for()
    with team.read() as ctx:
        assert [each.verdict.value for each in queries.reviews(ctx, campaign)] == ["accept"]
    tab.context.close()
