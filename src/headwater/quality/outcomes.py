"""What truth inference makes of a campaign's answers to a question, by the model that fits the question's kind.

| kind | model |
|---|---|
| single, refusal | classes: the committee of votes and Dawid-Skene models, or what gold finds better |
| rating | the same, with the model of scales among those to choose from |
| numeric | each annotator measures with a bias and a spread of their own |
| multiple | each option on its own, yes or no (binary relevance) |
| ranking | Bradley-Terry strengths of each task's things, annotators of different reliability |
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.annotation.questions import CLOSED, Kind
from headwater.core.errors import InvalidError
from headwater.quality import habits, shapes
from headwater.quality.crowds import classes_of
from headwater.quality.model import NotAssessableError
from headwater.stats.inference import rankers
from headwater.stats.inference.choose import infer
from headwater.stats.inference.continuous import continuous
from headwater.stats.inference.rankings import Comparisons, Orders, rankings
from headwater.stats.interval import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from headwater.annotation.answers import Answers
    from headwater.annotation.prelabels import Proposed
    from headwater.annotation.questions import Question
    from headwater.quality.crowds import Crowd
    from headwater.quality.habits import Habit
    from headwater.stats.inference.truth import Truth

CONTINUOUS, BRADLEY_TERRY = "continuous", "bradley-terry"
SHOWN_BELIEF = 0.005
"""Probabilities below this are not kept."""
_LINKED, _NAMED = 0.3, 3
"""Correlation from which two options are said to depend on each other; how many such pairs are named."""


class NotResolvableError(NotAssessableError):
    """This kind of question has no resolved label."""

    code = "not_resolvable"


class Material(NamedTuple):
    """What labels are made of."""

    given: Answers
    proposed: Proposed
    """What models propose."""
    teams: Mapping[str, str]
    """Cohort → its team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The likeliest right value of every task, and how sure it is; by code of the task."""

    values: Sequence[str]
    """In the normal form of `shapes`."""
    confidence: NDArray[np.float64]
    """In [0, 1]: see `Label.confidence`."""
    beliefs: Sequence[dict[str, float]]
    """What else is possible: see `Label.beliefs`."""
    method: str
    reason: str
    warnings: tuple[str, ...]
    converged: bool
    gold: int
    """Tasks whose right answer was known."""
    habits: tuple[Habit, ...] = ()
    """Of every annotator and team; not for choices of several, whose options have one each."""
    shares: tuple[float, ...] = ()
    """How frequent each class is, in the order of the habits' values."""


def resolvable(question: Question) -> bool:
    """Return whether a question's answers can be resolved to one label for each task."""
    return question.kind in _RESOLVE and not question.per_turn


def ensure_resolvable(question: Question) -> None:
    """Pass when a question's answers can be resolved to one label for each task.

    Raises:
        NotResolvableError: They cannot.
    """
    if resolvable(question):
        return
    if question.per_turn:
        said, remedy = "is asked for every turn: it has no label of the whole record", "Ask about the whole as well."
    else:
        said = f"is of kind {question.kind}: its answers are not resolved to one label"
        remedy = f"Resolved are {', '.join(sorted(_RESOLVE))}; have experts settle others by review and adjudication."
    raise NotResolvableError(f"Question '{question.name}' {said}.", remedy=remedy)


def outcome(question: Question, made: Material, *, method: str) -> Outcome:
    """Return what truth inference makes of answers.

    Args:
        question: A question that is `resolvable`.
        made: Its answers, structured values kept, and what stands beside them.
        method: `auto`, or a method that fits the kind.

    Raises:
        InvalidError: The method does not fit the question's kind.
    """
    ensure_resolvable(question)
    return _RESOLVE[question.kind](question, made, method)


def of_classes(question: Question, made: Material, method: str) -> Outcome:
    """Return the likeliest class of each task."""
    crowd = classes_of(question, made.given, made.proposed)
    truth = inferred(crowd, method)
    rows, columns = np.nonzero(truth.posterior >= SHOWN_BELIEF)
    beliefs: list[dict[str, float]] = [{} for _ in range(len(truth.posterior))]
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        beliefs[row][crowd.values[column]] = round(float(truth.posterior[row, column]), 4)
    return Outcome(
        values=[crowd.values[code] for code in truth.label],
        confidence=truth.confidence,
        beliefs=beliefs,
        method=truth.method,
        reason=truth.reason,
        warnings=(*truth.warnings, *crowd.warnings),
        converged=truth.converged,
        gold=int((crowd.gold >= 0).sum()),
        habits=habits.of_classes(crowd, truth, made.teams),
        shares=tuple(round(float(share), 6) for share in truth.posterior.mean(axis=0)),
    )


