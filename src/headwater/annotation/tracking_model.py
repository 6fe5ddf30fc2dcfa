"""Words of looking through the tasks of a campaign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from headwater.annotation.comment_model import Comment
from headwater.annotation.model import Answer, Review, Ruling


class Progress(StrEnum):
    """How far a task is."""

    UNANSWERED = "unanswered"
    BEGUN = "begun"
    """Some of the answers it wants are there."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Line:
    """A task as a list shows it."""

    id: str
    record_id: str
    answers: int
    wanted: int
    need: int
    """Wanted − live leases − answers − those that a vendor has to give."""
    away: int
    """Answers that a vendor has to give."""
    reason: str
    """Why it was opened again; empty when it was not."""
    kind: str
    """Of the lane it stands in: `gold`, `calibration`, or what comes to the queue."""
    batch: str
    """Its name; empty for gold."""

    @property
    def progress(self) -> Progress:
        """How far it is."""
        if not self.answers:
            return Progress.UNANSWERED
        return Progress.DONE if self.answers >= self.wanted else Progress.BEGUN


@dataclass(frozen=True, slots=True)
class Passed:
    """Somebody who has a task, or passed it on."""

    annotator: str
    state: str
    """`live` or `skipped`."""
    reason: str
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer to a task with what became of it."""

    answer: Answer
    guideline: str
    """Name and version of the guideline it was given under."""
    reviews: tuple[Review, ...]
    comments: tuple[Comment, ...]
    """Of the annotator and reviewers about this annotator's answer, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything that happened to a task."""

    line: Line
    given: tuple[Given, ...]
    """Oldest first, those that were taken back or replaced as well."""
    rulings: tuple[Ruling, ...]
    passed: tuple[Passed, ...]
