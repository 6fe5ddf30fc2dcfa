"""Choosing the method of truth inference: by gold when there is some, else by held-out likelihood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headwater.core.errors import InvalidError
from headwater.stats.inference.dawid_skene import dawid_skene, one_coin
from headwater.stats.inference.truth import Answers, Truth, answers
from headwater.stats.inference.votes import majority, weighted

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

METHODS: dict[str, Callable[..., Truth]] = {
    "majority": majority,
    "weighted": weighted,
    "one-coin": one_coin,
    "dawid-skene": dawid_skene,
}
FOLDS = 5
FEWEST_GOLD = 30
"""Gold tasks below which held-out likelihood decides."""


def infer(  # noqa: PLR0913 -- answers in long format are three arrays
    task: ArrayLike,
    worker: ArrayLike,
    label: ArrayLike,
    *,
    classes: int | None = None,
    method: str = "auto",
    gold: ArrayLike | None = None,
    rng: np.random.Generator | None = None,
) -> Truth:
    """Return the likeliest right answers.

    Args:
        task: Task code of each answer.
        worker: Worker code of each answer.
        label: Class code of each answer; negative ones are left out.
        classes: How many classes there are.
        method: `majority`, `dawid-skene`, or `auto` to choose between them.
        gold: Known class of each task, -1 where unknown.
        rng: Divides answers into folds when choosing.

    Raises:
        InvalidError: There is no such method, or the arrays do not fit.
    """
    given = answers(task, worker, label, classes=classes)
    known = None if gold is None else np.asarray(gold, dtype=np.int64)
    if method == "auto":
        method = _best(given, known, rng or np.random.default_rng(0))
    if method not in METHODS:
        raise InvalidError(f"There is no method '{method}'; there are {', '.join(METHODS)} and auto.")
    return METHODS[method](given, gold=known)


def _best(given: Answers, gold: NDArray[np.int64] | None, rng: np.random.Generator) -> str:
    if given.classes < 2 or len(given.task) == 0:  # noqa: PLR2004 -- nothing to choose by
        return "majority"
    if gold is not None and (gold >= 0).sum() >= FEWEST_GOLD:
        scores = {name: _gold_accuracy(given, gold, run, rng.spawn(1)[0]) for name, run in METHODS.items()}
    else:
        scores = {name: _held_out(given, run, rng.spawn(1)[0]) for name, run in METHODS.items()}
    return max(scores, key=lambda name: (scores[name], name == "majority"))


def _gold_accuracy(
    given: Answers, gold: NDArray[np.int64], run: Callable[..., Truth], rng: np.random.Generator
) -> float:
    """Return the share of gold tasks found when their own fold is hidden."""
    known = rng.permutation(np.flatnonzero(gold >= 0))
    right = 0
    for fold in np.array_split(known, FOLDS):
        hidden = gold.copy()
        hidden[fold] = -1
        right += int((run(given, gold=hidden).label[fold] == gold[fold]).sum())
    return right / len(known)


def _held_out(given: Answers, run: Callable[..., Truth], rng: np.random.Generator) -> float:
    """Return the mean log-likelihood of answers that were hidden from the fit."""
    fold = rng.integers(0, FOLDS, len(given.task))
    total = 0.0
    for hidden in range(FOLDS):
        seen, unseen = fold != hidden, fold == hidden
        truth = run(given.part(seen))
        confusion = truth.confusion
        chance = np.einsum(
            "nk,nk->n",
            truth.posterior[given.task[unseen]],
            confusion[given.worker[unseen], :, given.label[unseen]],
        )
        total += float(np.log(np.maximum(chance, 1e-12)).sum())
    return total / len(given.task)