def inferred(crowd: Crowd, method: str) -> Truth:
    """Return the posterior of answers that are classes."""
    return infer(
        crowd.given.task,
        crowd.given.annotator,
        crowd.code,
        classes=len(crowd.values),
        gold=crowd.gold,
        predicted=crowd.predicted,
        method=method,
        methods=crowd.methods,
        default=crowd.default,
    )


def of_numbers(question: Question, made: Material, method: str) -> Outcome:
    """Return the likeliest number of each task: its confidence is the reliability of the estimate.

    That is 1 less the share of a task's own posterior variance in the variance of the numbers of all tasks: 0 when the
    task could be any of them, near 1 when its doubt is small beside what tells tasks apart.
    """
    _ensure_method(question, method, CONTINUOUS)
    given = made.given
    value, gold = np.array([float(text) for text in given.values]), np.full(len(given.task_ids), np.nan)
    known = given.is_gold & (given.gold_value >= 0)
    gold[given.task[known]] = value[given.gold_value[known]]
    found = continuous(given.task, given.annotator, value[given.value], gold=gold)
    doubt, half = found.standard_error, normal_quantile(0.95) * found.standard_error
    gaps = np.diff(np.unique(value[given.value]))
    step = float(gaps.min()) if gaps.size else 1.0  # where all tasks are alike, doubt is measured by the finest step
    between = max(float(found.value.var() + np.mean(doubt**2)), step**2)
    return Outcome(
        values=[_rounded(*pair) for pair in zip(found.value.tolist(), doubt.tolist(), strict=True)],
        confidence=np.clip(1 - doubt**2 / between, 0.0, 1.0),
        beliefs=[
            {"low": float(_rounded(middle - width, width)), "high": float(_rounded(middle + width, width))}
            for middle, width in zip(found.value.tolist(), half.tolist(), strict=True)
        ],
        method=CONTINUOUS,
        reason="Confidence is the reliability of each number; its 95 % interval takes annotators' habits as known.",
        warnings=found.warnings,
        converged=found.converged,
        gold=int(np.isfinite(gold).sum()),
        habits=habits.of_numbers(given, found),
    )


def of_options(question: Question, made: Material, method: str) -> Outcome:
    """Return the likeliest options of each task, each option resolved on its own.

    The confidence of a set is the product of its options' probabilities, as if one option said nothing about another.
    """
    given, options = made.given, question.values
    sets = [set(shapes.chosen(text)) for text in given.values]
    held = np.array([[option in each for option in options] for each in sets], np.int64).reshape(-1, len(options))
    known = given.is_gold & (given.gold_value >= 0)
    gold = np.full((len(given.task_ids), len(options)), -1)
    gold[given.task[known]] = held[given.gold_value[known]]
    truths = [
        infer(given.task, given.annotator, held[given.value, place], classes=2, gold=gold[:, place], method=method)
        for place in range(len(options))
    ]
    yes = np.stack([truth.posterior[:, 1] for truth in truths], axis=1)
    picked = _picked(yes, *question.bounds)
    used = Counter(truth.method for truth in truths)
    common = used.most_common(1)[0][0]
    said = ", ".join(f"{name} for {count}" for name, count in used.most_common())
    return Outcome(
        values=[shapes.as_set(question, {options[i] for i in np.flatnonzero(row)}) for row in picked],
        confidence=np.where(picked, yes, 1 - yes).prod(axis=1),
        beliefs=[{options[i]: round(float(row[i]), 4) for i in np.flatnonzero(row >= SHOWN_BELIEF)} for row in yes],
        method=common,
        reason=f"Each of {len(options)} options was resolved on its own: {said}.",
        warnings=(*dict.fromkeys(each for truth in truths for each in truth.warnings), *_links(options, picked)),
        converged=all(truth.converged for truth in truths),
        gold=len(np.unique(given.task[known])),
    )


