"""Files of a campaign on pages, in a real browser: written, taken in, and what each format carries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from headwater.annotation import queries
from headwater.app import jobs
from tests.accessibility import problems
from tests.annotation import factories
from tests.serving import Served, served
from tests.sourcing.test_intakes import approved

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


@pytest.fixture
def site(team: Team) -> Iterator[Served]:
    jobs.register(team.app)
    team.app.jobs.launch()
    try:
        with served(team.app) as running:
            yield running
    finally:
        team.app.jobs.stop()


def test_answers_leave_as_a_file_of_another_tool(team: Team, site: Served, browser: Browser, tmp_path: Path) -> None:
    campaign = factories.open_campaign(team, 3)
    factories.work_through(team, campaign.id, team.annotators[0], limit=2)
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/campaigns/{campaign.id}")
    tab.get_by_role("link", name="Export and import").click()
    tab.get_by_role("heading", name="What each format carries").wait_for()
    assert not problems(tab)
    assert "COCO" not in "".join(tab.locator("#out option").all_inner_texts())  # it carries no choices
    row = tab.locator("tr", has_text="doccano")
    assert row.locator("td").nth(1).inner_text() == "topic"
    assert row.locator("td").nth(2).inner_text() == "urgency"
    tab.locator("#out").select_option("label-studio")
    tab.get_by_role("button", name="Write the file").click()
    with tab.expect_download() as found:
        tab.get_by_role("link", name="Download").click()
    found.value.save_as(tmp_path / "out.json")
    tasks = json.loads((tmp_path / "out.json").read_text())
    assert len(tasks) == 2
    assert all(len(each["annotations"]) == 1 for each in tasks)
    tab.set_viewport_size({"width": 390, "height": 800})
    tab.goto(f"{site.url}/p/support/campaigns/{campaign.id}/files")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.context.close()


def test_tasks_of_another_tool_come_in_and_what_is_no_answer_is_told(
    team: Team, site: Served, browser: Browser, tmp_path: Path
) -> None:
    approved(team)
    campaign = factories.open_campaign(team, 1)
    file = tmp_path / "theirs.jsonl"
    rows = [
        {"text": "A new message about money.", "accept": ["billing"], "answer": "accept"},
        {"text": "Another message altogether.", "accept": ["weather"], "answer": "accept"},
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/campaigns/{campaign.id}/files")
    tab.locator("#file").set_input_files(file)
    tab.locator("#in").select_option("prodigy")
    tab.locator("#batch").fill("from elsewhere")
    tab.get_by_role("button", name="Take in").click()
    tab.get_by_text("Answers left out").wait_for()
    assert "weather" in tab.locator("main").inner_text()
    assert not problems(tab)
    with team.read() as ctx:
        assert [each.name for each in queries.batches(ctx, campaign.id)] == ["one", "from elsewhere"]
    assert not list((team.app.settings.directory / "uploads").iterdir())
    tab.context.close()


def test_without_an_approved_source_the_page_says_what_comes_first(team: Team, site: Served, browser: Browser) -> None:
    campaign = factories.open_campaign(team, 1)
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/campaigns/{campaign.id}/files")
    tab.get_by_role("link", name="Register where the records are from").wait_for()
    assert tab.locator("#file").count() == 0
    tab.context.close()
