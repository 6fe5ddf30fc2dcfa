"""Intervals cover what they promise: 93 to 97 % of simulated samples, with a fixed seed."""

import numpy as np
import pytest
import scipy

from headwater.stats.agreement import many_raters, marks
from headwater.stats.agreement.gamma import Text, gamma
from headwater.stats.agreement.krippendorff import of_patterns
from headwater.stats.agreement.pairs import against_chance, pairwise, with_others
from headwater.stats.agreement.patterns import from_table
from headwater.stats.agreement.spans import Span, agreement
from headwater.stats.beta import posterior
from headwater.stats.bootstrap import Resampling
from headwater.stats.interval import clopper_pearson_bounds, difference, wilson_bounds

RUNS, FEWER = 1200, 400
SHARES = np.array([0.5, 0.3, 0.2])


def tables(rng, tasks, alpha):
    """Return counts of four answers per task and label in the model whose alpha is known."""
    mix = rng.dirichlet(SHARES * (1 - alpha) / alpha, size=tasks)
    return rng.multinomial(4, mix)


def test_the_bootstrap_of_alpha_covers():
    rng, hits = np.random.default_rng(21), 0
    for _ in range(RUNS):
        found = of_patterns(from_table(tables(rng, 150, 0.6)), resampling=Resampling(resamples=500, rng=rng))
        hits += found.low <= 0.6 <= found.high
    assert 0.93 <= hits / RUNS <= 0.97


def test_agreement_that_was_never_broken_yet_is_not_taken_for_certain():
    """One answer in a hundred differs: most samples of thirty tasks show no disagreement at all."""
    rng, hits, unbroken = np.random.default_rng(31), np.zeros(2), 0
    same = 0.99**2 + 0.01**2 / 2  # two answers, each another of three equal labels with a chance of .01
    truth = ((same - 1 / 3) / (1 - 1 / 3), same)
    for _ in range(FEWER):
        hidden = rng.integers(0, 3, 30)
        given = [np.where(rng.random(30) < 0.01, (hidden + rng.integers(1, 3, 30)) % 3, hidden) for _ in range(2)]
        unit = from_table(sum(np.eye(3, dtype=np.int64)[each] for each in given))
        for place, found in enumerate((of_patterns(unit), many_raters.percent(unit))):
            hits[place] += found.low <= truth[place] <= found.high
            assert found.low < 1
        unbroken += found.value == 1
    assert unbroken > FEWER / 2
    assert hits.min() / FEWER >= 0.93


def test_perfect_agreement_is_as_sure_as_the_bound_of_what_was_not_seen():
    bound = 1 - 0.025 ** (1 / 6)
    patterns = from_table(2 * np.eye(3, dtype=np.int64), np.array([2, 2, 2]))
    chance, distance = 1 / 3, 8 / 11  # 4 · 4 · 6 of 12 · 11 ordered pairs of answers differ
    assert many_raters.percent(patterns).low == pytest.approx(1 - bound, abs=1e-12)
    assert many_raters.fleiss(patterns).low == pytest.approx(1 - bound / (1 - chance), abs=1e-12)
    habits = many_raters.conger(np.arange(12) // 2, np.arange(12) % 2, np.arange(12) // 4)
    assert habits.low == pytest.approx(1 - bound / (1 - chance), abs=1e-12)
    found = of_patterns(patterns)
    assert found.low == pytest.approx(1 - bound / distance, abs=1e-12)
    assert found.high == 1
    assert found.method == "Krippendorff's alpha, nominal, Clopper-Pearson bound as no disagreement was seen"
    # on a scale the largest squared distance is 4, and 192 is the sum over the 12 · 11 ordered pairs
    assert of_patterns(patterns, level="interval").low == pytest.approx(1 - bound * 4 / (192 / 132), abs=1e-12)


def slips(rng, tasks, chance):
    """Return marks of two who mark the same, but the second leaves out, moves or renames one in so many."""
    rows = []
    for task in range(tasks):
        for start in 10 * rng.choice(9, rng.integers(1, 4), replace=False):
            same = (task, rng.integers(0, 2), start, start + rng.integers(3, 10))
            rows.append((0, *same))
            slip = rng.integers(0, 3) if rng.random() < chance else 3
            if slip:  # 0 leaves it out
                rows.append((1, task, same[1] ^ (slip == 1), same[2] + (slip == 2), same[3] + (slip == 2)))
    return np.array(rows)


def estimates_of_marks(rows, resampling):
    """Return alpha and F1 of marks, exact F1 of spans and gamma."""
    owner, task, label, ends = rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3:]
    overlap, tasks = marks.of_spans(ends), np.unique(task)
    things = marks.match(task, owner, label, overlap, np.argwhere(np.ones((tasks.size, 2))))
    split = [[rows[(task == each) & (owner == person)] for person in (0, 1)] for each in tasks]
    texts = [{person: [Span(a, b, str(c)) for *_, c, a, b in mine.tolist()] for person, mine in enumerate(each)}
             for each in split]  # fmt: skip
    moved = [Text(100.0, tuple(mine[:, [3, 4, 2]].astype(float) for mine in each)) for each in split]
    return [
        marks.alpha(things, label, overlap, resampling=resampling),
        marks.f1(things, resampling=resampling),
        agreement(texts, resampling=resampling).exact,
        gamma(moved, precision=0.5, resampling=resampling),
    ]


