"""The committee: the plain votes and two models at one table, each with a third of the say.

Single models explain the answers well and are too sure of themselves: real workers err together on hard tasks, which
no model of independent workers knows. So where two models with weak and strong pooling agree, they outvote the count
of votes; where they do not, the votes decide. How strong the strong one is, the crowd says itself: crowds differ in how
much its members tell of each other, and hidden answers show it, without any truth. On real crowds this is right more
often than any one member, and its probabilities are nearer to the truth (see the page on truth inference).

Source: the linear opinion pool of Stone, Annals of Mathematical Statistics 32(4), 1961, with equal weights.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from headwater.stats.inference.expectation import Stop, expected
from headwater.stats.inference.hidden import foretold, hide, sampled
from headwater.stats.inference.identifiability import warnings
from headwater.stats.inference.mace import drawn_dawid_skene
from headwater.stats.inference.truth import Answers, Truth
from headwater.stats.inference.votes import majority, with_prior

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEAK = 3.0
"""How strongly one model pulls each worker's confusion matrix towards a simple one."""
STRONG = (5.0, 10.0, 20.0, 50.0)
"""How strongly the other may."""
MOST_ANSWERS = 100_000
"""Answers of which one in five is hidden to find the strength; of more, a random part of the tasks is taken."""
_ROUGH = Stop(30, 1e-2)


def committee(
    given: Answers,
    *,
    gold: NDArray[np.int64] | None = None,
    strength: float | None = None,
    stop: Stop = Stop(),  # noqa: B008 -- a constant
) -> Truth:
    """Return the mean posterior of the vote and of two Dawid–Skene models with weak and strong pooling.

    Args:
        given: The answers.
        gold: Known class of each task, -1 where unknown; known tasks are certain.
        strength: Of the strong model; the one of `STRONG` that foretells hidden answers best by default.
        stop: When each model stops.
    """
    strong = foretelling(given) if strength is None else strength
    models = [drawn_dawid_skene(given, gold=gold, strength=each, stop=stop) for each in (WEAK, strong)]
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


def foretelling(given: Answers) -> float:
    """Return the strength of `STRONG` under which hidden answers are foretold best; the weakest of equals."""
    rng = np.random.default_rng(0)
    part, _ = sampled(given, None, rng, most=MOST_ANSWERS)
    hidden = hide(part, rng)
    if not hidden.any():
        return STRONG[0]
    runs = {each: partial(drawn_dawid_skene, strength=each, stop=_ROUGH) for each in STRONG}
    return max(STRONG, key=lambda each: float(foretold(part, runs[each], hidden).mean()))
