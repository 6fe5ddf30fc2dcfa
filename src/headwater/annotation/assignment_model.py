"""Words of handing tasks to somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where an annotators' task stands."""

    id: str
    record_id: str
    need: int
    """Answers it still wants and that nobody is working on."""
    answers: int
    wanted: int
    away: int
    kind: str
    priority: int
    skill: str
    annotator: str
    """Whom it stands before alone; empty for everybody."""


@dataclass(frozen=True, slots=True)
class Skip:
    """A task that an annotator passed to others for good."""

    id: str
    task_id: str
    record_id: str
    annotator: str
    reason: str
    given_at: datetime
    need: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """To whom tasks are handed: one person, those who have a skill, or, when neither is named, everybody."""

    person: str = ""
    """Id of the annotator."""
    skill: str = ""
    """Takes the place of the skill that the tasks' batch asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """What was handed over."""

    tasks: int
    taken_away: int
    """Leases of others that were ended for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipReason:
    """A reason for which tasks were passed on, word for word."""

    reason: str
    tasks: int
    people: int
