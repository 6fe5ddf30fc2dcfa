"""Acceptance and label errors on pages, in a real browser and by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.quality import queries
from tests.accessibility import problems
from tests.quality.lots import decided, labelled
from tests.quality.test_label_errors import labelled as doubtful
from tests.serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


def test_a_batch_is_planned_on_the_board_and_judged_by_keyboard(team: Team, site: Served, browser: Browser) -> None:
    _, (batch, rejected) = labelled(team, (60, 30))
    decided(team, rejected, wrong=3, accept=False)
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/quality/acceptance")
    assert not problems(tab)
    assert tab.get_by_role("button", name="Open its tasks again").is_visible()
    tab.get_by_role("link", name="Choose a plan for one").click()
    tab.get_by_label("AQL, %").select_option("1")
    tab.get_by_label("Must not pass (LTPD)").fill("10")
    tab.get_by_role("button", name="Compare").click()
    tab.get_by_text("with 10 % of its labels wrong it passes with a chance of at most 10 %").wait_for()
    assert tab.locator("tbody tr").count() == 2
    assert tab.locator("svg.oc text", has_text="LTPD 10.0%").count() == 1
    assert not problems(tab)
    tab.get_by_label("Must not pass (LTPD)").fill("0")
    tab.get_by_label("AQL, %").select_option("4")
    tab.get_by_role("button", name="Compare").click()
    assert not problems(tab)
    tab.get_by_role("button", name="Record the plan and draw the sample").click()
    tab.get_by_role("heading", name="Inspection of one").wait_for()
    other = site.tab_of(browser, team.expert)
    other.goto(tab.url)
    assert not problems(other)
    other.get_by_label("Why, if it is wrong").fill("It says broken.")
    other.keyboard.press("Enter")
    other.keyboard.press("1")
    other.get_by_text("12 to judge").wait_for()
    other.wait_for_load_state()
    for left in range(11, -1, -1):
        other.keyboard.press("Enter")
        if left:
            other.get_by_text(f"{left} to judge").wait_for()
            other.wait_for_load_state()  # the page's keys work from then on
    other.get_by_text("wrong of 13 inspected").wait_for()
    with team.read() as ctx:
        row = queries.inspection(ctx, batch)
        assert {each.reason for each in queries.judgements(ctx, row).values() if each.is_wrong} == {"It says broken."}
    assert (row.passed, row.inspected, len(row.errors)) == (True, 13, 1)
    assert not problems(other)


def test_doubtful_labels_are_listed_and_sent_back_on_a_page(team: Team, site: Served, browser: Browser) -> None:
    doubtful(team)
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/quality/label-errors")
    tab.get_by_role("button", name="Search").click()
    tab.get_by_text("doubtful of 60 labels").wait_for()
    assert not problems(tab)
    tab.get_by_label("Given").select_option("fault")
    tab.get_by_role("button", name="Show").click()
    tab.get_by_text("1 to 2 of 2, the surest first").wait_for()
    tab.get_by_role("button", name="Have them labelled again").click()
    tab.get_by_text("asked-again").first.wait_for()
    assert tab.get_by_text("asked-again").count() == 2
    assert tab.get_by_text("1 to 3 of 3, the surest first").is_visible()
    assert not problems(tab)
    tab.get_by_label("Given").select_option("fault")
    tab.get_by_label("Suggested").select_option("fault")
    tab.get_by_role("button", name="Show").click()
    tab.get_by_text("No label is doubtful in this way.").wait_for()
    with team.read() as ctx:
        opened = ctx.db.exec_driver_sql("SELECT count(*) FROM task WHERE reason <> ''").scalar_one()
    assert opened == 2
