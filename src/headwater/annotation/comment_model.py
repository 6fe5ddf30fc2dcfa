"""Words of comments: what is said about an answer between who gave it and who checks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from headwater.governance.model import PersonId

LONGEST = 2000
"""Longest comment, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment on one annotator's answer to a task; what is said about all versions of it is one thread."""

    id: str
    program: str
    campaign_id: str
    task_id: str
    record_id: str
    annotator: PersonId
    """Whose answer the thread is about."""
    answer_id: str
    """The version that was in force."""
    author: PersonId
    text: str
    written_at: datetime

    @property
    def speaker(self) -> str:
        """Who says it, as far as anybody may know: `annotator` or `reviewer`."""
        return "annotator" if self.author == self.annotator else "reviewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Everything that was said about one annotator's answer to a task."""

    campaign_id: str
    task_id: str
    record_id: str
    annotator: PersonId
    answer_id: str
    """The version the newest comment was about."""
    comments: tuple[Comment, ...]
    """Oldest first, at least one."""
