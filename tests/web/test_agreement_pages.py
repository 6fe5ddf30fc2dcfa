"""Agreement on pages, in a real browser: from what is wrong to the disputed example and the rule beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from headwater.annotation import comments
from headwater.annotation import queries as annotation
from headwater.annotation.plan import Plan
from headwater.quality import assessments
from headwater.quality import queries as quality
from tests.accessibility import problems
from tests.annotation import factories
from tests.serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


def test_from_what_is_wrong_to_the_rule_beside_the_example(team: Team, site: Served, browser: Browser) -> None:
    campaign = factories.open_campaign(team, 40, plan=Plan(overlap=2))
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/quality")
    tab.get_by_role("heading", name="Nothing measured yet").wait_for()
    first, second = team.annotators[:2]
    factories.work_through(team, campaign.id, first, topic="fault", limit=20)
    factories.work_through(team, campaign.id, first, topic="billing")
    factories.work_through(team, campaign.id, second, topic="praise", limit=20)
    factories.work_through(team, campaign.id, second, topic="billing")
    tab.reload()
    tab.get_by_text("were never measured").wait_for()
    tab.get_by_label("Measure and resolve").select_option(label="topic · first")
    tab.get_by_role("button", name="Measure", exact=True).click()
    tab.get_by_role("heading", name="Agreement on “topic”").wait_for()
    assert not problems(tab)
    heat = tab.locator("table.heat")
    assert heat.first.locator("tbody tr", has_text="fault").locator("td[data-heat='9']").inner_text() == "100%"
    assert heat.nth(1).locator("tbody tr").count() == 2
    tab.get_by_label("Wanted reliability").fill("0.95")
    tab.get_by_role("button", name="Calculate").click()
    tab.get_by_text("For a reliability of 0.95").wait_for()
    tab.goto(f"{site.url}/p/support/quality")
    concern = tab.locator(".concerns li", has_text="the label “fault” is told apart badly")
    assert "Others say “praise” there in 100%" in concern.inner_text()
    assert not problems(tab)
    concern.get_by_role("link").focus()
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name="Disputed examples").wait_for()
    assert "Something broke." in tab.get_by_role("complementary", name="What the guideline says").inner_text()
    assert tab.locator("article").first.locator(".voices li").count() == 2
    assert not problems(tab)
    tab.get_by_role("link", name="More").click()
    tab.get_by_text("6 to 10 of 20").wait_for()
    tab.goto(f"{site.url}/p/support/quality/cohorts/in-house")
    assert tab.locator("table.heat caption", has_text="Where the label of the row is most likely true").count() == 1
    assert not problems(tab)
    tab.goto(f"{site.url}/p/support/quality/agreement/{campaign.id}/topic")
    choose_another_measure(site.tab_of(browser, team.lead), tab.url)
    look_at_another_measure(tab)
    tab.get_by_role("link", name="Resolved labels").click()
    tab.get_by_role("heading", name="Labels of “topic”").wait_for()
    assert tab.get_by_text("No task has three answers").count() == 1
    assert not problems(tab)
    tab.get_by_role("link", name="Compare all methods").focus()
    tab.keyboard.press("Enter")
    tab.get_by_role("columnheader", name="Gold found").wait_for()
    assert not problems(tab)
    tab.context.close()


def test_a_card_is_seen_by_its_owner_and_managers_only(team: Team, site: Served, browser: Browser) -> None:
    campaign = factories.open_campaign(team, 4, plan=Plan(overlap=2))
    for person in team.annotators[:2]:
        factories.work_through(team, campaign.id, person)
    manager, own = site.tab_of(browser, team.ops), site.tab_of(browser, team.annotators[0])
    manager.goto(f"{site.url}/p/support/quality")
    manager.get_by_role("button", name="Measure", exact=True).click()
    manager.get_by_text("Only one label was given").first.wait_for()
    mine = f"{site.url}/p/support/quality/annotators/{team.annotators[0]}"
    for tab in (manager, own):
        tab.goto(mine)
        tab.get_by_role("heading", name="ann1").wait_for()
        assert not problems(tab)
    assert manager.get_by_role("heading", name="With each other annotator").count() == 1
    manager.goto(f"{site.url}/p/support/quality/campaigns/{campaign.id}/charts")
    manager.get_by_role("button", name="Check now").click()
    manager.get_by_text("an error rate on gold of").wait_for()
    assert not problems(manager)
    assert own.get_by_role("heading", name="With each other annotator").count() == 0
    own.goto(f"{site.url}/p/support/quality")
    assert own.get_by_text("ann2").count() == 0
    for path in (f"annotators/{team.annotators[1]}", "cohorts/in-house", f"agreement/{campaign.id}/topic/disputes"):
        reply = own.goto(f"{site.url}/p/support/quality/{path}")
        assert reply
        assert reply.status == 403, path
    manager.context.close()
    own.context.close()


LONG = "technical support for a device of the user's own that does not work as it should, whatever is asked beside it"


@pytest.mark.parametrize("width", [1280, 390])
def test_long_labels_and_comments_leave_the_tables_and_answers_readable(
    team: Team, site: Served, browser: Browser, width: int
) -> None:
    options = [{"value": "other", "label": "Other"}, {"value": LONG[:64].replace(" ", "_"), "label": LONG}]
    data = [{"name": "topic", "kind": "single", "options": options}]
    campaign = factories.open_campaign(team, 6, plan=Plan(overlap=2), data=data)
    for person, option in zip(team.annotators[:2], options, strict=True):
        factories.work_through(team, campaign.id, person, topic=option["value"])
    with team.act(team.ops) as ctx:
        assessments.assess(ctx, campaign.id, question="topic")
        task = quality.assessments(ctx)[0].disputed[0].task_id
        answer = annotation.answers_beside(ctx, [task])[task][0].id
    with team.act(team.expert) as ctx:
        comments.write(ctx, campaign.id, answer, text="Read the section about devices again. " * 9)
    tab = site.tab_of(browser, team.ops, viewport={"width": width, "height": 900})
    tab.goto(f"{site.url}/p/support/quality/agreement/{campaign.id}/topic")
    heat = tab.locator("table.heat").first
    assert height(heat.locator("thead tr")) < 200
    assert height(heat.locator("tbody tr").last) < 100
    assert heat.locator("tbody th").last.bounding_box()["width"] < max(300, 0.5 * width)  # type: ignore[index]
    assert heat.locator("th", has_text=options[1]["value"]).first.locator(".name").get_attribute("title")
    tab.goto(f"{site.url}/p/support/quality/agreement/{campaign.id}/topic/disputes")
    said, example = tab.locator(".thread li"), tab.locator("article", has=tab.locator(".thread"))
    assert said.bounding_box()["width"] > 0.75 * example.bounding_box()["width"]  # type: ignore[index]
    assert not problems(tab)
    tab.context.close()


def height(part: Locator) -> float:
    box = part.bounding_box()
    assert box
    return box["height"]


def choose_another_measure(tab: Page, address: str) -> None:
    tab.goto(address)
    tab.get_by_role("radio", name="gwet").check()
    tab.get_by_label("Reason").fill("One label has nearly all answers.")
    tab.get_by_role("button", name="Measure by this from now on").click()
    tab.get_by_text("older than this choice: measure again").wait_for()
    tab.get_by_text("Not for this question").last.click()
    tab.get_by_text("It needs sets of options").first.wait_for()
    tab.get_by_role("button", name="Measure again").click()
    tab.locator(".tile", has_text="ac1, nominal").wait_for()
    assert not problems(tab)


def look_at_another_measure(tab: Page) -> None:
    tab.get_by_role("link", name="By another measure").click()
    tab.get_by_label("Measure").select_option("fleiss")
    tab.get_by_role("button", name="Show").click()
    expect(tab.locator("table", has_text="in-house")).to_contain_text("Fleiss' kappa")
    assert not problems(tab)
    tab.get_by_role("link", name="Agreement as it counts").click()
