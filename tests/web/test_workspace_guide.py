"""The guideline beside the task, and the list of keys: what is on screen is what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from headwater.annotation import batches, campaigns
from headwater.annotation.plan import Plan
from headwater.annotation.store.answers import answer
from tests.accessibility import problems
from tests.annotation import factories
from tests.serving import Served
from tests.web import sheets
from tests.web.sheets import bench, press, settled

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


def test_an_answer_carries_the_version_that_was_on_the_screen(team: Team, site: Served, browser: Browser) -> None:
    records = factories.put_records(team, [f"message {place}" for place in range(4)])
    campaign = factories.open_campaign(team, records, plan=Plan())
    second = factories.publish_guideline(team, factories.TEXT + "\nOutages too.\n", change="Outages <b>count</b>.")
    tab = bench(site, browser, team.annotators[0], campaign.id)
    expect(tab.locator(".guide")).to_contain_text("version 1")
    with team.act(team.ops) as ctx:
        campaigns.change(ctx, campaign.id, guideline_id=second.id)
    on_screen = []
    for _ in range(4):
        shown = tab.locator(".content").inner_text()
        on_screen.append(tab.locator(".guide").get_attribute("data-guideline"))
        press(tab, "1", "Enter")
        expect(tab.locator(".content").or_(tab.locator(".empty"))).not_to_contain_text(shown)
    settled(tab)
    expect(tab.locator(".guide")).to_contain_text("Outages too.")
    told = tab.locator(".told .notice")
    expect(told).to_contain_text("version 2 (it was version 1). Outages <b>count</b>.")
    expect(told.get_by_role("link")).to_have_attribute("href", f"/p/support/guidelines/{second.id}")
    press(tab, "Alt+x")
    expect(told).to_have_count(0)
    with team.read() as ctx:
        carried = list(ctx.db.scalars(sa.select(answer.c.guideline_id).order_by(answer.c.id)))
    assert carried == on_screen
    assert set(carried) == {campaign.guideline_id, second.id}
    tab.context.close()


def test_examples_and_tie_breaks_stand_out(team: Team, site: Served, browser: Browser) -> None:
    text = "# Topics\n\n## billing\n\n- Right: a charge\n- **Wrong:** a fault\n\nTie-break: the first.\n\nRightly so.\n"
    schema = factories.publish_schema(team)
    guideline = factories.publish_guideline(team, text)
    records = factories.put_records(team, ["a message"])
    with team.act(team.ops) as ctx:
        made = campaigns.create(ctx, name="first", schema_id=schema.id, guideline_id=guideline.id, plan=Plan())
        batches.add(ctx, made.id, name="one", records=records)
    factories.open_planned(team, made.id)
    tab = bench(site, browser, team.annotators[0], made.id)
    kinds = tab.eval_on_selector_all(".guide .example", "all => all.map(e => [e.className, e.innerText])")
    assert kinds == [
        ["example right", "Right: a charge"],
        ["example wrong", "Wrong: a fault"],
        ["example tie", "Tie-break: the first."],
    ]
    assert not problems(tab)
    tab.emulate_media(color_scheme="dark")
    assert not problems(tab)
    tab.context.close()


def test_the_guideline_is_searched_by_keyboard(team: Team, site: Served, browser: Browser) -> None:
    campaign = sheets.opened(team, "rating")
    tab = bench(site, browser, team.annotators[0], campaign)
    press(tab, "/", *"broke")
    sections = tab.locator(".guide section:visible")
    expect(sections).to_have_count(1)
    expect(tab.locator("hw-guide [role=status]")).to_have_text("1 section")
    press(tab, "Escape", "4")
    assert sections.count() > 1
    expect(tab.locator("hw-rating [aria-checked=true]")).to_contain_text("4")
    tab.context.close()


def test_the_list_of_keys_is_about_the_questions_on_screen(team: Team, site: Served, browser: Browser) -> None:
    campaign = sheets.opened(team, "spans")
    tab = bench(site, browser, team.annotators[0], campaign)
    press(tab, "?")
    keys = tab.locator("#keys")
    for words in (
        "take the last answer back",
        "cannot decide",
        "next, previous span",
        "relate the span",
        "submit",
        "skip",
    ):
        expect(keys).to_contain_text(words)
    expect(keys).not_to_contain_text("brush")
    expect(keys).not_to_contain_text("campaigns")
    sheets.picture(tab, "keys")
    assert not problems(tab)
    tab.context.close()


def test_the_guideline_follows_the_focus_on_labels_of_spans(team: Team, site: Served, browser: Browser) -> None:
    records = factories.put_records(team, ["It broke."])
    questions = [{"name": "parts", "kind": "spans", "options": ["billing", "fault"]}]
    campaign = factories.open_campaign(team, records, plan=Plan(), data=questions).id
    tab = bench(site, browser, team.annotators[0], campaign)
    tab.get_by_role("button", name="2 fault").focus()
    expect(tab.locator(".guide .current")).to_contain_text("Something broke.")
    tab.context.close()


def test_an_image_without_a_tool_is_moved_and_enlarged_by_keyboard(team: Team, site: Served, browser: Browser) -> None:
    campaign = sheets.opened_images(team, [{"name": "state", "kind": "single", "options": ["good", "bad"]}])
    tab = bench(site, browser, team.annotators[0], campaign)
    view = "() => { const { x, y, scale } = document.querySelector('hw-picture').view; return [x, y, scale]; }"
    tab.wait_for_function("() => document.querySelector('hw-picture')?.view")
    x, y, scale = tab.evaluate(view)
    press(tab, "+", "Shift+ArrowRight", "Shift+ArrowDown")
    there = tab.evaluate(view)
    assert there[2] > scale
    tab.locator("canvas").focus()
    press(tab, "ArrowRight")
    assert tab.evaluate(view)[0] == there[0] - 60
    press(tab, "f", "2", "Enter")
    settled(tab)
    assert sheets.values(team, campaign) == [{"state": "bad"}]
    assert (x, y) != tuple(there[:2])
    tab.context.close()
