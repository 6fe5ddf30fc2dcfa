"""Adaptive overlap: a task whose answers leave doubt is given to one more person, up to a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from headwater.annotation.model import LaneKind, Tier
from headwater.annotation.plan import PlanError
from headwater.annotation.questions import CLOSED, Kind, Question
from headwater.annotation.store import answers, documents, trust
from headwater.stats.inference import stopping

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headwater.annotation.desk import Desk
    from headwater.annotation.model import Answer
    from headwater.annotation.plan import Plan
    from headwater.annotation.store.queue import Held
    from headwater.annotation.store.trust import Known

_WORK = frozenset({LaneKind.WORK.value, LaneKind.RETURNS.value, LaneKind.ASSIGNED.value})


def wants_more(desk: Desk, held: Held, wanted: int) -> bool:
    """Return whether a task that has all the answers it wanted needs one more.

    It does while the least sure of its closed questions is less probable than the plan's confidence, reckoned from
    the answers and from what is known of its annotators: what they mix up, where labels were resolved, else how they
    did on hidden gold in this campaign.
    """
    if desk.tier is not Tier.ANNOTATE or held.lane_kind not in _WORK or wanted >= desk.plan.most_overlap:
        return False
    given = answers.of_task(desk.ctx.db, held.task_id)
    people = [each.annotator for each in given]
    known = Evidence(
        answers.judged(desk.ctx.db, held.campaign_id, people), trust.of(desk.ctx.db, held.campaign_id, people)
    )
    return confidence(decisive(documents.questions_of(held.questions)), given, known) < desk.plan.confidence


class Evidence(NamedTuple):
    """What is known of annotators."""

    judged: Mapping[str, tuple[int, int]]
    """Annotator → gold tasks judged and those right."""
    believed: Mapping[str, Known]
    """Question → what the last resolution of its labels found."""


def confidence(questions: Sequence[Question], given: Sequence[Answer], evidence: Evidence) -> float:
    """Return the probability of the likeliest class of the least sure question.

    Args:
        questions: Those that count.
        given: The task's answers. "Cannot decide" says nothing about the classes.
        evidence: What is known of those who gave them.
    """
    surest = []
    for question in questions:
        classes = {value: code for code, value in enumerate(values(question))}
        told = [each for each in given if str(each.values.get(question.name)) in classes]
        counts = [evidence.judged.get(each.annotator, (0, 0)) for each in told]
        coins = stopping.accuracy([right for _, right in counts], [total for total, _ in counts])
        tables = stopping.coins(coins, len(classes))
        known = evidence.believed.get(question.name)
        shares = None
        if known is not None and tuple(known.shares) == tuple(classes):
            shares = list(known.shares.values())
            for place, each in enumerate(told):
                tables[place] = known.people.get(each.annotator, tables[place])
        codes = [classes[str(each.values[question.name])] for each in told]
        surest.append(float(stopping.posterior(codes, tables, shares).max()))
    return min(surest)


def decisive(questions: Sequence[Question]) -> list[Question]:
    """Return the questions that decide whether a task has enough answers: asked of all, with one closed answer."""
    return [
        each
        for each in questions
        if each.kind in CLOSED and each.required and each.when is None and not each.per_turn and len(values(each)) > 1
    ]


def values(question: Question) -> list[str]:
    """Return the closed answers of a question."""
    if question.kind is Kind.RATING:
        low, high = question.minimum, question.maximum
        return [str(each) for each in range(int(1 if low is None else low), int(5 if high is None else high) + 1)]
    return [option.value for option in question.options]


def check(plan: Plan, questions: Sequence[Question]) -> None:
    """Check that a plan's overlap can adapt to what is asked.

    Raises:
        PlanError: No question has one closed answer from everybody.
    """
    if plan.most_overlap and not decisive(questions):
        raise PlanError(
            "The overlap cannot adapt: no question of the schema is required of everyone and has one closed answer.",
            remedy="Set most_overlap to 0.",
        )
