"""The most disputed examples: answers side by side, beside what the guideline says about the labels in dispute."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from headwater.annotation import comments
from headwater.annotation import queries as annotation
from headwater.annotation.comment_model import Comment
from headwater.annotation.markdown import Section, section_of
from headwater.annotation.questions import UNDECIDED
from headwater.annotation.wording import worded
from headwater.governance import queries as governance
from headwater.quality import queries
from headwater.quality.model import Disputed, NotAssessableError
from headwater.sourcing import queries as sourcing
from headwater.workforce import queries as workforce

if TYPE_CHECKING:
    from headwater.annotation.model import Answer
    from headwater.context import Context

MOST_SECTIONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One answer to a disputed task."""

    who: str
    """The annotator's handle for managers; for others a number that holds within the example."""
    person: str
    """Their id for managers; empty for others."""
    team: str
    guideline_version: int
    value: str
    """The answer in words."""
    marks: object
    """Its marks on an image as they were given; None for any other answer."""
    reason: str
    """Why it could not be decided; empty for an answer."""
    given_at: datetime
    comments: tuple[Comment, ...]
    """What was said about it, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A disputed task with its answers."""

    dispute: Disputed
    text: str
    voices: tuple[Voice, ...]
    settled: str
    """What a reviewer or expert ruled; empty while nobody did."""
    labels: tuple[str, ...]
    """What was answered, most often first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What the guideline says about a label in dispute."""

    label: str
    section: Section | None
    """None where the guideline is silent: the first thing to repair."""
    disputes: int
    """Examples in which it was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """Disputed examples beside the rules."""

    campaign_id: str
    question: str
    guideline_id: str
    guideline_version: int
    examples: tuple[Example, ...]
    rules: tuple[Rule, ...]
    total: int
    """Disputed tasks that were kept by the newest assessment and match."""


def explore(
    ctx: Context, campaign_id: str, *, question: str, labels: tuple[str, ...] = (), offset: int = 0, limit: int = 10
) -> Exploration:
    """Return disputed examples, most disputed first, for those who review or accept the work.

    Args:
        ctx: The context.
        campaign_id: The campaign, by id or name.
        question: The question.
        labels: Only examples in which all of these were answered.
        offset: How many examples to pass over.
        limit: Most examples.

    Raises:
        NotAssessableError: The question was not assessed yet.
        NotYoursError: The actor neither reviews nor accepts the work.
    """
    campaign = annotation.campaign(ctx, campaign_id)
    found = queries.assessments(ctx, campaign=campaign.id, question=question)
    if not found:
        raise NotAssessableError(f"'{question}' was not assessed yet.", remedy="Measure the campaign first.")
    matching = [each for each in found[0].disputed if set(labels) <= set(each.answers)]
    chosen = matching[offset : offset + limit]
    answers = annotation.answers_beside(ctx, [each.task_id for each in chosen])
    said = comments.beside(ctx, [each.task_id for each in chosen])
    texts = {str(record.id): record.text for record in sourcing.take(ctx, [each.record_id for each in chosen])}
    settled = annotation.settled(ctx, campaign.id, question=question)
    speak = _speaker(ctx, [each for rows in answers.values() for each in rows], said)
    guideline = annotation.guideline(ctx, campaign.guideline_id)
    counted = Counter(label for each in chosen for label in each.answers)
    return Exploration(
        campaign_id=campaign.id,
        question=question,
        guideline_id=guideline.id,
        guideline_version=guideline.version,
        examples=tuple(
            Example(
                dispute=each,
                text=texts[each.record_id],
                voices=tuple(
                    speak(answer, place, question, texts[each.record_id])
                    for place, answer in enumerate(answers[each.task_id], 1)
                ),
                settled=settled.get(each.task_id, ""),
                labels=tuple(each.answers),
            )
            for each in chosen
        ),
        rules=tuple(
            Rule(label=label, section=section_of(guideline.text, question, label), disputes=count)
            for label, count in counted.most_common(MOST_SECTIONS)
        ),
        total=len(matching),
    )


class _speaker:  # noqa: N801 -- used as a function
    """Turns answers into voices, with names only for those who may know them."""

    def __init__(self, ctx: Context, answers: list[Answer], said: dict[tuple[str, str], list[Comment]]) -> None:
        self.said = said
        self.names = governance.names(ctx) if set(governance.roles(ctx)) & queries.MANAGERS else {}
        cohorts = workforce.cohorts(ctx, ids=sorted({each.cohort_id for each in answers}))
        self.teams = {str(cohort.id): cohort.team for cohort in cohorts}
        guidelines = {each.guideline_id for each in answers}
        self.versions = {key: annotation.guideline(ctx, key).version for key in guidelines}

    def __call__(self, answer: Answer, place: int, question: str, text: str) -> Voice:
        value = answer.values.get(question)
        undecided = isinstance(value, dict) and UNDECIDED in value
        return Voice(
            who=self.names.get(answer.annotator, f"annotator {place}"),
            person=answer.annotator if self.names else "",
            team=self.teams.get(answer.cohort_id, ""),
            guideline_version=self.versions[answer.guideline_id],
            value="" if undecided else worded(value, text),
            marks=value if isinstance(value, list) and any(isinstance(each, dict) for each in value) else None,
            reason=str(value[UNDECIDED]) if isinstance(value, dict) and undecided else "",
            given_at=answer.submitted_at,
            comments=tuple(self.said.get((answer.task_id, answer.annotator), ())),
        )
