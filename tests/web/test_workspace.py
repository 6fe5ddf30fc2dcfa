"""The annotation workspace in a real browser: by keyboard, by two people, through a dropped network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from headwater.annotation import queries
from headwater.annotation.plan import Plan
from headwater.annotation.store.answers import answer as given
from tests.accessibility import problems
from tests.annotation import factories
from tests.serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


def opened(team: Team, *, tasks: int, overlap: int = 1) -> str:
    records = factories.put_records(team, [f"message number {place}" for place in range(tasks)])
    return factories.open_campaign(team, records, plan=Plan(overlap=overlap)).id


def answers(team: Team, campaign: str) -> list[tuple[str, str]]:
    with team.read() as ctx:
        found = queries.answers(ctx, campaign)
    return [(found.task_ids[t], found.annotator_ids[a]) for t, a in zip(found.task, found.annotator, strict=True)]


def bench(site: Served, browser: Browser, person: str, campaign: str) -> Page:
    tab = site.tab_of(browser, person)
    tab.goto(f"{site.url}/p/support/workspace/{campaign}")
    tab.locator(".content").wait_for()
    return tab


def answer(tab: Page, key: str) -> None:
    shown = tab.locator(".content").inner_text()
    tab.keyboard.press(key)
    tab.keyboard.press("Enter")
    expect(tab.locator("hw-annotate")).not_to_contain_text(shown)


def settled(tab: Page) -> None:
    tab.wait_for_function("() => !document.querySelector('.status').innerText.includes('waiting')")


def test_a_session_by_keyboard_alone(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened(team, tasks=5)
    tab = site.tab_of(browser, team.annotators[0])
    assert tab.url.endswith("/p/support/workspace")  # where somebody lands who only answers
    assert not problems(tab)
    tab.get_by_role("link", name="Start first").focus()
    tab.keyboard.press("Enter")
    tab.locator(".content").wait_for()
    assert not problems(tab)
    for key in "12312":
        answer(tab, key)
    tab.get_by_text("Nothing is left for you").wait_for()
    tab.get_by_text("nothing left for you now").wait_for()
    settled(tab)
    assert len(answers(team, campaign)) == 5
    tab.get_by_role("link", name="My answers").click()
    tab.get_by_role("link", name="Go on answering").wait_for()
    assert tab.locator("tbody td:nth-child(3)").all_inner_texts() == [
        f"topic {each}" for each in ("fault", "billing", "praise", "fault", "billing")
    ]
    assert not problems(tab)
    tab.context.close()


def test_two_people_never_get_the_same_open_task_beyond_the_overlap(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened(team, tasks=12)
    tabs = [bench(site, browser, person, campaign) for person in team.annotators[:2]]
    for _ in range(12):
        for tab in tabs:
            if tab.locator(".content").count():
                answer(tab, "1")
    for tab in tabs:
        settled(tab)
    given = answers(team, campaign)
    assert len(given) == 12 == len({task for task, _ in given})
    assert len({person for _, person in given}) == 2
    for tab in tabs:
        tab.context.close()


def test_answers_given_offline_arrive_when_the_network_is_back(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened(team, tasks=3)
    tab = bench(site, browser, team.annotators[0], campaign)
    tab.wait_for_timeout(300)  # the next task is fetched ahead
    tab.context.set_offline(True)
    answer(tab, "1")
    answer(tab, "2")
    expect(tab.locator(".status")).to_contain_text("2 waiting to be sent")
    assert answers(team, campaign) == []
    tab.context.set_offline(False)
    settled(tab)
    assert len(answers(team, campaign)) == 2
    tab.context.close()


def test_a_reload_in_the_middle_keeps_the_task_and_its_draft(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened(team, tasks=3)
    tab = bench(site, browser, team.annotators[0], campaign)
    before = tab.locator(".content").inner_text()
    tab.keyboard.press("2")
    tab.reload()
    tab.locator(".content").wait_for()
    assert tab.locator(".content").inner_text() == before
    assert tab.locator("button[aria-checked=true]").inner_text().endswith("fault")
    tab.context.close()


def test_time_away_from_the_page_is_not_time_on_the_task(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened(team, tasks=2)
    tab = bench(site, browser, team.annotators[0], campaign)
    tab.evaluate(
        "() => { const now = performance.now.bind(performance); let later = 0; performance.now = () => now() + later;"
        " Object.defineProperty(document, 'hidden', { get: () => window.isAway });"
        " window.pass = (isAway, ms) => { window.isAway = isAway;"
        " document.dispatchEvent(new Event('visibilitychange')); later += ms; }; }"
    )
    tab.evaluate("() => { pass(false, 60_000); pass(true, 3_600_000); pass(false, 60_000); }")
    with tab.expect_response(lambda reply: reply.url.endswith("/submit")):
        answer(tab, "1")
    with team.read() as ctx:
        (spent,) = ctx.db.scalars(sa.select(given.c.lead_time_ms).where(given.c.campaign_id == campaign))
    assert 120_000 <= spent < 180_000
    tab.context.close()


def test_the_last_answer_can_be_taken_back(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened(team, tasks=3)
    tab = bench(site, browser, team.annotators[0], campaign)
    first = tab.locator(".content").inner_text()
    answer(tab, "1")
    settled(tab)
    shown = tab.locator(".content").inner_text()
    tab.keyboard.press("Backspace")
    expect(tab.locator("hw-annotate")).not_to_contain_text(shown)
    assert tab.locator(".content").inner_text() == first
    tab.context.close()


def test_a_task_is_skipped_with_a_reason_or_given_back_without(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened(team, tasks=3)
    tab = bench(site, browser, team.annotators[0], campaign)
    shown = tab.locator(".content").inner_text()
    tab.keyboard.press("Escape")
    tab.keyboard.type("not a message")
    tab.keyboard.press("Enter")
    expect(tab.locator("hw-annotate")).not_to_contain_text(shown)
    settled(tab)
    with team.read() as ctx:
        assert queries.progress(ctx, campaign).skipped == 1
    back = tab.locator(".content").inner_text()
    tab.keyboard.press("2")  # begun, and given back all the same
    tab.keyboard.press("Alt+b")
    expect(tab.locator(".said")).to_contain_text("Others get it first")
    last = tab.locator(".content").inner_text()
    assert last not in (shown, back)
    settled(tab)
    answer(tab, "1")
    expect(tab.locator(".content")).to_have_text(back)  # nothing else is left
    assert not tab.locator("button[aria-checked=true]").count()
    tab.goto(f"{site.url}/p/support/workspace")
    tab.get_by_role("button", name="Give back").click()
    expect(tab.get_by_text("held for you")).to_have_count(0)
    tab.context.close()


@pytest.mark.parametrize(
    "attack",
    [
        "<script>document.title='owned'</script>",
        "<img src=x onerror=\"document.title='owned'\">",
        "<svg onload=\"document.title='owned'\">",
    ],
)
def test_what_is_stored_cannot_run(team: Team, site: Served, browser: Browser, attack: str) -> None:
    records = factories.put_records(team, [attack])
    campaign = factories.open_campaign(team, records, plan=Plan()).id
    tab = bench(site, browser, team.annotators[0], campaign)
    assert attack in tab.locator(".content").inner_text()
    tab.wait_for_timeout(200)
    assert tab.title() != "owned"
    tab.context.close()
