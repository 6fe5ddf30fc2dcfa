"""A question to the owners of the guideline, from the task at hand to its reply, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.accessibility import problems
from tests.annotation import factories
from tests.serving import Served
from tests.web import sheets
from tests.web.sheets import bench, press

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


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

    for times in (1, 0):
        tab.reload()
        tab.locator("hw-task").wait_for()
        expect(tab.locator("hw-enquiries li strong")).to_have_text("Only when it *hurts*.")
        expect(tab.locator(".told .notice")).to_have_count(times)
    for each in (tab, owner):
        each.context.close()


def test_a_reply_is_published_beside_the_guideline_and_becomes_a_rule(
    team: Team, site: Served, browser: Browser
) -> None:
    campaign = factories.open_campaign(team, 3).id
    asking = bench(site, browser, team.annotators[0], campaign)
    press(asking, "ArrowRight", "ArrowRight", "Alt+q", *"Is noise a fault?", "Control+Enter")
    expect(asking.locator(".said")).to_contain_text("Asked.")
    other = bench(site, browser, team.annotators[1], campaign)
    expect(other.locator("hw-enquiries details")).to_be_hidden()
    owner = site.tab_of(browser, team.ops)
    owner.goto(f"{site.url}/p/support/enquiries?state=waiting")
    card = owner.locator("section.card")
    card.get_by_role("textbox").fill("Only when it *hurts*.")
    card.get_by_role("checkbox").check()
    card.get_by_role("button", name="Reply").click()
    expect(owner.get_by_text("published", exact=True)).to_be_visible()
    assert not problems(owner)

    other.evaluate("document.querySelector('hw-annotate').enquiries.refresh()")
    told = other.locator(".told .notice")
    expect(told).to_contain_text("For everybody, about “praise”: “Is noise a fault?” The reply: Only when it *hurts*.")
    beside = other.locator(".guide [data-section=praise] .replies")
    expect(beside).to_contain_text("Only when it *hurts*.")
    expect(other.locator("hw-enquiries details")).to_be_hidden()
    press(other, "/", *"noise")
    expect(beside).to_be_visible()
    sheets.picture(other, "published-reply")
    assert not problems(other)

    card.get_by_role("link", name="Change the guideline").click()
    expect(owner.get_by_label("Enquiry")).to_contain_text("Is noise a fault?")
    assert not problems(owner)
    owner.locator("textarea#text").fill(f"{factories.TEXT}\nNoise that hurts is a fault.\n")
    owner.get_by_label("Why it differs").fill("Noise was asked about.")
    owner.get_by_role("button", name="Write").click()
    expect(owner.locator(".replies")).to_contain_text("Is noise a fault?")
    owner.goto(f"{site.url}/p/support/enquiries")
    expect(card).to_contain_text("Led to topic v2")
    sheets.picture(owner, "enquiry-led-to-change")
    card.get_by_role("button", name="Withdraw").click()
    expect(card.get_by_role("button", name="Publish")).to_be_visible()
    for each in (asking, other, owner):
        each.context.close()
