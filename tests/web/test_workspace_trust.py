"""What the workspace tells stays until it is read, and nothing a person did is ever thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from headwater.annotation import batches, gold, queries, tasks
from headwater.annotation.model import BatchKind
from headwater.annotation.plan import Plan
from tests.accessibility import problems
from tests.annotation import factories
from tests.serving import Served
from tests.web import sheets
from tests.web.sheets import bench, press, settled, values

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.workspaces import FakeClock, Team

pytestmark = pytest.mark.browser
A_WHILE_MS = 300
"""Longer than a message may not be wiped by the sending that runs beside it."""


def opened(team: Team, count: int = 3) -> str:
    records = factories.put_records(team, [f"message number {place}" for place in range(count)])
    return factories.open_campaign(team, records, plan=Plan()).id


def shown(tab: Page) -> str:
    return tab.locator(".content").inner_text()


def drilled(team: Team) -> str:
    """A campaign that begins with two calibration tasks whose right topic is "fault"."""
    records = factories.put_records(team, ["drill one", "drill two", "ordinary"])
    campaign = factories.plan_campaign(team, records[2:], plan=Plan(calibration_bar=0.5)).id
    with team.act(team.ops) as ctx:
        batches.add(ctx, campaign, name="drills", records=records[:2], kind=BatchKind.CALIBRATION)
        gold.mark(
            ctx,
            campaign,
            {each: {"topic": "fault"} for each in records[:2]},
            explanations=dict.fromkeys(records[:2], "The <b>parcel</b> broke."),
        )
    factories.open_planned(team, campaign)
    return campaign


def test_a_wrong_calibration_answer_is_explained_until_it_is_read(team: Team, site: Served, browser: Browser) -> None:
    campaign = drilled(team)
    tab = bench(site, browser, team.annotators[0], campaign)
    first = shown(tab)
    press(tab, "1", "Enter")
    lesson = tab.locator(".lesson")
    lesson.wait_for()
    tab.wait_for_timeout(A_WHILE_MS * 2)
    for words in ("Not right", first, "you gave billing; right is fault", "The <b>parcel</b> broke."):
        expect(lesson).to_contain_text(words)
    sheets.picture(tab, "lesson")
    assert not problems(tab)
    press(tab, "2")
    assert tab.locator("hw-choice [aria-checked=true]").count() == 0, "the next task waits for the lesson to be read"
    lesson.get_by_role("link", name="Rule: fault").click()
    assert "Something broke." in tab.locator(".guide section:target").inner_text()
    lesson.get_by_role("button", name="Go on").focus()
    press(tab, "Enter")
    expect(lesson).to_have_count(0)
    press(tab, "2", "Enter")
    expect(lesson).to_contain_text("fault was right")
    expect(tab.locator("hw-messages")).to_have_attribute("role", "status")
    expect(tab.locator(".content")).to_contain_text("ordinary")
    press(tab, "3", "Enter")
    expect(lesson).to_have_count(0)
    tab.context.close()


def test_who_failed_calibration_is_told_who_can_let_them_in(team: Team, site: Served, browser: Browser) -> None:
    campaign = drilled(team)
    tab = bench(site, browser, team.annotators[0], campaign)
    for _ in range(2):
        press(tab, "1", "Enter")
        tab.locator(".lesson").wait_for()
        tab.wait_for_timeout(A_WHILE_MS * 2)  # it is read
        tab.locator(".lesson").get_by_role("button", name="Go on").click()
    rest = tab.locator("hw-annotate .empty")
    expect(rest).to_contain_text("You did not pass the calibration round.")
    expect(rest).to_contain_text("Who runs the campaign was told (ops)")
    sheets.picture(tab, "calibration-failed")
    assert not problems(tab)
    tab.goto(f"{site.url}/p/support/workspace")
    card = tab.locator("section.work")
    expect(card).to_contain_text("You did not pass its calibration round")
    expect(card.get_by_role("link", name="Start")).to_have_count(0)
    assert not problems(tab)
    tab.context.close()


def test_an_answer_that_does_not_fit_comes_back_and_the_message_stays(
    team: Team, site: Served, browser: Browser
) -> None:
    campaign = opened(team)
    tab = bench(site, browser, team.annotators[0], campaign)
    first = shown(tab)
    tab.evaluate("() => { document.querySelector('hw-task').values = { topic: 'gone', urgency: 4 }; }")
    press(tab, "Enter")
    told = tab.locator(".told .notice")
    expect(told).to_contain_text("'gone' is not one of")
    tab.wait_for_timeout(A_WHILE_MS)
    expect(told).to_contain_text("comes back with your answer")
    for _ in range(2):
        if shown(tab) == first:
            break
        press(tab, "1", "Enter")
        expect(tab.locator(".content")).to_contain_text(first)
    expect(tab.locator("hw-rating [aria-checked=true]")).to_contain_text("4")
    press(tab, "2", "Enter")
    expect(told).to_have_count(0)
    settled(tab)
    assert {"topic": "fault", "urgency": 4} in values(team, campaign)
    tab.context.close()


def test_a_late_answer_is_kept_over_a_reload_until_its_author_removes_it(
    team: Team, site: Served, browser: Browser, clock: FakeClock
) -> None:
    campaign = opened(team, 1)
    tab = bench(site, browser, team.annotators[0], campaign)
    tab.wait_for_load_state("networkidle")  # nothing it asked for while the lease held may arrive after its end
    clock.advance(minutes=30)
    taken = factories.claim(team, campaign, team.annotators[1])
    assert taken is not None
    factories.answer(team, campaign, team.annotators[1], taken)
    press(tab, "2", "Enter")
    late = tab.locator("hw-refused details")
    expect(late).to_contain_text("was not taken")
    for _ in range(2):
        late.locator("summary").click()
        expect(late).to_contain_text('"topic": "fault"')
        expect(late).to_contain_text("message number 0")
        assert not problems(tab)
        with tab.expect_download() as got:
            late.get_by_role("button", name="Download").click()
        assert '"topic": "fault"' in got.value.path().read_text()
        tab.reload()
        late.wait_for()
    late.locator("summary").click()
    late.get_by_role("button", name="Remove").click()
    expect(late).to_have_count(0)
    tab.reload()
    tab.locator(".empty").wait_for()
    expect(late).to_have_count(0)
    tab.context.close()


def test_letters_never_lead_away_from_a_task(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened(team)
    tab = bench(site, browser, team.annotators[0], campaign)
    for letter in "orcqefbvln":
        press(tab, "g", letter)
    tab.wait_for_timeout(A_WHILE_MS)
    assert tab.url.endswith(f"/workspace/{campaign}")
    tab.context.close()


def test_skipping_and_taking_back_work_without_the_network(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened(team, 4)
    tab = bench(site, browser, team.annotators[0], campaign)
    first = shown(tab)
    press(tab, "1", "Enter")
    settled(tab)
    tab.wait_for_function("() => document.querySelector('hw-annotate').ahead.length > 0")
    tab.context.set_offline(True)
    press(tab, "Backspace")
    expect(tab.locator(".content")).to_contain_text(first)
    expect(tab.locator("button[aria-checked=true]")).to_contain_text("billing")
    press(tab, "3", "Enter")
    expect(tab.locator(".content")).not_to_contain_text(first)
    skipped = shown(tab)
    press(tab, "Escape", *"no message", "Enter")
    expect(tab.locator("hw-annotate")).not_to_contain_text(skipped)
    expect(tab.locator(".status")).to_contain_text("3 waiting to be sent")
    tab.context.set_offline(False)
    settled(tab)
    assert values(team, campaign) == [{"topic": "billing", "urgency": 3}]
    with team.read() as ctx:
        assert queries.progress(ctx, campaign).skipped == 1
    tab.context.close()


def test_an_answer_that_cannot_be_taken_back_stands_and_what_replaced_it_is_kept(
    team: Team, site: Served, browser: Browser, clock: FakeClock
) -> None:
    campaign = opened(team, 4)
    tab = bench(site, browser, team.annotators[0], campaign)
    press(tab, "1", "Enter")
    settled(tab)
    tab.wait_for_function("() => document.querySelector('hw-annotate').ahead.length > 0")
    tab.context.set_offline(True)
    press(tab, "Backspace")
    expect(tab.locator("button[aria-checked=true]")).to_contain_text("billing")
    press(tab, "3")
    clock.advance(minutes=30)
    tab.context.set_offline(False)
    expect(tab.locator(".told")).to_contain_text("can no longer be taken back")
    expect(tab.locator("hw-refused")).to_contain_text('"urgency": 3')
    assert values(team, campaign) == [{"topic": "billing"}]
    tab.context.close()


def test_a_skip_sent_twice_passes_a_task_on_once(each_team: Team) -> None:
    campaign = factories.open_campaign(each_team, 3).id
    person = each_team.annotators[0]
    given = factories.claim(each_team, campaign, person)
    assert given is not None
    for _ in range(2):
        with each_team.act(person) as ctx:
            found = tasks.skip(ctx, campaign, lease_id=given.lease_id, token=given.token, reason="unclear")
    assert found.assignment is not None
    with each_team.read() as ctx:
        assert queries.progress(ctx, campaign).skipped == 1
