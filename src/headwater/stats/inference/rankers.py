"""How reliable people who rank are, whatever the orders: the strengths of each task's things are integrated out.

Judged by orders that their own answers helped to infer, all look better than they are: every task brings strengths of
its own, and what is fitted to few answers follows them (the incidental parameters of Neyman and Scott 1948). Here
strengths are normal with a spread that all tasks share. The likelihood of a task is averaged over draws of its
strengths; for each of a few spreads, reliabilities maximise the product over tasks, with the prior of `pairwise`, and
what the data say about them is measured by how their slopes differ from task to task. Spreads are weighted by what is
left of the likelihood (Laplace), since data hardly tell things that are alike from people who are unreliable.

Source: the model of Chen, Bennett, Collins-Thompson and Horvitz 2013 (Crowd-BT); marginal likelihood as in Bock and
Aitkin 1981; information from products of slopes as in Berndt, Hall, Hall and Hausman 1974; weights as in Rue, Martino
and Chopin 2009.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from headwater.stats.inference.pairwise import RELIABLE, UNRELIABLE
from headwater.stats.inference.rankings import Comparisons, certain, shape
from headwater.stats.interval import Bounds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MOST = 20_000
"""Comparisons that are looked at, those of whole tasks; more would tell little and take long."""
_DRAWS = 256
_TOGETHER = 4_096
"""Comparisons looked at together: few enough for the processor's cache."""
_STEPS = 100
_FLAT = 1e-3
"""Steepest slope at which the top is reached: a standard error is a hundred times as far away."""
_SPREADS = np.geomspace(0.5, 5.0, 7)
"""Standard deviations of strengths that are weighed, in log-odds."""
_MIDDLE, _SCALE = 1.5, 0.5
"""A spread is thought to be about 1.5 beforehand, its logarithm normal with this standard deviation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """How reliable every worker is."""

    value: Array
    """Probability that each worker reports a true preference, shape (workers,)."""
    bounds: Bounds
    """Of each; equal tails of a mixture of normal distributions of its log-odds, one for each spread."""
    compared: NDArray[np.int64]
    """Comparisons by each worker that were looked at."""
    spread: float
    """Geometric mean of the standard deviation of strengths within a task, in log-odds."""
    converged: bool


class _Rows(NamedTuple):
    """Comparisons in the order of their tasks."""

    task: NDArray[np.int64]
    """Code among the tasks looked at, from 0 without gaps."""
    worker: NDArray[np.int64]
    pair: NDArray[np.int64]
    """Place of the two things among all ordered pairs."""
    certain: Array
    """1 where it is known to be right, 0 where wrong, nan where that is not known."""


def reliability(given: Comparisons, *, known: Array | None = None, confidence: float = 0.95) -> Reliability:
    """Return how reliable every worker is, with an interval.

    Args:
        given: The comparisons.
        known: Place of each thing in the right order (tasks × things), nan where unknown.
        confidence: Of the intervals, in (0, 1).

    Raises:
        InvalidError: The arrays do not fit, or something is compared with itself.
    """
    _, things, workers = shape(given)
    if not workers:
        none = np.empty(0)
        return Reliability(
            value=none, bounds=Bounds(none, none), compared=np.empty(0, np.int64), spread=_MIDDLE, converged=True
        )
    rows = _rows(given, certain(given, known), things)
    half = np.random.default_rng(0x4877).standard_normal((_DRAWS // 2, things))
    draws = np.concatenate([half, -half]).T
    gap = (draws[:, None, :] - draws[None, :, :]).reshape(things * things, _DRAWS)
    at = np.full(workers, np.log(RELIABLE / UNRELIABLE))
    fits: list[_Fit] = []
    for spread in _SPREADS:
        fits.append(_fitted(rows, spread * gap, fits[-1].at if fits else at))
    weight = scipy.special.softmax(
        [
            fit.evidence - (np.log(spread / _MIDDLE) / _SCALE) ** 2 / 2
            for fit, spread in zip(fits, _SPREADS, strict=True)
        ]
    )
    middle, error = np.stack([fit.at for fit in fits]), np.stack([fit.error for fit in fits])
    low, value, high = (
        scipy.special.expit(_quantile(weight[:, None], middle, error, part))
        for part in ((1 - confidence) / 2, 0.5, (1 + confidence) / 2)
    )
    return Reliability(
        value=value,
        bounds=Bounds(low, high),
        compared=np.bincount(rows.worker, minlength=workers),
        spread=float(np.exp(weight @ np.log(_SPREADS))),
        converged=all(fit.converged for fit in fits),
    )


class _Fit(NamedTuple):
    at: Array
    """Log-odds of reliabilities."""
    error: Array
    evidence: float
    """Logarithm of the likelihood with the reliabilities integrated out, but for a constant."""
    converged: bool


def _fitted(rows: _Rows, gap: Array, start: Array) -> _Fit:
    """Return the likeliest reliabilities at strengths that are so far apart."""
    inverse = np.linalg.inv(_looked(rows, gap, start)[2])

    def downhill(point: Array) -> tuple[float, Array]:
        top, slope, _ = _looked(rows, gap, point)
        return -top, -slope

    found = scipy.optimize.minimize(
        downhill,
        start,
        jac=True,
        method="BFGS",
        options={"gtol": _FLAT, "maxiter": _STEPS, "hess_inv0": (inverse + inverse.T) / 2},
    )
    top, slope, information = _looked(rows, gap, found.x)
    error = np.sqrt(np.diag(np.linalg.inv(information)))
    evidence = top - float(np.linalg.slogdet(information)[1]) / 2
    return _Fit(found.x, error, evidence, bool(np.abs(slope).max(initial=0.0) <= 10 * _FLAT))


def _quantile(weight: Array, middle: Array, error: Array, part: float) -> Array:
    """Return where each column's mixture of normal distributions (components × columns) has a part below it."""
    low, high = (middle - 9 * error).min(axis=0), (middle + 9 * error).max(axis=0)
    for _ in range(60):
        half = (low + high) / 2
        below = (weight * scipy.special.ndtr((half - middle) / error)).sum(axis=0) < part
        low, high = np.where(below, half, low), np.where(below, high, half)
    return np.asarray((low + high) / 2)


