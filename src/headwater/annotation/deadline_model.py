"""Words of deadlines: how long is left, whether one will be met, and how it was moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from headwater.core.errors import ConflictError

if TYPE_CHECKING:
    from headwater.annotation.model import Campaign

SOON = timedelta(days=2)
"""From when on a deadline is near."""
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


class Verdict(StrEnum):
    """What is known of a campaign's deadline."""

    AHEAD = "ahead"
    """Nothing says that it will be missed; nothing need say that it will be met."""
    NEAR = "near"
    """Less than two days are left."""
    LIKELY_MISSED = "likely missed"
    """Fewer than half of the simulated futures meet it, beyond the error of the simulation."""
    OVERDUE = "overdue"
    """It has passed and tasks are left."""
    MET = "met"
    """Nothing is left to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A deadline seen from a moment."""

    at: datetime
    seconds: float
    """How long is left; below 0 when it has passed."""

    @property
    def is_over(self) -> bool:
        """Whether it has passed."""
        return self.seconds < 0

    @property
    def is_near(self) -> bool:
        """Whether less than two days are left, or none."""
        return self.seconds < SOON.total_seconds()

    @property
    def words(self) -> str:
        """How long is left in words, in the largest unit of which there are two, such as `3 days left`."""
        length = abs(self.seconds)
        unit, size = next((each for each in _UNITS if length >= 2 * each[1]), _UNITS[-1])
        count = max(int(length // size), 1)
        told = f"{count:,} {unit}" if count == 1 else f"{count:,} {unit}s"
        return f"overdue by {told}" if self.is_over else f"{told} left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A change of a campaign's deadline."""

    campaign_id: str
    before: datetime | None
    after: datetime | None
    reason: str
    """Empty where the plan was changed without one."""
    by: str
    at: datetime


class NoDeadlineError(ConflictError):
    """The campaign has no deadline that could be moved."""

    code = "no_deadline"


def due_of(campaign: Campaign, now: datetime) -> Due | None:
    """Return a campaign's deadline as it stands at a moment; None when it has none."""
    at = campaign.plan.deadline
    return None if at is None else Due(at=at, seconds=(at - now).total_seconds())


def written(at: datetime) -> str:
    """Return a moment as notices write it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
