"""Plans of acceptance sampling: the tables, their curves, and the course of an inspection."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats

from headwater.core.errors import InvalidError
from headwater.stats.acceptance import sprt
from headwater.stats.acceptance.plans import restored
from headwater.stats.acceptance.standard import alternatives, letter_of, plan
from headwater.stats.acceptance.tables import AQLS, Kind, Level, Severity

IN_FORCE = (Severity.NORMAL, Severity.TIGHTENED, Severity.REDUCED)


@pytest.mark.parametrize(
    ("lot", "letter", "sample", "accept", "tolerance"),
    [
        (400, "H", 50, (1, 3, 5), (7.56, 12.88, 17.76)),
        (2_000, "K", 125, (3, 7, 10), (5.27, 9.24, 12.06)),
        (5_000, "L", 200, (5, 10, 14), (4.59, 7.60, 9.91)),
    ],
)
def test_single_plans_equal_the_master_table(
    lot: int, letter: str, sample: int, accept: tuple[int, ...], tolerance: tuple[float, ...]
) -> None:
    plans = [plan(lot, aql=aql) for aql in (1.0, 2.5, 4.0)]
    assert [(each.letter, each.sample, each.accept) for each in plans] == [(letter, sample, a) for a in accept]
    assert [round(100 * each.ltpd(), 2) for each in plans] == list(tolerance)


@pytest.mark.parametrize(
    ("severity", "lot", "aql", "sample", "accept"),
    [
        (Severity.NORMAL, 2, 10.0, 2, 1),  # an arrow down to C, five items, of which there are two
        (Severity.NORMAL, 40, 2.5, 5, 0),  # D points up to C
        (Severity.NORMAL, 60, 2.5, 20, 1),  # E points down to F
        (Severity.NORMAL, 5_000, 10.0, 125, 21),  # past the end of the column: back to K
        (Severity.TIGHTENED, 100, 1.0, 20, 0),
        (Severity.TIGHTENED, 200, 1.0, 80, 1),  # both arrows of the tightened table point down
        (Severity.TIGHTENED, 400, 1.0, 80, 1),
        (Severity.TIGHTENED, 5_000, 2.5, 200, 8),
        (Severity.TIGHTENED, 600_000, 0.04, 2_000, 1),
        (Severity.REDUCED, 5_000, 1.0, 80, 3),
        (Severity.REDUCED, 400, 4.0, 20, 3),
    ],
)
def test_arrows_and_severities_lead_to_the_right_cell(
    severity: Severity, lot: int, aql: float, sample: int, accept: int
) -> None:
    found = plan(lot, aql=aql, severity=severity)
    assert (found.sample, found.accept) == (sample, accept)


@pytest.mark.parametrize(
    ("letter", "lot", "plans", "accepts"),
    [  # ISO 2859-1:1999 table 2-C, arrows followed: letter, size and acceptance (hexadecimal), AQL 0.01 to 10
        ("E", 90, "Q500 P315 N200 M125 L80 K50 J32 H20 G13 F8 E5 D3 G13 F8 E5 E5", "0000000000001112"),
        ("K", 3_200, "Q500 P315 N200 M125 L80 K50 J32 M125 L80 K50 K50 K50 K50 K50 K50 K50", "000000011123568A"),
        (
            "P",
            500_000,
            "Q500 P315 N200 R800 Q500 P315 P315 P315 P315 P315 P315 P315 N200 M125 L80 K50",
            "00011123568AAAAA",
        ),
    ],
)
def test_reduced_single_plans_are_those_of_the_newer_standard_without_a_gap(
    letter: str, lot: int, plans: str, accepts: str
) -> None:
    assert letter_of(lot) == letter
    found = [plan(lot, aql=aql, severity=Severity.REDUCED) for aql in reversed(AQLS)]
    for each, cell, digit in zip(found, plans.split(), accepts, strict=True):
        accept = int(digit, 16)
        assert (each.letter, each.accept, each.at_ease) == (cell[0], accept, accept)
        assert each.size == min(int(cell[1:]), lot)


@pytest.mark.parametrize(
    ("lot", "aql", "severity", "size", "first", "second"),
    [  # MIL-STD-105E tables III-A and III-B: letters H, J, K, L; in the table each sample has this size
        (400, 1.0, Severity.NORMAL, 32, (0, 2), (1, 2)),
        (400, 2.5, Severity.NORMAL, 32, (1, 4), (4, 5)),
        (400, 4.0, Severity.NORMAL, 32, (2, 5), (6, 7)),
        (1_000, 1.0, Severity.NORMAL, 50, (0, 3), (3, 4)),
        (1_000, 2.5, Severity.NORMAL, 50, (2, 5), (6, 7)),
        (2_000, 1.0, Severity.NORMAL, 80, (1, 4), (4, 5)),
        (2_000, 2.5, Severity.NORMAL, 80, (3, 7), (8, 9)),
        (2_000, 4.0, Severity.NORMAL, 80, (5, 9), (12, 13)),
        (5_000, 1.0, Severity.NORMAL, 125, (2, 5), (6, 7)),
        (5_000, 4.0, Severity.NORMAL, 125, (7, 11), (18, 19)),
        (2_000, 1.0, Severity.TIGHTENED, 80, (0, 3), (3, 4)),
        (5_000, 1.0, Severity.TIGHTENED, 125, (1, 4), (4, 5)),
    ],
)
def test_double_plans_equal_the_master_table(
    lot: int, aql: float, severity: Severity, size: int, first: tuple[int, int], second: tuple[int, int]
) -> None:
    found = plan(lot, aql=aql, kind=Kind.DOUBLE, severity=severity)
    assert [(s.size, s.accept, s.reject) for s in found.stages] == [(size, *first), (2 * size, *second)]


def test_letters_follow_the_level() -> None:
    levels = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
    assert [letter_of(1_000, Level(each)) for each in levels] == ["C", "C", "E", "F", "G", "J", "K"]
    assert [letter_of(9_999_999, Level(each)) for each in levels] == ["D", "E", "H", "K", "N", "Q", "R"]


def test_a_single_plan_accepts_as_the_binomial_says() -> None:
    shares = np.linspace(0, 0.3, 61)
    found = plan(2_000, aql=2.5)
    assert found.probability(shares) == pytest.approx(stats.binom.cdf(7, 125, shares), abs=1e-12)
    assert found.asn(shares) == pytest.approx(np.full(61, 125.0), abs=1e-9)


def test_a_double_plan_accepts_as_counted_by_hand() -> None:
    # K, AQL 1: samples of 80 and 80; accept at 1, reject at 4; then accept at 4, reject at 5.
    found = plan(2_000, aql=1.0, kind=Kind.DOUBLE)
    assert [(s.size, s.accept, s.reject) for s in found.stages] == [(80, 1, 4), (160, 4, 5)]
    first = stats.binom(80, 0.03)
    right = first.cdf(1) + first.pmf(2) * first.cdf(2) + first.pmf(3) * first.cdf(1)
    assert float(found.probability(0.03)) == pytest.approx(right, abs=1e-12)
    assert float(found.asn(0.03)) == pytest.approx(80 + 80 * (first.pmf(2) + first.pmf(3)), abs=1e-12)


@pytest.mark.parametrize("kind", [Kind.SINGLE, Kind.DOUBLE, Kind.SEQUENTIAL])
def test_a_lot_is_accepted_as_the_hypergeometric_says(kind: Kind) -> None:
    found = plan(2_000, aql=1.0, kind=kind)
    wrong = np.arange(2_001)
    chance = found.probability_of_lot(wrong[:401])
    if kind is Kind.SINGLE:  # n = 125, Ac = 3
        assert chance == pytest.approx(stats.hypergeom.cdf(3, 2_000, wrong[:401], 125), abs=1e-12)
    # Lots that a process makes hold a binomial number of wrong ones: their mean is the curve of the process, exactly.
    for share in (0.005, 0.03, 0.08):
        mixed = float(chance @ stats.binom.pmf(wrong[:401], 2_000, share))
        assert mixed == pytest.approx(float(found.probability(share)), abs=1e-9)
    with pytest.raises(InvalidError, match="0 to 2000"):
        found.probability_of_lot(2_001)


@pytest.mark.parametrize("severity", IN_FORCE)
@pytest.mark.parametrize("level", list(Level))
def test_lots_at_the_acceptance_limit_are_mostly_accepted(level: Level, severity: Severity) -> None:
    lowest = {Severity.NORMAL: 0.874, Severity.TIGHTENED: 0.773, Severity.REDUCED: 0.874}[severity]
    for lot in (2, 60, 500, 20_000, 1_000_000):
        for aql in AQLS:
            for found in alternatives(lot, aql=aql, level=level, severity=severity):
                if found.kind is Kind.SEQUENTIAL and lot > 500:
                    continue  # measured at their own two points
                assert float(found.probability(aql / 100)) >= lowest, (lot, aql, found)
                assert found.size <= lot


@pytest.mark.parametrize("severity", IN_FORCE)
@pytest.mark.parametrize("aql", [0.25, 1.0, 4.0, 10.0])
def test_double_plans_judge_as_their_single_plans_do(aql: float, severity: Severity) -> None:
    """Those of reduced inspection are of the older table and pass what lies in its gap: more than single ones do."""
    for lot in (300, 2_000, 20_000, 200_000):
        found = alternatives(lot, aql=aql, severity=severity)
        if found[1].kind is not Kind.DOUBLE or found[1].size == lot or found[0].size == lot:
            continue
        shares = np.array([found[0].ltpd(chance) for chance in (0.95, 0.5, 0.1)])
        more = found[1].probability(shares) - found[0].probability(shares)
        assert more.max() < (0.33 if severity is Severity.REDUCED else 0.09), found[1]
        assert more.min() > (-0.13 if severity is Severity.REDUCED else -0.09), found[1]
        assert float(found[1].asn(aql / 100)) < 1.01 * found[0].size


def test_the_lines_of_the_sequential_test_are_walds() -> None:
    found = sprt.lines(0.02, 0.08, producer=0.05, consumer=0.10)
    assert (found.slope, found.low, found.high) == pytest.approx((0.043587, 1.553179, 1.994084), abs=5e-7)


@pytest.mark.parametrize("lot", [500, 2_000, 20_000])
def test_a_sequential_plan_keeps_the_risks_with_fewer_items(lot: int) -> None:
    single, sequential = plan(lot, aql=1.0), plan(lot, aql=1.0, kind=Kind.SEQUENTIAL)
    good, bad = single.ltpd(0.95), single.ltpd(0.10)
    assert float(sequential.probability(good)) > 0.93
    assert float(sequential.probability(bad)) < 0.12
    assert float(sequential.asn(0.01)) < 0.85 * single.size
    assert float(sequential.asn(bad)) < 0.75 * single.size


def test_risks_tell_both_sides() -> None:
    # n = 125, Ac = 3: at 1 % the chance of more than 3 wrong is 1 - 0.963123; AOQL near 1.94/125 (Dodge and Romig's y).
    risks = plan(1_000_000, aql=1.0, level=Level.S4).risks()
    assert risks.producer == pytest.approx(1 - stats.binom.cdf(3, 125, 0.01), abs=1e-12)
    assert risks.aoql == pytest.approx(1.94 / 125, rel=0.01)
    assert risks.asn == pytest.approx(125)


@settings(deadline=None, max_examples=60)
@given(
    lot=some.integers(2, 2_000_000),
    aql=some.sampled_from(AQLS),
    kind=some.sampled_from([Kind.SINGLE, Kind.SEQUENTIAL]),
    severity=some.sampled_from(IN_FORCE),
    level=some.sampled_from([Level.I, Level.S2, Level.S4]),
)
def test_every_plan_falls_with_the_share_and_survives_json(
    lot: int, aql: float, kind: Kind, severity: Severity, level: Level
) -> None:
    found = plan(lot, aql=aql, kind=kind, level=level, severity=severity)
    assert found.size <= lot
    assert found.stages[-1].reject == found.stages[-1].accept + 1
    chances = found.probability(np.linspace(0, 1, 21))
    assert chances[0] == pytest.approx(1.0)
    assert (np.diff(chances) <= 1e-12).all()
    assert restored(json.loads(json.dumps(asdict(found)))) == found


def test_an_inspection_asks_for_the_second_sample_only_when_the_first_does_not_decide() -> None:
    found = plan(2_000, aql=1.0, kind=Kind.DOUBLE)
    start = found.course([])
    assert (start.inspected, start.due, start.accepted) == (0, 80, None)
    assert found.course([False] * 80).accepted is True
    undecided = found.course([True] * 2 + [False] * 78)
    assert (undecided.accepted, undecided.due, undecided.wrong) == (None, 160, 2)
    assert found.course([True] * 2 + [False] * 158).accepted is True
    assert found.course([True] * 5 + [False] * 75).accepted is False


def test_judging_out_of_order_changes_no_verdict() -> None:
    found = plan(2_000, aql=1.0, kind=Kind.SEQUENTIAL)
    judged: list[bool | None] = [None, *[True] * 30]
    assert found.course(judged).accepted is None
    assert found.course([True, *judged[1:]]).accepted is False


def test_sequential_inspection_asks_for_as_many_as_acceptance_needs_at_least() -> None:
    found = plan(2_000, aql=1.0, kind=Kind.SEQUENTIAL)
    due = found.course([]).due
    assert found.course([False] * due).accepted is True
    assert found.course([False] * (due - 1)).accepted is None


@pytest.mark.parametrize("kind", [Kind.SINGLE, Kind.DOUBLE, Kind.SEQUENTIAL])
def test_as_many_lots_are_accepted_as_the_curve_says(kind: Kind) -> None:
    """4,000 lots at the AQL: within four standard errors of Pa; a false alarm in 16,000 runs, and the seed is fixed."""
    found, rng = plan(2_000, aql=2.5, kind=kind), np.random.default_rng(7)
    lots = rng.random((4_000, found.size)) < 0.025
    courses = [found.course(list(row)) for row in lots]
    chance = float(found.probability(0.025))
    assert np.mean([each.accepted for each in courses]) == pytest.approx(
        chance, abs=4 * np.sqrt(chance * (1 - chance) / 4_000)
    )
    assert np.mean([each.inspected for each in courses]) == pytest.approx(float(found.asn(0.025)), rel=0.05)


def test_what_there_is_no_plan_for_is_refused_by_name() -> None:
    with pytest.raises(InvalidError, match="AQL 3 is not in the series"):
        plan(100, aql=3.0)
    with pytest.raises(InvalidError, match="too small to sample"):
        plan(1, aql=1.0)
    with pytest.raises(InvalidError, match="accepts on zero"):
        plan(30, aql=1.0, kind=Kind.DOUBLE)
    with pytest.raises(InvalidError, match="discontinued"):
        plan(100, aql=1.0, severity=Severity.DISCONTINUED)
    with pytest.raises(InvalidError, match="0 < good < bad"):
        sprt.lines(0.1, 0.1)
    with pytest.raises(InvalidError, match="each between"):
        sprt.lines(0.1, 0.2, producer=0.7)
