"""The schema editor in a real browser: the form as it becomes, tried by keyboard before anything is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from headwater.annotation.samples import STARTERS
from tests.accessibility import problems
from tests.annotation import factories
from tests.serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


def kept(tab: Page) -> object:
    return json.loads(tab.get_by_label("The answer as it is kept").inner_text())


def test_a_schema_is_written_beside_the_form_it_becomes(team: Team, site: Served, browser: Browser) -> None:
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/campaigns")
    tab.get_by_role("link", name="Write a schema").click()
    tab.get_by_role("link", name="Refusal, and which policy").click()
    preview = tab.locator("hw-preview")
    preview.get_by_text("Should the model answer?").wait_for()
    assert preview.get_by_text("Which policy?").is_hidden()
    preview.get_by_role("radio").first.focus()
    tab.keyboard.press("3")
    expect(preview.get_by_text("Which policy?")).to_be_visible()
    tab.keyboard.press("2")
    assert kept(tab) == {"refuse": "refuse", "policy": "safety"}
    assert not problems(tab)
    text = tab.locator("#text")
    text.fill("- name: topic\n  kind: single\n")
    tab.get_by_text("needs options").wait_for()
    text.press_sequentially("  options: [billing, fault, other]\n")
    expect(preview.get_by_role("radio")).to_have_count(3)
    expect(tab.locator("[data-problem]")).to_be_hidden()
    assert tab.evaluate("document.activeElement.id") == "text"  # who types goes on typing
    tab.locator("#name").fill("topics")
    tab.get_by_role("button", name="Write", exact=True).click()
    tab.get_by_role("heading", name="topics v1").wait_for()
    tab.get_by_text("Try it as annotators see it").click()
    tab.locator("hw-preview").get_by_role("radio").first.focus()
    tab.keyboard.press("2")
    assert kept(tab) == {"topic": "fault"}
    assert not problems(tab)
    tab.context.close()


def test_the_next_version_tells_what_becomes_of_the_answers(team: Team, site: Served, browser: Browser) -> None:
    schema = factories.publish_schema(team)
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/schemas/{schema.id}")
    tab.get_by_role("link", name="Write the next version").click()
    tab.get_by_role("heading", name="topic v2").wait_for()
    tab.locator("#text").fill("- {name: topic, kind: single, options: [billing, other]}\n")
    tab.get_by_text("topic: partial").wait_for()
    tab.get_by_text("urgency: lost").wait_for()
    tab.get_by_role("button", name="Write", exact=True).click()
    tab.get_by_role("heading", name="topic v2").wait_for()
    tab.context.close()


def test_every_schema_to_begin_from_is_shown_without_an_error(team: Team, site: Served, browser: Browser) -> None:
    tab = site.tab_of(browser, team.ops)
    wrong: list[str] = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    for starter in STARTERS:
        tab.goto(f"{site.url}/p/support/schemas/edit?start={starter.name}")
        tab.get_by_label("The answer as it is kept").wait_for()
        for width in (390, 1280):
            tab.set_viewport_size({"width": width, "height": 800})
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert not problems(tab)
    assert wrong == []
    tab.context.close()
