"""Records shown as examples of a guideline, beside the task and on its pages, in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from headwater.annotation import batches, campaigns
from headwater.annotation.plan import Plan
from tests.accessibility import problems
from tests.annotation import factories
from tests.serving import served
from tests.web import sheets

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


def illustrated(team: Team) -> tuple[str, str]:
    """Open a campaign whose guideline shows a picture and a chat; return it and the text of the guideline."""
    image = {"image": team.app.objects.put_media(sheets.png()).name, "width": 120, "height": 80}
    chat = {"messages": [*sheets.CHAT["messages"], {"role": "user", "content": "Is it **really** `gone`?"}]}
    first, second = factories.put_records(team, ["a scratch", "a chat"], payloads=[image, chat])
    text = factories.TEXT.replace(
        "Money.", f"Money.\n\n- Right: ![Paid twice](record:{first})\n\nWrong: ![About deletion](record:{second})"
    )
    schema, guideline = factories.publish_schema(team), factories.publish_guideline(team, text)
    with team.act(team.ops) as ctx:
        made = campaigns.create(ctx, name="shown", schema_id=schema.id, guideline_id=guideline.id, plan=Plan())
        batches.add(ctx, made.id, name="one", records=[second])
    factories.open_planned(team, made.id)
    return made.id, text


def test_examples_show_pictures_and_chats_beside_the_task(team: Team, browser: Browser) -> None:
    campaign, text = illustrated(team)
    with served(team.app) as site:
        tab = sheets.bench(site, browser, team.annotators[0], campaign)
        picture, chat = tab.locator(".guide .illustration").all()
        expect(picture.locator("img")).to_have_js_property("naturalWidth", 120)
        expect(picture.locator("img")).to_have_attribute("alt", "Paid twice")
        expect(chat).to_contain_text("2 · assistant")
        expect(chat.locator("strong")).to_have_text("really")
        assert tab.locator(".guide .example.right .illustration").count() == 1
        assert tab.locator(".guide .example.wrong .illustration").count() == 1
        sheets.picture(tab, "illustrated-guideline")
        assert not problems(tab)

        owner = site.tab_of(browser, team.ops)
        owner.goto(f"{site.url}/p/support/campaigns/{campaign}")
        owner.get_by_role("link", name="topic v1").last.click()
        expect(owner.locator(".illustration img")).to_have_js_property("naturalWidth", 120)
        sheets.picture(owner, "illustrated-guideline-page")
        assert not problems(owner)
        owner.get_by_role("link", name="Write the next version").click()
        owner.get_by_label("Text").fill(f"{text}\n![Once more]({text.partition('(')[2].partition(')')[0]})\n")
        expect(owner.locator(".preview .illustration")).to_have_count(3)
        owner.get_by_label("Text").fill(f"{text}\n![Once more](record:rec_gone)\n")
        expect(owner.locator(".preview")).to_contain_text("The record is not there any more")
        assert not problems(owner)
        for each in (tab, owner):
            each.context.close()


@pytest.mark.parametrize(
    ("page", "written", "shown"),
    [
        ("guidelines/{guideline}/edit", f"{factories.TEXT}\nWritten early.\n", "Written early."),
        ("schemas/edit", "topic: 3", "list"),
    ],
)
def test_a_text_written_before_the_script_arrives_is_shown(
    team: Team, browser: Browser, page: str, written: str, shown: str
) -> None:
    guideline = factories.publish_guideline(team)
    with served(team.app) as site:
        owner = site.tab_of(browser, team.ops)
        held: list[Route] = []
        owner.route(re.compile(r"/js/(guideline|schema)\.js"), lambda route: held.append(route))  # noqa: PLW0108 -- Playwright marks what it is given
        owner.goto(f"{site.url}/p/support/{page.format(guideline=guideline.id)}", wait_until="commit")
        owner.locator("textarea[name=text]").fill(written)
        while not held:
            owner.wait_for_timeout(10)
        held.pop().continue_()
        expect(owner.locator(".preview, [data-problem]").first).to_contain_text(shown)
        owner.context.close()
