"""Deadlines: how campaigns stand against theirs, who is told when one will be or is missed, and moving one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from headwater.annotation import campaigns, forecasts, queries
from headwater.annotation.deadline_model import Due, Move, NoDeadlineError, Verdict, due_of, written
from headwater.annotation.model import CampaignState
from headwater.annotation.plan import PlanError
from headwater.annotation.store import deadlines as store
from headwater.core.errors import InvalidError
from headwater.governance import ledger, notices
from headwater.governance import queries as governance
from headwater.governance.authority import require
from headwater.governance.model import Decision, Involvement
from headwater.stats.interval import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.annotation.forecasts import Forecast
    from headwater.annotation.model import Campaign
    from headwater.context import Context

DOUBTFUL = 0.5
"""Share of futures below which a deadline counts as missed before it has passed."""
_TOLD = (Verdict.LIKELY_MISSED, Verdict.OVERDUE)
_RUNNING = (CampaignState.OPEN, CampaignState.PAUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """How a campaign stands against its deadline."""

    campaign_id: str
    name: str
    due: Due
    verdict: Verdict
    tasks: int
    done: int
    in_time: Estimate | None
    """Share of simulated futures done in time (see `forecasts`); None where nothing can be foreseen."""
    finish: date | None
    """Day by whose end half of the futures are done."""


def outlooks(ctx: Context) -> list[Outlook]:
    """Return how every campaign that runs stands against its deadline, the nearest first."""
    require(ctx, Decision.BATCH_ACCEPT)
    found = [_outlook(ctx, row) for row in queries.campaigns(ctx) if row.state in _RUNNING and row.plan.deadline]
    return sorted((row for row in found if row is not None), key=lambda row: row.due.seconds)


def outlook(ctx: Context, campaign_id: str, *, foreseen: Forecast | None = None) -> Outlook | None:
    """Return how a campaign stands against its deadline, by a forecast if there is one already; None without one."""
    require(ctx, Decision.BATCH_ACCEPT)
    return _outlook(ctx, queries.campaign(ctx, campaign_id), foreseen)


def untold(ctx: Context) -> list[Outlook]:
    """Return the campaigns whose deadline will be or is missed and of which nobody was told yet."""
    require(ctx, Decision.BATCH_ACCEPT)
    found = [row for row in outlooks(ctx) if row.verdict in _TOLD]
    return [row for row in found if row.verdict.value not in store.warned(ctx.db, row.campaign_id, row.due.at)]


def warn(ctx: Context, rows: Sequence[Outlook]) -> int:
    """Tell those who run a campaign that its deadline will be or is missed, once for each; returns how many were new.

    Args:
        ctx: The context.
        rows: What `untold` found.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    count = 0
    for row in rows:
        if not store.warn(ctx.db, row.campaign_id, row.due.at, row.verdict.value, ctx.clock.now()):
            continue
        body = {"deadline": row.due.at, "verdict": row.verdict.value, "tasks": row.tasks, "done": row.done}
        ledger.append(ctx, "campaign.deadline", subject=row.campaign_id, body=body)
        notices.send(ctx, _runners(ctx), kind="deadline", subject=f"deadline_{row.campaign_id}", text=_said(row))
        count += 1
    return count


def extend(ctx: Context, campaign_id: str, *, until: datetime, reason: str) -> Campaign:
    """Give a campaign more time; those who answer in it and those who run it are told.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        until: The new deadline, later than the one it has and than now.
        reason: Why; it stands in the ledger and in the notices.

    Raises:
        NoDeadlineError: It has none.
        PlanError: The new one is not later, has passed or is in no time zone.
        InvalidError: No reason is given.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    row = queries.campaign(ctx, campaign_id)
    before = row.plan.deadline
    if not reason.strip():
        raise InvalidError("A deadline is extended with a reason.", remedy="Say in a sentence why more time is needed.")
    if before is None:
        raise NoDeadlineError(
            f"Campaign '{row.name}' has no deadline.", remedy="Set one by changing its plan: headwater campaign change."
        )
    if until.tzinfo is not None and until <= max(before, ctx.clock.now()):
        raise PlanError(
            f"{written(until)} gives '{row.name}' no more time: its deadline is {written(before)}.",
            remedy="Name a later moment that has not passed; change the plan to have less time.",
        )
    made = campaigns.change(ctx, row.id, plan=replace(row.plan, deadline=until), reason=reason)
    said = f"'{row.name}' has until {written(until)}, not {written(before)}: {reason.strip()}"
    others = [person for person in (*queries.people(ctx, row.id), *_runners(ctx)) if person != ctx.actor]
    notices.send(ctx, others, kind="deadline", subject=f"deadline_{row.id}", text=said)
    return made


def moves(ctx: Context, campaign_id: str) -> list[Move]:
    """Return how a campaign's deadline was moved, by whom and why, newest first; for those who run or accept it."""
    require(ctx, Decision.BATCH_ACCEPT)
    return store.moves(ctx.db, queries.campaign(ctx, campaign_id).id)


def _outlook(ctx: Context, row: Campaign, foreseen: Forecast | None = None) -> Outlook | None:
    due = due_of(row, ctx.clock.now())
    if due is None:
        return None
    progress = queries.progress(ctx, row.id)
    found = foreseen or forecasts.forecast(ctx, row.id)
    return Outlook(
        campaign_id=row.id,
        name=row.name,
        due=due,
        verdict=_verdict(due, found, is_done=bool(progress.tasks) and progress.done >= progress.tasks),
        tasks=progress.tasks,
        done=progress.done,
        in_time=found.in_time,
        finish=found.finish,
    )


def _verdict(due: Due, found: Forecast, *, is_done: bool) -> Verdict:
    if is_done:
        return Verdict.MET
    if due.is_over:
        return Verdict.OVERDUE
    if found.in_time is not None and found.in_time.high < DOUBTFUL:
        return Verdict.LIKELY_MISSED
    return Verdict.NEAR if due.is_near else Verdict.AHEAD


def _runners(ctx: Context) -> list[str]:
    people = [
        *governance.involved(ctx, Decision.CAMPAIGN_OPEN, Involvement.RESPONSIBLE),
        *governance.involved(ctx, Decision.CAMPAIGN_OPEN, Involvement.ACCOUNTABLE),
    ]
    return [str(person) for person in people]


def _said(row: Outlook) -> str:
    left = f"{row.done:,} of {row.tasks:,} tasks are done"
    if row.verdict is Verdict.OVERDUE:
        return f"'{row.name}' has missed its deadline of {written(row.due.at)}: {left}."
    share = f"{row.in_time.value:.0%} of {row.in_time.n:,} simulated futures meet it" if row.in_time else ""
    half = f", half are done by {row.finish.isoformat()}" if row.finish else ""
    return f"'{row.name}' will probably miss its deadline of {written(row.due.at)}: {share}{half}; {left}."
