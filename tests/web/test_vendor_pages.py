"""Work given to vendors on pages: downloaded, taken in, inspected by keyboard, sent back, certified as deleted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from headwater.annotation import deliveries, vendors
from headwater.annotation.vendor_model import DeliveryState
from tests.accessibility import problems
from tests.annotation.test_packing import packed
from tests.annotation.test_vendors import answered, deliver, issued, lapse, opened
from tests.serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


def upload(tab: Page, label: str, rows: list[Any], button: str) -> None:
    data = "\n".join(map(json.dumps, rows)).encode()
    tab.get_by_label(label).set_input_files({"name": "work.jsonl", "mimeType": "application/jsonl", "buffer": data})
    tab.get_by_role("button", name=button).click()


def test_a_delivery_is_taken_in_inspected_by_keyboard_and_its_rework_handed_out(
    team: Team, site: Served, browser: Browser
) -> None:
    package = issued(team)
    rows = answered(opened(team, package))
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/vendors")
    assert not problems(tab)
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Download package").click()
    assert download.value.suggested_filename == f"{package.id}.zip"
    upload(tab, "Delivery", rows, "Take in")
    tab.get_by_role("heading", name="Is this answer right?").wait_for()
    assert not problems(tab)
    size = package.acceptance["sample"]
    tab.keyboard.press("1")  # a wrong one wants a reason: the browser asks for it
    tab.keyboard.type("It is praise.")
    tab.keyboard.press("Enter")
    tab.keyboard.press("1")
    for left in range(size - 1, 0, -1):
        tab.locator(".tile", has_text="left to inspect").get_by_text(str(left), exact=True).wait_for()
        tab.wait_for_load_state()  # the page's keys work from then on
        tab.keyboard.press("Enter")
    tab.locator(".badge", has_text="judged").wait_for()
    assert not problems(tab)
    with team.read() as ctx:
        row = vendors.deliveries(ctx)[0]
    assert (row.state, row.wrong, set(row.failed.values())) == (DeliveryState.JUDGED, 1, {"It is praise."})
    lapse(team)
    with team.act(team.lead) as ctx:
        deliveries.send_back(ctx, row.id, reason="one is wrong")
    page = tab.url
    site.sign_in(tab, team.ops)
    tab.goto(page)
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Download rework (1)").click()
    again = json.loads(download.value.path().read_text())
    assert (again["id"], again["reason"]) == (next(iter(row.failed)), "It is praise.")
    tab.goto(f"{site.url}/p/support/vendors")
    tab.get_by_text("Withdraw", exact=True).first.click()
    tab.get_by_label("Reason for: Withdraw").fill("too many wrong")
    tab.get_by_role("button", name="Withdraw").click()
    tab.get_by_text("Certificate of deletion").click()
    tab.get_by_label("What it says").fill("All copies were deleted on 3 March.")
    upload(tab, "Document", ["signed"], "Keep")
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Certificate").click()
    assert download.value.path().read_text() == '"signed"'
    assert not problems(tab)


def test_an_inspector_sees_what_was_marked_on_the_picture_and_in_the_text(
    team: Team, site: Served, browser: Browser
) -> None:
    package, files = packed(team, "boxes")
    tasks = [json.loads(line)["id"] for line in files["tasks.jsonl"].splitlines()]
    damage = [{"x": 30, "y": 20, "width": 30, "height": 20, "label": "dent"}]
    rows = [{"id": task, "values": {"damage": damage, "state": "bad"}} for task in tasks]
    found = deliver(team, package, rows)
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/vendors/deliveries/{found.id}")
    picture, box = (tab.locator(each).bounding_box() for each in (".marked img", ".drawn rect"))
    assert picture
    assert box
    across = picture["width"] / int(tab.locator(".drawn").get_attribute("viewBox").split()[2])  # type: ignore[union-attr]
    assert box["x"] - picture["x"] == pytest.approx(30 * across, abs=2)
    assert box["width"] == pytest.approx(30 * across, abs=3)
    assert tab.get_by_text("dent: 30 × 20 at 30, 20").is_visible()
    assert not problems(tab)
