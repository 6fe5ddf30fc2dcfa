"""Answers that a model did not see: how well it foretells them, from a part of a large crowd where that is enough."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from headwater.stats.inference.truth import Answers, Truth

ONE_IN = 5
"""One answer in so many is hidden."""


def hide(given: Answers, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which answers to hide."""
    return np.asarray(rng.integers(0, ONE_IN, len(given.task)) == 0)


def foretold(given: Answers, run: Callable[..., Truth], hidden: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the log-likelihood of each hidden answer after a fit to the others."""
    truth = run(given.part(~hidden))
    posterior = truth.posterior[given.task[hidden]]
    chance = np.einsum("nk,nk->n", posterior, truth.confusion[given.worker[hidden], :, given.label[hidden]])
    return np.asarray(np.log(np.maximum(chance, 1e-12)))


def sampled(
    given: Answers, gold: NDArray[np.int64] | None, rng: np.random.Generator, *, most: int
) -> tuple[Answers, NDArray[np.int64] | None]:
    """Return the answers of all gold tasks and of about so many others, with fresh task codes."""
    if len(given.task) <= most:
        return given, gold
    chosen = rng.random(given.tasks) < most / len(given.task)
    if gold is not None:
        chosen |= gold[: given.tasks] >= 0
    code = np.cumsum(chosen) - 1
    keep = chosen[given.task]
    predicted = None if given.predicted is None else given.predicted[chosen]
    part = replace(given.part(keep), task=code[given.task[keep]], tasks=int(chosen.sum()), predicted=predicted)
    return part, None if gold is None else gold[: given.tasks][chosen]
