"""Words of enquiries: questions of annotators to the owners of a guideline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from headwater.core.errors import ConflictError, NotFoundError
from headwater.governance.model import PersonId

LONGEST = 2000
"""Longest question or reply, in characters."""


class State(StrEnum):
    """How far enquiries are."""

    WAITING = "waiting"
    """They have no reply."""
    REPLIED = "replied"
    """They have one, published or not."""
    PUBLISHED = "published"
    """Everybody in the program may read them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """A question an annotator put to the owners of a guideline while working on a task."""

    id: str
    program: str
    campaign_id: str
    task_id: str
    record_id: str
    guideline_id: str
    """The version that was on the screen."""
    section: str
    """Title of the section that was on the screen; empty for the guideline as a whole."""
    text: str
    author: PersonId
    asked_at: datetime
    reply: str
    """Empty until it is replied to."""
    replied_by: PersonId
    replied_at: datetime | None
    published_at: datetime | None = None
    """Since when everybody who answers under the guideline reads question and reply, without who asked."""
    change_id: str = ""
    """The version of the guideline that was written because of it; empty when none was."""


class UnknownEnquiryError(NotFoundError):
    """There is no such enquiry, or it is not yours to see."""

    code = "unknown_enquiry"


class UnansweredError(ConflictError):
    """The enquiry has no reply to publish."""

    code = "not_replied"


class RepliedError(ConflictError):
    """The enquiry has a reply."""

    code = "already_replied"
