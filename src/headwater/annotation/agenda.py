"""What an annotator does next when several campaigns are open: the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from headwater.annotation import queries
from headwater.annotation.deadline_model import Due, due_of
from headwater.annotation.model import Campaign, CampaignState
from headwater.annotation.store import queue

if TYPE_CHECKING:
    from headwater.context import Context

_NEVER = datetime.max.replace(tzinfo=UTC)
_LAST = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An open campaign as one annotator sees it."""

    campaign: Campaign
    priority: int | None
    """Of the batch they would be given a task of first, lower before higher; None when nothing is there for them.
    Hidden gold does not count."""
    due: Due | None


def agenda(ctx: Context) -> list[Entry]:
    """Return the open campaigns in the order in which the actor is to work on them.

    Those without a task for them come last; among the others the priority of their first batch counts, then the
    deadline, the nearest first and none after any, then which was opened first.
    """
    now = ctx.clock.now()
    found = [
        Entry(campaign=row, priority=queue.first_priority(ctx.db, row.id, ctx.actor), due=due_of(row, now))
        for row in queries.campaigns(ctx)
        if row.state is CampaignState.OPEN
    ]
    return sorted(found, key=_urgency)


def _urgency(entry: Entry) -> tuple[int, datetime, datetime]:
    first = _LAST if entry.priority is None else entry.priority
    return first, entry.due.at if entry.due else _NEVER, entry.campaign.opened_at or _NEVER
