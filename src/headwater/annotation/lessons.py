"""What a calibration task teaches once it is answered: question by question, with the rule that decides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import likeness, markdown, queries, wording
from headwater.annotation.handouts import Feedback, Lesson
from headwater.annotation.model import LaneKind
from headwater.annotation.questions import Question
from headwater.annotation.store import documents

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.annotation.store.queue import Held
    from headwater.context import Context


def feedback(ctx: Context, held: Held, values: Mapping[str, object]) -> Feedback | None:
    """Return what a calibration task teaches; None for every other task, gold or not."""
    if held.lane_kind != LaneKind.CALIBRATION or held.gold is None:
        return None
    rules = queries.guideline(ctx, held.guideline_id).text
    asked = documents.questions_of(held.questions)
    return Feedback(
        is_right=likeness.agrees(asked, held.gold, values),
        known=held.gold,
        explanation=held.explanation or "",
        lessons=tuple(_lesson(each, held.gold, values, rules) for each in asked if each.name in held.gold),
    )


def _lesson(question: Question, known: Mapping[str, object], values: Mapping[str, object], rules: str) -> Lesson:
    right, given = known[question.name], values.get(question.name)
    section = markdown.section_of(rules, question.name, right if isinstance(right, str) else question.name)
    return Lesson(
        question=question.text or question.name,
        is_right=likeness.is_right(question, right, given),
        expected=_words(question, right),
        given="no answer" if given is None else _words(question, given),
        rule=section.title if section else "",
        anchor=section.anchor if section else "",
    )


def _words(question: Question, answer: object) -> str:
    labels: dict[str, str] = {option.value: option.label or option.value for option in question.options}
    if isinstance(answer, str):
        return labels.get(answer, answer)
    if isinstance(answer, list) and all(isinstance(each, str) for each in answer):
        return ", ".join(labels.get(str(each), str(each)) for each in answer)
    return wording.summary(answer)
