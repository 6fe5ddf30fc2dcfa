"""Every page in a real browser: it opens, is accessible in both themes, and works by keyboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from headwater.app.application import open_app
from tests.accessibility import problems
from tests.serving import Served, served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.demo.conftest import Finished

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PAGES = (
    "",
    "charter",
    "raci",
    "people",
    "waivers",
    "delegations",
    "sources",
    "records",
    "campaigns",
    "workspace",
    "quality",
    "quality/alarms",
    "releases",
    "releases/preview?dataset=support-topics&question=topic",
    "training",
    "evaluations",
    "findings",
    "briefs",
    "lineage",
    "ledger",
    "inbox",
    "compliance",
    "inspection",
)


@pytest.fixture(scope="module")
def site(finished: Finished) -> Iterator[Served]:
    with open_app(finished.directory) as app, served(app) as running:
        yield running


def person(site: Served, handle: str) -> str:
    from headwater.governance import queries  # noqa: PLC0415

    with site.app.read_as() as ctx:
        return queries.person_by_handle(ctx, handle).id


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_opens_and_is_accessible(site: Served, browser: Browser, theme: str) -> None:
    tab = site.tab_of(browser, person(site, "lead"), color_scheme=theme, viewport={"width": 1280, "height": 860})
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    wrong = {}
    for name in PAGES:
        reply = tab.goto(f"{site.url}/p/support/{name}")
        assert reply
        assert reply.status == 200, name
        if found := problems(tab):
            wrong[name] = found
    assert not wrong
    assert not complaints
    tab.context.close()


def test_detail_pages_open_from_their_lists(site: Served, browser: Browser) -> None:
    tab = site.tab_of(browser, person(site, "lead"))
    for name in ("sources", "records", "campaigns", "releases", "evaluations", "lineage"):
        tab.goto(f"{site.url}/p/support/{name}")
        tab.locator("main table a").first.click()
        tab.wait_for_load_state()
        assert tab.locator("main h1").count() == 1, name
        assert not problems(tab), name
    tab.context.close()


def test_pages_are_reached_by_keyboard(site: Served, browser: Browser) -> None:
    tab = site.tab_of(browser, person(site, "lead"))
    tab.goto(f"{site.url}/p/support/")
    tab.keyboard.press("?")
    assert tab.get_by_role("dialog").is_visible()
    tab.keyboard.press("Escape")
    tab.keyboard.press("g")
    tab.keyboard.press("r")
    tab.wait_for_url("**/records")
    tab.keyboard.press("/")
    tab.keyboard.type("health")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**words=health**")
    assert tab.locator("tbody tr").count() > 0
    tab.context.close()


FILES = re.compile(r"/files/|/file$|/archive|/export|/rejects|/certificate|/answers[.](?:csv|jsonl)")
IDS = re.compile(r"[a-z]{2,4}_[0-9a-f]{32,64}")


def test_every_page_that_links_lead_to_opens_and_fits_a_narrow_screen(site: Served, browser: Browser) -> None:
    tab = site.tab_of(browser, person(site, "operations"), viewport={"width": 390, "height": 800})
    wrong, seen, waiting = [], set(), ["/p/support/", "/account"]
    while waiting:
        path = waiting.pop(0)
        shape = IDS.sub("#", path.partition("?")[0])
        if shape in seen or FILES.search(path):
            continue
        seen.add(shape)
        reply = tab.goto(site.url + path)
        overflow = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        if reply is None or reply.status != 200 or overflow > 0:
            wrong.append((path, reply and reply.status, overflow))
        found = tab.eval_on_selector_all("main a[href], nav a[href]", "all => all.map(a => a.getAttribute('href'))")
        waiting += [link.partition("#")[0] for link in found if link.startswith("/p/support")]
    assert not wrong
    assert len(seen) > 55
    tab.context.close()


def test_a_bad_slice_says_what_is_known(site: Served, browser: Browser) -> None:
    tab = site.tab_of(browser, person(site, "lead"))
    tab.goto(f"{site.url}/p/support/records?where=colour = 'red'")
    assert "names the field 'colour', which no record has" in tab.get_by_role("alert").inner_text()
    tab.context.close()


def test_nobody_sees_a_page_without_signing_in(site: Served, tab: Page) -> None:
    for name in PAGES:
        tab.goto(f"{site.url}/p/support/{name}")
        assert "/sign-in" in tab.url, name


def test_the_finding_about_a_person_leads_from_the_front_page_and_their_card_to_a_decision(
    site: Served, browser: Browser, finished: Finished
) -> None:
    planted = finished.report["integrity"]["planted"]
    tab = site.tab_of(browser, person(site, "lead"))
    for place in ("quality", f"quality/annotators/{person(site, planted)}"):
        tab.goto(f"{site.url}/p/support/{place}")
        said = tab.locator("main .notice", has_text="too quick to be read").filter(has_text=planted)
        said.get_by_role("link").click()
        tab.wait_for_load_state()
        assert tab.get_by_label("Decision").locator("option").count() == 4
        assert not problems(tab)
    tab.goto(f"{site.url}/p/support/quality/annotators/{person(site, 'in-house-1')}")
    assert not tab.locator("main .notice").count()
    tab.context.close()


def test_an_annotator_cannot_read_the_accuracy_of_others(site: Served, browser: Browser) -> None:
    tab = site.tab_of(browser, person(site, "vendor-a-1"))
    tab.goto(f"{site.url}/p/support/quality")
    text = tab.locator("main").inner_text()
    assert "vendor-a-2" not in text
    assert "in-house-1" not in text
    tab.context.close()