def test_marks_that_were_hardly_ever_unlike_yet_are_not_taken_for_certain():
    """One mark in twenty-five slips: most samples of ten texts show one slip or none, and seldom the worst."""
    rng, runs = np.random.default_rng(32), 80
    found = [estimates_of_marks(slips(rng, 10, 0.04), Resampling(resamples=100, rng=rng)) for _ in range(runs)]
    value, low, high = (np.array([[getattr(each, name) for each in run] for run in found])
                        for name in ("value", "low", "high"))  # fmt: skip
    truth = value.mean(axis=0)  # of ratios of sums over texts, whose bias is far below the intervals' widths
    assert (value == 1).sum(axis=0).min() > runs / 3
    assert low.max() < 1
    assert ((low <= truth) & (truth <= high)).mean(axis=0).min() >= 0.93


def test_marks_all_alike_or_all_unlike_are_as_sure_as_the_bound_of_what_was_not_seen():
    bound, same = 1 - 0.025 ** (1 / 6), slips(np.random.default_rng(33), 6, 0)
    for found in estimates_of_marks(same, Resampling(resamples=50)):
        assert found.high == found.value == 1
        assert -1 <= found.low <= 1 - bound
        assert found.method.endswith(", Clopper-Pearson bound as no disagreement was seen")
    apart = same + np.where(same[:, :1] == 1, [0, 0, 0, 1000, 1000], 0)
    _, loose, exact, _ = estimates_of_marks(apart, Resampling(resamples=50))
    assert [(each.low, each.value) for each in (loose, exact)] == [(0, 0)] * 2
    assert [each.high for each in (loose, exact)] == pytest.approx([bound] * 2, abs=1e-12)
    assert agreement([{0: [], 1: []}, {0: [Span(0, 1, "a")], 1: [Span(0, 1, "a")]}] * 3).exact.low == pytest.approx(
        0.025 ** (1 / 3), abs=1e-12
    )  # texts in which nobody marked anything show nothing
    (pair,) = pairwise(np.arange(12) // 2, np.arange(12) % 2, np.arange(12) // 4, labels=3)
    assert pair.kappa.low == pytest.approx(1 - bound * 3 / 2, abs=1e-12)
    inside = against_chance(np.arange(12) // 2, np.zeros(12), 0.5)
    assert (inside.value, inside.low) == pytest.approx((1, 1 - 2 * bound), abs=1e-12)


def test_wilson_covers_on_average_over_shares():
    rng = np.random.default_rng(22)
    share = rng.uniform(0.05, 0.95, 40_000)
    bounds = wilson_bounds(rng.binomial(60, share), np.full(share.size, 60))
    assert 0.945 <= np.mean((bounds.low <= share) & (share <= bounds.high)) <= 0.955


def test_the_normal_interval_of_kappa_covers():
    rng, hits = np.random.default_rng(23), 0
    # Both copy a shared hidden answer with chance .8 each, else draw from the shares: kappa = .8 · .8.
    for _ in range(RUNS):
        hidden = rng.choice(3, 200, p=SHARES)
        answers = [np.where(rng.random(200) < 0.8, hidden, rng.choice(3, 200, p=SHARES)) for _ in range(2)]
        (pair,) = pairwise(np.tile(np.arange(200), 2), np.repeat([0, 1], 200), np.concatenate(answers), labels=3)
        hits += pair.kappa.low <= 0.64 <= pair.kappa.high
    assert 0.93 <= hits / RUNS <= 0.97


def test_the_bootstrap_of_every_corrected_coefficient_covers():
    rng, level = np.random.default_rng(24), float(SHARES @ SHARES)
    observed = 0.6 + 0.4 * level
    truth = {  # from the chance agreement of each: two draws, Gwet's, one label in three, none
        many_raters.fleiss: 0.6,
        many_raters.gwet: (observed - (1 - level) / 2) / (1 - (1 - level) / 2),
        many_raters.brennan_prediger: (observed - 1 / 3) / (1 - 1 / 3),
        many_raters.percent: observed,
    }
    hits = np.zeros(len(truth))
    for _ in range(FEWER):
        counts = from_table(tables(rng, 150, 0.6))
        found = [run(counts, resampling=Resampling(resamples=200, rng=rng)) for run in truth]
        hits += [each.low <= right <= each.high for each, right in zip(found, truth.values(), strict=True)]
    assert np.all((hits / FEWER >= 0.93) & (hits / FEWER <= 0.97)), dict(zip(truth, hits / FEWER, strict=True))


def test_agreement_with_others_and_against_chance_cover():
    # Three copy a shared hidden answer with chance .8, else draw: two agree with chance .64 + .36 Σ shares².
    rng, level = np.random.default_rng(25), float(SHARES @ SHARES)
    alike, task = 0.64 + 0.36 * level, np.tile(np.arange(150), 3)
    person, hits, runs = np.repeat(np.arange(3), 150), 0, 0
    for _ in range(FEWER):
        hidden = rng.choice(3, 150, p=SHARES)
        answer = np.where(rng.random((3, 150)) < 0.8, hidden, rng.choice(3, (3, 150), p=SHARES))
        apart = np.mean([answer != np.roll(answer, step, axis=0) for step in (1, 2)], axis=0).ravel()
        found = [(each, alike) for each in with_others(person, apart, annotators=3)]
        found.append((against_chance(task, apart, 1 - level), 0.64))
        hits += sum(each.low <= right <= each.high for each, right in found)
        runs += len(found)
    assert 0.93 <= hits / runs <= 0.97


def test_intervals_of_counts_cover_exactly():
    # No simulation: the chance of every count, times whether its interval holds the share, summed.
    share, n = np.linspace(0.02, 0.98, 49), 40
    chance = scipy.stats.binom.pmf(np.arange(n + 1)[:, None], n, share)

    def coverage(bounds):
        low, high = (np.asarray(end)[:, None] for end in bounds)
        return (chance * ((low <= share) & (share <= high))).sum(axis=0)

    counts, all_ = np.arange(n + 1), np.full(n + 1, n)
    assert coverage(clopper_pearson_bounds(counts, all_)).min() >= 0.95
    assert 0.93 <= coverage(wilson_bounds(counts, all_)).mean() <= 0.97
    believed = [posterior(count, n) for count in range(n + 1)]
    assert 0.93 <= coverage(([each.low for each in believed], [each.high for each in believed])).mean() <= 0.97


def test_the_interval_of_a_difference_of_shares_covers_exactly():
    n, m = 40, 25
    ends = [[difference(i, n, j, m) for j in range(m + 1)] for i in range(n + 1)]
    low, high = (np.array([[getattr(each, name) for each in row] for row in ends]) for name in ("low", "high"))
    found = []
    for p in (0.5, 0.7, 0.9):
        for q in (0.5, 0.75, 0.95):
            chance = np.outer(*(scipy.stats.binom.pmf(np.arange(k + 1), k, s) for k, s in ((n, p), (m, q))))
            found.append(float((chance * ((low <= p - q) & (p - q <= high))).sum()))
    assert 0.94 <= np.mean(found) <= 0.97
    assert min(found) >= 0.93
