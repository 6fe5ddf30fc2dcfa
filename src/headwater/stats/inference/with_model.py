"""Answers of people and the prediction of a model, weighed by how far each is trusted (CROWDLAB).

A worker's answer counts as a prediction that gives its class the probability with which people agree. Workers weigh by
their agreement with other workers, the model by its agreement with the workers, both relative to always saying the
commonest class; the model's weight grows with the root of the answers per task, because it saw many tasks.

Source: Goh, Tkachenko and Mueller, CROWDLAB, 2022. Its agreements are counted over tasks with two or more answers.
The model should not have been trained on these tasks: take out-of-sample predictions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.core.errors import InvalidError
from headwater.stats.inference.expectation import clamped, expected, known
from headwater.stats.inference.identifiability import warnings
from headwater.stats.inference.truth import Answers, Truth
from headwater.stats.inference.votes import vote_shares, with_prior

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_LEAST = 1e-6


class Trust(NamedTuple):
    """How much each voice weighs."""

    worker: NDArray[np.float64]
    """Weight of each worker's answers."""
    model: float
    """Weight of the model's prediction, in answers of the best worker."""
    agreement: float
    """How often an answer is the majority's: the probability an answer lends to its class."""


def with_model(given: Answers, predicted: ArrayLike, *, gold: NDArray[np.int64] | None = None) -> Truth:
    """Return the posterior of answers and predictions together.

    Args:
        given: The answers.
        predicted: Probability of each class of each task by a model that did not see these answers (tasks × classes);
            rows of nan for tasks it said nothing about, which then rest on the answers.
        gold: Known class of each task, -1 where unknown; known tasks are certain.

    Raises:
        InvalidError: The predictions do not fit the answers, or are no probabilities.
    """
    probability = _checked(given, predicted)
    trust = trusted(given, probability)
    others = max(given.classes - 1, 1)
    weight = trust.worker[given.worker]
    total = np.bincount(given.task, weight, given.tasks)[:, None]
    gain = np.bincount(given.task * given.classes + given.label, weight, given.tasks * given.classes)
    low = (1 - trust.agreement) / others
    voices = low * total + (trust.agreement - low) * gain.reshape(given.tasks, given.classes)
    voices += trust.model * np.nan_to_num(probability)
    posterior = clamped(vote_shares(voices), known(gold, given.tasks))
    evidence = with_prior(expected(given, posterior))
    return Truth(
        posterior=posterior,
        evidence=evidence,
        method="with-model",
        log_likelihood=float("nan"),
        iterations=1,
        converged=True,
        warnings=warnings(given, evidence, gold=gold),
    )


def beside_predictions(given: Answers, *, gold: NDArray[np.int64] | None = None) -> Truth:
    """Return the posterior of answers and the predictions that stand beside them (see `with_model`)."""
    nothing = np.full((given.tasks, given.classes), np.nan)
    return with_model(given, nothing if given.predicted is None else given.predicted, gold=gold)


def trusted(given: Answers, predicted: NDArray[np.float64]) -> Trust:
    """Return how much each worker and the model weigh; all alike where no task has two answers."""
    answered = np.bincount(given.task, minlength=given.tasks)
    shared = answered[given.task] > 1
    if not shared.any():
        return Trust(np.ones(given.workers), 1.0, 1.0 - _LEAST)
    task, worker, label = given.task[shared], given.worker[shared], given.label[shared]
    several = answered > 1
    votes = given.votes
    there = np.isfinite(predicted[:, 0]) if given.classes else several
    predicted = np.nan_to_num(predicted)
    consensus = (vote_shares(votes) + 1e-3 * predicted).argmax(axis=1)  # the model breaks ties
    share = votes[np.arange(given.tasks), consensus][several] / answered[several]
    commonest = np.bincount(consensus[several], minlength=given.classes).argmax()
    baseline = float((votes[several, commonest] / answered[several]).mean())
    room = max(1 - baseline, _LEAST)
    agreeing = np.bincount(worker, votes[task, label] - 1, given.workers)
    pairs = np.bincount(worker, answered[task] - 1.0, given.workers)
    alike = np.where(pairs > 0, agreeing / np.maximum(pairs, 1), agreeing.sum() / pairs.sum())
    seen = several & there
    model = float((votes[seen, predicted.argmax(axis=1)[seen]] / answered[seen]).mean()) if seen.any() else 0.0
    return Trust(
        worker=np.maximum(1 - (1 - alike) / room, _LEAST),
        model=max(1 - (1 - model) / room, _LEAST) * float(np.sqrt(answered[several].mean())),
        agreement=float(np.clip(share.mean(), _LEAST, 1 - _LEAST)),
    )


def _checked(given: Answers, predicted: ArrayLike) -> NDArray[np.float64]:
    probability = np.asarray(predicted, dtype=np.float64)
    if probability.shape != (given.tasks, given.classes):
        raise InvalidError(f"Predictions must have the shape {(given.tasks, given.classes)}, not {probability.shape}.")
    said = probability[~np.isnan(probability).all(axis=1)]
    if (said < 0).any() or not np.allclose(said.sum(axis=1), 1, atol=1e-6):
        raise InvalidError("Predictions must be probabilities that add up to 1 for each task, or nan for all classes.")
    return probability
