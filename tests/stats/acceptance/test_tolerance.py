"""Plans by what must not pass: published sample sizes, both risks exact, and nothing smaller would do."""

from __future__ import annotations

from itertools import pairwise

import pytest
from scipy import stats

from headwater.core.errors import InvalidError
from headwater.stats.acceptance import switching, tolerance
from headwater.stats.acceptance.plans import tolerated
from headwater.stats.acceptance.tables import Kind

HUGE = 10_000_000
"""A lot so large that drawing from it is like drawing from a process."""


@pytest.mark.parametrize(
    ("ltpd", "consumer", "size"),
    [(1, 0.10, 230), (5, 0.10, 45), (10, 0.10, 22), (1, 0.05, 299), (5, 0.05, 59), (10, 0.05, 29)],
)
def test_accepting_on_zero_needs_as_many_as_the_success_run_theorem_says(
    ltpd: float, consumer: float, size: int
) -> None:
    """N = ln(risk) / ln(1 - share), the table of zero failures that every handbook prints."""
    found = tolerance.plan(HUGE, ltpd=ltpd, aql=ltpd / 1e4, consumer=consumer)
    assert (found.size, found.accept) == (size, 0)


@pytest.mark.parametrize(
    ("accept", "product", "good"),
    [
        (0, 2.303, 0.002),
        (1, 3.890, 0.009),
        (2, 5.322, 0.015),
        (3, 6.681, 0.02),
        (4, 7.994, 0.0245),
        (5, 9.275, 0.028),
    ],
)
def test_rare_errors_give_the_products_of_camerons_table(accept: int, product: float, good: float) -> None:
    """Cameron 1952: n times the share that is accepted with 10 %, in the Poisson limit that rare errors approach."""
    found = tolerance.plan(HUGE, ltpd=0.1, aql=good, consumer=0.10)
    assert found.accept == accept
    assert found.size * 0.001 == pytest.approx(product, rel=2e-3)


@pytest.mark.parametrize("lot", [60, 400, 2_000, 20_000])
@pytest.mark.parametrize(("ltpd", "aql"), [(5, 1), (10, 1), (8, 2.5), (20, 4)])
def test_both_risks_are_kept_and_one_item_less_would_not_do(lot: int, ltpd: float, aql: float) -> None:
    found = tolerance.plan(lot, ltpd=ltpd, aql=aql)
    wrong = tolerated(lot, ltpd)
    if found.size == lot:
        assert found.accept == wrong - 1
        assert found.consumer_risk == pytest.approx(0, abs=1e-12)
        return
    assert found.consumer_risk == pytest.approx(stats.hypergeom.cdf(found.accept, lot, wrong, found.size), abs=1e-12)
    assert found.consumer_risk <= 0.10 < stats.hypergeom.cdf(found.accept, lot, wrong, found.size - 1)
    assert found.risks().producer <= 0.05
    if found.accept:  # with a smaller acceptance number the maker's risk would be too large
        fewer = next(n for n in range(1, lot) if stats.hypergeom.cdf(found.accept - 1, lot, wrong, n) <= 0.10)
        assert stats.binom.sf(found.accept - 1, fewer, aql / 100) > 0.05
    sequential = tolerance.plan(lot, ltpd=ltpd, aql=aql, kind=Kind.SEQUENTIAL)
    assert sequential.consumer_risk <= 0.10
    assert sequential.risks().producer <= 0.05
    if sequential.size != found.size:
        assert float(sequential.asn(aql / 100)) < found.size


def test_a_curve_is_told_from_end_to_end() -> None:
    found = tolerance.plan(2_000, ltpd=5, aql=1)
    curve = found.curve()
    assert (curve[0].share, curve[0].of_process, curve[0].of_lot) == (0, 1, 1)
    assert curve[-1].of_process < 0.02
    assert all(before.of_process >= after.of_process for before, after in pairwise(curve))
    middle = curve[20]
    assert middle.of_process == pytest.approx(stats.binom.cdf(found.accept, found.size, middle.share), abs=1e-12)


def test_what_cannot_be_told_apart_is_refused_and_nothing_is_scored() -> None:
    for ltpd, aql, consumer, why in ((5, 5, 0.1, "0 < AQL < LTPD"), (5, 4, 0.1, "too near"), (5, 1, 0.6, "risk")):
        with pytest.raises(InvalidError, match=why):
            tolerance.plan(2_000, ltpd=ltpd, aql=aql, consumer=consumer)
    with pytest.raises(InvalidError, match="single or sequential"):
        tolerance.plan(2_000, ltpd=5, aql=1, kind=Kind.DOUBLE)
    with pytest.raises(InvalidError, match="too small"):
        tolerance.plan(1, ltpd=5, aql=1)
    found = tolerance.plan(2_000, ltpd=5, aql=1)
    outcome = switching.outcome(found, inspected=found.size, wrong=0, accepted=True)
    assert (outcome.accepted, outcome.points, outcome.at_ease) == (True, 0, True)
