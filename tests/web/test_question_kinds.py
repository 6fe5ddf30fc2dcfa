"""Every kind of question answered by keyboard alone in a real browser, accessible in both themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.accessibility import problems
from tests.serving import Served
from tests.web import sheets
from tests.web.sheets import bench, opened, press, settled, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


SESSIONS = {
    "single": (["2", "Enter"], {"topic": "fault"}),
    "multiple": (["3", "1", "Enter"], {"topics": ["billing", "praise"]}),
    "hierarchy": (["1", "2", "1", "Enter"], {"area": "old"}),
    "rating": (["4", "ArrowLeft", "Enter"], {"quality": 3}),
    "numeric": ([*"12.5", "Enter"], {"weight": 12.5}),
    "writing": ([*"Dear friend", "Control+Enter"], {"reply": "Dear friend"}),
    "rewrite": (["Control+Home", *"So: ", "Escape", "Enter"], {"better": "So: " + sheets.KINDS["rewrite"][1]["reply"]}),  # type: ignore[operator]
    "ranking": (["3", "1", "2", "=", "5", "Enter"], None),
    "pairwise": (["2", "4", "Enter"], None),
    "refusal": (["1", "3", "2", "Enter"], {"refuse": "refuse", "policy": "safety"}),
    "turns": (["4", "5", "1", "ArrowUp", "3", "Enter"], {"helpful": {"1": 4, "3": 3}, "whole": "yes"}),
    "spans": (
        [
            "ArrowRight",
            "ArrowRight",
            "1",
            "End",
            "Shift+ArrowLeft",
            "Shift+ArrowLeft",
            "2",
            "p",
            "r",
            "n",
            "1",
            "Enter",
        ],
        {
            "parts": {
                "spans": [
                    {"id": "s1", "start": 4, "end": 10, "label": "thing"},
                    {"id": "s2", "start": 20, "end": 35, "label": "event"},
                ],
                "relations": [{"from": "s1", "to": "s2", "label": "suffers"}],
            }
        },
    ),
}
"""Keys that answer a task of a kind, and the answer they give."""


@pytest.mark.parametrize("kind", SESSIONS)
def test_a_kind_is_answered_by_keyboard_alone(team: Team, site: Served, browser: Browser, kind: str) -> None:
    keys, expected = SESSIONS[kind]
    campaign = opened(team, kind)
    tab = bench(site, browser, team.annotators[0], campaign)
    shown = tab.locator(".content").inner_text()
    press(tab, *keys[:-1])
    sheets.picture(tab, kind)
    for theme in ("light", "dark"):
        tab.emulate_media(color_scheme=theme)
        assert not problems(tab)
    press(tab, keys[-1])
    expect(tab.locator(".content")).not_to_have_text(shown)
    settled(tab)
    (given,) = values(team, campaign)
    assert expected is None or given == expected
    _ranked_as_keyed(given, keys)
    tab.context.close()


def _ranked_as_keyed(given: dict[str, object], keys: Sequence[str]) -> None:
    """Responses stand in an order of their own on the page; their places follow the keys all the same."""
    for answer in given.values():
        if isinstance(answer, dict) and "order" in answer:
            placed = sorted(thing for place in answer["order"] for thing in place)
            assert placed == [str(number) for number in range(len(placed))]
            assert answer["reasons"] == ["brief"]
            assert [len(place) for place in answer["order"]] == ([1, 2] if "=" in keys else [1] * len(placed))


@pytest.mark.parametrize("kind", ["single", "numeric", "writing", "pairwise", "turns"])
def test_cannot_decide_is_always_open_with_a_reason(team: Team, site: Served, browser: Browser, kind: str) -> None:
    campaign = opened(team, kind)
    tab = bench(site, browser, team.annotators[0], campaign)
    shown = tab.locator(".content").inner_text()
    press(tab, "Alt+0", *"too vague", "Enter")
    if kind == "turns":
        press(tab, "2", "2")
    press(tab, "Enter")
    expect(tab.locator(".content")).not_to_have_text(shown)
    settled(tab)
    name, answer = next(iter(values(team, campaign)[0].items()))
    assert answer == (
        {"1": {"cannot_decide": "too vague"}, "3": 2} if name == "helpful" else {"cannot_decide": "too vague"}
    )
    tab.context.close()


def test_what_is_missing_is_named_and_nothing_is_sent(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened(team, "refusal")
    tab = bench(site, browser, team.annotators[0], campaign)
    press(tab, "3", "Enter")
    expect(tab.locator(".said")).to_contain_text("Which policy?")
    press(tab, "Shift+Tab", "1")
    expect(tab.locator("hw-choice").nth(1)).to_be_hidden()
    press(tab, "Enter")
    settled(tab)
    assert values(team, campaign) == [{"refuse": "comply"}]
    tab.context.close()


def test_the_guideline_follows_the_label_under_the_cursor(team: Team, site: Served, browser: Browser) -> None:
    tab = bench(site, browser, team.annotators[0], opened(team, "single"))
    press(tab, "ArrowRight")
    expect(tab.locator(".guide .current")).to_contain_text("Something broke.")
    press(tab, "ArrowRight")
    expect(tab.locator(".guide .current")).to_contain_text("Thanks.")
    tab.context.close()


@pytest.mark.parametrize("kind", ["rewrite", "pairwise", "turns", "hierarchy"])
def test_a_draft_of_any_kind_survives_a_reload_offline_and_back(
    team: Team, site: Served, browser: Browser, kind: str
) -> None:
    keys, _ = SESSIONS[kind]
    campaign = opened(team, kind, tasks=3)
    tab = bench(site, browser, team.annotators[0], campaign)
    shown = tab.locator(".content").inner_text()
    press(tab, *keys[:-1])
    draft = tab.evaluate("() => JSON.stringify(document.querySelector('hw-task').values)")
    tab.reload()
    tab.locator("hw-task").wait_for()
    assert tab.evaluate("() => JSON.stringify(document.querySelector('hw-task').values)") == draft
    tab.wait_for_timeout(400)  # the next task is fetched ahead
    tab.context.set_offline(True)
    press(tab, "Control+Enter")
    expect(tab.locator(".content")).not_to_have_text(shown)
    expect(tab.locator(".status")).to_contain_text("1 waiting to be sent")
    assert not values(team, campaign)
    tab.context.set_offline(False)
    settled(tab)
    assert len(values(team, campaign)) == 1
    tab.context.close()


def test_the_workspace_fits_a_narrow_screen(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened(team, "turns")
    tab = bench(site, browser, team.annotators[0], campaign, viewport={"width": 360, "height": 740})
    assert tab.evaluate("() => document.documentElement.scrollWidth") <= 360
    assert not problems(tab)
    sheets.picture(tab, "narrow")
    tab.context.close()
