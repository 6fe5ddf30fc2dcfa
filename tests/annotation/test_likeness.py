"""How like a right answer an answer is, kind by kind, against values worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from headwater.annotation import likeness
from headwater.annotation.masks import rle_of
from headwater.annotation.questions import Kind, Option, Question, SchemaError, as_data, parse

LABELS = tuple(Option(value=each) for each in ("a", "b", "c", "d"))
PLACE = {"start": 0, "end": 4, "label": "a"}
BOX = {"x": 10, "y": 10, "width": 100, "height": 100, "label": "a"}
SQUARE = [[0, 0], [100, 0], [100, 100], [0, 100]]


def mask(left: int, right: int) -> dict[str, Any]:
    """Return a mask of the columns from left to right of an image of 20 × 10."""
    pixels = np.zeros((10, 20), np.bool_)
    pixels[:, left:right] = True
    return {"label": "a", "rle": rle_of(pixels)}


@pytest.mark.parametrize(
    ("kind", "right", "given", "expected"),
    [
        (Kind.SINGLE, "a", "a", 1),
        (Kind.SINGLE, "a", "b", 0),
        (Kind.REFUSAL, "refuse", "comply", 0),
        (Kind.MULTIPLE, ["a", "b"], ["b", "a"], 1),
        (Kind.MULTIPLE, ["a", "b"], ["b", "c"], 1 / 3),  # 1 in common of 3
        (Kind.RATING, 2, 2, 1),
        (Kind.RATING, 2, 3, 0.75),  # 1 step of 4
        (Kind.NUMERIC, 0.3, 0.1 + 0.2, 1),
        (Kind.NUMERIC, 10, 8, 0.8),  # without bounds over the larger number
        (Kind.TEXT, "Not  a BUG", "not a bug ", 1),
        (Kind.TEXT, "not a bug", "a bug", 0),
        (Kind.RANKING, {"order": [["a"], ["b"], ["c"]]}, {"order": [["a"], ["b"], ["c"]], "reasons": ["x"]}, 1),
        (Kind.RANKING, {"order": [["a"], ["b"], ["c"]]}, {"order": [["b"], ["a"], ["c"]]}, 2 / 3),  # 1 of 3 pairs
        (Kind.RANKING, {"order": [["a"], ["b"]]}, {"order": [["a", "b"]]}, 0.5),
        (Kind.SPANS, {"spans": [PLACE | {"id": "1"}]}, {"spans": [PLACE | {"id": "x"}]}, 1),
        (Kind.SPANS, {"spans": [PLACE]}, {"spans": [PLACE, PLACE | {"start": 2}]}, 2 / 3),  # 2·1 / (1 + 2)
        (Kind.SPANS, {"spans": [PLACE]}, {"spans": [PLACE | {"turn": 1}]}, 0),
        (Kind.SPANS, {"spans": []}, {"spans": []}, 1),
        (Kind.BOXES, [BOX], [BOX | {"x": 11}], 99 / 101),  # 9900 of 20000 - 9900
        (Kind.BOXES, [BOX], [BOX | {"label": "b"}], 0),
        (Kind.BOXES, [BOX], [BOX, BOX | {"x": 500}], 2 / 3),
        (Kind.MASK, [mask(0, 10)], [mask(5, 15)], 1 / 3),  # 50 of 150 pixels
        (Kind.MASK, [mask(0, 10)], [mask(0, 10)], 1),
        (Kind.KEYPOINTS, [{"x": 0, "y": 0, "label": "a"}], [{"x": 6, "y": 8, "label": "a"}], 1),  # 10 pixels away
        (Kind.KEYPOINTS, [{"x": 0, "y": 0, "label": "a"}], [{"x": 6, "y": 9, "label": "a"}], 0),
        (Kind.SINGLE, {"cannot_decide": "blurred"}, {"cannot_decide": "dark"}, 1),
        (Kind.SINGLE, "a", {"cannot_decide": "dark"}, 0),
        (Kind.BOXES, [], None, 1),
        (Kind.BOXES, [], [BOX], 0),
        (Kind.BOXES, [BOX], "nonsense", 0),
    ],
)
def test_likeness_is_as_worked_out_by_hand(kind: Kind, right: Any, given: Any, expected: float) -> None:
    question = Question(name="q", kind=kind, options=LABELS)
    assert likeness.likeness(question, right, given) == pytest.approx(expected, abs=1e-12)
    assert likeness.likeness(question, given, right) == pytest.approx(expected, abs=1e-12)


def test_outlines_overlap_as_their_areas_do() -> None:
    question = Question(name="q", kind=Kind.POLYGONS, options=LABELS)
    right = [{"points": SQUARE, "label": "a"}]
    shifted = [{"points": [[x + 50, y] for x, y in SQUARE], "label": "a"}]
    assert likeness.likeness(question, right, shifted) == pytest.approx(1 / 3, abs=0.01)
    assert likeness.likeness(question, right, [{"points": SQUARE[2:] + SQUARE[:2], "label": "a"}]) == 1


def test_answers_per_turn_are_as_like_as_the_mean_over_the_known_turns() -> None:
    question = Question(name="q", kind=Kind.SINGLE, options=LABELS, per_turn="any")
    assert likeness.likeness(question, {"0": "a", "2": "b"}, {"0": "a", "1": "c", "2": "a"}) == 0.5


def test_a_question_says_from_where_an_answer_is_right_and_what_it_tolerates() -> None:
    rating = Question(name="q", kind=Kind.RATING)
    assert not likeness.is_right(rating, 2, 3)
    (tolerant, lenient) = parse(
        [
            {"name": "q", "kind": "rating", "tolerance": 1},
            {"name": "p", "kind": "multiple", "options": ["a", "b", "c"], "right_from": 0.5},
        ]
    )
    assert likeness.is_right(tolerant, 2, 3)
    assert not likeness.is_right(tolerant, 2, 4)
    assert likeness.is_right(lenient, ["a", "b"], ["a"])
    assert parse([as_data(tolerant), as_data(lenient)]) == (tolerant, lenient)
    with pytest.raises(SchemaError, match="right_from"):
        parse([{"name": "q", "kind": "rating", "right_from": 0}])
    with pytest.raises(SchemaError, match="tolerance"):
        parse([{"name": "q", "kind": "text", "tolerance": 1}])


def test_what_was_only_nearly_proposed_was_edited() -> None:
    boxes = Question(name="q", kind=Kind.BOXES, options=LABELS)
    rating = Question(name="r", kind=Kind.RATING, tolerance=1)
    proposed = {"q": [BOX], "r": 3}
    assert likeness.same([boxes, rating], proposed, {"q": [dict(BOX)], "r": 3})
    assert not likeness.same([boxes, rating], proposed, {"q": [BOX | {"x": 11}], "r": 3})
    assert not likeness.same([boxes, rating], proposed, {"q": [BOX], "r": 2})
    assert likeness.agrees([boxes, rating], proposed, {"q": [BOX | {"x": 11}], "r": 2})


@examples(st.lists(st.lists(st.integers(0, 30), min_size=2, max_size=2, unique=True), max_size=5), st.integers(1, 5))
def test_spans_are_as_like_themselves_as_can_be_whatever_their_order(places: list[list[int]], seed: int) -> None:
    question = Question(name="q", kind=Kind.SPANS, options=LABELS)
    spans = [{"start": min(each), "end": max(each), "label": "a", "id": str(n)} for n, each in enumerate(places)]
    turned = [each | {"id": f"x{n}"} for n, each in enumerate(spans[seed:] + spans[:seed])]
    assert likeness.likeness(question, {"spans": spans}, {"spans": turned}) == 1
