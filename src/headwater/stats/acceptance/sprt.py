"""Wald's sequential probability ratio test for a proportion, and the plan it makes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from headwater.core.errors import InvalidError
from headwater.stats.acceptance.plans import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Two parallel lines: accept at or below slope·n - low, reject at or above slope·n + high, else go on."""

    slope: float
    """Wrong items per item inspected."""
    low: float
    """Intercept of the acceptance line, as a positive number (h0)."""
    high: float
    """Intercept of the rejection line (h1)."""


def lines(good: float, bad: float, *, producer: float = 0.05, consumer: float = 0.10) -> Lines:
    """Return the lines of the test of one fraction of wrong items against a larger one.

    Args:
        good: Fraction that is to be accepted with a chance of 1 - producer, in (0, 1).
        bad: Fraction that is to be accepted with a chance of only `consumer`, in (good, 1).
        producer: Risk of rejecting the good fraction, in (0, 0.5).
        consumer: Risk of accepting the bad one, in (0, 0.5).

    Raises:
        InvalidError: A number is outside its range.

    Source:
        Wald 1947, chapter 5. The stated risks are approximate; the plan's own curve has the real ones.
    """
    if not 0 < good < bad < 1:
        raise InvalidError(f"Sequential inspection needs 0 < good < bad < 1, not {good:g} and {bad:g}.")
    if not (0 < producer < 0.5 and 0 < consumer < 0.5):  # noqa: PLR2004 -- a risk of one half is no test
        raise InvalidError(f"Risks of {producer:g} and {consumer:g}: expected each between 0 and 0.5.")
    more, less = math.log(bad / good), math.log((1 - good) / (1 - bad))
    return Lines(
        slope=less / (more + less),
        low=math.log((1 - producer) / consumer) / (more + less),
        high=math.log((1 - consumer) / producer) / (more + less),
    )


def stages(found: Lines, *, longest: int) -> tuple[Stage, ...]:
    """Return the stages of a sequential plan that ends after so many items at the latest.

    The last acceptance number is the slope's count at the end, so the plan leans to neither side.
    """
    rows = []
    for size in range(1, longest + 1):
        accept = math.floor(found.slope * size - found.low + 1e-9)
        reject = math.ceil(found.slope * size + found.high - 1e-9)
        rows.append(Stage(size=size, accept=max(accept, -1), reject=reject))
    limit = math.floor(found.slope * longest)
    rows = [Stage(size=row.size, accept=row.accept, reject=min(row.reject, limit + 1)) for row in rows]
    rows[-1] = Stage(size=longest, accept=limit, reject=limit + 1)
    return tuple(rows)
