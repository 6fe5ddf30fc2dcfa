"""When a campaign will be done, and whether by its deadline; told in words where the data do not say."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation import queries
from headwater.annotation.model import BatchKind, Campaign, CampaignState
from headwater.annotation.store import pace
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.stats import forecast as kernel
from headwater.stats.interval import Estimate, normal, undefined, wilson
from headwater.workforce import queries as people

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.annotation.progress import Progress
    from headwater.context import Context

WINDOW = 28
"""Past days that tell the pace."""
FEWEST = 3
"""Whole days before a pace is told."""
_WEEKEND = 5
_METHOD = (
    "{runs} simulated futures, each drawing whole past days (UTC; working days and weekends apart) of those who are "
    "given tasks now, with Bayesian bootstrap weights"
)


class Outlook(StrEnum):
    """What can be said about the end of a campaign."""

    DONE = "done"
    """Nothing is left."""
    FORECAST = "forecast"
    UNKNOWN = "unknown"
    """`why` tells what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """When a campaign will be done if people go on as on past days."""

    outlook: Outlook
    why: str
    """Why nothing can be said; empty otherwise."""
    left: Estimate
    """Answers still wanted; its n counts tasks from which the expected overlap comes, where that adapts."""
    per_day: Estimate
    """Answers a day, days without any counted; its n counts whole past days."""
    finish: date | None
    """Day (UTC) by whose end it is done in half of the futures; None when that is more than two years off."""
    earliest: date | None
    """The same in 5 % of them."""
    latest: date | None
    """The same in 95 % of them."""
    deadline: datetime | None
    in_time: Estimate | None
    """Share of futures done by the deadline, its interval that of the simulation; None without a deadline."""
    method: str


def forecast(ctx: Context, campaign_id: str) -> Forecast:
    """Return when a campaign will be done at the pace of its last 28 days; for those who run or accept the work."""
    require(ctx, Decision.BATCH_ACCEPT)
    campaign = queries.campaign(ctx, campaign_id)
    left = _left(ctx, campaign, queries.progress(ctx, campaign.id))
    now = ctx.clock.now().astimezone(UTC)
    today = (now - datetime(1970, 1, 1, tzinfo=UTC)).days
    daily, done_today, why = _history(ctx, campaign, today)
    per_day = _mean(daily)
    if left.value <= 0:
        return _told(campaign, Outlook.DONE, left, per_day)
    if campaign.state in (CampaignState.PAUSED, CampaignState.CLOSED):
        why = f"The campaign is {campaign.state}; it goes on when it is resumed."
    if why:
        return _told(campaign, Outlook.UNKNOWN, left, per_day, why)
    rng = np.random.default_rng(int(campaign.id[-8:], 16))
    spread = left.standard_error if left.standard_error > 0 else 0.0
    lefts = np.maximum(rng.normal(left.value, spread, kernel.RUNS), 1.0)
    reach = min(kernel.HORIZON, 30 + math.ceil(4 * left.value / max(per_day.value, 1e-9)))
    first = today - len(daily)
    found = kernel.days_needed(
        daily,
        _kinds(first, len(daily)),
        _kinds(today, reach),
        left=lefts,
        head_start=done_today,
        rng=rng,
    )
    median, low, high = (_day(now.date(), found, share) for share in (0.5, 0.05, 0.95))
    return Forecast(
        outlook=Outlook.FORECAST,
        why="",
        left=left,
        per_day=per_day,
        finish=median,
        earliest=low,
        latest=high,
        deadline=campaign.plan.deadline,
        in_time=_in_time(campaign.plan.deadline, now.date(), found),
        method=_METHOD.format(runs=kernel.RUNS),
    )


def _left(ctx: Context, campaign: Campaign, progress: Progress) -> Estimate:
    """Answers still wanted: tasks × expected answers a task − answers that are there, gold left out."""
    work = {part.batch.id for part in progress.batches if part.batch.kind is not BatchKind.CALIBRATION}
    given = sum(row.answers - row.judged for row in queries.tallies(ctx, campaign.id) if row.batch_id in work)
    overlap = float(campaign.plan.overlap)
    seen = [each for batch in work for each in pace.wanted(ctx.db, batch, campaign.plan.overlap)]
    error, method = 0.0, "tasks × overlap − answers"
    if campaign.plan.most_overlap and seen:
        overlap = float(np.mean(seen))
        error = float(np.std(seen) / math.sqrt(len(seen))) * progress.tasks
        method = "tasks × mean answers wanted of tasks begun − answers"
    elif campaign.plan.most_overlap:
        method = "tasks × smallest overlap − answers: nothing is known yet of tasks in doubt"
    if progress.done >= progress.tasks:
        return normal(0.0, 0.0, n=len(seen), method=method)
    least = progress.tasks - progress.done
    return normal(max(progress.tasks * overlap - given, least), error, n=len(seen) or progress.tasks, method=method)


def _history(ctx: Context, campaign: Campaign, today: int) -> tuple[NDArray[np.float64], float, str]:
    """What those who are given tasks now did on each whole past day and today, and why that is too little to go by."""
    begun = pace.first_day(ctx.db, campaign.id)
    if begun is None:
        return np.empty(0), 0.0, "Nobody has answered yet."
    start = max(begun, today - WINDOW)
    rows = pace.days(ctx.db, campaign.id, since=start)
    gone = {person for person in {row.annotator for row in rows} if not people.annotator(ctx, person).is_served}
    daily, done_today = np.zeros(max(today - start, 0)), 0.0
    for row in rows:
        if row.annotator in gone:
            continue
        if row.day == today:
            done_today += max(row.answers, 0)
        else:
            daily[row.day - start] += max(row.answers, 0)
    if len(daily) < FEWEST:
        return daily, done_today, f"Not enough days: {len(daily)} whole days of work, {FEWEST} are needed."
    if not daily.any():
        return daily, done_today, f"Nobody who is given tasks now answered in the last {len(daily)} days."
    return daily, done_today, ""


def _mean(daily: NDArray[np.float64]) -> Estimate:
    method = "mean of whole days, UTC"
    if len(daily) < FEWEST:
        return undefined("not enough days", n=len(daily), method=method)
    found = normal(float(daily.mean()), float(daily.std(ddof=1) / math.sqrt(len(daily))), n=len(daily), method=method)
    return replace(found, low=max(found.low, 0.0))


def _kinds(first: int, count: int) -> NDArray[np.int64]:
    """Return 1 for each weekend day, 0 for others; day 0 of 1970 was a Thursday."""
    return (((np.arange(first, first + count) + 3) % 7) >= _WEEKEND).astype(np.int64)


def _day(today: date, found: NDArray[np.float64], share: float) -> date | None:
    days = float(np.quantile(found, share, method="inverted_cdf"))
    return None if math.isinf(days) else today + timedelta(days=days)


def _in_time(deadline: datetime | None, today: date, found: NDArray[np.float64]) -> Estimate | None:
    """Share of futures whose last day has ended by the end of the deadline's day."""
    if deadline is None:
        return None
    last = (deadline.astimezone(UTC) - timedelta(microseconds=1)).date()
    return wilson(int((found <= (last - today).days).sum()), len(found))


def _told(campaign: Campaign, outlook: Outlook, left: Estimate, per_day: Estimate, why: str = "") -> Forecast:
    return Forecast(
        outlook=outlook,
        why=why,
        left=left,
        per_day=per_day,
        finish=None,
        earliest=None,
        latest=None,
        deadline=campaign.plan.deadline,
        in_time=None,
        method="",
    )
