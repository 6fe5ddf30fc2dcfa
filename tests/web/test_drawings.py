"""Marks drawn over the image they are about: each kind where it was made, and in a browser on the picture itself."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from headwater.annotation.masks import rle_of
from headwater.annotation.plan import Plan
from headwater.quality import assessments
from headwater.web.drawings import overlay
from tests.accessibility import problems
from tests.annotation import factories
from tests.quality.factories import answer_all
from tests.web.sheets import picture, png

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.serving import Served
    from tests.workspaces import Team

SIZE = (120, 80)
HOSTILE = '"><script>alert(1)</script>'


def test_each_kind_is_drawn_where_it_was_made() -> None:
    values = [
        [{"x": 10, "y": 20, "width": 30, "height": 15, "label": "scratch"}],
        [{"points": [[1, 2], [30, 4], [9, 40.5]], "label": HOSTILE}],
        [{"x": 60, "y": 50, "label": "tip", "hidden": True}],
        {"undecided": "too dark"},
        [],
    ]
    root = ET.fromstring(overlay(SIZE, values))  # noqa: S314 -- our own
    assert root.attrib["viewBox"] == "0 0 120 80"
    assert [(each.tag, each.attrib.get("data-voice")) for each in root] == [("g", "1"), ("g", "2"), ("g", "3")]
    box, outline, point = (next(iter(next(iter(each)))) for each in root)
    assert box.attrib == {"x": "10", "y": "20", "width": "30", "height": "15"}
    assert outline.attrib["points"] == "1,2 30,4 9,40.5"
    assert (point.attrib["cx"], point.attrib["cy"]) == ("60", "50")
    assert [each.text for each in root.iter("text")] == ["1 scratch", f"2 {HOSTILE}", "3 tip"]


def test_nothing_is_drawn_without_a_size_or_marks() -> None:
    assert overlay(None, [[{"x": 1, "y": 1, "width": 5, "height": 5, "label": "scratch"}]]) == ""
    assert "<path" not in overlay(SIZE, [[{"label": "rust", "rle": {"size": [2, 2], "counts": [1, 1]}}]])
    assert overlay(SIZE, ["billing", None, [], ["a"], {"order": [["a"]]}]) == ""


@given(arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 12))))
def test_a_mask_is_drawn_pixel_by_pixel(pixels: np.ndarray) -> None:
    height, width = pixels.shape
    drawing = overlay((width, height), [[{"label": "rust", "rle": rle_of(pixels)}]])
    again = np.zeros_like(pixels)
    path = ET.fromstring(drawing).find(".//path")  # noqa: S314
    for bar in path.attrib["d"].split("z")[:-1] if path is not None else []:
        at, rest = bar[1:].split("h", 1)
        column, top = map(int, at.split())
        wide, long = rest.split("h-")[0].split("v")
        again[top : top + int(long), column : column + int(wide)] = True
    assert np.array_equal(again, pixels)


def _always(values: dict[str, object], _: str) -> dict[str, object]:
    return values


@pytest.mark.browser
def test_disputed_marks_are_seen_on_their_picture(team: Team, site: Served, browser: Browser) -> None:
    stored = team.app.objects.put_media(png()).name
    payloads = [{"image": stored, "width": SIZE[0], "height": SIZE[1]}] * 2
    records = factories.put_records(team, ["picture 0", "picture 1"], payloads=payloads)
    asked = [{"name": kind, "kind": kind, "options": ["scratch", "dent"]} for kind in ("boxes", "polygons", "mask")]
    campaign = factories.open_campaign(team, records, plan=Plan(overlap=2), data=asked).id
    for shift, (person, label) in enumerate(zip(team.annotators[:2], ("scratch", "dent"), strict=True)):
        left = 20 + 9 * shift
        region = np.zeros((80, 120), np.bool_)
        region[20:50, left : left + 40] = True
        values: dict[str, object] = {
            "boxes": [{"x": left, "y": 20 + 4 * shift, "width": 40, "height": 30, "label": label}],
            "polygons": [{"points": [[left, 20], [left + 40, 30], [left + 10, 60]], "label": label}],
            "mask": [{"label": label, "rle": rle_of(region)}],
        }
        assert answer_all(team, campaign, person, partial(_always, values)) == 2
    tab = site.tab_of(browser, team.ops)
    for kind in ("boxes", "polygons", "mask"):
        with team.act(team.ops) as ctx:
            assessments.assess(ctx, campaign, question=kind)
        tab.goto(f"{site.url}/p/support/quality/agreement/{campaign}/{kind}/disputes")
        image, drawn = tab.locator(".marked img").first, tab.locator(".marked .drawn").first
        assert image.evaluate("each => each.decode().then(() => true)")
        assert image.bounding_box() == pytest.approx(drawn.bounding_box(), abs=1)
        assert drawn.locator("> g").count() == 2
        tab.locator(".voices > li").first.focus()
        seen = [float(each.evaluate("each => getComputedStyle(each).opacity")) for each in drawn.locator("> g").all()]
        assert seen == [1, 0.12]
        tab.locator("h1").click()
        assert not problems(tab)
        picture(tab, f"disputed-{kind}")
    tab.context.close()
