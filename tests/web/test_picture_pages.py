"""Pictures are seen wherever somebody judges: in inspection, in disputes, on the page of a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from headwater.annotation import queries as annotation
from headwater.annotation.plan import Plan
from headwater.quality import assessments, labels
from tests.accessibility import problems
from tests.annotation import factories
from tests.quality.lots import sampled
from tests.serving import Served
from tests.web import sheets

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


def seen(tab: Page) -> None:
    """Wait until a record's picture is drawn."""
    image = tab.locator("main img").first
    expect(image).to_be_visible()
    tab.wait_for_function("document.querySelector('main img').complete")
    assert image.evaluate("each => [each.naturalWidth, each.naturalHeight]") == [120, 80]
    assert not problems(tab)


def listed(tab: Page) -> None:
    """Check that a list shows the picture of each of its records, made small."""
    small = tab.locator("td .thumb img")
    expect(small).to_have_count(6)
    expect(small.first).to_have_js_property("naturalWidth", 120)
    assert "/thumbnail" in str(small.first.get_attribute("src"))
    assert not problems(tab)


def test_a_picture_is_seen_wherever_it_is_judged(team: Team, site: Served, browser: Browser) -> None:
    stored = team.app.objects.put_media(sheets.png()).name
    payloads = [{"image": stored, "width": 120, "height": 80}] * 6
    records = factories.put_records(team, [f"picture {place}" for place in range(6)], payloads=payloads)
    campaign = factories.open_campaign(team, records, plan=Plan(overlap=2)).id
    for person, topic in zip(team.annotators[:2], ("billing", "fault"), strict=True):
        factories.work_through(team, campaign, person, topic=topic)
    with team.act(team.ops) as ctx:
        assessments.assess(ctx, campaign, question="topic")
        labels.resolve(ctx, campaign, question="topic", method="majority")
        (batch,) = annotation.batches(ctx, campaign)
    sampled(team, batch.id)
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/quality/batches/{batch.id}")
    seen(tab)
    tab.goto(f"{site.url}/p/support/quality/agreement/{campaign}/topic/disputes")
    seen(tab)
    for page in ("records", f"quality/resolutions/{campaign}/topic"):
        tab.goto(f"{site.url}/p/support/{page}")
        listed(tab)
    tab.goto(f"{site.url}/p/support/campaigns/{campaign}/tasks")
    listed(tab)
    tab.locator("tbody a").first.click()
    tab.get_by_role("heading", name="Answers").wait_for()
    seen(tab)