def of_orders(question: Question, made: Material, method: str) -> Outcome:
    """Return the likeliest order of each task's things; see `rankings.Orders.sureness` for its confidence."""
    _ensure_method(question, method, BRADLEY_TERRY)
    given = made.given
    parsed = [shapes.placed(text) for text in given.values]
    things = tuple(dict.fromkeys((*question.values, *sorted({t for order in parsed for p in order for t in p}))))
    code = {thing: place for place, thing in enumerate(things)}
    places = np.full((len(parsed), len(things)), np.nan)
    for row, answer in enumerate(parsed):
        for place, tied in enumerate(answer):
            places[row, [code[thing] for thing in tied]] = place
    tasks = len(given.task_ids)
    known = np.full((tasks, len(things)), np.nan)
    golden = given.is_gold & (given.gold_value >= 0)
    known[given.task[golden]] = places[given.gold_value[golden]]
    present = np.zeros((tasks, len(things)), np.bool_)
    np.logical_or.at(present, given.task, np.isfinite(places[given.value]))
    compared = _comparisons(given, places)
    found = rankings(compared, known=known)
    strength, sureness = np.zeros(present.shape), np.zeros(tasks)  # where nothing was compared
    strength[: len(found.strength), : found.strength.shape[1]] = found.strength
    sureness[: len(found.sureness)] = found.sureness
    best = np.argsort(-np.where(present, strength, -np.inf), axis=1, kind="stable").tolist()
    order = [row[:size] for row, size in zip(best, present.sum(axis=1).tolist(), strict=True)]
    first = np.where(present, np.exp(strength), 0.0)
    first /= np.maximum(first.sum(axis=1, keepdims=True), 1e-300)
    return Outcome(
        values=[shapes.as_order(question, [[things[each]] for each in row]) for row in order],
        confidence=sureness,
        beliefs=[{things[each]: round(float(first[task, each]), 4) for each in row} for task, row in enumerate(order)],
        method=BRADLEY_TERRY,
        reason="Confidence is at least how probable the whole order is, taking the annotators' reliability as known.",
        warnings=_unreliable(given, found),
        converged=found.converged,
        gold=int(np.isfinite(known).any(axis=1).sum()),
        habits=habits.of_orders(given, rankers.reliability(compared, known=known)),
    )


def _comparisons(given: Answers, places: NDArray[np.float64]) -> Comparisons:
    """Return every pair of things that an answer puts in different places."""
    first, second = (np.array(side, np.int64) for side in zip(*permutations(range(places.shape[1]), 2), strict=True))
    ahead = places[:, first] < places[:, second]  # comparisons with nan are false
    row, pair = np.nonzero(ahead[given.value])
    return Comparisons(given.task[row], given.annotator[row], first[pair], second[pair])


def _unreliable(given: Answers, found: Orders) -> tuple[str, ...]:
    if not len(found.compared):
        return ("No answer puts one thing before another.",)
    single = np.bincount(given.task)
    alone, answered = int((single == 1).sum()), int((single > 0).sum())
    return (f"{alone:,} of {answered:,} tasks have a single answer: they rest on one person.",) if alone else ()


def _picked(yes: NDArray[np.float64], low: float, high: float) -> NDArray[np.bool_]:
    """Return the options that are more likely than not, as few and as many as may be chosen."""
    rank = np.argsort(np.argsort(-yes, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(((yes > 0.5) | (rank < low)) & (rank < high))  # noqa: PLR2004 -- more likely than not


def _links(options: tuple[str, ...], picked: NDArray[np.bool_]) -> list[str]:
    """Name the pairs of options that depend on each other, most dependent first."""
    shares = picked.mean(axis=0) if len(picked) else np.zeros(len(options))
    varied = [place for place, share in enumerate(shares) if 0 < share < 1]
    found = []
    for first, second in combinations(varied, 2):
        phi = float(np.corrcoef(picked[:, first], picked[:, second])[0, 1])
        if abs(phi) >= _LINKED:
            found.append((abs(phi), phi, options[first], options[second]))
    found.sort(key=lambda each: -each[0])
    named = ", ".join(f"{one} and {other} ({phi:+.2f})" for _, phi, one, other in found[:_NAMED])
    said = (
        f"Options depend on each other in {len(picked):,} tasks (phi): {named}. Each was resolved on its own, so the "
        "confidence of whole sets is too low where options go together, and too high where they exclude each other."
    )
    return [said] if found else []


def _rounded(value: float, doubt: float) -> str:
    """Return a number as text with the digits that mean something: down to a hundredth of its standard error."""
    digits = 2 - math.floor(math.log10(doubt)) if doubt > 0 else 9
    return shapes.number(round(value, min(max(digits, 0), 9)))


def _ensure_method(question: Question, method: str, only: str) -> None:
    if method not in ("auto", only):
        raise InvalidError(
            f"There is no method '{method}' for the {question.kind} question '{question.name}'.",
            remedy=f"Take auto or {only}.",
        )


_RESOLVE: dict[Kind, Callable[[Question, Material, str], Outcome]] = {
    **dict.fromkeys(CLOSED, of_classes),
    Kind.NUMERIC: of_numbers,
    Kind.MULTIPLE: of_options,
    Kind.RANKING: of_orders,
}
