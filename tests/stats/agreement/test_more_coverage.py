"""More intervals cover what they promise: those of scales, sets, rankings, marks and of what is carried over."""

from __future__ import annotations

import numpy as np
import pytest

from headwater.stats.agreement import marks, overlap, sets
from headwater.stats.agreement.gamma import Text, gamma
from headwater.stats.agreement.krippendorff import alpha, of_patterns
from headwater.stats.agreement.orders import concordance, mean_concordance
from headwater.stats.agreement.patterns import count, from_table
from headwater.stats.agreement.spans import Span, agreement
from headwater.stats.bootstrap import Resampling
from headwater.stats.integrity.speed import speed

RUNS = 400
SHARES = np.array([0.5, 0.3, 0.2])


def covered(found, truth) -> float:
    return float(np.mean([each.low <= truth <= each.high for each in found]))


def graded(rng, tasks):
    """Return answers of three on a scale of five: one step off now and then, each as often up as down."""
    truth = np.repeat(rng.integers(1, 6, tasks), 3)
    answer = np.clip(truth + rng.choice([-1, 0, 1], truth.size, p=[0.2, 0.6, 0.2]), 1, 5)
    return np.repeat(np.arange(tasks), 3), np.tile(np.arange(3), tasks), answer


@pytest.mark.parametrize("level", ["ordinal", "ratio"])
def test_alpha_of_a_scale_covers(level):
    rng = np.random.default_rng(41)
    truth = alpha(*graded(rng, 400_000), level=level, resamples=0).value
    found = [alpha(*graded(rng, 150), level=level, resamples=300, rng=rng) for _ in range(RUNS)]
    assert 0.93 <= covered(found, truth) <= 0.97


@pytest.mark.parametrize("distance", [sets.masi, sets.jaccard])
def test_alpha_of_sets_covers(distance):
    rng = np.random.default_rng(42)
    kinds = [frozenset(name for place, name in enumerate("abc") if code >> place & 1) for code in range(8)]
    apart = distance(sets.members(kinds, tuple("abc")))

    def drawn(tasks):
        truth = np.repeat(rng.integers(1, 8, tasks), 3)
        slip = 1 << rng.integers(0, 3, truth.size)
        answer = np.where(rng.random(truth.size) < 0.35, truth ^ slip, truth)
        return count(np.repeat(np.arange(tasks), 3), np.tile(np.arange(3), tasks), answer, labels=8)

    truth = of_patterns(drawn(300_000), level=apart, resampling=Resampling(resamples=0)).value
    found = [of_patterns(drawn(150), level=apart, resampling=Resampling(resamples=300, rng=rng)) for _ in range(RUNS)]
    assert 0.93 <= covered(found, truth) <= 0.97


def test_mean_concordance_covers():
    rng = np.random.default_rng(43)

    def lists(size):
        return [np.arange(5) + rng.normal(0, 1.5, (3, 5)) for _ in range(size)]

    truth = float(np.mean([concordance(each) for each in lists(6_000)]))
    found = [mean_concordance(lists(40)) for _ in range(RUNS)]
    assert 0.93 <= covered(found, truth) <= 0.97


def marked(rng, tasks, slips=0.25):
    """Return marks of two: a share of them is left out, moved or renamed by the second."""
    rows = []
    for task in range(tasks):
        for start in 10 * rng.choice(9, rng.integers(1, 4), replace=False):
            same = (task, rng.integers(0, 2), start, start + rng.integers(3, 10))
            rows.append((0, *same))
            slip = rng.integers(0, 3) if rng.random() < slips else 3
            if slip:
                rows.append((1, task, same[1] ^ (slip == 1), same[2] + (slip == 2), same[3] + (slip == 2)))
    return np.array(rows)


def texts_of(rows):
    """Return the spans of each person (0, 1), for every text, shape (texts, 2)."""
    ordered = rows[np.argsort(rows[:, 1], kind="stable")]
    parts = np.split(ordered, np.flatnonzero(np.diff(ordered[:, 1])) + 1)
    return [[part[part[:, 0] == person] for person in (0, 1)] for part in parts]


def f1_of_marks(rows, resampling):
    owner, task, label, ends = rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3:]
    things = marks.match(task, owner, label, marks.of_spans(ends), np.argwhere(np.ones((np.unique(task).size, 2))))
    texts = [{person: [Span(a, b, str(c)) for *_, c, a, b in mine.tolist()] for person, mine in enumerate(each)}
             for each in texts_of(rows)]  # fmt: skip
    said = agreement(texts, resampling=resampling)
    loose = marks.f1(things, resampling=resampling)
    return [loose, said.exact, said.overlap, said.characters, said.boundaries]


def gamma_of_marks(rows, resampling):
    moved = [Text(100.0, tuple(mine[:, [3, 4, 2]].astype(float) for mine in each)) for each in texts_of(rows)]
    return gamma(moved, precision=0.5, resampling=resampling)


@pytest.mark.parametrize(("tasks", "slips"), [(40, 0.25), (60, 0.03)])
def test_f1_of_marks_covers(tasks, slips):
    rng = np.random.default_rng(7)
    found = [f1_of_marks(marked(rng, tasks, slips), Resampling(resamples=200, rng=rng)) for _ in range(RUNS)]
    truth = f1_of_marks(marked(np.random.default_rng(1), 20_000, slips), Resampling(resamples=2, rng=rng))
    assert all(
        0.93 <= covered(each, right.value) <= 0.97 for each, right in zip(zip(*found, strict=True), truth, strict=True)
    )


def test_gamma_covers():
    rng = np.random.default_rng(44)
    found = [gamma_of_marks(marked(rng, 40), Resampling(resamples=200, rng=rng)) for _ in range(200)]
    truth = float(np.mean([each.value for each in found]))  # a ratio of sums: hardly biased
    assert 0.93 <= covered(found, truth) <= 0.97


def test_what_is_carried_over_from_alpha_covers_as_alpha_does():
    rng, found = np.random.default_rng(45), []
    for _ in range(RUNS):
        mix = rng.dirichlet(SHARES * 0.4 / 0.6, size=150)
        found.append(of_patterns(from_table(rng.multinomial(4, mix)), resampling=Resampling(resamples=300, rng=rng)))
    assert 0.93 <= covered(found, 0.6) <= 0.97
    reliable = 3 * 0.6 / (1 + 2 * 0.6)
    assert covered([overlap.reliability(each, 3) for each in found], reliable) == covered(found, 0.6)
    wanted = [overlap.needed(each, 0.9) for each in found]
    assert covered(wanted, 6) >= covered(found, 0.6)  # whole answers: .9 · .4 / (.6 · .1) = 6


def test_the_ratio_of_times_covers():
    rng, task, person = np.random.default_rng(46), np.tile(np.arange(60), 12), np.repeat(np.arange(12), 60)
    hits = []
    for _ in range(RUNS // 2):
        pace = rng.normal(0, 0.3, 12)
        seconds = np.exp(rng.normal(3, 0.4, 60)[task] + pace[person] + rng.normal(0, 0.5, task.size))
        truth = np.exp(pace - np.median(pace))
        found = speed(task, person, seconds)
        hits += [each.ratio.low <= truth[each.annotator] <= each.ratio.high for each in found]
    assert 0.93 <= np.mean(hits) <= 0.97
