"""Choosing the method of truth inference, and showing the others beside it.

With gold, cross-validated accuracy on gold decides. Without, the committee stands unless it foretells hidden answers
worse than the plain vote does. Held-out likelihood does not decide between models: it rewards explaining the answers,
mistakes that workers share included, and on real crowds it picks methods that are right less often than the vote.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.core.errors import InvalidError
from headwater.stats.inference.committee import committee
from headwater.stats.inference.dawid_skene import dawid_skene, one_coin
from headwater.stats.inference.glad import glad
from headwater.stats.inference.mace import drawn_dawid_skene, mace
from headwater.stats.inference.truth import Answers, Truth, answers
from headwater.stats.inference.votes import majority, weighted
from headwater.stats.interval import Estimate, normal, undefined, wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import ArrayLike, NDArray

METHODS: dict[str, Callable[..., Truth]] = {
    "majority": majority,
    "weighted": weighted,
    "one-coin": one_coin,
    "glad": glad,
    "mace": mace,
    "dawid-skene": dawid_skene,
    "drawn-dawid-skene": drawn_dawid_skene,
    "committee": committee,
}
"""Every method by name, the plainest first."""
DEFAULT, PLAINEST = "committee", "majority"
FOLDS = 5
FEWEST_GOLD = 30
"""Gold tasks from which they decide."""
MOST_ANSWERS = 500_000
"""Answers that a choice is made on; of more, a random part of the tasks is taken, with all gold."""


class Candidate(NamedTuple):
    """How a method fares on answers and gold that it did not see."""

    method: str
    gold: Estimate
    """Share of gold tasks found while their own fold was hidden, with Wilson's interval; undefined without gold."""
    held_out: Estimate
    """Mean log-likelihood of hidden answers, with a normal interval; higher foretells better."""
    changed: float
    """Share of tasks whose class differs from the majority's."""


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
        method: A name in `METHODS`, or `auto` to choose.
        gold: Known class of each task, -1 where unknown.
        rng: Divides answers and gold into folds when choosing.

    Raises:
        InvalidError: There is no such method, or the arrays do not fit.
    """
    given = answers(task, worker, label, classes=classes)
    known = None if gold is None else np.asarray(gold, dtype=np.int64)
    check_method(method)
    if method != "auto":
        return METHODS[method](given, gold=known)
    name, reason = _choice(given, known, rng or np.random.default_rng(0))
    return replace(METHODS[name](given, gold=known), reason=reason)


def check_method(method: str) -> None:
    """Refuse a name that is no method.

    Raises:
        InvalidError: There is no such method.
    """
    if method not in METHODS and method != "auto":
        raise InvalidError(f"There is no method '{method}'.", remedy=f"Take auto, {', '.join(METHODS)}.")


def compare(
    given: Answers,
    *,
    gold: NDArray[np.int64] | None = None,
    methods: Iterable[str] = tuple(METHODS),
    rng: np.random.Generator | None = None,
) -> list[Candidate]:
    """Return how every method fares, in the order asked for; all meet the same hidden answers and gold.

    Args:
        given: The answers.
        gold: Known class of each task, -1 where unknown.
        methods: Names in `METHODS`.
        rng: Divides answers and gold into folds.
    """
    draw = rng or np.random.default_rng(0)
    folds, hidden = _gold_folds(gold, draw), _hidden(given, draw)
    votes = majority(given, gold=gold).label
    rows = []
    for name in methods:
        check_method(name)
        hits = _gold_hits(given, gold, METHODS[name], folds)
        label = METHODS[name](given, gold=gold).label
        rows.append(
            Candidate(
                method=name,
                gold=wilson(int(hits.sum()), len(hits)),
                held_out=_mean(_held_out(given, METHODS[name], hidden)),
                changed=float((label != votes).mean()) if len(label) else 0.0,
            )
        )
    return rows


class _Choice(NamedTuple):
    method: str
    reason: str


def _choice(given: Answers, gold: NDArray[np.int64] | None, rng: np.random.Generator) -> _Choice:
    if given.classes < 2 or len(given.task) == 0:  # noqa: PLR2004 -- nothing to choose by
        return _Choice(PLAINEST, "There is nothing to choose by.")
    part, known = _sampled(given, gold, rng)
    if known is not None and (known >= 0).sum() >= FEWEST_GOLD:
        return _by_gold(part, known, rng)
    hidden = _hidden(part, rng)
    lead = _held_out(part, METHODS[DEFAULT], hidden) - _held_out(part, METHODS[PLAINEST], hidden)
    gain = _mean(lead)
    figure = f"{gain.value:+.3f} per answer in log-likelihood, n = {gain.n:,}"
    if gain.defined and gain.value < -gain.standard_error:
        return _Choice(PLAINEST, f"Models foretell hidden answers worse than votes do ({figure}).")
    return _Choice(
        DEFAULT, f"Too little gold to choose by; models foretell hidden answers at least as well ({figure})."
    )


def _by_gold(given: Answers, gold: NDArray[np.int64], rng: np.random.Generator) -> _Choice:
    """Return the method best on gold; the default unless another leads by more than one standard error."""
    folds = _gold_folds(gold, rng)
    hits = {name: _gold_hits(given, gold, run, folds) for name, run in METHODS.items()}
    best = max(METHODS, key=lambda name: (hits[name].mean(), name == DEFAULT, name == PLAINEST))
    lead = hits[best].astype(float) - hits[DEFAULT]
    clear = lead.mean() > lead.std(ddof=1) / math.sqrt(len(lead))
    name = best if clear else DEFAULT
    return _Choice(name, f"Found {wilson(int(hits[name].sum()), len(lead))} of gold that was hidden from it.")


def _sampled(
    given: Answers, gold: NDArray[np.int64] | None, rng: np.random.Generator
) -> tuple[Answers, NDArray[np.int64] | None]:
    """Return the answers of all gold tasks and of as many others as a choice needs, with fresh task codes."""
    if len(given.task) <= MOST_ANSWERS:
        return given, gold
    chosen = rng.random(given.tasks) < MOST_ANSWERS / len(given.task)
    if gold is not None:
        chosen |= gold[: given.tasks] >= 0
    code = np.cumsum(chosen) - 1
    keep = chosen[given.task]
    part = replace(given.part(keep), task=code[given.task[keep]], tasks=int(chosen.sum()))
    return part, None if gold is None else gold[: given.tasks][chosen]


def _gold_folds(gold: NDArray[np.int64] | None, rng: np.random.Generator) -> list[NDArray[np.int64]]:
    known = np.empty(0, np.int64) if gold is None else rng.permutation(np.flatnonzero(gold >= 0))
    return [fold for fold in np.array_split(known, FOLDS) if len(fold)]


def _gold_hits(
    given: Answers, gold: NDArray[np.int64] | None, run: Callable[..., Truth], folds: list[NDArray[np.int64]]
) -> NDArray[np.bool_]:
    """Return whether each gold task was found while its own fold was hidden."""
    hits = [np.empty(0, np.bool_)]
    for fold in folds if gold is not None else []:
        hidden = np.array(gold)
        hidden[fold] = -1
        hits.append(run(given, gold=hidden).label[fold] == np.asarray(gold)[fold])
    return np.concatenate(hits)


def _hidden(given: Answers, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which answers to hide: one in so many."""
    return np.asarray(rng.integers(0, FOLDS, len(given.task)) == 0)


def _held_out(given: Answers, run: Callable[..., Truth], hidden: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the log-likelihood of each hidden answer after a fit to the others."""
    truth = run(given.part(~hidden))
    confusion = truth.confusion
    posterior = truth.posterior[given.task[hidden]]
    chance = np.einsum("nk,nk->n", posterior, confusion[given.worker[hidden], :, given.label[hidden]])
    return np.asarray(np.log(np.maximum(chance, 1e-12)))


def _mean(values: NDArray[np.float64]) -> Estimate:
    method = "mean log-likelihood of hidden answers, normal interval"
    if len(values) < 2:  # noqa: PLR2004 -- no spread
        return undefined("Too few answers to hide some.", n=len(values), method=method)
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    return normal(float(values.mean()), error, n=len(values), method=method)
