"""Speed: annotators who answer faster than people who read do, for tasks of the same length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.stats.interval import Estimate, normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

FEWEST = 20
"""Timed answers below which an annotator is not looked at."""
CROWD = 4
"""Annotators below which there is no crowd to be compared with."""
SAFETY = 2.0
"""Rosner's steps err a little too often in small crowds (7 % for 10 people at 5 %); doubled they err at 2 to 3 %."""
DRAWS = 400
"""Simulated crowds behind the interval of a pace."""
_ROUNDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast one annotator answers."""

    annotator: int
    n: int
    """Timed answers."""
    ratio: Estimate
    """Time per task as a multiple of what the crowd takes for the same tasks; below 1 is faster."""
    p: float
    """Probability of somebody so fast in a crowd whose paces differ as these do."""
    adjusted: float
    """The same over the whole crowd: calling those at or below a level errs anywhere that rarely."""


def speed(task: ArrayLike, annotator: ArrayLike, seconds: ArrayLike, *, length: ArrayLike | None = None) -> list[Pace]:
    """Return how fast every annotator is, fastest first; nobody is called fast for being the fastest.

    Times are compared on a log scale after what each task takes is taken away: the tasks' own effect where several
    people answered, and that of their length. People differ, so the question is not whether somebody is faster than
    the mean but whether they stand outside the spread of the others' paces.

    Args:
        task: Code of the task of each answer, from 0, shape (n,).
        annotator: Code of the annotator of each answer, from 0, shape (n,).
        seconds: Time each answer took, shape (n,); times that are not above 0 are left out.
        length: Length of each answer's task in characters, shape (n,); None when unknown.

    Returns:
        One pace per annotator with enough timed answers; none when fewer than four have.

    Source:
        The generalized extreme Studentized deviate test (Rosner 1983), one-sided, so several fast people do not hide
        each other; each deviate is that of a prediction for a new person from the others (Higgins, Thompson &
        Spiegelhalter 2009), which allows for the noise of few answers.
    """
    codes, people, time = np.asarray(task, np.int64), np.asarray(annotator, np.int64), np.asarray(seconds, np.float64)
    timed = time > 0
    counts = np.bincount(people[timed], minlength=int(people.max(initial=-1)) + 1)
    timed &= counts[people] >= FEWEST
    chosen = np.flatnonzero(counts >= FEWEST)
    if chosen.size < CROWD:
        return []
    logs = np.log(time[timed])
    if length is not None:
        logs = logs - _explained(logs, np.log1p(np.asarray(length, np.float64)[timed]))
    who = np.searchsorted(chosen, people[timed])
    effect, noise = _effects(logs, codes[timed], who, chosen.size)
    n = counts[chosen]
    p, adjusted = _deviates(effect, noise / n)
    centre, spread = float(np.median(effect)), _from_centre(effect, noise / n)
    order = np.argsort(effect, kind="stable")
    return [
        Pace(
            annotator=int(chosen[place]),
            n=int(n[place]),
            ratio=_ratio(float(effect[place] - centre), float(spread[place]), int(n[place])),
            p=float(p[place]),
            adjusted=float(adjusted[place]),
        )
        for place in order
    ]


def _from_centre(effect: NDArray[np.float64], variance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard error of each effect less the median one, which varies too and may be the person's own: simulated."""
    drawn = effect + np.random.default_rng(0).standard_normal((DRAWS, effect.size)) * np.sqrt(variance)
    return np.asarray((drawn - np.median(drawn, axis=1, keepdims=True)).std(axis=0))


def _ratio(effect: float, error: float, n: int) -> Estimate:
    half = normal_quantile(0.95) * error
    low, high = np.exp([effect - half, effect + half])
    return Estimate(
        value=float(np.exp(effect)), low=float(low), high=float(high), n=n, method="ratio of geometric mean times"
    )


def _explained(logs: NDArray[np.float64], length: NDArray[np.float64]) -> NDArray[np.float64]:
    """The part of the times that grows with length, by least squares; none when all are equally long."""
    spread = length - length.mean()
    total = float(spread @ spread)
    return spread * (float(spread @ logs) / total) if total > 0 else np.zeros_like(logs)


def _effects(
    logs: NDArray[np.float64], task: NDArray[np.int64], who: NDArray[np.int64], people: int
) -> tuple[NDArray[np.float64], float]:
    """Person effects of the additive model log t = task + person, by alternating means; the residual variance."""
    _, task = np.unique(task, return_inverse=True)
    tasks = int(task.max()) + 1
    shared = np.bincount(task, minlength=tasks)
    each = np.bincount(who, minlength=people)
    ours = np.zeros(tasks)
    effect = np.bincount(who, logs, people) / each
    for _ in range(_ROUNDS):
        # a task that one person answered says nothing of itself: its effect is the mean of all
        ours = np.bincount(task, logs - effect[who], tasks) / shared
        single = float(ours.mean())
        ours = np.where(shared > 1, ours, single)
        effect = np.bincount(who, logs - ours[task], people) / each
    rest = logs - ours[task] - effect[who]
    freedom = max(1, logs.size - int((shared > 1).sum()) - people)
    return effect, float(rest @ rest) / freedom


def _deviates(
    effect: NDArray[np.float64], noise: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return p of the low side for each person, and adjusted by the step-wise rule: at most a third may be called."""
    people = effect.size
    p, adjusted = np.ones(people), np.ones(people)
    order = np.argsort(effect)
    steps = max(1, people // 3)
    levels = []
    for step in range(min(steps, people - CROWD + 1)):
        mine, rest = order[step], order[step + 1 :]
        centre, spread = effect[rest].mean(), effect[rest].var(ddof=1)
        between = max(spread - noise[rest].mean(), 0.0)
        error = np.sqrt(between + noise[mine] + spread / rest.size)
        p[mine] = scipy.special.stdtr(rest.size - 1, (effect[mine] - centre) / max(error, 1e-12))
        levels.append(min(1.0, SAFETY * p[mine] * (people - step)))
    # the largest step that is extreme calls everybody before it too
    for step in range(len(levels)):
        adjusted[order[step]] = min(levels[step:])
    return p, adjusted
