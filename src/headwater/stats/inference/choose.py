"""Choosing the method of truth inference, and showing the others beside it.

With gold, cross-validated accuracy on gold decides. Without, the committee stands unless it foretells hidden answers
worse than the plain vote does. Held-out likelihood does not decide between models: it rewards explaining the answers,
mistakes that workers share included, and on one of eight real crowds its pick is right less often than the vote.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.core.errors import InvalidError
from headwater.stats.inference.cohorts import by_cohort
from headwater.stats.inference.committee import committee
from headwater.stats.inference.dawid_skene import dawid_skene, one_coin
from headwater.stats.inference.glad import glad
from headwater.stats.inference.hidden import foretold, hide, sampled
from headwater.stats.inference.mace import drawn_dawid_skene, mace
from headwater.stats.inference.ordinal import ordinal
from headwater.stats.inference.truth import Answers, Truth, answers
from headwater.stats.inference.votes import majority, weighted
from headwater.stats.inference.with_model import beside_predictions
from headwater.stats.interval import Estimate, normal, undefined, wilson

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

Methods = dict[str, "Callable[..., Truth]"]
"""Methods by name."""
METHODS: Methods = {
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
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
    methods: Methods = METHODS,
    gold: ArrayLike | None = None,
    predicted: NDArray[np.float64] | None = None,
    default: str = DEFAULT,
    rng: np.random.Generator | None = None,
) -> Truth:
    """Return the likeliest right answers.

    Args:
        task: Task code of each answer.
        worker: Worker code of each answer.
        label: Class code of each answer; negative ones are left out.
        classes: How many classes there are.
        method: A name in `methods`, or `auto` to choose.
        methods: What there is to choose from; see `available`.
        gold: Known class of each task, -1 where unknown.
        predicted: What a model says of each task (tasks × classes), rows of nan where it says nothing.
        default: The method that stands unless gold or hidden answers speak against it.
        rng: Divides answers and gold into folds when choosing.

    Raises:
        InvalidError: There is no such method, or the arrays do not fit.
    """
    given = answers(task, worker, label, classes=classes)
    if predicted is not None:
        given = replace(given, predicted=predicted[: given.tasks])
    known = None if gold is None else np.asarray(gold, dtype=np.int64)
    if method != "auto":
        return _named(methods, method)(given, gold=known)
    name, reason = _Chooser(methods, default, rng or np.random.default_rng(0)).choice(given, known)
    return replace(methods[name](given, gold=known), reason=reason)


def available(*, cohort: ArrayLike | None = None, ordered: bool = False, predicted: bool = False) -> Methods:
    """Return the methods that fit the answers.

    Args:
        cohort: Code of each worker's cohort; brings `cohort`, where workers share the habits of theirs.
        ordered: Whether the classes are steps of a scale, in order; brings `ordinal`.
        predicted: Whether a model's predictions stand beside the answers; brings `with-model`.
    """
    found = dict(METHODS)
    if cohort is not None:
        found["cohort"] = partial(by_cohort, cohort=cohort)
    if ordered:
        found["ordinal"] = ordinal
    if predicted:
        found["with-model"] = beside_predictions
    return found


def compare(
    given: Answers,
    *,
    gold: NDArray[np.int64] | None = None,
    methods: Methods = METHODS,
    rng: np.random.Generator | None = None,
) -> list[Candidate]:
    """Return how every method fares, the plainest first; all meet the same hidden answers and gold.

    Of more than `MOST_ANSWERS` answers, a random part of the tasks is taken, with all gold.

    Args:
        given: The answers.
        gold: Known class of each task, -1 where unknown.
        methods: What to compare; see `available`.
        rng: Divides answers and gold into folds.
    """
    draw = rng or np.random.default_rng(0)
    given, gold = sampled(given, gold, draw, most=MOST_ANSWERS)
    folds, hidden = _gold_folds(gold, draw), hide(given, draw)
    votes = majority(given, gold=gold).label
    rows = []
    for name, run in methods.items():
        hits = _gold_hits(given, gold, run, folds)
        label = run(given, gold=gold).label
        rows.append(
            Candidate(
                method=name,
                gold=wilson(int(hits.sum()), len(hits)),
                held_out=_mean(foretold(given, run, hidden)),
                changed=float((label != votes).mean()) if len(label) else 0.0,
            )
        )
    return rows


class _Choice(NamedTuple):
    method: str
    reason: str


def _named(methods: Methods, name: str) -> Callable[..., Truth]:
    if name not in methods:
        raise InvalidError(
            f"There is no method '{name}' for these answers.", remedy=f"Take auto, {', '.join(methods)}."
        )
    return methods[name]


class _Chooser(NamedTuple):
    methods: Methods
    default: str
    rng: np.random.Generator

    def choice(self, given: Answers, gold: NDArray[np.int64] | None) -> _Choice:
        if given.classes < 2 or len(given.task) == 0:  # noqa: PLR2004 -- nothing to choose by
            return _Choice(PLAINEST, "There is nothing to choose by.")
        part, known = sampled(given, gold, self.rng, most=MOST_ANSWERS)
        if known is not None and (known >= 0).sum() >= FEWEST_GOLD:
            return self._by_gold(part, known)
        hidden = hide(part, self.rng)
        lead = foretold(part, self.methods[self.default], hidden) - foretold(part, self.methods[PLAINEST], hidden)
        gain = _mean(lead)
        figure = f"{gain.value:+.3f} per answer in log-likelihood, n = {gain.n:,}"
        if gain.defined and gain.high < 0:
            return _Choice(PLAINEST, f"Models foretell hidden answers worse than votes do ({figure}).")
        if not gain.defined:
            return _Choice(self.default, "Too little gold to choose by, and too few tasks to foretell answers of.")
        said = f"Too little gold to choose by; models foretell hidden answers at least as well ({figure})."
        return _Choice(self.default, said)

    def _by_gold(self, given: Answers, gold: NDArray[np.int64]) -> _Choice:
        """Return the method best on gold; the default unless another leads by more than one standard error."""
        folds = _gold_folds(gold, self.rng)
        hits = {name: _gold_hits(given, gold, run, folds) for name, run in self.methods.items()}
        best = max(self.methods, key=lambda name: (hits[name].mean(), name == self.default, name == PLAINEST))
        lead = hits[best].astype(float) - hits[self.default]
        clear = lead.mean() > lead.std(ddof=1) / math.sqrt(len(lead))
        name = best if clear else self.default
        return _Choice(name, f"Found {wilson(int(hits[name].sum()), len(lead))} of gold that was hidden from it.")


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


def _mean(values: NDArray[np.float64]) -> Estimate:
    method = "mean log-likelihood of hidden answers, normal interval"
    if len(values) < 2:  # noqa: PLR2004 -- no spread
        return undefined("Too few answers to hide some.", n=len(values), method=method)
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    return normal(float(values.mean()), error, n=len(values), method=method)
