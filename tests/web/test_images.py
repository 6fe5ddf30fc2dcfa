"""Marks on images in a real browser: by keyboard alone, by pointer; and who gets which image how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.accessibility import problems
from tests.serving import Served
from tests.web import sheets
from tests.web.sheets import IMAGE_KINDS, bench, opened_images, press, settled, values

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.workspaces import Team

pytestmark = pytest.mark.browser


FINE = ["Shift+ArrowRight"] * 3
DOWN = ["Shift+ArrowDown"] * 2
SESSIONS: dict[str, tuple[list[str], Any]] = {
    "boxes": (
        ["2", " ", *FINE, *DOWN, " ", "ArrowLeft", "s", "ArrowDown", "Shift+ArrowRight"],
        [{"x": 59, "y": 40, "width": 13, "height": 3, "label": "dent"}],
    ),
    "polygons": (
        [" ", *FINE, " ", *DOWN, " ", "Enter", "2"],
        [{"points": [[60, 40], [63, 40], [63, 42]], "label": "dent"}],
    ),
    "keypoints": (
        [" ", "Escape", *FINE, "2", " ", "p", "ArrowUp"],
        [{"x": 60, "y": 39, "label": "scratch"}, {"x": 63, "y": 40, "label": "dent"}],
    ),
    "mask": ([*[","] * 12, " ", *FINE, " "], None),
}


def held(tab: Page) -> None:
    tab.wait_for_function("() => document.querySelector('hw-picture')?.view")


@pytest.mark.parametrize("kind", SESSIONS)
def test_an_image_is_marked_by_keyboard_alone(team: Team, site: Served, browser: Browser, kind: str) -> None:
    keys, expected = SESSIONS[kind]
    campaign = opened_images(team, IMAGE_KINDS[kind])
    tab = bench(site, browser, team.annotators[0], campaign)
    held(tab)
    shown = tab.locator(".content").inner_text()
    press(tab, *keys)
    sheets.picture(tab, kind)
    assert not problems(tab)
    press(tab, "Enter")
    expect(tab.locator(".content")).not_to_have_text(shown)
    settled(tab)
    (given,) = values(team, campaign)
    if expected:
        assert given == {"marks": expected}
    else:
        assert painted(given["marks"]) == [(x, y) for x in range(59, 65) for y in range(39, 42) if _near(x, y)]  # type: ignore[arg-type]
    tab.context.close()


def test_points_of_a_skeleton_are_joined_object_by_object(team: Team, site: Served, browser: Browser) -> None:
    asked = {"name": "marks", "kind": "keypoints", "options": ["pivot", "tip"], "skeleton": [["pivot", "tip"]]}
    campaign = opened_images(team, [asked])
    tab = bench(site, browser, team.annotators[0], campaign)
    held(tab)
    now = tab.locator(".question .now")
    expect(now).to_have_text("Next: pivot of object 1.")
    press(tab, " ", *FINE)
    expect(now).to_have_text("Next: tip of object 1.")
    press(tab, " ")
    expect(now).to_have_text("Object 1 has every point: e begins the next.")
    press(tab, "e", "2", *["Shift+ArrowDown"] * 4, " ", "2", "Shift+ArrowDown", " ")
    expect(tab.locator(".marks li")).to_have_count(3)
    press(tab, "n", "Shift+H", "n", "Shift+H", "Shift+H", "Escape")
    expect(tab.locator(".marks li").first).to_contain_text("at 60, 40, hidden, object 1")
    sheets.picture(tab, "skeleton")
    assert not problems(tab)
    press(tab, "Enter")
    settled(tab)
    (given,) = values(team, campaign)
    assert given["marks"] == [
        {"x": 60, "y": 40, "label": "pivot", "object": 1, "hidden": True},
        {"x": 63, "y": 40, "label": "tip", "object": 1},
        {"x": 63, "y": 45, "label": "tip", "object": 2},
    ]
    tab.context.close()


@pytest.mark.parametrize(
    ("kind", "told"), [("boxes", "The box has one corner"), ("polygons", "The outline is not closed")]
)
def test_a_mark_that_was_begun_is_not_left_behind(
    team: Team, site: Served, browser: Browser, kind: str, told: str
) -> None:
    optional = [IMAGE_KINDS[kind][0] | {"required": False}]
    campaign = opened_images(team, optional)
    tab = bench(site, browser, team.annotators[0], campaign)
    held(tab)
    press(tab, " ", *FINE)
    tab.get_by_role("button", name="Submit").click()
    expect(tab.locator("hw-messages")).to_contain_text(told)
    assert not values(team, campaign)
    press(tab, "Escape")
    tab.get_by_role("button", name="Submit").click()
    settled(tab)
    assert values(team, campaign) == [{"marks": []}]
    tab.context.close()


def test_the_first_click_on_a_label_counts_though_what_is_above_moves(
    team: Team, site: Served, browser: Browser
) -> None:
    asked = [{"name": name, "kind": "polygons", "options": ["scratch", "dent"], "required": False} for name in "abc"]
    campaign = opened_images(team, asked)
    tab = bench(site, browser, team.annotators[0], campaign)
    held(tab)
    label = tab.locator(".question").nth(1).get_by_role("button", name="dent")
    label.click()
    expect(label).to_have_attribute("aria-pressed", "true")
    expect(tab.locator(".question").nth(1)).to_have_class("question active")
    tab.context.close()


def _near(x: int, y: int) -> bool:
    """Whether a brush of radius 1 drawn from (60, 40) to (63, 40) covers a pixel."""
    return any((x - cx) ** 2 + (y - 40) ** 2 <= 1 for cx in range(60, 64))


def painted(marks: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Decode COCO run lengths: columns first, nothing before something."""
    (mark,) = marks
    height, _ = mark["rle"]["size"]
    found, place = [], 0
    for number, count in enumerate(mark["rle"]["counts"]):
        if number % 2:
            found += [(at // height, at % height) for at in range(place, place + count)]
        place += count
    return sorted(found)


def test_a_box_is_drawn_with_the_mouse_after_zooming_dragged_and_pulled_by_a_corner(
    team: Team, site: Served, browser: Browser
) -> None:
    campaign = opened_images(team, IMAGE_KINDS["boxes"])
    tab = bench(site, browser, team.annotators[0], campaign)
    held(tab)
    press(tab, "+", "+", "c")
    box = tab.locator("hw-picture canvas").bounding_box()
    assert box is not None
    view = tab.evaluate("() => document.querySelector('hw-picture').view")

    def at(x: float, y: float) -> tuple[float, float]:
        return box["x"] + view["x"] + x * view["scale"], box["y"] + view["y"] + y * view["scale"]

    tab.mouse.move(*at(50, 30))
    tab.mouse.down()
    tab.mouse.move(*at(70, 45), steps=3)
    tab.mouse.up()
    tab.mouse.move(*at(60, 40))
    tab.mouse.down()
    tab.mouse.move(*at(62, 41), steps=2)
    tab.mouse.up()
    tab.mouse.move(*at(52, 46))
    tab.mouse.down()
    tab.mouse.move(*at(48, 50), steps=2)
    tab.mouse.up()
    press(tab, "Enter")
    settled(tab)
    assert values(team, campaign) == [{"marks": [{"x": 48, "y": 31, "width": 24, "height": 19, "label": "scratch"}]}]
    tab.context.close()


def test_an_image_is_classified_and_its_draft_survives_a_reload(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened_images(team, [*sheets.KINDS["single"][0], *IMAGE_KINDS["mask"]])
    tab = bench(site, browser, team.annotators[0], campaign)
    held(tab)
    press(tab, "2", " ", " ")
    drawn = tab.evaluate("() => JSON.stringify(document.querySelector('hw-task').values)")
    tab.reload()
    held(tab)
    assert tab.evaluate("() => JSON.stringify(document.querySelector('hw-task').values)") == drawn
    tab.wait_for_timeout(500)  # the next image is fetched ahead
    tab.context.set_offline(True)
    press(tab, "Enter")
    expect(tab.locator(".status")).to_contain_text("1 waiting")
    held(tab)
    assert tab.evaluate("() => document.querySelector('hw-picture').media !== null")
    tab.context.set_offline(False)
    settled(tab)
    (given,) = values(team, campaign)
    assert given["topic"] == "fault"
    tab.context.close()


def test_only_who_holds_the_task_gets_its_image_sealed(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened_images(team, IMAGE_KINDS["boxes"])
    tab = bench(site, browser, team.annotators[0], campaign)
    held(tab)
    lease = tab.evaluate("() => document.querySelector('hw-task').seed")
    address = f"{site.url}/p/support/workspace/{campaign}/image/{lease}"
    reply = tab.request.get(address)
    assert reply.status == 200
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["content-security-policy"] == "default-src 'none'; sandbox"
    other = site.tab_of(browser, team.annotators[1])
    assert other.request.get(address).status == 404
    tab.context.close()
    other.context.close()


def test_a_stored_file_that_is_no_safe_image_is_never_sent(team: Team, site: Served, browser: Browser) -> None:
    hostile = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    campaign = opened_images(team, IMAGE_KINDS["boxes"], data=hostile)
    tab = bench(site, browser, team.annotators[0], campaign)
    expect(tab.locator("hw-picture")).to_contain_text("cannot be shown")
    lease = tab.evaluate("() => document.querySelector('hw-task').seed")
    assert tab.request.get(f"{site.url}/p/support/workspace/{campaign}/image/{lease}").status == 422
    tab.context.close()


def test_on_a_wide_screen_the_questions_stand_beside_the_image(team: Team, site: Served, browser: Browser) -> None:
    campaign = opened_images(team, IMAGE_KINDS["boxes"])
    tab = bench(site, browser, team.annotators[0], campaign, viewport={"width": 1920, "height": 1000})
    image, question = tab.locator("hw-picture canvas").bounding_box(), tab.locator(".question").bounding_box()
    assert image is not None
    assert question is not None
    assert question["x"] >= image["x"] + image["width"]
    assert question["y"] < image["y"] + image["height"]
    assert not problems(tab)
    tab.set_viewport_size({"width": 1280, "height": 900})
    question = tab.locator(".question").bounding_box()
    assert question is not None
    assert question["x"] < image["x"] + image["width"]
    tab.context.close()


def test_the_image_stays_in_sight_while_several_questions_are_answered(
    team: Team, site: Served, browser: Browser
) -> None:
    asked: list[dict[str, object]] = [
        {"name": kind, "kind": kind, "options": ["scratch", "dent"], "required": False}
        for kind in ("boxes", "polygons", "keypoints", "mask")
    ]
    asked.append({"name": "state", "kind": "single", "options": ["new", "worn", "broken"]})
    tab = bench(site, browser, team.annotators[0], opened_images(team, asked))
    for place in range(len(asked)):
        question = tab.locator(".question").nth(place)
        question.get_by_role("button" if place < 4 else "radio").first.focus()
        assert "active" in str(question.get_attribute("class"))
        canvas, legend = tab.locator("hw-picture canvas").bounding_box(), question.locator("legend").bounding_box()
        assert canvas
        assert legend
        assert canvas["y"] > 0
        assert canvas["height"] > 250
        assert legend["y"] >= canvas["y"] + canvas["height"]  # not behind the image
        assert legend["y"] + legend["height"] < 720
        if place == 3:
            sheets.picture(tab, "sticky-image")
    tab.context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_buttons_of_the_brush_stand_apart_from_the_labels_and_show_what_is_on(
    team: Team, site: Served, browser: Browser, width: int
) -> None:
    campaign = opened_images(team, IMAGE_KINDS["mask"])
    tab = bench(site, browser, team.annotators[0], campaign, viewport={"width": width, "height": 1200})
    press(tab, "2", "e")
    dent, erase = tab.get_by_role("button", name="dent"), tab.get_by_role("button", name="Erase")
    above, below = dent.bounding_box(), erase.bounding_box()
    assert above
    assert below
    assert below["y"] - above["y"] - above["height"] >= 8
    colour = "each => getComputedStyle(each).backgroundColor"
    assert dent.evaluate(colour) == erase.evaluate(colour) != tab.get_by_role("button", name="Larger").evaluate(colour)
    for theme in ("light", "dark"):
        tab.emulate_media(color_scheme=theme)
        assert not problems(tab)
    tab.context.close()
