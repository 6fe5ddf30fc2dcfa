"""Spans on texts that are hard: beyond the first plane, right to left, very long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from headwater.annotation.plan import Plan
from tests.annotation import factories
from tests.serving import Served
from tests.web import sheets
from tests.web.sheets import bench, press, settled, values

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser
LONG = 50_000
SLOWEST_MS = 100
"""What a key may take at most on a text of 50 kB with hundreds of spans, on a busy machine."""


def opened(team: Team, text: str) -> str:
    records = factories.put_records(team, [text])
    return factories.open_campaign(team, records, plan=Plan(), data=sheets.KINDS["spans"][0]).id


def spans(team: Team, campaign: str) -> list[tuple[int, int]]:
    (given,) = values(team, campaign)
    return [(span["start"], span["end"]) for span in given["parts"]["spans"]]  # type: ignore[index]


def test_offsets_count_code_points_whatever_the_browser_counts(team: Team, site: Served, browser: Browser) -> None:
    text = "\U0001f600\U0001f600 great \U0001d4bb thing"
    campaign = opened(team, text)
    tab = bench(site, browser, team.annotators[0], campaign)
    press(tab, "End", "1", "Enter")
    settled(tab)
    ((start, end),) = spans(team, campaign)
    assert text[start:end] == "thing"
    tab.context.close()


def test_in_a_script_from_right_to_left_the_left_arrow_goes_on(team: Team, site: Served, browser: Browser) -> None:
    text = "וצלה הגיעה שבורה אתמול"
    campaign = opened(team, text)
    tab = bench(site, browser, team.annotators[0], campaign)
    press(tab, "ArrowLeft", "ArrowLeft", "Shift+ArrowLeft", "2")
    sheets.picture(tab, "right-to-left")
    press(tab, "Enter")
    settled(tab)
    ((start, end),) = spans(team, campaign)
    assert text[start:end] == "הגיעה שבורה"
    tab.context.close()


def test_a_text_selected_with_the_mouse_is_labelled_without_its_blanks(
    team: Team, site: Served, browser: Browser
) -> None:
    text = "one two three"
    campaign = opened(team, text)
    tab = bench(site, browser, team.annotators[0], campaign)
    tab.evaluate(
        "() => { const node = document.querySelector('hw-record').texts[0];"
        " getSelection().setBaseAndExtent(node, 3, node, 8); }"
    )
    tab.get_by_role("button", name="1 thing").click()
    press(tab, "Enter")
    settled(tab)
    assert spans(team, campaign) == [(4, 7)]
    tab.context.close()


def test_a_text_of_50_kb_with_300_spans_stays_fast(team: Team, site: Served, browser: Browser) -> None:
    text = ("The parcel arrived broken, \U0001f600 again. " * (LONG // 37 + 1))[:LONG]
    campaign = opened(team, text)
    tab = bench(site, browser, team.annotators[0], campaign)
    press(tab, "ArrowRight", "1")
    expect(tab.locator("ul.marks li")).to_have_count(1)
    tab.evaluate(
        """() => {
          const question = document.querySelector('hw-spans');
          question.keep(Array.from({ length: 300 }, (_, n) => (
            { id: `s${n + 1}`, start: n * 100, end: n * 100 + 9, label: 'thing' })));
        }"""
    )
    slowest = tab.evaluate(
        """() => {
          const times = ["ArrowRight", "ArrowRight", "2", "ArrowDown", "n", "End"].map((key) => {
            const began = performance.now();
            document.querySelector("hw-record").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            document.body.getBoundingClientRect();
            return performance.now() - began;
          });
          return times.sort((a, b) => b - a)[1];
        }"""
    )
    assert slowest < SLOWEST_MS
    assert tab.evaluate("() => document.querySelector('hw-spans').spans.length") == 301
    expect(tab.locator("ul.marks")).to_contain_text("261 more")
    tab.context.close()
