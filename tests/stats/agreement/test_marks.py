"""Spans, boxes, outlines, masks: overlaps and matches by hand, published alpha, degenerate cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.stats.agreement import marks
from headwater.stats.agreement.krippendorff import alpha as krippendorff
from headwater.stats.agreement.spans import Span, agreement

BOXES = [
    (0, 0, 10, 10), (1, 0, 11, 10), (0, 1, 10, 11),
    (20, 20, 30, 40), (20, 22, 30, 40),
    (5, 5, 15, 15), (30, 30, 40, 40),
]  # fmt: skip


def test_alpha_of_boxes_equals_the_reference():
    distance = 1 - marks.box_overlap(BOXES, BOXES)
    found = krippendorff([0, 0, 0, 1, 1, 2, 2], [0, 1, 2, 0, 1, 0, 1], np.arange(7), level=distance)
    assert round(found.value, 6) == 0.499693


def test_overlaps_by_hand():
    # 10 × 9 in common of 2 · 100 - 90.
    assert marks.box_overlap([BOXES[0]], [BOXES[1]])[0, 0] == pytest.approx(90 / 110, abs=1e-12)
    assert marks.span_overlap([(0, 4)], [(2, 6), (4, 9)])[0] == pytest.approx([2 / 6, 0], abs=1e-12)
    square = marks.polygon_mask([(1, 1), (4, 1), (4, 3), (1, 3)], 5, 6)
    assert square.sum() == 6
    triangle = marks.polygon_mask([(0, 0), (4, 0), (0, 4)], 4, 4)
    assert triangle.sum() == 6  # centres strictly inside x + y < 4: 3 + 2 + 1
    assert marks.mask_overlap([square], [square, ~square])[0] == pytest.approx([1, 0], abs=1e-12)


def test_marks_of_different_people_are_matched_once():
    # Two people, two boxes each, drawn in another order; a third saw only one of the things.
    boxes = [(0, 0, 10, 10), (20, 0, 30, 10), (21, 0, 31, 10), (0, 1, 10, 11), (1, 1, 11, 11)]
    groups = marks.group([0, 0, 1, 1, 2], marks.box_overlap(boxes, boxes))
    assert groups[0] == groups[3] == groups[4]
    assert groups[1] == groups[2] != groups[0]
    found = marks.units([0] * 5, [0, 0, 1, 1, 2], marks.box_overlap(boxes, boxes), [(0, 0), (0, 1), (0, 2)])
    assert sorted(found.value.tolist()) == [0, 1, 2, 3, 4, 5]  # 5: the third person marked nothing at the second thing


def test_the_same_marks_agree_wholly_and_omissions_cost():
    boxes = [(0, 0, 10, 10), (0, 0, 10, 10), (50, 50, 60, 60), (50, 50, 60, 60)]
    overlap = marks.box_overlap(boxes, boxes)
    seen = [(0, 0), (0, 1), (1, 0), (1, 1)]
    whole = marks.units([0, 0, 1, 1], [0, 1, 0, 1], overlap, seen)
    assert marks.alpha(whole, marks.distances(overlap, ["cat"] * 4)).value == pytest.approx(1, abs=1e-12)
    other = marks.distances(overlap, ["cat", "dog", "cat", "cat"])
    # Values a b c c, d(a,b) = d(a,c) = d(b,c) = 1: D = 2, E = 2 · 5 pairs, n = 4: 1 - 3 · 2 / 10.
    assert marks.alpha(whole, other).value == pytest.approx(1 - 6 / 10, abs=1e-12)
    missing = marks.units([0, 1, 1], [0, 0, 1], overlap[1:, 1:], seen)
    lost = marks.alpha(missing, marks.distances(overlap[1:, 1:], ["cat"] * 3))
    assert lost.value == pytest.approx(1 - 6 / 10, abs=1e-12)


@given(st.integers(0, 2**32 - 1))
def test_order_and_translation_of_marks_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    corner = rng.integers(0, 40, (8, 2))
    boxes = np.concatenate([corner, corner + rng.integers(5, 20, (8, 2))], axis=1).astype(float)
    task, owner = np.array([0, 0, 0, 0, 1, 1, 1, 1]), np.array([0, 0, 1, 1] * 2)
    seen = [(0, 0), (0, 1), (1, 0), (1, 1)]

    def value(order, shift):
        moved = boxes[order] + shift
        overlap = marks.box_overlap(moved, moved)
        found = marks.units(task[order], owner[order], overlap, seen)
        return marks.alpha(found, marks.distances(overlap, ["x"] * 8)).value

    assert value(rng.permutation(8), 7.0) == pytest.approx(value(np.arange(8), 0.0), abs=1e-9)


def test_f1_of_spans_derived_by_hand():
    first = [Span(0, 5, "a"), Span(10, 14, "b")]
    second = [Span(0, 5, "a"), Span(12, 16, "b"), Span(20, 22, "a")]
    found = agreement([{0: first, 1: second}, {0: [], 1: []}])
    # One of 2 + 3 spans is the same: 2/5. Two overlap: 4/5. Characters 5 + 2 of 9 and 11: 14/20.
    assert found.exact.value == pytest.approx(2 / 5, abs=1e-12)
    assert found.overlap.value == pytest.approx(4 / 5, abs=1e-12)
    assert found.characters.value == pytest.approx(14 / 20, abs=1e-12)
    assert found.exact.n == 2
    assert not agreement([{0: [], 1: []}]).exact.defined
    assert not agreement([{0: first}]).exact.defined


@given(st.integers(0, 2**32 - 1))
def test_f1_ignores_who_is_called_right_and_only_grows_when_less_is_asked(seed):
    rng = np.random.default_rng(seed)

    def spans():
        starts = np.cumsum(rng.integers(3, 9, 4))
        return [Span(int(s), int(s + rng.integers(1, 3)), str(rng.integers(2))) for s in starts]

    texts = [{0: spans(), 1: spans()} for _ in range(5)]
    found, turned = agreement(texts), agreement([{0: each[1], 1: each[0]} for each in texts])
    assert found.exact.value == turned.exact.value
    assert found.exact.value <= found.overlap.value <= 1
