"""Sampling plans of any kind as one thing, and what they do: curves, risks, average inspection, the next step.

A plan is a row of stages. After each stage the wrong items found so far are compared with two numbers: at or below
the one the lot is accepted, at or above the other it is rejected, between them the next stage is inspected. A single
plan has one stage, a double plan two, a sequential plan one for every item. All curves are exact sums over the
binomial distribution; none is simulated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from headwater.core.errors import InvalidError
from headwater.stats.acceptance.tables import Kind, Level, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

CONSUMER_RISK = 0.10
"""Chance of acceptance at which the tolerated fraction (LTPD) is told."""
_GRID = 201
_CUTS, _ROUNDS = 65, 7
_CURVE = 41


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What is decided after so many items."""

    size: int
    """Items inspected by the end of the stage, from the first one on."""
    accept: int
    """At or below so many wrong items the lot is accepted; -1 where it cannot be yet."""
    reject: int
    """At or above so many wrong items the lot is rejected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How far the inspection of a lot has come."""

    inspected: int
    """Items that count: those up to the first one not judged, or up to the decision."""
    wrong: int
    """Wrong ones among them."""
    accepted: bool | None
    """None while it is not decided."""
    due: int
    """Items, in the order of the sample, that must have been judged before anything more can be decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risks:
    """What a plan can do wrong, in both directions."""

    producer: float
    """Chance that a lot exactly at the AQL is rejected: the false alarm."""
    ltpd: float
    """Fraction of wrong items of lots that are accepted with a chance of only 10 %."""
    aoql: float
    """Largest fraction of wrong items that passes on average, whatever comes in, when rejected lots are put right."""
    asn: float
    """Items inspected on average at the AQL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point of an operating characteristic."""

    share: float
    """Share of wrong items."""
    of_process: float
    """Chance that a lot out of a process with that share is accepted."""
    of_lot: float
    """Chance that this very lot is accepted when so many of its items are wrong, to the nearest item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan for one lot."""

    kind: Kind
    standard: str
    """Where its numbers come from: standard, edition and table."""
    lot: int
    aql: float
    """Acceptance quality limit, in percent nonconforming."""
    level: Level
    severity: Severity
    letter: str
    """Code letter of the plan, which an arrow may have moved from that of the lot."""
    stages: tuple[Stage, ...]
    at_ease: int
    """Most wrong items with which reduced inspection goes on; else the last acceptance number."""
    tolerance: float = 0.0
    """The share of wrong items, in percent, that it was made not to let pass; 0 for plans by AQL."""
    consumer: float = CONSUMER_RISK
    """Chance with which a lot at the tolerance may pass."""

    @property
    def size(self) -> int:
        """Most items inspected."""
        return self.stages[-1].size

    @property
    def sample(self) -> int:
        """Items of the first sample."""
        return self.stages[0].size if self.kind is not Kind.SEQUENTIAL else self.size

    @property
    def accept(self) -> int:
        """Most wrong items with which a lot can be accepted."""
        return self.stages[-1].accept

    def probability(self, fraction: ArrayLike) -> NDArray[np.float64]:
        """Return the chance that a lot with a fraction of wrong items is accepted: the operating characteristic.

        Binomial (type B), as the standard has it: the lot comes out of a process with that fraction. For a finite lot
        with exactly that fraction the curve is steeper, so both risks are overstated, never understated.

        Args:
            fraction: Fractions of wrong items, in [0, 1]; any shape.
        """
        return _walk(self.stages, fraction)[0]

    def probability_of_lot(self, wrong: ArrayLike) -> NDArray[np.float64]:
        """Return the chance that this very lot is accepted when so many of its items are wrong.

        Hypergeometric (type A): the sample is drawn from the lot without putting anything back. Lots so small that they
        are inspected whole are judged by the same numbers.

        Args:
            wrong: Wrong items in the lot, 0 to its size; any shape.

        Raises:
            InvalidError: The lot cannot hold so many.
        """
        count = np.asarray(wrong, np.int64)
        if count.min(initial=0) < 0 or count.max(initial=0) > self.lot:
            raise InvalidError(f"A lot of {self.lot} items holds 0 to {self.lot} wrong ones.")
        flat = count.reshape(-1, 1)

        def chances(before: int, step: int, found: NDArray[np.int64]) -> NDArray[np.float64]:
            left = self.lot - before
            bad = np.clip(flat - (found if before else 0), 0, left)[:, :, None]
            if step == 1:
                return np.concatenate([1 - bad / left, bad / left], axis=2)[:, :, : found.size]
            return np.asarray(scipy.stats.hypergeom.pmf(np.arange(min(step, found.size - 1) + 1), left, bad, step))

        return _carry(self.stages, flat.shape[0], chances)[0].reshape(count.shape)

    def asn(self, fraction: ArrayLike) -> NDArray[np.float64]:
        """Return how many items are inspected on average (ASN) at fractions of wrong items.

        Samples are inspected to their end, also when the decision is clear before (no curtailment).
        """
        return _walk(self.stages, fraction)[1]

    def outgoing(self, fraction: ArrayLike) -> NDArray[np.float64]:
        """Return the fraction that passes on average (AOQ) when rejected lots are screened and put right.

        Wrong items found in accepted samples are put right too: fraction · Pa · (1 - ASN / lot), with the average
        sample of all lots in the place of that of the accepted ones.
        """
        share = np.asarray(fraction, dtype=np.float64)
        accepted, number = _walk(self.stages, share)
        return np.asarray(share * accepted * np.maximum(1 - number / self.lot, 0.0))

    @property
    def consumer_risk(self) -> float:
        """Chance that this very lot is accepted with as many wrong items as its tolerance; nan for plans by AQL."""
        if not self.tolerance:
            return math.nan
        return float(self.probability_of_lot([tolerated(self.lot, self.tolerance)])[0])

    def ltpd(self, risk: float = CONSUMER_RISK) -> float:
        """Return the fraction of wrong items that is accepted only with the chance `risk`."""
        last = self.stages[-1]
        if last.accept >= last.size:
            return 1.0
        if len(self.stages) == 1:
            return float(scipy.special.betaincinv(last.accept + 1, last.size - last.accept, 1 - risk))
        low, high = 0.0, 1.0
        for _ in range(_ROUNDS):
            grid = np.linspace(low, high, _CUTS)
            above = int(np.searchsorted(-self.probability(grid), -risk))
            low, high = float(grid[max(above - 1, 0)]), float(grid[min(above, _CUTS - 1)])
        return (low + high) / 2

    def risks(self) -> Risks:
        """Return what the plan can do wrong, in both directions."""
        limit = self.aql / 100
        grid = np.linspace(0.0, min(1.0, 3 * self.ltpd()), _GRID)
        return Risks(
            producer=1 - float(self.probability(limit)),
            ltpd=self.ltpd(),
            aoql=float(self.outgoing(grid).max()),
            asn=float(self.asn(limit)),
        )

    def curve(self) -> tuple[Point, ...]:
        """Return the operating characteristic at equal steps, up to where hardly any lot passes."""
        end = min(1.0, max(1.6 * self.ltpd(), 3 * self.aql / 100))
        shares = np.linspace(0.0, end, _CURVE)
        wrong = np.round(shares * self.lot).astype(np.int64)
        rows = zip(shares, self.probability(shares), self.probability_of_lot(wrong), strict=True)
        return tuple(Point(share=float(s), of_process=float(p), of_lot=float(q)) for s, p, q in rows)

    def course(self, found: Sequence[bool | None]) -> Course:
        """Return how far an inspection has come.

        Args:
            found: Whether each item is wrong, in the order of the sample; None while it was not judged. What comes
                after the first None does not count yet, so the order in which people judge changes nothing.
        """
        known = next((place for place, each in enumerate(found) if each is None), len(found))
        total = np.concatenate([[0], np.cumsum([bool(each) for each in found[:known]])])
        for stage in self.stages:
            if stage.size > known:
                break
            wrong = int(total[stage.size])
            if wrong <= stage.accept or wrong >= stage.reject:
                return Course(inspected=stage.size, wrong=wrong, accepted=wrong <= stage.accept, due=stage.size)
        wrong = int(total[known])
        ahead = [stage.size for stage in self.stages if stage.size > known and stage.accept >= wrong]
        following = ahead if self.kind is Kind.SEQUENTIAL else [s.size for s in self.stages if s.size > known]
        return Course(inspected=known, wrong=wrong, accepted=None, due=min(following, default=self.size))


def tolerated(lot: int, percent: float) -> int:
    """Return how many wrong items make the tolerated share of a lot, rounded up."""
    return math.ceil(percent / 100 * lot - 1e-9)


def restored(value: Mapping[str, Any]) -> Plan:
    """Return the plan whose fields were written as JSON."""
    return Plan(
        **{
            **value,
            "kind": Kind(value["kind"]),
            "level": Level(value["level"]),
            "severity": Severity(value["severity"]),
            "stages": tuple(Stage(**each) for each in value["stages"]),
        }
    )


def _walk(stages: Sequence[Stage], fraction: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Chance of acceptance and average number inspected of lots from a process."""
    share: NDArray[np.float64] = np.atleast_1d(np.asarray(fraction, dtype=np.float64))
    shape, flat = np.shape(fraction), share.reshape(-1, 1)

    def chances(_: int, step: int, found: NDArray[np.int64]) -> NDArray[np.float64]:
        return _chances(step, found.size, flat)[:, None, :]

    accepted, number = _carry(stages, flat.shape[0], chances)
    return accepted.reshape(shape), number.reshape(shape)


