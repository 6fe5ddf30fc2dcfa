"""A campaign's answers to a closed question as truth inference wants them, and the methods that fit them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation import queries as annotation
from headwater.annotation.questions import Kind
from headwater.quality.model import NotAssessableError
from headwater.stats.inference.choose import Methods, available

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.annotation.answers import Answers
    from headwater.annotation.questions import Question
    from headwater.context import Context


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


def crowd_of(ctx: Context, campaign_id: str, *, question: str) -> Crowd:
    """Return a campaign's answers in force to a question.

    Ratings bring the method for scales; annotators of two or more cohorts bring the one for cohorts.

    Raises:
        NotAssessableError: There is no answer yet.
    """
    campaign = annotation.campaign(ctx, campaign_id)
    asked = annotation.schema(ctx, campaign.schema_id).question(question)
    given = annotation.answers(ctx, campaign.id, question=question)
    if len(given.task) == 0:
        raise NotAssessableError(f"Campaign '{campaign_id}' has no answers to '{question}' yet.")
    values, place = _classes(asked, given.values)
    gold = np.full(len(given.task_ids), -1, dtype=np.int64)
    known = given.is_gold & (given.gold_value >= 0)
    gold[given.task[known]] = place[given.gold_value[known]]
    return Crowd(
        given=given,
        code=place[given.value],
        values=values,
        gold=gold,
        methods=available(cohort=_cohorts(given), ordered=asked.kind is Kind.RATING),
    )


def most_frequent(owner: NDArray[np.int64], code: NDArray[np.int64], owners: int, codes: int) -> NDArray[np.intp]:
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
