"""What an annotator does next when several campaigns are open: the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from headwater.annotation import calibration, queries
from headwater.annotation.deadline_model import Due, due_of
from headwater.annotation.handouts import Why
from headwater.annotation.model import Campaign, CampaignState
from headwater.annotation.store import queue
from headwater.workforce import queries as people

if TYPE_CHECKING:
    from headwater.context import Context
    from headwater.workforce.model import Annotator

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
    barred: Why
    """Why they are given nothing, whatever is there."""


def agenda(ctx: Context) -> list[Entry]:
    """Return the open campaigns in the order in which the actor is to work on them.

    Those without a task for them come last; among the others the priority of their first batch counts, then the
    deadline, the nearest first and none after any, then which was opened first.
    """
    now, member = ctx.clock.now(), people.annotator(ctx)
    found = []
    for row in queries.campaigns(ctx):
        if row.state is CampaignState.OPEN:
            barred = _barred(ctx, member, row)
            first = None if barred else queue.first_priority(ctx.db, row.id, ctx.actor)
            found.append(Entry(campaign=row, priority=first, due=due_of(row, now), barred=barred))
    return sorted(found, key=_urgency)


def _barred(ctx: Context, member: Annotator, campaign: Campaign) -> Why:
    if member.stop is not None:
        return Why.STOPPED
    if not member.is_available:
        return Why.UNAVAILABLE
    if campaign.plan.skill and not people.skills(ctx, member, [campaign.plan.skill]):
        return Why.UNSKILLED
    return Why.FAILED if calibration.failed(ctx, campaign) else Why.NONE


def _urgency(entry: Entry) -> tuple[int, datetime, datetime]:
    first = _LAST if entry.priority is None else entry.priority
    return first, entry.due.at if entry.due else _NEVER, entry.campaign.opened_at or _NEVER
