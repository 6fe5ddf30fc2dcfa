"""Intraclass correlation and rankings: published values, derivations by hand, invariances, coverage."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.errors import InvalidError
from headwater.stats.agreement.intraclass import Form, intraclass
from headwater.stats.agreement.orders import concordance, kendall_distances, mean_concordance

# Shrout & Fleiss 1979: six targets, four judges.
PAPER = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


@pytest.mark.parametrize(
    ("form", "value", "low", "high"),
    [
        ("ICC(1,1)", 0.165742, -0.1329, 0.7226),
        ("ICC(2,1)", 0.289764, 0.0188, 0.7611),
        ("ICC(3,1)", 0.714841, 0.3425, 0.9459),
        ("ICC(1,k)", 0.442797, -0.8844, 0.9124),
        ("ICC(2,k)", 0.620051, 0.0712, 0.9272),
        ("ICC(3,k)", 0.909316, 0.6757, 0.9859),
    ],
)
def test_the_six_forms_equal_the_published_values(form, value, low, high):
    found = intraclass(PAPER, form)
    assert round(found.value, 6) == value
    assert found.low == pytest.approx(low, abs=2e-4)
    assert found.high == pytest.approx(high, abs=2e-4)


def test_intraclass_derived_by_hand():
    # Rows (1,3), (5,7): between 2·(2² + 2²) = 16, across 2·(1 + 1) = 4, residual 0.
    # ICC(1,1): within 4/2 = 2, (16 - 2) / (16 + 2) = 7/9; ICC(3,1): no error, 1.
    assert intraclass([[1, 3], [5, 7]], "ICC(1,1)").value == pytest.approx(7 / 9, abs=1e-12)
    assert intraclass([[1, 3], [5, 7]], "ICC(3,1)").value == pytest.approx(1, abs=1e-12)
    # ICC(2,1): 16 / (16 + 2 · 4 / 2) = 4/5.
    assert intraclass([[1, 3], [5, 7]], "ICC(2,1)").value == pytest.approx(4 / 5, abs=1e-12)


@given(st.integers(0, 2**32 - 1), st.floats(-50, 50), st.floats(0.1, 10))
def test_scale_and_origin_do_not_matter(seed, shift, scale):
    table = np.random.default_rng(seed).normal(size=(7, 3))
    for form in Form:
        before, after = intraclass(table, form), intraclass(table * scale + shift, form)
        assert after.value == pytest.approx(before.value, abs=1e-6)


def test_what_cannot_be_known_is_undefined():
    assert not intraclass([[1, 1], [1, 1]]).defined
    assert not intraclass([[1, 2]]).defined
    assert intraclass(np.array([*PAPER, [1, math.nan, 2, 3]])).note.startswith("1 of 7")
    with pytest.raises(InvalidError):
        intraclass(PAPER, "ICC(4,1)")
    with pytest.raises(InvalidError):
        intraclass([1, 2, 3])


def test_perfect_agreement_on_numbers_is_not_certain():
    # Six numbers of variance 4/5: the square of the difference of two is 8/5 on average, 4 at most.
    bound, same = 1 - 0.025 ** (1 / 3), [[1, 1], [2, 2], [3, 3]]
    for form in ("ICC(1,1)", "ICC(2,1)", "ICC(3,1)"):
        found = intraclass(same, form)
        assert (found.value, found.high) == (1, 1)
        assert found.low == pytest.approx(1 - bound * 4 / 1.6, abs=1e-12)
        assert found.method == f"{form}, Clopper-Pearson bound as no disagreement was seen"
    assert intraclass(same, "ICC(1,k)").value == 1
    assert not intraclass([[1, 2], [1, 2]], "ICC(3,1)").defined  # the raters' levels apart, nothing differs


@pytest.mark.parametrize("form", ["ICC(1,1)", "ICC(2,1)", "ICC(3,1)"])
def test_f_intervals_cover_what_they_promise(form):
    rng = np.random.default_rng(17)
    hits = 0
    for _ in range(1500):
        level = 0 if form == "ICC(1,1)" else rng.normal(0, 0.3, (1, 5)) if form == "ICC(2,1)" else np.arange(5) * 0.4
        table = rng.normal(0, 1, (40, 1)) + level + rng.normal(0, 0.7, (40, 5))
        truth = 1 / (1 + 0.49 + (0.09 if form == "ICC(2,1)" else 0))
        found = intraclass(table, form)
        hits += found.low <= truth <= found.high
    assert 0.93 <= hits / 1500 <= 0.97


def test_kendall_w_equals_the_published_values():
    judges = np.transpose(PAPER)
    assert round(concordance(judges), 6) == 0.887037
    # Without ties the correction vanishes: two raters of three things in reverse have W = 0, the same 1.
    assert concordance([[1, 2, 3], [3, 2, 1]]) == pytest.approx(0, abs=1e-12)
    assert concordance([[1, 2, 3], [10, 20, 30]]) == pytest.approx(1, abs=1e-12)
    assert math.isnan(concordance([[1, 1], [1, 1]]))
    # W = 1 and W = 0: the mean is a half.
    found = mean_concordance([[[1, 2, 3], [1, 2, 3]], [[1, 2, 3], [3, 2, 1]]])
    assert found.value == pytest.approx(0.5, abs=1e-12)
    assert not mean_concordance([]).defined


def test_distances_of_rankings_by_hand():
    # a<b<c, the reverse, b<a<c (one of three pairs differs), a and b tied (half of one), only a and c ranked.
    places = np.array([[1, 2, 3], [3, 2, 1], [2, 1, 3], [1, 1, 2], [1, math.nan, 2]])
    assert kendall_distances(places)[0] == pytest.approx([0, 1, 1 / 3, 1 / 6, 0], abs=1e-12)
    assert np.array_equal(kendall_distances(places), kendall_distances(places).T)


def test_how_far_one_thing_stands_apart_looks_at_its_pairs_alone() -> None:
    places = [[0, 1, 2], [0, 2, 1], [2, 1, 0]]  # abc, acb, cba
    # a stays before b and c in the second order; b and c keep one of their two pairs; the third is the reverse
    assert kendall_distances(places, thing=0)[0] == pytest.approx([0, 0, 1], abs=1e-12)
    assert kendall_distances(places, thing=1)[0] == pytest.approx([0, 1 / 2, 1], abs=1e-12)
    assert kendall_distances(places, thing=2)[0] == pytest.approx([0, 1 / 2, 1], abs=1e-12)
