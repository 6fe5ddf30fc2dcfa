"""Switching between normal, tightened and reduced inspection, one lot after the other.

Source: ISO 2859-1:1999, 9.3 and 9.4. Only lots inspected for the first time count; a lot resubmitted after rework
changes nothing. The standard has no rule for sequential plans: they score like multiple ones, by having been accepted
early. Nor has it one for plans by tolerance: those add no points, and their rejections count. Reduced inspection begins
only when somebody allows it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headwater.core.errors import InvalidError
from headwater.stats.acceptance.standard import stricter
from headwater.stats.acceptance.tables import Kind, Severity

if TYPE_CHECKING:
    from headwater.stats.acceptance.plans import Plan

WINDOW = 5
"""Consecutive lots looked at together."""
TOO_MANY = 2
"""Rejected lots among them that tighten inspection."""
STEADY = 5
"""Accepted lots in a row that end tightened inspection."""
GIVEN_UP = 5
"""Lots rejected under tightened inspection that discontinue it."""
SCORE = 30
"""Score at which reduced inspection may be allowed."""
_EARLY, _SMALL = 3, 2
_FEW = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one lot fared when it was inspected for the first time."""

    accepted: bool
    points: int = 0
    """What it adds to the switching score; 0 sets the score back."""
    at_ease: bool = True
    """Whether reduced inspection may go on after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where the inspection of a maker's lots stands."""

    severity: Severity = Severity.NORMAL
    recent: tuple[bool, ...] = ()
    """Whether the last lots, at most five, under this severity were accepted."""
    score: int = 0
    """Switching score under normal inspection."""
    rejected: int = 0
    """Lots rejected since tightened inspection began."""
    because: str = "inspection starts normal"
    """Why inspection is as severe as it is."""

    @property
    def may_reduce(self) -> bool:
        """Whether reduced inspection may be allowed."""
        return self.severity is Severity.NORMAL and self.score >= SCORE


def after(state: State, outcome: Outcome) -> State:
    """Return where inspection stands after one more lot."""
    recent = (*state.recent, outcome.accepted)[-WINDOW:]
    if state.severity is Severity.NORMAL:
        return _after_normal(state, outcome, recent)
    if state.severity is Severity.TIGHTENED:
        return _after_tightened(state, outcome, recent)
    if state.severity is Severity.REDUCED and not (outcome.accepted and outcome.at_ease):
        why = "was rejected" if not outcome.accepted else "passed with more errors than reduced inspection allows"
        return _begin(Severity.NORMAL, f"a batch {why} under reduced inspection")
    return replace(state, recent=recent)


def reduce(state: State, *, reason: str) -> State:
    """Return the state with reduced inspection allowed.

    Raises:
        InvalidError: The score is too small, or inspection is not normal.
    """
    if not state.may_reduce:
        raise InvalidError(
            f"Reduced inspection needs normal inspection and a score of {SCORE}; "
            f"it is {state.severity} with a score of {state.score}.",
            remedy="Wait for more good batches.",
        )
    return _begin(Severity.REDUCED, reason)


def resume(state: State, *, reason: str) -> State:
    """Return the state with tightened inspection begun again after the causes were put right.

    Raises:
        InvalidError: Inspection was not discontinued.
    """
    if state.severity is not Severity.DISCONTINUED:
        raise InvalidError(f"Inspection is {state.severity}; only discontinued inspection is resumed.")
    return _begin(Severity.TIGHTENED, reason)


def outcome(plan: Plan, *, inspected: int, wrong: int, accepted: bool) -> Outcome:
    """Return what a finished inspection means for switching.

    Args:
        plan: The plan it was made by.
        inspected: Items that counted.
        wrong: Wrong ones among them.
        accepted: Whether the lot was accepted.
    """
    points = 0
    if plan.tolerance:
        return Outcome(accepted=accepted, at_ease=wrong <= plan.at_ease)
    if accepted and plan.kind is not Kind.SINGLE:
        early = plan.stages[0].size if plan.kind is Kind.DOUBLE else plan.size / 2
        points = _EARLY if inspected <= early else 0
    elif accepted and plan.accept <= _FEW:
        points = _SMALL
    elif accepted:
        harder = stricter(plan)
        points = _EARLY if harder is not None and wrong <= harder.accept else 0
    return Outcome(accepted=accepted, points=points, at_ease=wrong <= plan.at_ease)


def _after_normal(state: State, outcome: Outcome, recent: tuple[bool, ...]) -> State:
    if recent.count(False) >= TOO_MANY:
        return _begin(Severity.TIGHTENED, f"{recent.count(False)} of the last {len(recent)} batches were rejected")
    score = state.score + outcome.points if outcome.accepted and outcome.points else 0
    return replace(state, recent=recent, score=score)


def _after_tightened(state: State, outcome: Outcome, recent: tuple[bool, ...]) -> State:
    rejected = state.rejected + (not outcome.accepted)
    if rejected >= GIVEN_UP:
        return _begin(Severity.DISCONTINUED, f"{rejected} batches were rejected under tightened inspection")
    if len(recent) == STEADY and all(recent):
        return _begin(Severity.NORMAL, f"the last {STEADY} batches were accepted under tightened inspection")
    return replace(state, recent=recent, rejected=rejected)


def _begin(severity: Severity, because: str) -> State:
    return State(severity=severity, because=because)
