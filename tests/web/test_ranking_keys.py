"""A ranking by keyboard alone: every tie there can be, keys of the things' own, and on to the next question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from headwater.annotation.plan import Plan
from tests.annotation import factories
from tests.serving import Served
from tests.web.sheets import bench, press, settled, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser
SURE = {"name": "sure", "kind": "single", "text": "How sure are you?", "options": ["very", "little"]}


def opened(team: Team, options: Sequence[Any]) -> str:
    ranking = {"name": "best", "kind": "ranking", "text": "Which is best?", "ties": True, "options": list(options)}
    records = factories.put_records(team, ["One.", "Two."])
    return factories.open_campaign(team, records, plan=Plan(), data=[ranking, SURE]).id


TIES = {
    "the last two": (["1", "2", "3", "="], [["a"], ["b", "c"]]),
    "the first two": (["1", "2", "=", "3"], [["a", "b"], ["c"]]),
    "all": (["3", "1", "=", "2", "="], [["c", "a", "b"]]),
    "none": (["3", "1", "2"], [["c"], ["a"], ["b"]]),
}


@pytest.mark.parametrize("tie", TIES)
def test_every_tie_is_made_by_keyboard_before_the_next_question(
    team: Team, site: Served, browser: Browser, tie: str
) -> None:
    keys, order = TIES[tie]
    campaign = opened(team, ["a", "b", "c"])
    tab = bench(site, browser, team.annotators[0], campaign)
    ranking = tab.locator("hw-ranking")
    expect(ranking).to_contain_text("= puts the last one in the same place as the one before; Enter goes on.")
    press(tab, *keys)
    expect(ranking).to_have_class("question active")
    press(tab, "Enter", "2", "Enter")
    settled(tab)
    assert values(team, campaign) == [{"best": {"order": order}, "sure": "little"}]
    tab.context.close()


def test_of_two_one_key_decides_or_ties(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened(team, ["a", "b"])
    tab = bench(site, browser, team.annotators[0], campaign)
    expect(tab.get_by_role("button", name="Neither is better")).to_be_visible()
    press(tab, "=", "1", "Enter")
    settled(tab)
    assert values(team, campaign) == [{"best": {"order": [["a", "b"]]}, "sure": "very"}]
    tab.context.close()


def test_things_are_ranked_by_keys_of_their_own(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened(team, [{"value": "a", "key": "x"}, "b", {"value": "c", "key": "z"}])
    tab = bench(site, browser, team.annotators[0], campaign)
    press(tab, "z", "2", "x", "Enter", "1", "Enter")
    settled(tab)
    assert values(team, campaign) == [{"best": {"order": [["c"], ["b"], ["a"]]}, "sure": "very"}]
    tab.context.close()
