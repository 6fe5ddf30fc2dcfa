"""Percent agreement, Fleiss, Conger, Brennan-Prediger and Gwet: published values, derivations, invariances."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.errors import InvalidError
from headwater.stats.agreement.many_raters import brennan_prediger, conger, fleiss, gwet, percent
from headwater.stats.agreement.patterns import count, from_table
from headwater.stats.agreement.weights import weights
from headwater.stats.bootstrap import Resampling

# Krippendorff 2011: (task, annotator, answer - 1) of four coders and twelve units, five labels.
CODERS = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
PAPER = np.array([(t, a, int(c) - 1) for a, row in enumerate(CODERS) for t, c in enumerate(row) if c != "."]).T

# Fleiss 1971: 30 subjects, 6 raters, 5 diagnoses.
FLEISS_1971 = """
0 0 0 6 0|0 3 0 0 3|0 1 4 0 1|0 0 0 0 6|0 3 0 3 0|2 0 4 0 0|0 0 4 0 2|2 0 3 1 0|2 0 0 4 0|0 0 0 0 6
1 0 0 5 0|1 1 0 4 0|0 3 3 0 0|1 0 0 5 0|0 2 0 3 1|0 0 5 0 1|3 0 0 1 2|5 1 0 0 0|0 2 0 4 0|1 0 2 0 3
0 0 0 0 6|0 1 0 5 0|0 2 0 1 3|2 0 0 4 0|1 0 0 4 1|0 5 0 1 0|4 0 0 0 2|0 2 0 4 0|1 0 5 0 0|0 0 0 0 6
"""
# Fleiss' textbook table: 10 subjects, 14 raters, 5 categories.
TEN_SUBJECTS = """
0 0 0 0 14|0 2 6 4 2|0 0 3 5 6|0 3 9 2 0|2 2 8 1 1|7 7 0 0 0|3 2 6 3 0|2 5 3 2 2|6 5 2 1 0|0 2 2 3 7
"""

NO_INTERVAL = Resampling(resamples=0)


def table(text):
    return from_table([[int(n) for n in row.split()] for row in text.replace("\n", "|").split("|") if row])


def test_coefficients_of_the_four_coders_equal_the_published_ones():
    patterns = count(*PAPER, labels=5)
    assert round(gwet(patterns).value, 5) == 0.77544
    assert round(gwet(patterns).standard_error, 5) == 0.14295
    assert round(fleiss(patterns).value, 5) == 0.76117
    assert round(conger(*PAPER).value, 5) == 0.76207
    assert round(brennan_prediger(patterns).value, 5) == 0.77273
    assert gwet(patterns).n == 11


@pytest.mark.parametrize(
    ("weighting", "expected"),
    [("ordinal", 0.89894), ("linear", 0.85874), ("quadratic", 0.91400), ("ratio", 0.85737)],
)
def test_weighted_coefficients_equal_the_published_ones(weighting, expected):
    estimate = gwet(count(*PAPER, labels=5), weighting=weighting)
    assert round(estimate.value, 5) == expected
    assert weighting in estimate.method


def test_fleiss_tables_give_the_published_kappas():
    assert round(fleiss(table(FLEISS_1971)).value, 6) == 0.430245
    assert round(brennan_prediger(table(FLEISS_1971)).value, 6) == 0.444444
    assert round(fleiss(table(TEN_SUBJECTS)).value, 6) == 0.209931


def test_alpha_of_the_table_of_fleiss_is_the_published_one():
    from headwater.stats.agreement.krippendorff import of_patterns  # noqa: PLC0415

    assert round(of_patterns(table(FLEISS_1971)).value, 6) == 0.433410


def test_coefficients_derived_by_hand():
    # Units aa, ab, bb, aaa with labels a, b (c possible, never used): pair agreement 1, 0, 1, 1, p_a = 3/4.
    # Label shares: a (1 + 1/2 + 0 + 1)/4 = 5/8, b 3/8.
    patterns = from_table([[2, 0, 0], [1, 1, 0], [0, 2, 0], [3, 0, 0]])
    assert percent(patterns).value == pytest.approx(3 / 4, abs=1e-12)
    # Fleiss: p_e = 25/64 + 9/64 = 34/64; (48 - 34)/(64 - 34) = 14/30.
    assert fleiss(patterns).value == pytest.approx(14 / 30, abs=1e-12)
    # Brennan-Prediger: p_e = 1/3; (3/4 - 1/3)/(2/3) = 5/8.
    assert brennan_prediger(patterns).value == pytest.approx(5 / 8, abs=1e-12)
    # AC1: p_e = (5/8·3/8 + 3/8·5/8)/(3 - 1) = 15/64; (48 - 15)/(64 - 15) = 33/49.
    assert gwet(patterns).value == pytest.approx(33 / 49, abs=1e-12)


def test_conger_derived_by_hand():
    # Two raters, table [[20, 5], [10, 15]]: p_a = .7, p_e = .5·.6 + .5·.4 = .5, kappa = .4 (Cohen).
    first = [0] * 25 + [1] * 25
    second = [0] * 20 + [1] * 5 + [0] * 10 + [1] * 15
    estimate = conger([*range(50), *range(50)], [0] * 50 + [1] * 50, first + second)
    assert estimate.value == pytest.approx(0.4, abs=1e-12)
    # Linearisation divides by n - 1 where the large-sample error of Cohen's kappa divides by n.
    assert estimate.standard_error == pytest.approx(0.126996 * math.sqrt(50 / 49), abs=1e-6)


def test_a_unit_with_one_answer_counts_for_shares_but_not_for_agreement():
    # Units aa, ab, b: p_a = 1/2; shares a (1 + 1/2)/3 = 1/2; p_e = 1/2; kappa 0.
    estimate = fleiss(from_table([[2, 0], [1, 1], [0, 1]]))
    assert estimate.value == pytest.approx(0, abs=1e-12)
    assert estimate.n == 2


def test_one_label_in_use_is_undefined_where_chance_explains_it():
    patterns = from_table([[3, 0]] * 4)
    assert "Only one label" in fleiss(patterns).note
    assert not fleiss(patterns).defined
    assert not conger([0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 0], labels=2).defined
    # Percent agreement is 1; coefficients that count possible labels are 1 with a warning.
    assert percent(patterns).value == 1
    for coefficient in (gwet, brennan_prediger):
        assert coefficient(patterns).value == 1
        assert "nothing shows" in coefficient(patterns).note


def test_one_possible_label_is_undefined():
    patterns = from_table([[3]] * 4)
    for coefficient in (fleiss, gwet, brennan_prediger):
        assert not coefficient(patterns).defined
        assert "one possible label" in coefficient(patterns).note


def test_one_rater_or_nothing_is_undefined():
    for patterns in (from_table([[1, 0], [0, 1]]), count([], [], [])):
        for coefficient in (percent, fleiss, gwet, brennan_prediger):
            assert not coefficient(patterns).defined
            assert "two answers" in coefficient(patterns).note
    assert not conger([0, 1], [0, 0], [0, 1]).defined
    assert not conger([], [], []).defined


def test_unknown_weightings_are_refused():
    with pytest.raises(InvalidError, match="not a weighting"):
        weights("cubic", 3)
    with pytest.raises(InvalidError, match="symmetric"):
        weights([[1, 0.5], [0.2, 1]], 2)
    with pytest.raises(InvalidError, match="values"):
        weights("linear", 3, values=[1, 2])


def test_named_weights_derived_by_hand():
    assert weights("linear", 3).tolist() == [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]]
    assert weights("quadratic", 3)[0].tolist() == [1, 0.75, 0]
    # Pairs of labels from a to b: 1 for neighbours, 3 for the ends of three labels.
    assert weights("ordinal", 3)[0].tolist() == pytest.approx([1, 2 / 3, 0])
    assert weights("linear", 3, values=[0, 1, 10])[0].tolist() == [1, 0.9, 0]
    assert weights("identity", 2).tolist() == [[1, 0], [0, 1]]


counts = st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=1, max_size=12)
COEFFICIENTS = [percent, fleiss, brennan_prediger, gwet]


@given(counts, st.permutations(range(3)), st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(rows, names, random):
    shuffled = random.sample(rows, len(rows))
    for coefficient in COEFFICIENTS:
        value = coefficient(from_table(rows), resampling=NO_INTERVAL).value
        renamed = coefficient(from_table(np.array(shuffled)[:, names]), resampling=NO_INTERVAL).value
        assert renamed == pytest.approx(value, abs=1e-9, nan_ok=True)


@given(counts, st.integers(2, 5))
def test_more_of_the_same_units_change_only_the_error(rows, copies):
    once, often = from_table(rows), from_table(rows * copies)
    for coefficient in COEFFICIENTS:
        first, many = (coefficient(p, resampling=NO_INTERVAL) for p in (once, often))
        assert many.value == pytest.approx(first.value, abs=1e-9, nan_ok=True)
        if once.n > 1 and first.defined:
            ratio = math.sqrt((once.n - 1) / (copies * once.n - 1))
            assert many.standard_error == pytest.approx(first.standard_error * ratio, abs=1e-9)


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
def test_intervals_and_standard_errors_are_right(coefficient):
    # 120 units, 3 raters, 3 labels with shares .6 .3 .1; each rater right with probability .8, else by the shares.
    rng = np.random.default_rng(11)
    shares = [0.6, 0.3, 0.1]

    def sample(units):
        truth = np.repeat(rng.choice(3, units, p=shares), 3)
        answer = np.where(rng.random(truth.size) < 0.8, truth, rng.choice(3, truth.size, p=shares))
        return count(np.repeat(np.arange(units), 3), np.tile(np.arange(3), units), answer, labels=3)

    truth = coefficient(sample(1_000_000), resampling=NO_INTERVAL).value
    estimates = [coefficient(sample(120), resampling=Resampling(resamples=500, rng=rng)) for _ in range(1000)]
    assert 0.93 <= np.mean([e.low <= truth <= e.high for e in estimates]) <= 0.97
    spread = np.std([e.value for e in estimates])
    assert np.mean([e.standard_error for e in estimates]) == pytest.approx(spread, rel=0.1)


def test_intervals_of_conger_cover_as_often_as_they_say():
    rng = np.random.default_rng(12)

    def sample(units):
        truth = np.repeat(rng.integers(0, 2, units), 3)
        rater = np.tile(np.arange(3), units)
        answer = np.where(rng.random(truth.size) < 0.7, truth, rng.random(truth.size) < 0.3 + 0.1 * rater)
        kept = rng.random(truth.size) < 0.8
        return np.repeat(np.arange(units), 3)[kept], rater[kept], answer[kept].astype(int)

    truth = conger(*sample(1_000_000)).value
    estimates = [conger(*sample(200)) for _ in range(1000)]
    assert 0.93 <= np.mean([e.low <= truth <= e.high for e in estimates]) <= 0.97
