"""Spans, boxes, outlines, masks: overlaps and matches by hand, published alpha, degenerate cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.annotation.masks import rle_of
from headwater.stats.agreement import marks, regions
from headwater.stats.agreement.krippendorff import alpha as krippendorff
from headwater.stats.agreement.spans import Span, agreement
from headwater.stats.bootstrap import Resampling

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


def test_outlines_and_masks_overlap_as_their_pixels_do():
    corner = [(1, 1), (4, 1), (4, 3), (1, 3)]
    triangle = [(0, 0), (4, 0), (0, 4)]
    found = regions.overlap_of([regions.of_polygon(corner), regions.of_polygon(triangle)])
    # Middle lines at y = .5, 1.5, …: the triangle is 3.5 + 2.5 + 1.5 + .5 = 8; it has 1.5 + .5 of the 6 in common.
    assert found(np.array([0]), np.array([0, 1]))[0] == pytest.approx([1, 2 / 12], abs=1e-12)
    assert regions.of_polygon([(3, 0.1), (5, 0.1), (5, 0.3), (3, 0.3)]).end.size == 1  # too flat for a middle line


@given(st.integers(0, 2**32 - 1))
def test_runs_of_masks_equal_their_pixels(seed):
    rng = np.random.default_rng(seed)
    masks = [rng.random((rng.integers(1, 9), rng.integers(1, 9))) < 0.6 for _ in range(3)]
    found = regions.overlap_of([regions.of_counts(rle_of(mask)["counts"], len(mask)) for mask in masks])
    drawn = np.zeros((3, 9, 9), bool)
    for canvas, mask in zip(drawn, masks, strict=True):
        canvas[: mask.shape[0], : mask.shape[1]] = mask
    common = np.einsum("axy,bxy->ab", drawn.astype(int), drawn.astype(int))
    either = np.einsum("axy->a", drawn.astype(int))[:, None] + np.einsum("axy->a", drawn.astype(int)) - common
    expected = np.divide(common, either, out=np.zeros((3, 3)), where=either > 0)
    assert found(np.arange(3), np.arange(3)) == pytest.approx(expected, abs=1e-12)


def measured(task, owner, label, boxes, seen):
    overlap = marks.of_boxes(boxes)
    return marks.alpha(marks.match(task, owner, label, overlap, seen), label, overlap)


def test_marks_of_different_people_are_matched_once():
    # Two people, two boxes each, drawn in another order; a third saw only one of the things.
    boxes = [(0, 0, 10, 10), (20, 0, 30, 10), (21, 0, 31, 10), (0, 1, 10, 11), (1, 1, 11, 11)]
    groups = marks.group([0, 0, 1, 1, 2], marks.box_overlap(boxes, boxes))
    assert groups[0] == groups[3] == groups[4]
    assert groups[1] == groups[2] != groups[0]
    seen = [(0, 0), (0, 1), (0, 2)]
    found = marks.match([0] * 5, [0, 0, 1, 1, 2], [0] * 5, marks.of_boxes(boxes), seen)
    assert sorted(found.value.tolist()) == [-1, 0, 1, 2, 3, 4]  # the third person marked nothing at the second thing


def test_the_same_marks_agree_wholly_and_omissions_cost():
    boxes = [(0, 0, 10, 10), (0, 0, 10, 10), (50, 50, 60, 60), (50, 50, 60, 60)]
    seen = [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert measured([0, 0, 1, 1], [0, 1, 0, 1], [0] * 4, boxes, seen).value == pytest.approx(1, abs=1e-12)
    # Values a b c c, d(a,b) = d(a,c) = d(b,c) = 1: D = 2, E = 2 · 5 pairs, n = 4: 1 - 3 · 2 / 10.
    other = measured([0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 0, 0], boxes, seen)
    assert other.value == pytest.approx(1 - 6 / 10, abs=1e-12)
    assert other.n == 2
    lost = measured([0, 1, 1], [0, 0, 1], [0] * 3, boxes[1:], seen)
    assert lost.value == pytest.approx(1 - 6 / 10, abs=1e-12)
    assert not measured([0], [0], [0], boxes[:1], [(0, 0)]).defined
    assert not measured([0, 0], [0, 1], [0, 0], boxes[:2], seen[:2]).defined


def test_f1_of_marks_derived_by_hand():
    boxes = [(0, 0, 10, 10), (0, 0, 10, 10), (50, 50, 60, 60), (50, 50, 60, 64), (80, 80, 90, 90)]
    things = marks.match([0] * 5, [0, 1, 0, 1, 1], [0, 1, 0, 0, 0], marks.of_boxes(boxes), [(0, 0), (0, 1)])
    # Of 2 + 3 marks one pair differs in its label, one overlaps by 100 / 140, one is alone: 2 / 5.
    assert marks.f1(things).value == pytest.approx(2 / 5, abs=1e-12)
    assert marks.f1(things, least=0.8).value == 0


@given(st.integers(0, 2**32 - 1))
def test_alpha_of_marks_equals_alpha_of_their_distances(seed):
    rng = np.random.default_rng(seed)
    task, owner, label, boxes, seen = simulated(rng, 8)
    overlap = marks.of_boxes(boxes)
    found = marks.match(task, owner, label, overlap, seen)
    apart = np.ones((task.size + 1, task.size + 1))
    every = np.arange(task.size)
    same = label[:, None] == label[None, :]
    apart[:-1, :-1] = np.where(same, 1 - overlap(every, every), 1.0)
    np.fill_diagonal(apart, 0.0)
    code = np.where(found.value < 0, task.size, found.value)
    expected = krippendorff(found.unit, found.annotator, code, level=(apart + apart.T) / 2, resamples=0)
    assert marks.alpha(found, label, overlap).value == pytest.approx(expected.value, abs=1e-9, nan_ok=True)


def test_a_sample_of_marks_finds_the_same_chance():
    task, _, label, boxes, _ = simulated(np.random.default_rng(5), 300)
    overlap = marks.of_boxes(boxes)
    places = np.arange(task.size)
    whole = marks.chance(places, label, overlap, references=task.size)
    part = marks.chance(places, label, overlap, references=100)
    assert part.error > whole.error == 0
    assert abs(part.mark.mean() - whole.mark.mean()) < 3 * part.error


def simulated(rng, tasks, people=3):
    """Return marks of people who each find most of a task's things, roughly and with a slip of the label."""
    rows = []
    for task in range(tasks):
        things = rng.integers(0, 4)
        corner, size = rng.uniform(0, 90, (things, 2)), rng.uniform(8, 25, (things, 2))
        kind = rng.integers(0, 2, things)
        for person in range(people):
            for place in np.flatnonzero(rng.random(things) < 0.85):
                start = corner[place] + rng.normal(0, 2, 2)
                end = start + size[place] * np.exp(rng.normal(0, 0.1, 2))
                rows.append((task, person, kind[place] ^ (rng.random() < 0.1), *start, *end))
    found = np.array(rows).reshape(-1, 7)
    seen = np.argwhere(np.ones((tasks, people)))
    task, owner, label = found[:, :3].astype(np.int64).T
    return task, owner, label, found[:, 3:], seen


def test_the_interval_of_alpha_of_marks_covers():
    # 400 samples of 40 tasks out of 3,000, whose alpha is the truth.
    rng = np.random.default_rng(24)
    task, owner, label, boxes, seen = simulated(rng, 3000)
    overlap = marks.of_boxes(boxes)
    found = marks.match(task, owner, label, overlap, seen)
    truth = marks.alpha(found, label, overlap, resampling=Resampling(resamples=0)).value
    rows, hits = np.array_split(np.arange(found.task.size), np.searchsorted(found.task, np.arange(1, 3000))), 0
    for _ in range(400):
        kept = np.zeros(found.task.size, np.bool_)
        kept[np.concatenate([rows[each] for each in rng.choice(3000, 40, replace=False)])] = True
        part = marks.alpha(marks.within(found, kept), label, overlap, resampling=Resampling(resamples=200, rng=rng))
        hits += part.low <= truth <= part.high
    assert 0.93 <= hits / 400 <= 0.97


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
