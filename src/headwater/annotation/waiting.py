"""What waits for reviewers and experts: the queue as a list, with what piles up where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from headwater.annotation import queries
from headwater.annotation.model import Tier
from headwater.annotation.store import waiting as store
from headwater.core.errors import InvalidError
from headwater.governance.authority import require
from headwater.governance.model import Decision, NotYoursError
from headwater.workforce import queries as people

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.annotation.model import Campaign
    from headwater.annotation.store.waiting import Pile
    from headwater.context import Context
    from headwater.workforce.model import Cohort


class Sort(StrEnum):
    """What waits."""

    REVIEW = "review"
    """An answer that a reviewer is to check."""
    DISPUTE = "dispute"
    """A task that an expert is to settle."""
    RETURNED = "returned"
    """An answer that went back to its author, who has not given it again."""


_TIERS = {Sort.REVIEW: Tier.REVIEW, Sort.DISPUTE: Tier.ADJUDICATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which part of the queue is wanted."""

    sort: Sort = Sort.REVIEW
    campaign: str = ""
    """Id or name; empty for all."""
    team: str = ""
    """Only answers of a team's cohorts; empty for all. Disputes have answers of several."""
    days: float = 0.0
    """Only what has waited at least so many days; counts not for returned answers, which are few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One case that waits. Who answered is not shown."""

    campaign_id: str
    campaign: str
    record_id: str
    cohort: str
    """Team and training of the answer; empty for a dispute."""
    since: datetime
    cursor: str
    """Pass as `after` for what follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How much waits in one campaign from one group."""

    sort: Sort
    campaign_id: str
    campaign: str
    cohort: str
    count: int
    oldest: datetime


def cases(ctx: Context, wanted: Filter, *, after: str = "", limit: int = 50) -> list[Item]:
    """Return what waits, in the order in which it is given out, from what follows `after`.

    For reviewers, experts and those who run campaigns.

    Raises:
        UnknownCampaignError: There is no such campaign.
        InvalidError: `after` is no cursor of this list.
    """
    _require(ctx)
    campaign = queries.campaign(ctx, wanted.campaign).id if wanted.campaign else ""
    cohorts: dict[str, Cohort] = {row.id: row for row in people.cohorts(ctx)}
    chosen = [key for key, row in cohorts.items() if row.team == wanted.team] if wanted.team else None
    if wanted.sort is Sort.RETURNED:
        rows = store.returned(ctx.db, ctx.program, campaign_id=campaign, cohort_ids=chosen, after=after, limit=limit)
    else:
        rows = store.cases(
            ctx.db,
            ctx.program,
            _TIERS[wanted.sort],
            campaign_id=campaign,
            cohort_ids=chosen,
            before=ctx.clock.now() - timedelta(days=wanted.days) if wanted.days else None,
            after=_place(after),
            limit=limit,
        )
    names: dict[str, str] = {row.id: row.name for row in queries.campaigns(ctx)}
    return [
        Item(
            campaign_id=row.campaign_id,
            campaign=names.get(row.campaign_id, row.campaign_id),
            record_id=row.record_id,
            cohort=_called(cohorts, row.cohort_id),
            since=row.since,
            cursor=row.identifier if wanted.sort is Sort.RETURNED else f"{row.lane_id}-{row.rank}",
        )
        for row in rows
    ]


def counts(ctx: Context) -> list[Count]:
    """Return how much waits, by sort, campaign and group, the longest waiting first."""
    _require(ctx)
    cohorts: dict[str, Cohort] = {row.id: row for row in people.cohorts(ctx)}
    campaigns = queries.campaigns(ctx)
    found = [
        each
        for sort, tier in _TIERS.items()
        for each in _grouped(sort, store.piles(ctx.db, ctx.program, tier), cohorts, campaigns)
    ]
    held = store.returned(ctx.db, ctx.program, campaign_id="", cohort_ids=None, after="", limit=10_000)
    piles = [store.Pile(row.campaign_id, row.cohort_id, 1, row.since) for row in held]
    return sorted([*found, *_grouped(Sort.RETURNED, piles, cohorts, campaigns)], key=lambda row: row.oldest)


def _grouped(sort: Sort, piles: list[Pile], cohorts: Mapping[str, Cohort], campaigns: list[Campaign]) -> list[Count]:
    """Join the piles of one group, which differ in batch and guideline version."""
    names: dict[str, str] = {row.id: row.name for row in campaigns}
    joined: dict[tuple[str, str], list[Pile]] = {}
    for pile in piles:
        group = _called(cohorts, pile.cohort_id)
        joined.setdefault((pile.campaign_id, group), []).append(pile)
    return [
        Count(
            sort=sort,
            campaign_id=campaign,
            campaign=names.get(campaign, campaign),
            cohort=group,
            count=sum(pile.cases for pile in mine),
            oldest=min(pile.oldest for pile in mine),
        )
        for (campaign, group), mine in joined.items()
    ]


def _called(cohorts: Mapping[str, Cohort], identifier: str | None) -> str:
    found = cohorts.get(identifier or "")
    return found.name if found else ""


def _require(ctx: Context) -> None:
    try:
        require(ctx, Decision.ANNOTATION_REVIEW)
    except NotYoursError:
        require(ctx, Decision.CAMPAIGN_OPEN)


def _place(after: str) -> tuple[int, int]:
    lane, _, rank = (after or "0-0").partition("-")
    if not (lane.isdecimal() and rank.isdecimal()):
        raise InvalidError(f"'{after}' is not a cursor of this list.", remedy="Begin again without `after`.")
    return int(lane), int(rank)
