from __future__ import annotations

import pytest

from headwater.core.errors import InvalidError
from headwater.stats.acceptance import AQLS, single


@pytest.mark.parametrize(
    ("lot", "letter", "sample", "accept", "tolerance"),
    [
        (400, "H", 50, (1, 3, 5), (7.56, 12.88, 17.76)),
        (2_000, "K", 125, (3, 7, 10), (5.27, 9.24, 12.06)),
        (5_000, "L", 200, (5, 10, 14), (4.59, 7.60, 9.91)),
    ],
)
def test_plans_equal_the_master_table(
    lot: int, letter: str, sample: int, accept: tuple[int, ...], tolerance: tuple[float, ...]
) -> None:
    plans = [single(lot, aql=aql) for aql in (1.0, 2.5, 4.0)]
    assert [(plan.letter, plan.sample, plan.accept) for plan in plans] == [(letter, sample, a) for a in accept]
    assert [round(100 * plan.tolerance(), 2) for plan in plans] == list(tolerance)


@pytest.mark.parametrize("aql", AQLS)
@pytest.mark.parametrize("lot", [2, 10, 60, 500, 20_000, 1_000_000])
def test_lots_at_the_acceptance_limit_are_mostly_accepted(lot: int, aql: float) -> None:
    plan = single(lot, aql=aql)
    assert plan.sample <= lot
    assert 0.84 <= float(plan.probability(aql / 100)) <= 1.0


def test_an_aql_outside_the_series_is_refused() -> None:
    with pytest.raises(InvalidError, match="AQL 3 is not in the series"):
        single(100, aql=3.0)
