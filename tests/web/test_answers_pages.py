"""The answers of one person on a page, in a real browser: from the alarm to the record, by keyboard, on a phone."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from headwater.annotation import content, tasks
from headwater.annotation.plan import Plan
from headwater.annotation.submissions import Submission
from headwater.quality import advice
from headwater.quality import queries as quality
from headwater.web.personal import query_of
from tests.accessibility import assert_sound, problems
from tests.annotation import factories
from tests.quality.crowd import crowd
from tests.serving import Served
from tests.web.sheets import IMAGE_KINDS, opened_images, picture

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser
ARABIC = "الفاتورة رقم 4711 خُصمت مرتين من بطاقتي، وأريد استرداد المبلغ. "


def test_an_alarm_leads_to_the_answers_it_is_about(team: Team, site: Served, browser: Browser) -> None:
    it = crowd(team, tasks=120, known=40)
    noisy = team.annotators[2]
    tab = site.tab_of(browser, team.ops)
    charts = f"{site.url}/p/support/quality/campaigns/{it.campaign.id}/charts"
    tab.goto(charts)
    tab.get_by_role("button", name="Check now").click()
    it.work(error=lambda who: 0.9 if who == noisy else 0.02)
    tab.goto(charts)
    tab.get_by_role("button", name="Check now").click()
    tab.wait_for_load_state()
    with team.read() as ctx:
        whole = [each for each in quality.alarms(ctx) if each.metric == "gold.accuracy"]
        alarm = next(each for each in whole if noisy in each.people)
    tab.goto(f"{site.url}/p/support/")
    waiting = tab.locator("section", has=tab.get_by_role("heading", name="Waiting for a decision"))
    waiting.get_by_role("link", name="quality alarm").click()
    tab.get_by_role("heading", name="Quality alarms").wait_for()
    tab.goto(f"{site.url}/p/support/quality/alarms/{alarm.id}")
    assert not problems(tab)
    tab.get_by_role("link", name="Mistakes on gold: ann3").click()
    tab.get_by_role("heading", name="Answers of ann3").wait_for()
    rows = tab.locator("[data-answer]")
    assert rows.count()
    assert all("gold: " in text for text in rows.all_inner_texts())
    assert query_of(it.campaign.id, advice.leads(alarm)[0].wanted) in tab.url
    assert not problems(tab)
    tab.goto(f"{site.url}/p/support/quality/annotators/{noisy}")
    tab.get_by_role("link", name="Answers", exact=True).click()
    expect(rows).to_have_count(25)
    tab.keyboard.press("n")
    tab.get_by_role("link", name="From the start").wait_for()
    with tab.expect_download() as file:
        tab.get_by_role("link", name="CSV").click()
    assert file.value.path().read_text(encoding="utf-8").startswith("answer,task,record,annotator")
    tab.context.close()


def test_answers_are_read_by_keyboard_narrow_and_dark(team: Team, site: Served, browser: Browser) -> None:
    texts = ["<b>first</b> " * 60, ARABIC * 12, ARABIC, "unbroken" * 90, *(f"message {place}" for place in range(3))]
    records = factories.put_records(team, texts)
    campaign = factories.open_campaign(team, records, plan=Plan(overlap=2)).id
    factories.work_through(team, campaign, team.annotators[0], topic="fault")
    factories.work_through(team, campaign, team.annotators[1], topic="praise", limit=4)
    pin = team.app.records.erase(team.app.database, team.program, records[-1:])
    with team.act(team.ops) as ctx:
        team.app.records.confirm(ctx.db, team.program, pin)
    content._shelves.clear()
    tab = site.tab_of(browser, team.lead)
    tab.goto(f"{site.url}/p/support/quality/annotators/{team.annotators[0]}/answers")
    tab.get_by_text("The record was erased.").wait_for()
    tab.wait_for_load_state()
    assert tab.locator("[data-answer]").count() == 7
    assert tab.locator("main b").count() == 0
    assert_sound(tab)
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    tab.keyboard.press("k")
    assert tab.evaluate("[...document.querySelectorAll('[data-answer]')].indexOf(document.activeElement)") == 0
    tab.keyboard.press("o")
    assert tab.locator("[data-answer]").first.locator("details[open] .text").inner_text().count("<b>") == 60
    assert_sound(tab)
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name="Task", exact=True).wait_for()
    tab.go_back()
    tab.locator("#only").select_option("different")
    tab.get_by_role("button", name="Show").click()
    tab.wait_for_load_state()
    assert tab.locator("[data-answer]").count() == 4
    tab.locator("#value").fill("billing")
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name="No such answer").wait_for()
    assert_sound(tab)
    tab.goto(tab.url.partition("?")[0] + "?order=random&seed=5")
    tab.get_by_text("Drawn at random with seed 5").wait_for()
    tab.get_by_role("link", name="Draw others").click()
    tab.get_by_text("Drawn at random with seed 6").wait_for()
    tab.goto(tab.url.partition("?")[0] + "?since=whenever")
    tab.get_by_text("is no moment").wait_for()
    tab.context.close()


def test_an_image_stands_beside_its_answer_for_those_who_accept_the_work(
    team: Team, site: Served, browser: Browser
) -> None:
    campaign = opened_images(team, IMAGE_KINDS["boxes"])
    given = factories.claim(team, campaign, team.annotators[0])
    assert given is not None
    sent = Submission(
        lease_id=given.lease_id,
        token=given.token,
        client_id=str(uuid.uuid4()),
        values={"marks": [{"x": 1, "y": 2, "width": 3, "height": 4, "label": "scratch"}]},
    )
    with team.act(team.annotators[0]) as ctx:
        tasks.submit(ctx, campaign, sent)
    tab = site.tab_of(browser, team.lead)
    tab.goto(f"{site.url}/p/support/quality/annotators/{team.annotators[0]}/answers")
    tab.locator(".picture img").wait_for()
    assert tab.evaluate("document.querySelector('.picture img').decode().then(() => true)")
    assert "scratch: 3 × 4 at 1, 2" in tab.locator("[data-answer]").inner_text()
    address = tab.locator(".picture img").get_attribute("src")
    assert tab.locator(".picture .drawn rect").bounding_box()
    drawn = tab.locator(".picture .drawn").bounding_box()
    assert tab.locator(".picture img").bounding_box() == pytest.approx(drawn, abs=1)
    picture(tab, "answer-drawn")
    assert_sound(tab)
    other = site.tab_of(browser, team.annotators[0])
    for path in (address, f"/p/support/quality/annotators/{team.annotators[0]}/answers"):
        assert other.request.get(f"{site.url}{path}").status == 403
    tab.context.close()
    other.context.close()
