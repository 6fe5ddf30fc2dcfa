"""Pages that steer a campaign, by keyboard, narrow and dark: handing over, who answers where, certificates, moving."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.annotation import assignments, automation, automation_policy, gold, prelabels, tasks
from headwater.annotation.plan import Plan
from headwater.annotation.prelabels import Proposal
from tests.accessibility import problems
from tests.annotation import factories
from tests.serving import served
from tests.web.sheets import PICTURES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from tests.workspaces import Team

pytestmark = pytest.mark.browser

ENGLISH = "language = 'en'"
KNOWN, ORDINARY = 60, 10
BEFORE = """each => {
  const all = [...document.querySelectorAll("a, button, input, select, textarea, summary, [tabindex]")];
  const stops = all.filter((one) => one.tabIndex >= 0 && one.type !== "hidden" && one.checkVisibility());
  stops[stops.indexOf(each) - 1].focus();
}"""


def opened(team: Team) -> str:
    """Open a campaign whose model is right on all gold and whose schema has a newer version; one task was passed on."""
    records = factories.put_records(team, [f"message {place}" for place in range(KNOWN + ORDINARY)])
    campaign = factories.plan_campaign(team, records[KNOWN:], plan=Plan(shows_prelabels=True)).id
    with team.act(team.ops) as ctx:
        gold.mark(ctx, campaign, {each: {"topic": "billing"} for each in records[:KNOWN]})
        rows = [Proposal(record=each, values={"topic": "billing"}, score=0.9) for each in records]
        prelabels.add(ctx, campaign, rows, model="tagger 3")
    factories.open_planned(team, campaign)
    factories.publish_schema(team, [{"name": "topic", "kind": "single", "options": [*factories.TOPICS, "refund"]}])
    given = factories.claim(team, campaign, team.annotators[0])
    assert given is not None
    with team.act(team.annotators[0]) as ctx:
        tasks.skip(ctx, campaign, lease_id=given.lease_id, token=given.token, reason="in no language I read")
    return campaign


def reach(tab: Page, wanted: Locator) -> None:
    """Go to something with the Tab key, from what comes before it in the order of the keyboard."""
    wanted.evaluate(BEFORE)
    tab.keyboard.press("Tab")
    assert wanted.evaluate("each => each === document.activeElement"), f"Tab does not lead to {wanted}"


def write(tab: Page, label: str, text: str) -> None:
    """Reach a field by keyboard and write into it."""
    reach(tab, tab.get_by_label(label).last)
    tab.keyboard.press("Control+a")
    tab.keyboard.type(text)


def enter(tab: Page) -> None:
    """Press Enter and wait for the page that follows."""
    with tab.expect_navigation():
        tab.keyboard.press("Enter")


def fits(tab: Page, name: str) -> None:
    """Ask that a page is right for everybody where that is hardest, narrow and dark, and keep pictures of both ways."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=PICTURES / f"{name}-light.png", full_page=True)
    tab.set_viewport_size({"width": 390, "height": 900})
    tab.emulate_media(color_scheme="dark")
    assert problems(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.screenshot(path=PICTURES / f"{name}-narrow.png", full_page=True)
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.emulate_media(color_scheme="light")


def hand_over(team: Team, tab: Page, campaign: str) -> None:
    """Give the first open task to the second annotator."""
    tab.get_by_text("in no language I read").first.wait_for()
    fits(tab, "assignments")
    reach(tab, tab.locator("input[name=task]").first)
    tab.keyboard.press("Space")
    reach(tab, tab.get_by_label("One annotator"))
    with team.read() as ctx:
        tab.keyboard.type(assignments.eligible(ctx)[team.annotators[1]])
    write(tab, "Why", "you know this one")
    enter(tab)
    with team.read() as ctx:
        assert [row.annotator for row in assignments.open_tasks(ctx, campaign, handed=True)] == [team.annotators[1]]


def let_a_model_answer(team: Team, tab: Page, campaign: str) -> None:
    """Certify the model for a slice, give it the slice, and let it answer."""
    tab.get_by_text("No certificate yet").wait_for()
    write(tab, "Model", "tagger 3")
    write(tab, "Slice", ENGLISH)
    write(tab, "Errors allowed", "0.1")
    enter(tab)
    tab.get_by_text("live", exact=True).wait_for()
    write(tab, "Records a slice", ENGLISH)
    reach(tab, tab.get_by_label("Answered by"))
    tab.keyboard.type("a model")
    write(tab, "Why", "proven on gold")
    enter(tab)
    tab.get_by_role("cell", name="a model, with audit").wait_for()
    reach(tab, tab.get_by_role("button", name="Let it answer"))
    enter(tab)
    tab.get_by_role("link", name="Count the tasks").click()
    tab.get_by_role("columnheader", name="By the model").wait_for()
    fits(tab, "automation")
    with team.read() as ctx:
        (row,) = automation.certificates(ctx, campaign)
        (line, _) = automation_policy.policy(ctx, campaign, counted=True)
        assert line.holds
        assert (line.certificate, line.holds.tasks) == (row.id, ORDINARY)
        assert line.holds.by_model + line.holds.audited == ORDINARY - 2  # one was handed to somebody, one is held


def move_schema(tab: Page) -> None:
    """Move the campaign of the page to a second version of its schema."""
    here = tab.url
    reach(tab, tab.get_by_role("link", name="Move to the published version"))
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name="Schema of first").wait_for()
    fits(tab, "move-schema")
    reach(tab, tab.get_by_label("Give out again"))
    tab.keyboard.press("Space")
    reach(tab, tab.get_by_role("button", name="Move to version 2"))
    tab.keyboard.press("Enter")
    tab.wait_for_url(here)


def test_a_campaign_is_steered_by_keyboard_on_wide_and_narrow_screens(team: Team, browser: Browser) -> None:
    campaign = opened(team)
    with served(team.app) as site:
        tab = site.tab_of(browser, team.ops)
        here = f"{site.url}/p/support/campaigns/{campaign}"
        tab.goto(f"{here}/assignments")
        hand_over(team, tab, campaign)
        tab.goto(f"{here}/automation")
        let_a_model_answer(team, tab, campaign)
        tab.goto(here)
        move_schema(tab)
        tab.goto(f"{here}/automation")
        tab.get_by_text("none is live").wait_for()  # what was proven under the old questions holds no more
        tab.context.close()
