"""Stops, qualifications, feedback and appeals on pages, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.annotation.model import Verdict
from headwater.workforce import service
from tests.accessibility import problems
from tests.annotation.test_appeals import reviewed
from tests.serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


def test_operations_stop_qualify_and_let_in_on_the_workforce_page(team: Team, site: Served, browser: Browser) -> None:
    with team.act(team.ops) as ctx:
        service.enrol(ctx, team.annotators[0], team="desk", skills=["law"])
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/workforce")
    tab.locator("summary", has_text="Stop ann1").click()
    tab.get_by_label("Reason for: Stop ann1").fill("errors on gold")
    tab.get_by_role("button", name="Stop ann1", exact=True).click()
    tab.get_by_text("errors on gold").wait_for()
    tab.get_by_text("Qualify a person").click()
    tab.locator("#qualified").select_option(label="ann1")
    tab.get_by_label("For a guideline, or a skill").fill("law")
    tab.get_by_label("Why the person reads it").fill("a lawyer")
    tab.get_by_label("Days for which it holds").fill("30")
    tab.get_by_role("button", name="Vouch for them").click()
    tab.get_by_role("cell", name="a lawyer ops").wait_for()
    assert not problems(tab)
    tab.locator("summary", has_text="Let in again ann1").click()
    tab.get_by_label("Reason for: Let in ann1").fill("trained")
    tab.get_by_role("button", name="Let in ann1", exact=True).click()
    tab.locator("summary", has_text="Stop ann1").wait_for()
    tab.context.close()


def test_an_annotator_appeals_and_an_expert_rules_on_pages(team: Team, site: Served, browser: Browser) -> None:
    reviewed(team, Verdict.CORRECT)
    author = site.tab_of(browser, team.annotators[0])
    author.goto(f"{site.url}/p/support/inbox")
    author.get_by_role("link", name="Open A reviewer corrected").click()
    author.get_by_text("Appeal against").click()
    author.get_by_label("Reason for: Appeal").fill("rule 5 goes first")
    author.get_by_role("button", name="Appeal", exact=True).click()
    author.get_by_text("rule 5 goes first").wait_for()
    assert not problems(author)
    expert = site.tab_of(browser, team.expert)
    expert.goto(f"{site.url}/p/support/appeals")
    expert.get_by_text("rule 5 goes first").wait_for()
    assert not problems(expert)
    expert.get_by_label("Why author and reviewer read it").fill("it does")
    expert.get_by_role("button", name="Uphold").click()
    expert.get_by_text("No appeal is open").wait_for()
    author.reload()
    author.get_by_text("The ruling: it does").first.wait_for()
    author.context.close()
    expert.context.close()


def test_annotators_find_their_own_work_first_and_whom_to_ask_for_more(
    team: Team, site: Served, browser: Browser
) -> None:
    tab = site.tab_of(browser, team.annotators[0])
    tab.goto(f"{site.url}/p/support/workspace")
    places = tab.get_by_role("navigation", name="Program")
    assert places.get_by_role("link").all_inner_texts() == ["Workspace", "Feedback", "Enquiries", "Inbox"]
    tab.get_by_text("Work is planned by ops.").wait_for()
    places.get_by_text("The program").click()
    places.get_by_role("link", name="Releases").click()
    tab.get_by_role("heading", name="Releases", exact=True).wait_for()
    assert places.get_by_role("link", name="Releases").get_attribute("aria-current") == "page"
    assert not problems(tab)
    other = site.tab_of(browser, team.ops)
    other.goto(f"{site.url}/p/support/feedback")
    assert other.locator("nav [aria-current]").inner_text() == "Workspace"
