"""Tasks answered with fingers alone, on a small screen without a keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from headwater.annotation import queries
from tests.accessibility import problems
from tests.serving import Served
from tests.web import sheets
from tests.web.sheets import IMAGE_KINDS, bench, opened_images, picture, settled, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser, Page

    from tests.workspaces import Team

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
Fingers = tuple[tuple[float, float], ...]


def move(tab: Page, moments: Sequence[Fingers]) -> None:
    """Put fingers down at image pixels, move them and lift them all."""
    tab.locator("hw-picture").evaluate("each => each.scrollIntoView()")
    box, view = (
        tab.locator("hw-picture canvas").bounding_box(),
        tab.evaluate("document.querySelector('hw-picture').view"),
    )
    assert box is not None
    wire = tab.context.new_cdp_session(tab)
    for number, fingers in enumerate(moments):
        points = [
            {"x": box["x"] + view["x"] + x * view["scale"], "y": box["y"] + view["y"] + y * view["scale"], "id": place}
            for place, (x, y) in enumerate(fingers)
        ]
        kind = "touchMove" if number and len(fingers) == len(moments[number - 1]) else "touchStart"
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def select(tab: Page, start: int, end: int) -> None:
    """Select characters of the text, as the handles of a phone do."""
    tab.evaluate(
        "([start, end]) => { const node = document.querySelector('hw-record').texts[0];"
        " getSelection().setBaseAndExtent(node, start, node, end); }",
        [start, end],
    )


def test_spans_are_marked_related_sent_taken_back_and_skipped_by_tapping(
    team: Team, site: Served, browser: Browser
) -> None:
    campaign = sheets.opened(team, "spans", tasks=3)
    tab = bench(site, browser, team.annotators[0], campaign, **PHONE)
    expect(tab.locator(".bench kbd").first).to_be_hidden()
    for start, end, label in ((4, 10, "thing"), (20, 27, "event")):  # The [parcel] number 0 [arrived] broken.
        select(tab, start, end)
        tab.get_by_role("button", name=label, exact=True).tap()
    tab.get_by_role("button", name="Relate thing: parcel").tap()
    tab.get_by_role("button", name="event arrived").first.tap()
    tab.get_by_role("button", name="suffers").tap()
    picture(tab, "touch")
    assert not problems(tab)
    tab.get_by_role("button", name="Submit").tap()
    settled(tab)
    (given,) = values(team, campaign)
    assert [(each["label"], each["start"], each["end"]) for each in given["parts"]["spans"]] == [  # type: ignore[index]
        ("thing", 4, 10),
        ("event", 20, 27),
    ]
    assert [each["label"] for each in given["parts"]["relations"]] == ["suffers"]  # type: ignore[index]
    tab.get_by_role("button", name="Undo").tap()
    expect(tab.locator(".marks")).to_contain_text("suffers")
    skip = tab.get_by_role("button", name="Skip")
    skip.tap()
    skip.tap()  # without a reason it goes back
    expect(tab.get_by_label("Reason for skipping")).to_be_hidden()
    skip.tap()
    tab.get_by_label("Reason for skipping").fill("not a message")
    shown = tab.locator(".content").inner_text()
    with tab.expect_response(lambda reply: reply.url.endswith("/skip")):
        skip.tap()
    expect(tab.locator(".content")).not_to_have_text(shown)
    with team.read() as ctx:
        assert queries.progress(ctx, campaign).skipped == 1
    tab.context.close()


def test_a_finger_paints_two_move_the_image_and_a_button_erases(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened_images(team, IMAGE_KINDS["mask"])
    tab = bench(site, browser, team.annotators[0], campaign, **PHONE)
    tab.wait_for_function("() => document.querySelector('hw-picture')?.view")
    area = "document.querySelector('hw-brush').masks.get('scratch')?.area ?? 0"
    move(tab, [((40, 40),), ((60, 40),)])
    painted = tab.evaluate(area)
    assert painted > 200
    before = tab.evaluate("document.querySelector('hw-picture').view.scale")
    move(tab, [((30, 60),), ((30, 60), (90, 60)), ((20, 60), (100, 60)), ((10, 60), (110, 60))])
    assert tab.evaluate("document.querySelector('hw-picture').view.scale") > before * 1.5
    assert tab.evaluate(area) == painted  # the first finger of the two left nothing
    tab.get_by_role("button", name="Erase").tap()
    tab.get_by_role("button", name="Larger").tap()
    move(tab, [((60, 40),), ((62, 40),)])
    assert 0 < tab.evaluate(area) < painted
    assert not problems(tab)
    tab.get_by_role("button", name="Submit").tap()
    settled(tab)
    assert len(values(team, campaign)) == 1
    tab.context.close()
