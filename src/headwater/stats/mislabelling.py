"""How many labels are wrong: a model of labels given in error, beside out-of-sample predictions.

Of an item whose true class is k, the label is another with a chance that depends on k alone; the true class follows
the prediction. Predictions of models are seldom as sure as they should be, and those learned from wrong labels repeat
the errors, so they are recalibrated within the same likelihood. What tells errors from doubt is that labels contradict
even predictions which could not be surer.

Confident learning (`headwater.stats.label_errors`) counts an item that the model gets wrong as an error of its label:
its share is too high where the model is weak (16 % for 10 % where one prediction in six is wrong). It ranks; this
counts.

Source: the model of errors in the response of Hausman, Abrevaya & Scott-Morton 1998 and the noise matrix of Natarajan
et al. 2013, with the matrix and temperature scaling of Guo et al. 2017 inside the likelihood; fitted by EM.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.stats.interval import Estimate, share, undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

MOST_MIXED = 8
"""Classes up to which every log odds may move every other one; of more, all are scaled alike."""
METHOD = "model of labels given in error, wilson at the effective n"
_START = 0.1
_ROUNDS, _CLOSE = 500, 1e-7
_TINY = 1e-300
_LEAST = 1e-6
"""Smallest probability that is told from zero."""
_FEWEST = 0.5
"""Items behind a kind of error below which it is taken as absent: at the edge nothing varies."""
_SURE = 3.0
"""Standard errors from zero at which it is asked whether there are errors at all."""
_CHANCE = 3.841
"""Of twice the gain in log-likelihood: exceeded with a chance of .025 where one share is zero."""


class _Fit(NamedTuple):
    """A fitted model."""

    gain: float
    """Its log-likelihood."""
    true: Numbers
    """Recalibrated chance of each true class, (items, classes)."""
    given: Numbers
    """Chance of each given label (row) for each true class (column)."""


def rate(label: ArrayLike, probability: ArrayLike) -> Estimate:
    """Return which share of labels such as these is wrong.

    Args:
        label: Given class of each item, (items,), int codes from 0.
        probability: Out-of-sample predicted probability of each class, (items, classes); rows sum to one.

    Returns:
        The share with a 95 % interval; undefined with fewer than two classes. The interval begins at 0 unless labels
        without an error are ruled out, and is wide where predictions say little. It covers in 93 to 97 % of samples
        where errors depend on the true class alone, no prediction saw the label, and recalibrated predictions are as
        sure as they should be: those that are wrong and certain count as errors of the label.
    """
    codes, chance = np.asarray(label, np.int64), np.asarray(probability, np.float64)
    used, given = np.unique(codes, return_inverse=True)
    if used.size < 2:  # noqa: PLR2004 -- one class has no errors
        return undefined("Labels of one class show no errors.", n=codes.size, method=METHOD)
    logs = np.log(np.clip(chance[:, used], _LEAST, 1.0))
    odds, mixed = logs[:, :-1] - logs[:, -1:], False
    found = _fitted(given, odds, mixed=mixed)
    if 2 < used.size <= MOST_MIXED:  # noqa: PLR2004 -- of two classes both are the same
        other, more = _fitted(given, odds, mixed=True), used.size * (used.size - 2)
        if 2 * (other.gain - found.gain) > more * np.log(given.size):  # as BIC has it
            found, mixed = other, True
    wrong = 1 - np.diag(found.given)
    value = float((found.true @ wrong).mean())
    error = _standard_error(given, odds, found, mixed=mixed)
    estimate = share(value, error, n=given.size, method=METHOD)
    doubtful = value < _SURE * error or estimate.low < 1 / given.size
    return _from_zero(estimate, given, odds, mixed=mixed) if doubtful else estimate


def _fitted(given: NDArray[np.int64], odds: Numbers, *, mixed: bool, kinds: str = "every") -> _Fit:
    """Fit by EM, one Newton step for the recalibration at a time; `kinds` of errors: `every`, `one` share, `none`."""
    classes = odds.shape[1] + 1
    start = 0.0 if kinds == "none" else _START
    noise = np.full((classes, classes), start / (classes - 1))
    np.fill_diagonal(noise, 1 - start)
    weight = np.hstack([np.zeros((classes - 1, 1)), np.eye(classes - 1)])
    true, before = _true(odds, weight), -np.inf
    for _ in range(_ROUNDS):
        belief = true * noise[given]
        total = np.maximum(belief.sum(axis=1), _TINY)
        gain = float(np.log(total).sum())
        belief /= total[:, None]
        if abs(gain - before) < _CLOSE * given.size:
            break
        before = gain
        noise = _noise(given, belief, kinds)
        weight = weight + _step(belief, true, odds, mixed=mixed)
        true = _true(odds, weight)
    return _Fit(gain, true, noise)


def _true(odds: Numbers, weight: Numbers) -> Numbers:
    """The chance of each class from its log odds to the last one, moved by a constant and the log odds given."""
    logit = np.c_[odds @ weight[:, 1:].T + weight[:, 0], np.zeros(len(odds))]
    raw = np.exp(logit - logit.max(axis=1, keepdims=True))
    return np.asarray(raw / raw.sum(axis=1, keepdims=True))


def _noise(given: NDArray[np.int64], belief: Numbers, kinds: str) -> Numbers:
    classes = belief.shape[1]
    if kinds == "none":
        return np.eye(classes)
    if kinds == "one":
        wrong = float(1 - belief[np.arange(given.size), given].mean())
        return np.asarray(np.where(np.eye(classes) > 0, 1 - wrong, wrong / (classes - 1)))
    joint = np.stack([np.bincount(given, weights=column, minlength=classes) for column in belief.T], axis=1)
    return np.asarray(joint / np.maximum(joint.sum(axis=0), _TINY))


def _step(belief: Numbers, true: Numbers, odds: Numbers, *, mixed: bool) -> Numbers:
    """A Newton step of the multinomial regression of beliefs on log odds, no longer than 2 anywhere."""
    rows = odds.shape[1]
    slope = _moved((belief - true)[:, :-1], odds, mixed=mixed).sum(axis=0)
    curve = (_mixed_curve if mixed else _scaled_curve)(true[:, :-1], odds)
    found = np.linalg.solve(curve + 1e-4 * np.eye(len(curve)), slope)
    step = found.reshape(rows, rows + 1) if mixed else np.hstack([found[:-1, None], found[-1] * np.eye(rows)])
    return np.asarray(step * min(1.0, 2.0 / max(np.abs(step).max(), 1e-12)))


def _moved(change: Numbers, odds: Numbers, *, mixed: bool) -> Numbers:
    """How what changes so with each logit changes, by item, with what is free.

    That is a constant and every log odds for each logit, or the constants and the scale of all.
    """
    if not mixed:
        return np.column_stack([change, (change * odds).sum(axis=1)])
    known = np.column_stack([np.ones(len(odds)), odds])
    return np.asarray((change[:, :, None] * known[:, None, :]).reshape(len(odds), -1))


def _scaled_curve(true: Numbers, odds: Numbers) -> Numbers:
    mean = (true * odds).sum(axis=1)
    both = (true * (odds - mean[:, None])).sum(axis=0)
    scale = (true * odds**2).sum() - mean @ mean
    return np.block(
        [[np.diag(true.sum(axis=0)) - true.T @ true, both[:, None]], [both[None, :], np.full((1, 1), scale)]]
    )


def _mixed_curve(true: Numbers, odds: Numbers) -> Numbers:
    known, rows = np.column_stack([np.ones(len(odds)), odds]), true.shape[1]
    curve = np.empty((rows, rows + 1, rows, rows + 1))
    for i in range(rows):
        for j in range(i, rows):
            weight = true[:, i] * ((i == j) - true[:, j])
            curve[i, :, j] = curve[j, :, i] = (known * weight[:, None]).T @ known
    return curve.reshape(rows * (rows + 1), -1)


def _standard_error(given: NDArray[np.int64], odds: Numbers, found: _Fit, *, mixed: bool) -> float:
    """By the delta method: the variance of each item's influence on the share, from the outer products of scores."""
    true, noise = found.true, found.given
    total = np.maximum((true * noise[given]).sum(axis=1), _TINY)
    belief = true * noise[given] / total[:, None]
    wrong = 1 - np.diag(noise)
    mean = true @ wrong
    errors, which = _error_scores(given, found, total)
    moved = _moved((belief - true)[:, :-1], odds, mixed=mixed)
    scores = np.column_stack([errors, moved])
    change = (true * (wrong - mean[:, None]))[:, :-1]
    slope = np.r_[true.mean(axis=0)[which], _moved(change, odds, mixed=mixed).mean(axis=0)]
    information = scores.T @ scores / given.size
    information += 1e-8 * np.trace(information) / len(information) * np.eye(len(information))
    influence = scores @ np.linalg.solve(information, slope) + mean - mean.mean()
    return float(influence.std() / np.sqrt(given.size))


def _error_scores(given: NDArray[np.int64], found: _Fit, total: Numbers) -> tuple[Numbers, NDArray[np.int64]]:
    """Scores of each kind of error that occurs, or of each class's share where classes are many; the true classes."""
    true, noise = found.true, found.given
    said = np.eye(len(noise))[given]
    seen = noise * true.sum(axis=0)
    np.fill_diagonal(seen, 0.0)
    if len(noise) <= MOST_MIXED:
        label, which = np.nonzero(seen > _FEWEST)
        return true[:, which] * (said[:, label] - said[:, which]) / total[:, None], which
    which = np.flatnonzero(seen.sum(axis=0) > _FEWEST)
    others = (seen / np.maximum(seen.sum(axis=0), _TINY))[given] - said
    return true[:, which] * others[:, which] / total[:, None], which


def _from_zero(estimate: Estimate, given: NDArray[np.int64], odds: Numbers, *, mixed: bool) -> Estimate:
    """Begin the interval at 0 unless one share of errors explains the labels better than none by more than chance."""
    gain = _fitted(given, odds, mixed=mixed, kinds="one").gain - _fitted(given, odds, mixed=mixed, kinds="none").gain
    return estimate if 2 * gain > _CHANCE else replace(estimate, low=0.0)
