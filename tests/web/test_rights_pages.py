"""Charter, chart, people, waivers, delegations and one's own account on pages, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.governance import accounts, queries
from tests.accessibility import problems
from tests.serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


def test_an_edited_chart_is_checked_then_proposed_and_only_by_the_entitled(
    team: Team, site: Served, browser: Browser
) -> None:
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/raci")
    cell = tab.get_by_label("source.approve, lead", exact=True)
    assert cell.input_value() == "A"
    cell.fill("")
    tab.get_by_role("button", name="Check for holes").press("Enter")
    tab.get_by_text("'source.approve' has no Accountable person.").wait_for()
    assert tab.get_by_label("source.approve, lead", exact=True).input_value() == ""
    tab.get_by_label("source.approve, lead", exact=True).fill("a")
    tab.get_by_label("intake.run, engineer", exact=True).fill("I")
    tab.get_by_label("The change in a few words").fill("engineers hear of intakes")
    assert not problems(tab)
    tab.get_by_role("button", name="Propose to the Accountable").press("Enter")
    tab.wait_for_url("**/decisions/**")
    with team.read() as ctx:
        assert queries.proposals(ctx)[0].summary == "engineers hear of intakes"
    tab.context.close()
    reader = site.tab_of(browser, team.annotators[0])
    reader.goto(f"{site.url}/p/support/raci")
    assert reader.locator("table.raci input").count() == 0
    assert reader.locator(".letter.A").count() > 0
    reader.context.close()


def test_a_charter_is_proposed_from_its_page(team: Team, site: Served, browser: Browser) -> None:
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/charter")
    tab.get_by_text("Propose a new version").click()
    tab.locator("#standards").fill("agreement.alpha >= 0.7 on topic")
    tab.locator("#slices").fill("grief: 30 where category = 'grief'")
    tab.locator("#summary").fill("a first standard")
    assert not problems(tab)
    tab.get_by_role("button", name="Propose to the Accountable").click()
    tab.wait_for_url("**/decisions/**")
    tab.get_by_text("a first standard").first.wait_for()
    tab.context.close()


def test_rights_are_lent_and_a_waiver_is_asked_for_on_pages(team: Team, site: Served, browser: Browser) -> None:
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/delegations")
    tab.locator("#to").select_option(label="expert")
    tab.locator("#ends").fill("2030-01-02")
    tab.get_by_role("button", name="Lend them").click()
    tab.get_by_role("button", name="Take back what expert has").click()
    tab.get_by_text("closed").wait_for()
    tab.goto(f"{site.url}/p/support/waivers")
    tab.locator("#standard").fill("agreement.alpha")
    tab.locator("#reason").fill("the first release only")
    tab.get_by_role("button", name="Ask the Accountable").click()
    tab.get_by_role("cell", name="the first release only Decide").wait_for()
    assert not problems(tab)
    tab.context.close()


def test_an_administrator_adds_a_person_and_hands_over_a_link(team: Team, site: Served, browser: Browser) -> None:
    with team.read() as ctx:
        admin = queries.first_admin(ctx).id
    with team.app.act_as(admin, team.program) as ctx:
        accounts.set_admin(ctx, team.ops, is_admin=True)
    tab = site.tab_of(browser, team.ops)
    tab.goto(f"{site.url}/p/support/people")
    tab.locator("#handle").fill("newcomer")
    tab.locator("#full_name").fill("New Comer")
    tab.locator("#new-role").select_option("reviewer")
    tab.get_by_role("button", name="Add", exact=True).click()
    tab.get_by_role("button", name="Take the role reviewer from newcomer").wait_for()
    assert not problems(tab)
    tab.get_by_role("button", name="Sign-in link for newcomer").click()
    address = tab.locator("code.secret").inner_text()
    guest = browser.new_context().new_page()
    guest.goto(address)
    guest.get_by_role("button").click()
    guest.wait_for_url("**/p/support/")
    guest.context.close()
    tab.context.close()


def test_a_token_is_shown_once_and_a_new_password_ends_the_session(team: Team, site: Served, browser: Browser) -> None:
    tab = site.tab_of(browser, team.lead)
    tab.goto(f"{site.url}/account")
    tab.locator("#label").fill("nightly export")
    tab.get_by_role("button", name="Make the token").click()
    secret = tab.locator("code.secret").inner_text()
    with team.app.read_as() as ctx:
        assert accounts.grant_of_token(ctx, secret).person == team.lead
    assert not problems(tab)
    tab.goto(f"{site.url}/account")
    assert secret not in tab.content()
    tab.get_by_role("button", name="Revoke nightly export").click()
    tab.get_by_text("No tokens").wait_for()
    for name in ("#password", "#again"):
        tab.locator(name).fill("correct horse battery")
    tab.get_by_role("button", name="Change it").click()
    tab.wait_for_url("**/sign-in**")
    tab.locator("#handle").fill("lead")
    tab.locator("#password").fill("correct horse battery")
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url("**/account")
    for name, text in (("#current", "wrong"), ("#password", "another long secret"), ("#again", "another long secret")):
        tab.locator(name).fill(text)
    tab.get_by_role("button", name="Change it").click()
    tab.get_by_text("The current password is wrong.").wait_for()
    tab.context.close()
