"""Words of the workforce: annotators, cohorts, qualifications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from headwater.core.errors import ConflictError, InvalidError, NotFoundError
from headwater.governance.model import PersonId

CohortId = NewType("CohortId", str)
QualificationId = NewType("QualificationId", str)

IN_HOUSE = "in-house"
"""The team of everyone who was not put into another."""
UNTRAINED = "none"
"""The training class of everyone who was not put into another."""
NAME_LIMIT = 64


class Affiliation(StrEnum):
    """Who a team works for."""

    IN_HOUSE = "in-house"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Operations' word that a person is given no tasks until somebody else in operations lifts it."""

    by: PersonId
    """Who said so."""
    at: datetime
    reason: str
    """Why; empty for those whom it does not concern."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotator:
    """A person's part in the workforce of one program."""

    person: PersonId
    team: str
    """Team or vendor; one of the four coordinates of a cohort."""
    affiliation: Affiliation
    training: str
    """Training class, such as `none`, `basic`, `clinical`; one of the four coordinates of a cohort."""
    skills: frozenset[str]
    """What tasks may ask for, such as `language:es` or `law`."""
    is_available: bool
    """Whether the person wants tasks at present: their own word."""
    back_at: datetime | None
    """When they want tasks again without saying so; None for until they say so, and while they want some."""
    stop: Stop | None
    """What operations say against it; None for nothing."""
    version: int
    updated_at: datetime | None
    """None for a person who was never enrolled and stands in the default team."""

    @property
    def is_served(self) -> bool:
        """Whether the person is given tasks: they want some and operations do not stop them."""
        return self.is_available and self.stop is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The group whose work can be told apart: team × training × guideline version × batch."""

    id: CohortId
    team: str
    training: str
    """Training class; of a vendor the work package, which is what its people were told."""
    guideline_id: str
    """The guideline version its answers were given under."""
    batch_id: str

    @property
    def name(self) -> str:
        """The team and training that tell people which group this is."""
        return self.team if self.training == UNTRAINED else f"{self.team} · {self.training}"


class Outcome(StrEnum):
    """What was decided about whether somebody can do something."""

    PASSED = "passed"
    """A test was passed, or operations vouch for it."""
    FAILED = "failed"
    ASKED_AGAIN = "asked-again"
    """It must be shown anew: after drift, or to give another try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """One decision on what an annotator is qualified for. Never changed, only followed: the newest one counts."""

    id: QualificationId
    person: PersonId
    subject: str
    """What it qualifies for: a guideline version, or a skill."""
    outcome: Outcome
    batch_id: str
    """The calibration batch; empty when there was none."""
    right: int
    total: int
    """Tasks judged; 0 without a test."""
    bar: float
    """Smallest share right that passes, in (0, 1]; 0 without a test."""
    by: PersonId
    """Who decided; the person themselves for a calibration round."""
    reason: str
    """Why, in operations' words; empty for a test."""
    decided_at: datetime
    expires_at: datetime | None
    """From when it must be repeated; None while it holds."""

    def holds(self, now: datetime) -> bool:
        """Return whether the person is qualified by this."""
        return self.outcome is Outcome.PASSED and (self.expires_at is None or self.expires_at > now)


class NotEnrolledError(NotFoundError):
    """This person is not in the program's workforce."""

    code = "not_enrolled"


class NotStoppedError(ConflictError):
    """Nobody stopped this person."""

    code = "not_stopped"


class BadNameError(InvalidError):
    """The name of a team, training class or skill is not usable."""

    code = "bad_name"


class UnknownCohortError(NotFoundError):
    """There is no such cohort in this program."""

    code = "unknown_cohort"


def checked_name(value: str, what: str) -> str:
    """Return the name without surrounding space.

    Raises:
        BadNameError: It is empty, longer than 64 characters, or has characters that cannot be printed.
    """
    name = value.strip()
    if not name or len(name) > NAME_LIMIT or not name.isprintable():
        raise BadNameError(f"'{value}' cannot name a {what}: expected 1 to {NAME_LIMIT} printable characters.")
    return name


def checked_reason(reason: str, what: str) -> str:
    """Return the reason without surrounding space.

    Raises:
        InvalidError: There is none.
    """
    if not reason.strip():
        raise InvalidError(f"{what} needs a reason: the person reads it.")
    return reason.strip()


def passes(*, right: int, total: int, bar: float) -> bool:
    """Return whether a test result reaches the bar; a test of nothing does not."""
    return total > 0 and right >= bar * total
