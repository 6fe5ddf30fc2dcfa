"""A question to the owners of the guideline, from the task at hand to its reply, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.accessibility import problems
from tests.annotation import factories
from tests.serving import Served, served
from tests.web import sheets
from tests.web.sheets import bench, press

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


@pytest.fixture
def site(team: Team) -> Iterator[Served]:
    with served(team.app) as running:
        yield running


def test_a_question_is_asked_at_work_and_its_reply_comes_back_there(team: Team, site: Served, browser: Browser) -> None:
    campaign = factories.open_campaign(team, 2).id
    tab = bench(site, browser, team.annotators[0], campaign)
    press(tab, "ArrowRight", "ArrowRight", "Alt+q", *"Is <b>noise</b> a fault?")
    expect(tab.locator(".ask")).to_contain_text("about “praise” and this task")
    sheets.picture(tab, "ask")
    assert not problems(tab)
    press(tab, "Control+Enter")
    expect(tab.locator(".said")).to_contain_text("Asked.")
    expect(tab.locator("hw-enquiries details")).to_be_visible()

    owner = site.tab_of(browser, team.ops)
    owner.goto(f"{site.url}/p/support/inbox")
    owner.get_by_role("link", name="Open A question about 'praise'").click()
    card = owner.locator("section.card")
    expect(card).to_contain_text("Is <b>noise</b> a fault?")
    sheets.picture(owner, "enquiries")
    assert not problems(owner)
    card.get_by_role("textbox").fill("Only when it *hurts*.")
    card.get_by_role("button", name="Reply").click()
    expect(card).to_contain_text("Only when it *hurts*.")
    card.get_by_role("link", name="Change the guideline").click()
    expect(owner.locator("textarea#text")).to_be_visible()

    for times in (1, 0):
        tab.reload()
        tab.locator("hw-task").wait_for()
        expect(tab.locator("hw-enquiries li strong")).to_have_text("Only when it *hurts*.")
        expect(tab.locator(".told .notice")).to_have_count(times)
    for each in (tab, owner):
        each.context.close()