def _rows(given: Comparisons, right: Array, things: int) -> _Rows:
    """Return the comparisons of as many tasks as are looked at, spread evenly over all."""
    tasks, code = np.unique(given.task, return_inverse=True)
    wanted = np.ones(len(tasks), np.bool_)
    if len(code) > MOST:
        wanted[:] = False
        wanted[np.linspace(0, len(tasks) - 1, max(1, len(tasks) * MOST // len(code))).astype(np.int64)] = True
    place = np.cumsum(wanted) - 1
    chosen = np.flatnonzero(wanted[code])
    chosen = chosen[np.argsort(code[chosen], kind="stable")]
    pair = given.first[chosen] * things + given.second[chosen]
    return _Rows(place[code[chosen]], given.worker[chosen], pair, right[chosen])


def _looked(rows: _Rows, gap: Array, at: Array) -> tuple[float, Array, Array]:
    """Return the logarithm of the posterior of reliabilities (as log-odds), its slope and its information."""
    size = int(rows.task[-1]) + 1 if len(rows.task) else 0
    starts = np.searchsorted(rows.task, np.arange(size + 1))
    total, values, first = 0.0, np.empty(len(rows.task)), 0
    while first < size:
        last = max(first + 1, int(np.searchsorted(starts, starts[first] + _TOGETHER, "right")) - 1)
        some = slice(int(starts[first]), int(starts[last]))
        part = _Rows(rows.task[some], rows.worker[some], rows.pair[some], rows.certain[some])
        likely, values[some] = _part(part, gap, at, starts[first:last] - starts[first])
        total += likely
        first = last
    slopes = scipy.sparse.csr_array((values, (rows.task, rows.worker)), (size, len(at)))
    report = scipy.special.expit(at)
    prior = float((RELIABLE * np.log(report) + UNRELIABLE * np.log1p(-report)).sum())
    information = (slopes.T @ slopes).toarray() + np.diag((RELIABLE + UNRELIABLE) * report * (1 - report))
    return total + prior, slopes.sum(axis=0) + RELIABLE * (1 - report) - UNRELIABLE * report, information


def _part(rows: _Rows, gap: Array, at: Array, starts: NDArray[np.int64]) -> tuple[float, Array]:
    """Return the log-likelihood of some tasks, and its slope by the worker of each comparison."""
    report = scipy.special.expit(at[rows.worker])[:, None]
    ahead = scipy.special.expit(gap[rows.pair])
    told = np.isfinite(rows.certain)
    ahead[told] = rows.certain[told, None]
    chance = 1 - report + (2 * report - 1) * ahead
    likely = np.add.reduceat(np.log(chance), starts, axis=0)
    top = likely.max(axis=1, keepdims=True)
    weight = np.exp(likely - top)
    mean = weight.mean(axis=1, keepdims=True)
    weight = (weight / (mean * weight.shape[1]))[rows.task - rows.task[0]] / chance
    slope = (report * (1 - report))[:, 0] * (weight * (2 * ahead - 1)).sum(axis=1)
    return float((top + np.log(mean)).sum()), slope
