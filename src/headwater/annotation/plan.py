"""The plan of a campaign: overlap, hidden gold, leases, calibration, review; it may change while the work runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from headwater.core.errors import InvalidError


class PlanError(InvalidError):
    """The campaign's plan is outside what is possible."""

    code = "bad_plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a campaign is worked; may change while it runs."""

    overlap: int = 1
    """Answers wanted per task."""
    most_overlap: int = 0
    """Most answers of a task whose label is still in doubt after those; 0 keeps the overlap fixed."""
    confidence: float = 0.95
    """Posterior probability at which a label is beyond doubt, in [0.5, 0.9999]; counts only with `most_overlap`."""
    shows_prelabels: bool = False
    """Whether annotators begin from what a model proposes, where it does."""
    slices: Mapping[str, str] = field(default_factory=dict)
    """The automation policy: who answers in a slice of records, by its predicate (see `automation_policy`); in no
    slice the line above says."""
    blinded_rate: float = 0.1
    """Share of those tasks given without the proposal, by lot, to measure what seeing it does, in [0, 1]."""
    gold_rate: float = 0.0
    """Share of given tasks that are hidden gold, in [0, 0.5]."""
    lease_minutes: float = 10.0
    calibration_bar: float = 0.0
    """Smallest share of calibration tasks right that opens the ordinary ones; 0 asks for none."""
    qualification_days: float = 0.0
    """Days after which a passed calibration must be repeated; 0 lets it hold."""
    review_rate: float = 0.0
    """Share of answers that a reviewer checks, in [0, 1]."""
    review_rates: Mapping[str, float] = field(default_factory=dict)
    """The same for single teams, by name; goes before everything else."""
    review_target: float = 0.0
    """Share of answers that may be wrong and pass unreviewed: the review rate of each cohort then follows from the
    errors known of it (see `trust`); 0 reviews everybody at `review_rate`."""
    review_floor: float = 0.05
    """Smallest rate that trust can earn, in [0, 1]; counts only with `review_target`."""
    skill: str = ""
    """A skill every annotator of the campaign needs."""
    deadline: datetime | None = None
    budget: int = 0
    """Most answers to be paid for; 0 for no limit."""
    shows_accuracy: bool = False
    """Whether annotators see their own accuracy on gold."""


def rates_of(lines: Iterable[str]) -> dict[str, float]:
    """Return the review rates of teams from lines such as `north = 0.3`; empty lines count for nothing.

    Raises:
        PlanError: A line names no team or no number.
    """
    found: dict[str, float] = {}
    for line in filter(str.strip, lines):
        team, sign, rate = (part.strip() for part in line.rpartition("="))
        try:
            found[team] = float(rate)
        except ValueError:
            sign = ""
        if not (sign and team):
            raise PlanError(f"'{line.strip()}' is no review rate of a team.", remedy="Write one such as: north = 0.3")
    return found


def checked_plan(plan: Plan) -> Plan:
    """Return the plan.

    Raises:
        PlanError: A number is outside its range, or the deadline is in no time zone.
    """
    for name, low, high in _RANGES:
        value = getattr(plan, name)
        if not low <= value <= high:
            raise PlanError(f"'{name}' is {value:g}; expected {low:g} to {high:g}.")
    if plan.deadline is not None and plan.deadline.tzinfo is None:
        raise PlanError(
            f"The deadline {plan.deadline.isoformat()} is in no time zone.",
            remedy=f"Write it such as {plan.deadline.isoformat()}Z.",
        )
    if 0 < plan.most_overlap < plan.overlap:
        raise PlanError(f"'most_overlap' is {plan.most_overlap}, less than the overlap of {plan.overlap}.")
    for team, rate in plan.review_rates.items():
        if not 0 <= rate <= 1:
            raise PlanError(f"The review rate of '{team}' is {rate:g}; expected 0 to 1.")
    return plan


_RANGES = (
    ("overlap", 1, 100),
    ("most_overlap", 0, 100),
    ("confidence", 0.5, 0.9999),
    ("blinded_rate", 0.0, 1.0),
    ("gold_rate", 0.0, 0.5),
    ("lease_minutes", 0.1, 1440.0),
    ("calibration_bar", 0.0, 1.0),
    ("qualification_days", 0.0, 3650.0),
    ("review_rate", 0.0, 1.0),
    ("review_target", 0.0, 0.5),
    ("review_floor", 0.0, 1.0),
    ("budget", 0, 10**12),
)


def is_gold_turn(given: int, rate: float, chance: Callable[[int], float]) -> bool:
    """Return whether the next task is to be hidden gold.

    One task of every 1/rate is, at a place within those that only `chance` knows: the rate is met exactly and no
    place is likelier than another.

    Args:
        given: How many tasks the annotator was given before.
        rate: Share of gold, in [0, 0.5].
        chance: A number in [0, 1) for each stretch of 1/rate tasks, unpredictable and always the same.
    """
    if rate <= 0:
        return False
    stretch = int(given * rate + 1e-9)
    first, last = math.ceil(stretch / rate - 1e-9), math.ceil((stretch + 1) / rate - 1e-9)
    return given == first + int(chance(stretch) * (last - first))
