"""Intraclass correlation: how much of the variance of numbers lies between the things rated, in the six usual forms.

Every thing is rated by the same number of raters. One-way: other raters for each thing. Two-way random: the same
raters, a sample of many, whose level counts as error. Two-way mixed: exactly these raters, whose level does not.
Of a single rating, or of the mean of all of them.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from headwater.core.errors import InvalidError
from headwater.stats.interval import Estimate, check_confidence, unanimous, undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Form(StrEnum):
    """Which intraclass correlation, by the names of Shrout and Fleiss."""

    ONE_WAY = "ICC(1,1)"
    RANDOM = "ICC(2,1)"
    MIXED = "ICC(3,1)"
    ONE_WAY_MEAN = "ICC(1,k)"
    RANDOM_MEAN = "ICC(2,k)"
    MIXED_MEAN = "ICC(3,k)"


_ROUNDING = 1e-12
_SINGLE = {Form.ONE_WAY_MEAN: Form.ONE_WAY, Form.RANDOM_MEAN: Form.RANDOM, Form.MIXED_MEAN: Form.MIXED}


class _Squares(NamedTuple):
    """Mean squares of the two-way table."""

    n: int
    k: int
    rows: float
    columns: float
    error: float
    within: float


def intraclass(ratings: ArrayLike, form: str = Form.RANDOM, *, confidence: float = 0.95) -> Estimate:
    """Return an intraclass correlation with its interval from the F distribution.

    Args:
        ratings: Numbers, things × raters, shape (n, k); things with a missing rating (nan) are left out.
        form: One of `Form`.
        confidence: Nominal coverage of the interval.

    Returns:
        At most 1, below 0 when raters disagree more than chance. Undefined with fewer than two things or raters, when
        all numbers are equal, or for a mean of ratings whose single one is at −1/(k−1) or below. There, the lower end
        of the interval may be −∞. Where nobody disagreed, see `unanimous`.

    Raises:
        InvalidError: The ratings are not a table, or there is no such form.

    Source:
        Shrout & Fleiss 1979; McGraw & Wong 1996, whose interval of ICC(2,·) is approximate (Satterthwaite).
    """
    table = np.asarray(ratings, np.float64)
    if table.ndim != 2:  # noqa: PLR2004
        raise InvalidError("Ratings are a table: one row per thing, one column per rater.")
    if form not in set(Form):
        raise InvalidError(f"There is no '{form}'.", remedy=f"Use one of {', '.join(Form)}.")
    whole = table[~np.isnan(table).any(axis=1)]
    n, k = whole.shape
    method = f"{form}, F interval"
    if min(n, k) < 2:  # noqa: PLR2004
        return undefined("It needs two things and two raters.", n=n, method=method, confidence=confidence)
    if np.ptp(whole) == 0:
        return undefined("All numbers are equal, so nothing varies.", n=n, method=method, confidence=confidence)
    single = _SINGLE.get(Form(form), Form(form))
    value, low, high = _single(_squares(whole), single, check_confidence(confidence))
    if low == high:
        level = whole - whole.mean(axis=0) if single is Form.MIXED else whole
        if np.ptp(level) < _ROUNDING:
            return undefined("The things do not differ, so nothing can be told apart.", n=n, method=method)
        # the largest over the mean squared difference of two numbers
        sure = Estimate(value=value, low=low, high=high, n=n, method=method, confidence=confidence)
        found = unanimous(sure, float(np.ptp(level)) ** 2 / (2 * float(level.var(ddof=1))))
        low, method = found.low, found.method
    if single != form:
        value, low, high = (_stepped(each, k) for each in (value, low, high))
        if math.isinf(value):
            why = "Raters contradict each other so far that a mean of their ratings has no reliability to speak of."
            return undefined(why, n=n, method=method, confidence=confidence)
    left = len(table) - n
    note = f"{left} of {len(table)} things lack a rating and are left out." if left else ""
    return Estimate(value=value, low=low, high=high, n=n, method=method, confidence=confidence, note=note)


def _squares(table: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> _Squares:
    n, k = table.shape
    mean, rows, columns = table.mean(), table.mean(axis=1), table.mean(axis=0)
    between, across = k * float(((rows - mean) ** 2).sum()), n * float(((columns - mean) ** 2).sum())
    residual = float(((table - rows[:, None] - columns[None, :] + mean) ** 2).sum())
    error = residual / ((n - 1) * (k - 1))
    return _Squares(n, k, between / (n - 1), across / (k - 1), error, (across + residual) / (n * (k - 1)))


def _single(squares: _Squares, form: Form, confidence: float) -> tuple[float, float, float]:
    tail = (1 + confidence) / 2
    n, k, rows = squares.n, squares.k, squares.rows
    if form is not Form.RANDOM:
        noise, freedom = (squares.within, n * (k - 1)) if form is Form.ONE_WAY else (squares.error, (n - 1) * (k - 1))
        ratio = rows / noise if noise > 0 else math.inf
        ends = (ratio / scipy.stats.f.ppf(tail, n - 1, freedom), ratio * scipy.stats.f.ppf(tail, freedom, n - 1))
        value, low, high = (1.0 if math.isinf(each) else float((each - 1) / (each + k - 1)) for each in (ratio, *ends))
        return value, low, high
    columns, error = squares.columns, squares.error
    value = (rows - error) / (rows + (k - 1) * error + k * (columns - error) / n)
    if value >= 1 or (error <= 0 and columns <= 0):
        return 1.0, 1.0, 1.0
    a, b = k * value / (n * (1 - value)), 1 + k * value * (n - 1) / (n * (1 - value))
    spread = (a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    matched = (a * columns + b * error) ** 2 / spread
    lower, upper = scipy.stats.f.ppf(tail, n - 1, matched), scipy.stats.f.ppf(tail, matched, n - 1)
    other = k * columns + (k * n - k - n) * error
    low = n * (rows - lower * error) / (lower * other + n * rows)
    high = n * (upper * rows - error) / (other + n * upper * rows)
    return value, float(low), float(high)


def _stepped(single: float, k: int) -> float:
    """Reliability of the mean of k ratings (Spearman-Brown)."""
    return k * single / (1 + (k - 1) * single) if single > -1 / (k - 1) else -math.inf
