"""Work by keyboard across questions: nothing is moved unasked, and every question is reached and left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from headwater.annotation.plan import Plan
from tests.annotation import factories
from tests.serving import Served
from tests.web import sheets
from tests.web.sheets import bench, opened_images, press, settled, values

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser
GAUGE: dict[str, Any] = {
    "name": "gauge",
    "kind": "keypoints",
    "text": "Mark the gauge.",
    "options": ["pivot", "tip", "zero"],
    "skeleton": [["pivot", "tip"], ["pivot", "zero"]],
}
OUTLINE: dict[str, Any] = {
    "name": "outline",
    "kind": "polygons",
    "text": "Outline the damage.",
    "options": ["scratch", "dent"],
    "required": False,
}


def test_a_point_put_after_another_object_was_looked_at_moves_none(team: Team, site: Served, browser: Browser) -> None:
    tab = bench(site, browser, team.annotators[0], opened_images(team, [GAUGE]))
    press(tab, " ", "ArrowRight", " ", "e", "ArrowDown", " ")  # two points of an object, and one of the next
    press(tab, "n", "Escape", "ArrowDown", " ")
    found = tab.evaluate("() => document.querySelector('hw-task').values.gauge")
    assert [(each["label"], each["object"]) for each in found] == [("pivot", 1), ("tip", 1), ("pivot", 2), ("zero", 1)]
    tab.context.close()


def test_a_deleted_point_is_the_next_one(team: Team, site: Served, browser: Browser) -> None:
    tab = bench(site, browser, team.annotators[0], opened_images(team, [GAUGE]))
    press(tab, " ", "ArrowRight", " ", "ArrowDown", " ", "e", " ")  # an object and the first point of the next
    press(tab, "n", "Delete")
    expect(tab.locator("hw-marks .now")).to_have_text("Next: pivot of object 1.")
    tab.context.close()


def test_a_label_taken_by_tab_is_drawn_with_at_once(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened_images(team, [GAUGE, OUTLINE])
    tab = bench(site, browser, team.annotators[0], campaign)
    press(tab, " ", "ArrowRight", " ", "ArrowDown", " ")
    tab.locator("hw-marks").nth(1).get_by_role("button", name="dent").focus()
    press(tab, "2", " ", "ArrowRight", " ", "ArrowDown", " ", "Enter", "Enter")
    settled(tab)
    (given,) = values(team, campaign)
    assert [each["label"] for each in given["outline"]] == ["dent"]  # type: ignore[attr-defined]
    assert len(given["gauge"]) == 3  # type: ignore[arg-type]
    tab.context.close()


def test_a_text_about_a_turn_leads_on_without_a_complaint(team: Team, site: Served, browser: Browser) -> None:
    rating, whole = sheets.KINDS["turns"][0]
    why = {"name": "why", "kind": "text", "per_turn": "assistant", "text": "What is missing?", "required": False}
    records = factories.put_records(team, ["One.", "Two."], payloads=[sheets.CHAT] * 2)
    campaign = factories.open_campaign(team, records, plan=Plan(), data=[rating, why, whole]).id
    tab = bench(site, browser, team.annotators[0], campaign)
    press(tab, "4", *"the date", "Control+Enter")
    expect(tab.locator(".said")).to_be_empty()
    press(tab, "5", "Enter", "Control+Enter")  # a blank line says nothing
    expect(tab.locator("hw-choice")).to_have_class("question active")
    press(tab, "1", "Enter")
    settled(tab)
    assert values(team, campaign) == [{"helpful": {"1": 4, "3": 5}, "why": {"1": "the date"}, "whole": "yes"}]
    tab.context.close()


def test_text_from_right_to_left_begins_at_the_right(team: Team, site: Served, browser: Browser) -> None:
    records = factories.put_records(team, ["הטלפון הגיע שבור.", "Two."])
    campaign = factories.open_campaign(team, records, plan=Plan()).id
    tab = bench(site, browser, team.annotators[0], campaign, viewport={"width": 1600, "height": 800})
    text, around = tab.locator(".content .text").bounding_box(), tab.locator(".content").bounding_box()
    assert text
    assert around
    assert around["x"] + around["width"] - text["x"] - text["width"] < 60
    tab.context.close()


def test_the_list_of_keys_begins_at_its_top_and_names_the_keys_there_are(
    team: Team, site: Served, browser: Browser
) -> None:
    asked = [
        *sheets.KINDS["spans"][0],
        {"name": "sure", "kind": "single", "options": [{"value": "yes", "key": "y"}, "no"]},
    ]
    records = factories.put_records(team, ["One.", "Two."])
    campaign = factories.open_campaign(team, records, plan=Plan(), data=asked).id
    tab = bench(site, browser, team.annotators[0], campaign, viewport={"width": 1280, "height": 500})
    expect(tab.locator("hw-spans .keys")).to_contain_text("1 2 3 label what is selected")
    press(tab, "?")
    expect(tab.get_by_role("heading", name="Keys", exact=True)).to_be_in_viewport()
    expect(tab.locator("#keys")).to_contain_text("y 2choose the option with this key")
    tab.context.close()
