"""The committee: the plain votes and two models at one table, each with a third of the say.

Single models explain the answers well and are too sure of themselves: real workers err together on hard tasks, which
no model of independent workers knows. So where two models with weak and strong pooling agree, they outvote the count
of votes; where they do not, the votes decide. On real crowds this is right more often than any one member, and its
probabilities are nearer to the truth (see the page on truth inference for both tables).

Source: the linear opinion pool of Stone, Annals of Mathematical Statistics 32(4), 1961, with equal weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headwater.stats.inference.expectation import Stop, expected
from headwater.stats.inference.identifiability import warnings
from headwater.stats.inference.mace import drawn_dawid_skene
from headwater.stats.inference.truth import Answers, Truth
from headwater.stats.inference.votes import majority, with_prior

if TYPE_CHECKING:
    from numpy.typing import NDArray

STRENGTHS = (3.0, 10.0)
"""How strongly the two models pull each worker's confusion matrix towards a simple one."""


def committee(
    given: Answers,
    *,
    gold: NDArray[np.int64] | None = None,
    stop: Stop = Stop(),  # noqa: B008 -- a constant
) -> Truth:
    """Return the mean posterior of the vote and of two Dawid–Skene models with weak and strong pooling.

    Args:
        given: The answers.
        gold: Known class of each task, -1 where unknown; known tasks are certain.
        stop: When each model stops.
    """
    models = [drawn_dawid_skene(given, gold=gold, strength=strength, stop=stop) for strength in STRENGTHS]
    posterior = majority(given, gold=gold).posterior
    for model in models:
        posterior += model.posterior
    posterior /= len(models) + 1
    evidence = with_prior(expected(given, posterior))
    return Truth(
        posterior=posterior,
        evidence=evidence,
        method="committee",
        log_likelihood=float("nan"),
        iterations=max(model.iterations for model in models),
        converged=all(model.converged for model in models),
        warnings=warnings(given, evidence, gold=gold),
    )
