"""Campaigns, documents, reviews and the workforce on pages, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.annotation import comments, queries
from headwater.annotation.plan import Plan
from tests.accessibility import problems
from tests.annotation import factories
from tests.serving import Served
from tests.web.sheets import picture, press

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser

LABELLING = """<View><Text name="text" value="$text"/>
<Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/></Choices></View>"""
HOSTILE = (
    "# Rules\n\n<script>window.hit=1</script><img src=x onerror='window.hit=1'>\n\n## billing\n\n"
    "[click](javascript:window.hit=1) <svg onload='window.hit=1'></svg> **bold**\n\n```\n## not a heading\n```\n"
)


def test_a_campaign_is_written_planned_and_opened_on_pages(team: Team, site: Served, browser: Browser) -> None:
    factories.put_records(team, ["one", "two", "three"])
    factories.publish_schema(team)
    factories.publish_guideline(team)
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/campaigns")
    assert not problems(tab)
    tab.get_by_text("Plan a campaign").click()
    plan = tab.locator("form", has=tab.get_by_role("button", name="Plan", exact=True))
    plan.get_by_label("Name").fill("first")
    plan.get_by_role("button").click()
    tab.get_by_role("heading", name="first").wait_for()
    tab.get_by_label("Name").fill("all")
    tab.get_by_role("button", name="Add").click()
    tab.get_by_role("cell", name="all", exact=True).wait_for()
    assert not problems(tab)
    tab.get_by_role("button", name="Propose to open").click()
    tab.get_by_text("proposed").first.wait_for()
    other = site.tab_of(browser, team.lead)
    other.goto(tab.url)
    other.get_by_role("link", name="Decide").click()
    other.get_by_label("Reason for: Approve").fill("go")
    other.get_by_role("button", name="Approve").click()
    other.goto(tab.url)
    other.get_by_text("open", exact=True).first.wait_for()
    tab.context.close()
    other.context.close()


def test_a_guideline_shows_its_versions_and_cannot_run(team: Team, site: Served, browser: Browser) -> None:
    factories.publish_guideline(team)
    with_script = factories.publish_guideline(team, HOSTILE)
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/guidelines/{with_script.id}")
    assert not problems(tab)
    assert tab.evaluate("window.hit") is None
    assert tab.locator("main script, main img, main a[href^=javascript], main svg[onload]").count() == 0
    assert tab.locator(".prose strong", has_text="bold").count() == 1
    assert tab.locator("pre ins").count() > 0
    tab.get_by_label("Words").fill("click")
    tab.keyboard.press("Enter")
    tab.get_by_role("link", name="billing", exact=True).wait_for()
    tab.context.close()


def test_a_schema_says_which_answers_carry_over(team: Team, site: Served, browser: Browser) -> None:
    factories.publish_schema(team)
    second = factories.publish_schema(team, [{"name": "topic", "kind": "single", "options": ["billing", "other"]}])
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/schemas/{second.id}")
    assert not problems(tab)
    assert tab.locator("table tr", has_text="topic").inner_text().split("\t")[:2] == ["topic", "partial"]
    assert tab.locator("table tr", has_text="urgency").inner_text().split("\t")[1] == "lost"
    tab.goto(f"{site.url}/p/support/campaigns")
    tab.get_by_role("link", name="Write a schema").click()
    tab.locator("#name").fill("taken")
    tab.locator("#text").fill(LABELLING)
    tab.get_by_role("button", name="Write", exact=True).click()
    tab.get_by_role("heading", name="taken v1").wait_for()
    assert "mood" in tab.locator("main").inner_text()
    tab.context.close()


def test_a_reviewer_corrects_and_returns_answers_on_pages(team: Team, site: Served, browser: Browser) -> None:
    campaign = factories.open_campaign(team, 2, plan=Plan(review_rate=1.0))
    person = team.annotators[0]
    assert factories.work_through(team, campaign.id, person) == 2
    tab = site.tab_of(browser, team.reviewer)
    tab.goto(f"{site.url}/p/support/campaigns/{campaign.id}")
    tab.get_by_role("button", name="Review answers").click()
    tab.get_by_role("heading", name="Review an answer").wait_for()
    assert not problems(tab)
    tab.get_by_role("radio", name="fault").wait_for()
    assert tab.get_by_role("radio", checked=True).inner_text().endswith("billing")
    press(tab, "2", "Enter")
    assert tab.locator("#reason").evaluate("box => box === document.activeElement")
    press(tab, *"it is broken", "Enter")
    tab.locator(".content", has_text="message 1").wait_for()
    press(tab, "Escape", *"read the guideline", "Enter")
    tab.get_by_role("heading", name="first").wait_for()
    with team.read() as ctx:
        assert list(queries.settled(ctx, campaign.id, question="topic").values()) == ["fault"]
    again = factories.claim(team, campaign.id, person)
    assert again is not None
    assert again.note == "read the guideline"
    assert again.draft == {"topic": "billing"}
    tab.context.close()


def test_an_expert_settles_a_dispute_on_pages(team: Team, site: Served, browser: Browser) -> None:
    campaign = factories.open_campaign(team, 1, plan=Plan(overlap=2))
    factories.work_through(team, campaign.id, team.annotators[0], topic="billing")
    factories.work_through(team, campaign.id, team.annotators[1], topic="fault")
    tab = site.tab_of(browser, team.expert)
    tab.goto(f"{site.url}/p/support/campaigns/{campaign.id}/disputes")
    assert not problems(tab)
    tab.get_by_label("Put before the experts").press(" ")
    tab.get_by_role("button", name="Put before the experts").press("Enter")
    tab.wait_for_load_state()
    tab.goto(f"{site.url}/p/support/campaigns/{campaign.id}")
    tab.get_by_role("button", name="Settle disputes").press("Enter")
    tab.get_by_role("radio", name="praise").wait_for()
    picture(tab, "dispute")
    assert not problems(tab)
    assert tab.get_by_role("radio", checked=True).count() == 0
    press(tab, "Alt+2")
    assert tab.get_by_role("radio", checked=True).inner_text().endswith("fault")
    tab.get_by_text("Comment to the author").nth(1).click()
    tab.get_by_label("Comment goes with").nth(1).fill("Read the end as well.")
    tab.get_by_label("Comment goes with").nth(1).blur()
    assert not problems(tab)
    press(tab, "3", "Enter", *"thanks come first", "Enter")
    tab.get_by_role("heading", name="first").wait_for()
    for person, said in ((team.annotators[0], []), (team.annotators[1], ["Read the end as well."])):
        with team.read(person) as ctx:
            assert [each.text for row in comments.threads(ctx, campaign.id) for each in row.comments] == said
    with team.read() as ctx:
        assert list(queries.settled(ctx, campaign.id, question="topic").values()) == ["praise"]
    tab.context.close()


def test_people_are_enrolled_and_paused_on_the_workforce_page(team: Team, site: Served, browser: Browser) -> None:
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/workforce")
    assert not problems(tab)
    tab.get_by_text("Enrol a person").click()
    tab.locator("form", has=tab.get_by_role("button", name="Enrol")).get_by_label("Person").select_option(label="ann1")
    tab.get_by_label("Team or vendor").fill("vendor-a")
    tab.get_by_role("button", name="Enrol").click()
    tab.get_by_role("cell", name="vendor-a").wait_for()
    row = tab.locator("tr", has_text="ann1")
    row.locator("summary", has_text="Stop").click()
    row.get_by_label("Reason").fill("Until the new guideline was read.")
    row.get_by_role("button", name="Stop ann1", exact=True).click()
    tab.locator("summary", has_text="Let in again").wait_for()
    assert not problems(tab)
    tab.context.close()
    tab = site.tab_of(browser, team.annotators[1])  # in no team yet
    tab.goto(f"{site.url}/p/support/workforce")
    tab.locator("summary", has_text="Away").press("Enter")
    tab.get_by_label("Back on").fill("2026-04-01")
    tab.get_by_role("button", name="not available").press("Enter")
    tab.get_by_text("no, back 2026-04-01 00:00").wait_for()
    assert not problems(tab)
    tab.context.close()
