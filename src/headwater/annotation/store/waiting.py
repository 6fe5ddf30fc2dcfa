"""What waits for reviewers and experts, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from headwater.annotation.model import LeaseState, Tier
from headwater.annotation.store.answers import answer
from headwater.annotation.store.campaigns import campaign, lane
from headwater.annotation.store.tasks import lease, task
from headwater.storage.database import Moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from headwater.storage.database import Connection


class Waiting(NamedTuple):
    """A case that nobody has taken, or an answer that its author has not given again."""

    campaign_id: str
    record_id: str
    cohort_id: str | None
    """Of the answer; None for a dispute, which has several."""
    since: datetime
    lane_id: int
    rank: int
    identifier: str


class Pile(NamedTuple):
    """How much waits in a campaign from one cohort."""

    campaign_id: str
    cohort_id: str | None
    cases: int
    oldest: datetime


def cases(  # noqa: PLR0913 -- the filters
    db: Connection,
    program: str,
    tier: Tier,
    *,
    campaign_id: str,
    cohort_ids: Sequence[str] | None,
    before: datetime | None,
    after: tuple[int, int],
    limit: int,
) -> list[Waiting]:
    """Return cases of a tier in the order in which they are given out, from the one after a lane and rank."""
    query = (
        sa.select(
            task.c.campaign_id,
            task.c.record_id,
            answer.c.cohort_id,
            task.c.created_at,
            task.c.lane_id,
            task.c.rank,
            task.c.id,
        )
        .select_from(_open())
        .where(sa.or_(lane.c.id > after[0], sa.and_(lane.c.id == after[0], task.c.rank > after[1])))
        .order_by(lane.c.id, task.c.rank)
        .limit(limit)
    )
    query = query.where(*_where(program, tier, campaign_id))
    if cohort_ids is not None:
        query = query.where(answer.c.cohort_id.in_(cohort_ids))
    if before is not None:
        query = query.where(task.c.created_at <= before)
    return [Waiting(*row) for row in db.execute(query)]


def piles(db: Connection, program: str, tier: Tier) -> list[Pile]:
    """Return how many cases of a tier wait, by campaign and cohort."""
    query = (
        sa.select(task.c.campaign_id, answer.c.cohort_id, sa.func.count(), sa.func.min(task.c.created_at, type_=Moment))
        .select_from(_open())
        .where(*_where(program, tier, ""))
        .group_by(task.c.campaign_id, answer.c.cohort_id)
    )
    return [Pile(*row) for row in db.execute(query)]


def returned(
    db: Connection, program: str, *, campaign_id: str, cohort_ids: Sequence[str] | None, after: str, limit: int
) -> list[Waiting]:
    """Return answers that reviewers returned and whose authors hold them, in the order of their leases."""
    query = (
        sa.select(
            lease.c.campaign_id,
            task.c.record_id,
            lease.c.cohort_id,
            sa.func.max(answer.c.superseded_at, type_=Moment),
            sa.literal(0),
            sa.literal(0),
            lease.c.id,
        )
        .join(task, task.c.id == lease.c.task_id)
        .join(campaign, campaign.c.id == lease.c.campaign_id)
        .join(answer, sa.and_(answer.c.task_id == lease.c.task_id, answer.c.annotator == lease.c.annotator))
        .where(
            campaign.c.program == program,
            lease.c.state == sa.literal_column(f"'{LeaseState.LIVE.value}'"),
            lease.c.version > 0,
            lease.c.reason != "",
            lease.c.id > after,
        )
        .group_by(lease.c.id, lease.c.campaign_id, task.c.record_id, lease.c.cohort_id)
        .order_by(lease.c.id)
        .limit(limit)
    )
    if campaign_id:
        query = query.where(lease.c.campaign_id == campaign_id)
    if cohort_ids is not None:
        query = query.where(lease.c.cohort_id.in_(cohort_ids))
    return [Waiting(*row) for row in db.execute(query)]


def _open() -> sa.FromClause:
    joined = lane.join(campaign, campaign.c.id == lane.c.campaign_id)
    joined = joined.join(task, sa.and_(task.c.lane_id == lane.c.id, task.c.need > 0))
    return joined.outerjoin(answer, answer.c.id == task.c.about)


def _where(program: str, tier: Tier, campaign_id: str) -> list[sa.ColumnElement[bool]]:
    found = [campaign.c.program == program, lane.c.tier == tier.value]
    return [*found, lane.c.campaign_id == campaign_id] if campaign_id else found
