"""Switching rules: two of five, five in a row, the score, and the end of inspection."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest

from headwater.core.errors import InvalidError
from headwater.stats.acceptance import switching
from headwater.stats.acceptance.standard import plan
from headwater.stats.acceptance.switching import Outcome, State, after
from headwater.stats.acceptance.tables import Kind, Severity

GOOD, BAD = Outcome(accepted=True, points=3), Outcome(accepted=False)


def run(pattern: str, state: State | None = None) -> State:
    """Return the state after lots: `+` accepted, `-` rejected."""
    return reduce(after, [GOOD if each == "+" else BAD for each in pattern], state or State())


@pytest.mark.parametrize(
    ("pattern", "severity"),
    [
        ("-", Severity.NORMAL),
        ("--", Severity.TIGHTENED),
        ("-+++-", Severity.TIGHTENED),
        ("-++++-", Severity.NORMAL),
        ("--+++++", Severity.NORMAL),
        ("--++++", Severity.TIGHTENED),
        ("--++++-++++", Severity.TIGHTENED),
        ("-------", Severity.DISCONTINUED),
        ("--+-+-+-+-+", Severity.TIGHTENED),
        ("--+-+-+-+-+-", Severity.DISCONTINUED),
        ("-------+++++", Severity.DISCONTINUED),
    ],
)
def test_rejected_lots_tighten_and_a_run_of_good_ones_relaxes(pattern: str, severity: Severity) -> None:
    assert run(pattern).severity is severity


def test_reduced_inspection_needs_ten_good_lots_and_somebody_who_allows_it() -> None:
    assert not run("+++++++++").may_reduce
    state = run("++++++++++")
    assert state.may_reduce
    assert state.severity is Severity.NORMAL
    reduced = switching.reduce(state, reason="steady")
    assert (reduced.severity, reduced.because) == (Severity.REDUCED, "steady")
    assert run("+++", reduced).severity is Severity.REDUCED
    assert run("-", reduced).severity is Severity.NORMAL
    assert after(reduced, Outcome(accepted=True, at_ease=False)).severity is Severity.NORMAL


def test_a_lot_that_scrapes_through_sets_the_score_back() -> None:
    assert after(run("+++++"), Outcome(accepted=True, points=0)).score == 0


def test_discontinued_inspection_resumes_tightened_after_a_reason() -> None:
    state = switching.resume(run("-------"), reason="guideline rewritten")
    assert (state.severity, state.because, state.rejected) == (Severity.TIGHTENED, "guideline rewritten", 0)


def test_steps_out_of_turn_are_refused() -> None:
    with pytest.raises(InvalidError, match="score of 30"):
        switching.reduce(State(), reason="hurry")
    with pytest.raises(InvalidError, match="only discontinued"):
        switching.resume(State(), reason="why not")


def test_points_ask_whether_a_stricter_plan_would_have_accepted() -> None:
    single = plan(2_000, aql=2.5)  # 125, accept 7; at AQL 1.5 accept 5
    assert switching.outcome(single, inspected=125, wrong=5, accepted=True).points == 3
    assert switching.outcome(single, inspected=125, wrong=6, accepted=True).points == 0
    small = plan(100, aql=1.0)  # 13, accept 0
    assert switching.outcome(small, inspected=13, wrong=0, accepted=True).points == 2
    double = plan(2_000, aql=1.0, kind=Kind.DOUBLE)
    assert switching.outcome(double, inspected=80, wrong=0, accepted=True).points == 3
    assert switching.outcome(double, inspected=160, wrong=3, accepted=True).points == 0
    reduced = plan(5_000, aql=1.0, severity=Severity.REDUCED)
    assert switching.outcome(reduced, inspected=80, wrong=3, accepted=True).at_ease
    old = plan(5_000, aql=1.0, kind=Kind.DOUBLE, severity=Severity.REDUCED)  # 50, 0 and 4; 100, 3 and 6
    assert switching.outcome(old, inspected=100, wrong=3, accepted=True).at_ease
    assert not switching.outcome(old, inspected=100, wrong=4, accepted=True).at_ease


def test_a_maker_at_the_limit_is_tightened_as_seldom_as_the_chain_says() -> None:
    """With Pa = 0.98 per lot, two of five happen on average after 686 lots: hitting time of the chain of windows."""
    chance, states = 0.98, [(a, b, c, d) for a in (0, 1) for b in (0, 1) for c in (0, 1) for d in (0, 1)]
    open_ = [each for each in states if sum(each) <= 1]
    matrix = np.eye(len(open_))
    for row, each in enumerate(open_):
        for bad, weight in ((0, chance), (1, 1 - chance)):
            if sum(each) + bad < 2:
                matrix[row, open_.index((*each[1:], bad))] -= weight
    exact = float(np.linalg.solve(matrix, np.ones(len(open_)))[open_.index((0, 0, 0, 0))])
    rng = np.random.default_rng(3)
    lengths = []
    for _ in range(400):
        state, lots = State(), 0
        while state.severity is Severity.NORMAL:
            state, lots = after(state, GOOD if rng.random() < chance else BAD), lots + 1
        lengths.append(lots)
    assert exact == pytest.approx(686, abs=30)
    assert np.mean(lengths) == pytest.approx(exact, rel=0.2)
