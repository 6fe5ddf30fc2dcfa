"""Words of what comes back to annotators: feedback on their answers, and their appeals against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from headwater.annotation.model import AnswerId, CampaignId, TaskId
from headwater.core.errors import ConflictError, NotFoundError
from headwater.governance.model import PersonId
from headwater.stats.interval import Estimate

APPEAL_WINDOW = timedelta(days=7)
"""How long an annotator may appeal against a correction or return."""


class Kind(StrEnum):
    """What came back to an annotator."""

    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    RETURNED = "returned"
    RULED = "ruled"
    """An expert settled the task."""
    UPHELD = "upheld"
    """The annotator's appeal was: their answer stands."""
    DISMISSED = "dismissed"
    """The annotator's appeal was."""


CONTESTABLE = frozenset({Kind.CORRECTED, Kind.RETURNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What somebody said about an answer, as its author reads it."""

    id: str
    campaign_id: CampaignId
    person: PersonId
    """The author of the answer."""
    kind: Kind
    answer_id: AnswerId
    task_id: TaskId
    record_id: str
    given: dict[str, object]
    """What the author answered."""
    settled: dict[str, object]
    """What stands instead; empty where nothing does."""
    reason: str
    by: PersonId
    """Who said it; never shown to the author."""
    created_at: datetime

    @property
    def differs(self) -> bool:
        """Whether something else stands than was answered."""
        return any(self.given.get(name) != value for name, value in self.settled.items())

    def is_contestable(self, now: datetime) -> bool:
        """Return whether its author may still appeal against it, if they did not yet."""
        return self.kind in CONTESTABLE and now <= self.created_at + APPEAL_WINDOW


class AppealState(StrEnum):
    """Where an appeal stands."""

    OPEN = "open"
    UPHELD = "upheld"
    """The author was right: their answer stands."""
    DISMISSED = "dismissed"
    """The reviewer was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """An author's objection to a correction or return; made once, ruled on once."""

    id: str
    campaign_id: CampaignId
    feedback_id: str
    author: PersonId
    reviewer: PersonId
    reason: str
    state: AppealState
    created_at: datetime
    ruled_by: PersonId | None
    ruling: str
    """Why it was upheld or dismissed; empty before."""
    ruled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerLine:
    """What one reviewer decided in a campaign, and how it fared on appeal."""

    reviewer: PersonId
    reviews: int
    corrected: Estimate
    """Share of answers the reviewer corrected."""
    returned: Estimate
    """Share of answers the reviewer returned."""
    appeals: int
    """Appeals against this reviewer, open ones among them."""
    upheld: Estimate
    """Share upheld of the appeals that were ruled on."""


class UnknownFeedbackError(NotFoundError):
    """There is no such feedback on an answer of yours."""

    code = "unknown_feedback"


class UnknownAppealError(NotFoundError):
    """There is no such appeal in this program."""

    code = "unknown_appeal"


class NotContestableError(ConflictError):
    """Against this there is no appeal, or not any more."""

    code = "not_contestable"


class AppealStateError(ConflictError):
    """The appeal was ruled on already."""

    code = "wrong_appeal_state"
