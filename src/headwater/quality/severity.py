"""How severely a team's batches are inspected: the switching rules, kept step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.governance import ledger
from headwater.governance.authority import require, require_accountable
from headwater.governance.model import Decision
from headwater.quality.model import Inspection, Standing, Verdict
from headwater.quality.store import inspections as store
from headwater.stats.acceptance import switching
from headwater.stats.acceptance.switching import State

if TYPE_CHECKING:
    from headwater.context import Context


def standing(ctx: Context, campaign_id: str, maker: str) -> Standing:
    """Return how severely a team's batches in a campaign are inspected now."""
    found = store.severities(ctx.db, ctx.program, campaign=campaign_id, maker=maker)
    start = Standing(campaign_id=campaign_id, maker=maker, state=State(), cause="", by="", at=None)
    return found[-1] if found else start


def standings(ctx: Context, *, campaign_id: str = "") -> list[Standing]:
    """Return where the switching rules stand for every team whose batches were decided on."""
    found = store.severities(ctx.db, ctx.program, campaign=campaign_id)
    return list({(each.campaign_id, each.maker): each for each in found}.values())


def history(ctx: Context, campaign_id: str, maker: str) -> list[Standing]:
    """Return every step of the switching rules for a team in a campaign, oldest first."""
    return store.severities(ctx.db, ctx.program, campaign=campaign_id, maker=maker)


def follow(ctx: Context, row: Inspection) -> None:
    """Take a decided batch into the switching rules; one that was resubmitted after rework changes nothing.

    A waived batch counts as rejected: its plan was not met.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    if row.round > 1:
        return
    before = standing(ctx, row.campaign_id, row.maker)
    accepted = row.verdict is Verdict.ACCEPTED
    outcome = switching.outcome(row.plan, inspected=row.inspected, wrong=len(row.errors), accepted=accepted)
    _move(ctx, before, switching.after(before.state, outcome), cause=row.batch_id)


def reduce(ctx: Context, campaign_id: str, maker: str, *, reason: str) -> Standing:
    """Allow reduced inspection of a team's batches, as the Accountable.

    Raises:
        NotYoursError: The actor is not the Accountable for accepting batches.
        InvalidError: The switching score is too small.
    """
    require_accountable(ctx, Decision.BATCH_ACCEPT)
    before = standing(ctx, campaign_id, maker)
    return _move(ctx, before, switching.reduce(before.state, reason=reason))


def resume(ctx: Context, campaign_id: str, maker: str, *, reason: str) -> Standing:
    """Begin tightened inspection again after the causes were put right, as the Accountable.

    Raises:
        NotYoursError: The actor is not the Accountable for accepting batches.
        InvalidError: Inspection was not discontinued.
    """
    require_accountable(ctx, Decision.BATCH_ACCEPT)
    before = standing(ctx, campaign_id, maker)
    return _move(ctx, before, switching.resume(before.state, reason=reason))


def _move(ctx: Context, before: Standing, state: State, *, cause: str = "") -> Standing:
    now = ctx.clock.now()
    row = Standing(campaign_id=before.campaign_id, maker=before.maker, state=state, cause=cause, by=ctx.actor, at=now)
    store.add_severity(ctx.db, ctx.program, row, now)
    if state.severity is not before.state.severity:
        body = {"from": before.state.severity, "to": state.severity, "because": state.because, "maker": row.maker}
        ledger.append(ctx, "inspection.switched", subject=row.campaign_id, body=body | {"cause": cause})
    return row
