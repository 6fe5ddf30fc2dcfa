"""A campaign's answers to a closed question as truth inference wants them, and the methods that fit them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation import prelabels
from headwater.annotation import queries as annotation
from headwater.annotation.questions import CLOSED, Kind
from headwater.core.errors import InvalidError
from headwater.quality.model import NotAssessableError
from headwater.stats.inference.choose import DEFAULT, Methods, available

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.annotation.answers import Answers
    from headwater.annotation.prelabels import Proposed
    from headwater.annotation.questions import Question
    from headwater.context import Context

MOST_TASKS, FEW_SEEN = 0.5, 0.2
"""Share of tasks with a proposal from which, and share of answers given with one in view up to which, proposals are
weighed without being asked for."""
_NO_SCORE, _SUREST = 0.9, 0.999
"""Probability of a proposal without a score, and the highest one that is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Answers with their classes in order, what is known of the truth, and the methods that fit."""

    given: Answers
    code: NDArray[np.int64]
    """Class of each answer."""
    values: tuple[str, ...]
    """The value of each class; steps of a scale in their order."""
    gold: NDArray[np.int64]
    """Class of each task whose right answer is known, -1 elsewhere."""
    methods: Methods
    default: str
    """The method that stands unless gold or hidden answers speak against it."""
    predicted: NDArray[np.float64] | None
    """What a model says of each task (tasks × classes), rows of nan where it says nothing; None without a model."""
    warnings: tuple[str, ...]


def crowd_of(ctx: Context, campaign_id: str, *, question: str) -> Crowd:
    """Return a campaign's answers in force to a question with one closed answer.

    Raises:
        InvalidError: The question has no classes.
        NotAssessableError: There is no answer yet.
    """
    campaign = annotation.campaign(ctx, campaign_id)
    asked = annotation.schema(ctx, campaign.schema_id).question(question)
    if asked.kind not in CLOSED or asked.per_turn:
        raise InvalidError(
            f"Question '{question}' has no classes: methods are compared for questions with one closed answer.",
            remedy="Resolve it; numbers, choices of several and rankings have one model each.",
        )
    given = annotation.answers(ctx, campaign.id, question=question)
    if len(given.task) == 0:
        raise NotAssessableError(f"Campaign '{campaign_id}' has no answers to '{question}' yet.")
    return classes_of(asked, given, prelabels.proposed(ctx, campaign.id))


def classes_of(asked: Question, given: Answers, proposed: Proposed) -> Crowd:
    """Return answers as classes with the methods that fit.

    Ratings bring the method for scales; annotators of two or more cohorts bring the one for cohorts; proposals of a
    model bring the one that weighs them against people, which stands by itself when they were made for most tasks and
    few annotators saw them.
    """
    values, place = _classes(asked, given.values)
    gold = np.full(len(given.task_ids), -1, dtype=np.int64)
    known = given.is_gold & (given.gold_value >= 0)
    gold[given.task[known]] = place[given.gold_value[known]]
    predicted = _predicted(asked, given, values, proposed)
    seen = min(proposed.seen / max(len(given.task), 1), 1.0)
    said = 0.0 if predicted is None else float(np.isfinite(predicted[:, 0]).mean())
    return Crowd(
        given=given,
        code=place[given.value],
        values=values,
        gold=gold,
        methods=available(cohort=_cohorts(given), ordered=asked.kind is Kind.RATING, predicted=predicted is not None),
        default="with-model" if said >= MOST_TASKS and seen <= FEW_SEEN else DEFAULT,
        predicted=predicted,
        warnings=_anchored(said, seen),
    )


def _predicted(
    asked: Question, given: Answers, values: tuple[str, ...], proposed: Proposed
) -> NDArray[np.float64] | None:
    """Return the proposals for gold and ordinary tasks as probabilities: the score, the rest spread evenly.

    How far proposals are believed is learnt from the answers (`with_model.trusted`), so the score of those without
    one matters little.
    """
    code = {value: number for number, value in enumerate(values)}
    found = np.full((len(given.task_ids), len(values)), np.nan)
    for task, name in enumerate(given.task_ids):
        row = proposed.rows.get(name)
        value = code.get(str(row.values.get(asked.name))) if row else None
        if row is None or value is None:
            continue
        chance = _NO_SCORE if row.score is None else min(max(row.score, 1 / len(values)), _SUREST)
        found[task] = (1 - chance) / max(len(values) - 1, 1)
        found[task, value] = chance if len(values) > 1 else 1.0
    return found if np.isfinite(found).any() else None


def _anchored(said: float, seen: float) -> tuple[str, ...]:
    if not said or not seen:
        return ()
    return (
        f"{seen:.0%} of the answers were given with a model's proposal in view: they are no word independent of it.",
    )


def most_frequent(owner: NDArray[np.int64], code: NDArray[np.integer], owners: int, codes: int) -> NDArray[np.intp]:
    """Return the most frequent code of each owner; the lowest of equals."""
    counts = np.bincount(owner * codes + code, minlength=owners * codes)
    return np.asarray(counts.reshape(owners, codes).argmax(axis=1))


def _classes(asked: Question, values: tuple[str, ...]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the classes and, for each code of an answer, its class; every step of a scale is a class."""
    if asked.kind is not Kind.RATING:
        return values, np.arange(len(values))
    low, high = (int(bound) for bound in asked.bounds)
    steps = tuple(str(step) for step in range(low, high + 1))
    return steps, np.array([int(float(value)) - low for value in values], dtype=np.int64)


def _cohorts(given: Answers) -> NDArray[np.intp] | None:
    """Return the cohort most of each annotator's answers were given in; None when there is only one."""
    if len(given.cohort_ids) < 2:  # noqa: PLR2004 -- nobody to differ from
        return None
    return most_frequent(given.annotator, given.cohort, len(given.annotator_ids), len(given.cohort_ids))
