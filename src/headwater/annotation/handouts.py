"""What annotators are given and told: assignments, receipts, feedback."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from headwater.annotation.comment_model import Comment
from headwater.annotation.model import AnswerId, LeaseId, Tier
from headwater.annotation.questions import Kind, Question, as_data

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Why(StrEnum):
    """Why no task was handed out."""

    NONE = ""
    DONE = "done"
    """Nothing is left for this annotator at present."""
    BUSY = "busy"
    """All that is left is being taken by others at this moment; ask again."""
    PAUSED = "paused"
    CLOSED = "closed"
    HOLDING = "holding"
    """The annotator holds as many tasks as one may."""
    UNAVAILABLE = "unavailable"
    """By the annotator's own word."""
    STOPPED = "stopped"
    """By operations, with a reason the annotator was told."""
    UNSKILLED = "unskilled"
    FAILED = "calibration_failed"
    BUDGET = "budget_spent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A task as its annotator sees it: known by its lease, without record, batch, tier of difficulty or gold mark."""

    lease_id: LeaseId
    token: str
    expires_at: datetime
    tier: Tier
    content: dict[str, object]
    rendered: dict[str, object]
    """HTML of its texts that are Markdown."""
    questions: tuple[Question, ...]
    schema_id: str
    guideline_id: str
    originals: dict[str, str]
    """Texts that rewrites start from, by question."""
    draft: dict[str, object]
    """The annotator's own earlier answer, after an undo or a return; empty at first."""
    note: str
    """Why a reviewer returned it; empty otherwise."""
    about: str
    """The answer under review, or the task under adjudication."""
    thread: tuple[Comment, ...] = ()
    """What was said about the annotator's own earlier answer, oldest first."""
    is_returned: bool = False
    """Whether it is the annotator's own again, with a reason; such a task is not given back without one."""

    @property
    def is_read(self) -> bool:
        """Whether its texts may be shown rendered: no question points at places in them."""
        return all(question.kind is not Kind.SPANS for question in self.questions)

    def as_data(self) -> dict[str, Any]:
        """Return the task as clients read it: they know it by its lease."""
        return {
            "lease_id": self.lease_id,
            "token": self.token,
            "expires_at": self.expires_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "tier": self.tier.value,
            "content": self.content,
            "rendered": self.rendered if self.is_read else {},
            "questions": shown(self.questions),
            "guideline": self.guideline_id,
            "originals": self.originals,
            "draft": self.draft,
            "note": self.note,
        } | self._again()

    def _again(self) -> dict[str, Any]:
        """What is said only of a task that was answered before."""
        said = {"thread": [_said(each) for each in self.thread]} if self.thread else {}
        return said | ({"returned": True} if self.is_returned else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """What an annotator was given."""

    assignment: Assignment | None
    why: Why
    """Why there is none."""
    answered: int
    """How many tasks of the campaign the annotator has answered."""

    def as_data(self) -> dict[str, Any]:
        """Return the handout as clients read it."""
        task = self.assignment.as_data() if self.assignment else None
        return {"task": task, "why": self.why.value, "answered": self.answered}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a calibration task teaches about one question."""

    question: str
    """Its text, else its name."""
    is_right: bool
    expected: str
    """The right answer in words."""
    given: str
    rule: str
    """Title of the guideline's section that decides it; empty when it has none."""
    anchor: str
    """What a link to that section points to."""

    def as_data(self) -> dict[str, Any]:
        """Return the lesson as clients read it."""
        return {
            "question": self.question,
            "right": self.is_right,
            "expected": self.expected,
            "given": self.given,
            "rule": self.rule,
            "anchor": self.anchor,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a calibration task teaches after it was answered."""

    is_right: bool
    known: dict[str, object]
    """Question → right answer."""
    explanation: str
    lessons: tuple[Lesson, ...]
    """One for each question whose answer is known, in the order asked."""

    def as_data(self) -> dict[str, Any]:
        """Return the feedback as clients read it."""
        return {
            "right": self.is_right,
            "known": self.known,
            "explanation": self.explanation,
            "lessons": [each.as_data() for each in self.lessons],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a submission."""

    answer_id: AnswerId
    replayed: bool
    """Whether it had been recorded before: the same submission came twice."""
    feedback: Feedback | None
    next: Handout | None

    def as_data(self) -> dict[str, Any]:
        """Return the receipt as clients read it; a repeat gets the same one."""
        return {
            "accepted": True,
            "feedback": self.feedback.as_data() if self.feedback else None,
            "next": self.next.as_data() if self.next else None,
        }


def _said(comment: Comment) -> dict[str, str]:
    at = comment.written_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"by": comment.speaker, "text": comment.text, "at": at}


def originals(questions: Sequence[Question], fields: Mapping[str, str]) -> dict[str, str]:
    """Return the text each rewrite starts from."""
    return {each.name: fields.get(each.prefill, "") for each in questions if each.prefill}


@lru_cache(maxsize=256)
def shown(questions: tuple[Question, ...]) -> list[dict[str, object]]:
    """Return questions as clients read them; do not change the result."""
    return [
        {"text": question.name, "required": True}
        | as_data(question)
        | {
            "options": [
                {"value": option.value, "label": option.label or option.value, "help": option.help}
                | ({"parent": option.parent} if option.parent else {})
                | ({"key": option.key} if option.key else {})
                for option in question.options
            ]
        }
        for question in questions
    ]