def _carry(
    stages: Sequence[Stage], lots: int, chances: Callable[[int, int, NDArray[np.int64]], NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Chance of acceptance and average number inspected: undecided lots are carried from stage to stage by count.

    `chances` tells, after so many items, for so many further ones and for each number found, the chances of 0, 1, …
    more wrong ones, as many as matter, shape (lots or 1, numbers found or 1, more).
    """
    width = max(stage.reject for stage in stages)
    open_ = np.zeros((lots, width))
    open_[:, 0] = 1.0
    accepted, number = np.zeros(lots), np.zeros(lots)
    before = 0
    for stage in stages:
        step = stage.size - before
        number += step * open_.sum(axis=1)
        chance = np.broadcast_to(chances(before, step, np.arange(width)), (lots, width, min(step, width - 1) + 1))
        moved = np.zeros_like(open_)
        for more in range(chance.shape[2]):
            moved[:, more:] += (chance[:, :, more] * open_)[:, : width - more]
        accepted += moved[:, : stage.accept + 1].sum(axis=1)
        moved[:, : stage.accept + 1] = 0.0
        moved[:, stage.reject :] = 0.0
        open_, before = moved, stage.size
    return accepted, number


def _chances(step: int, width: int, flat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chances of 0, 1, … wrong items in a step, as many as matter."""
    if step == 1:
        return np.hstack([1 - flat, flat])[:, :width]
    return np.asarray(scipy.stats.binom.pmf(np.arange(min(step, width - 1) + 1), step, flat))
