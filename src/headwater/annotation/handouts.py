"""What annotators are given and told: assignments, receipts, feedback."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from headwater.annotation.model import AnswerId, LeaseId, Tier
from headwater.annotation.questions import Question


class Why(StrEnum):
    """Why no task was handed out."""

    NONE = ""
    DONE = "done"
    """Nothing is left for this annotator at present."""
    PAUSED = "paused"
    CLOSED = "closed"
    HOLDING = "holding"
    """The annotator holds as many tasks as one may."""
    UNAVAILABLE = "unavailable"
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
    questions: tuple[Question, ...]
    schema_id: str
    guideline_id: str
    draft: dict[str, object]
    """The annotator's own earlier answer, after an undo or a return; empty at first."""
    note: str
    """Why a reviewer returned it; empty otherwise."""
    about: str
    """The answer under review, or the task under adjudication."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """What an annotator was given."""

    assignment: Assignment | None
    why: Why
    """Why there is none."""
    answered: int
    """How many tasks of the campaign the annotator has answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a calibration task teaches after it was answered."""

    is_right: bool
    known: dict[str, object]
    """Question → right answer."""
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a submission."""

    answer_id: AnswerId
    replayed: bool
    """Whether it had been recorded before: the same submission came twice."""
    feedback: Feedback | None
    next: Handout | None
