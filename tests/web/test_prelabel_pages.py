"""Prelabels on pages, in a real browser: a model is asked, its progress followed, its failures read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from headwater.app import jobs
from headwater.core.settings import ModelSettings
from tests.accessibility import problems
from tests.annotation import factories
from tests.annotation.endpoint import Endpoint, chat, endpoint
from tests.serving import served
from tests.web.sheets import PICTURES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


@pytest.fixture
def model() -> Iterator[Endpoint]:
    with endpoint() as found:
        yield found


def test_a_model_is_asked_and_followed_to_its_end(team: Team, browser: Browser, model: Endpoint) -> None:
    campaign = factories.open_campaign(team, 12)
    model.answer = lambda text, _: chat("weather" if text.endswith(" 7") else "billing")
    model.slow_s = 0.1
    judge = ModelSettings(kind="chat", url=model.url, model="judge 1", at_once=1)
    app = replace(team.app, settings=team.app.settings.model_copy(update={"models": {"judge": judge}}))
    jobs.register(app)
    app.jobs.launch()
    try:
        with served(app) as site:
            tab = site.tab_of(browser, team.ops)
            tab.goto(f"{site.url}/p/support/campaigns/{campaign.id}")
            tab.get_by_role("link", name="Prelabels").click()
            tab.get_by_text("No model was asked yet").wait_for()
            assert not problems(tab)
            tab.get_by_role("button", name="Ask", exact=True).click()
            tab.get_by_text("running").wait_for()
            tab.get_by_text("done", exact=True).wait_for()  # without anybody reloading the page
            tab.get_by_role("link", name="1", exact=True).click()
            tab.get_by_text("'weather' is not one of").wait_for()
            assert not problems(tab)
            tab.set_viewport_size({"width": 390, "height": 900})
            assert not problems(tab)
            model.answer = lambda *_: chat("billing")
            tab.get_by_role("button", name="Ask", exact=True).click()  # about the one that failed
            tab.get_by_role("cell", name="1 of 1").wait_for()
            tab.get_by_role("button", name="Ask", exact=True).click()
            tab.get_by_text("There is nothing to ask").wait_for()
            assert not problems(tab)
            tab.get_by_role("button", name="Ask judge also about what it answered already").click()
            tab.get_by_role("cell", name="12 of 12").nth(1).wait_for()
            PICTURES.mkdir(parents=True, exist_ok=True)
            tab.screenshot(path=str(PICTURES / "prelabels-narrow.png"), full_page=True)
            tab.set_viewport_size({"width": 1280, "height": 900})
            tab.emulate_media(color_scheme="dark")
            assert not problems(tab)
            tab.screenshot(path=str(PICTURES / "prelabels-dark.png"), full_page=True)
            tab.context.close()
    finally:
        app.jobs.stop()
