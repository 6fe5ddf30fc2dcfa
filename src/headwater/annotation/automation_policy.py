"""The automation policy of a campaign: in which slices people answer, people with prelabels, or a model with audit."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.annotation import automation, campaigns, queries
from headwater.annotation.automation_model import Holding, Line, Mode, deciding_slice, rest
from headwater.annotation.model import Campaign, CampaignState, CampaignStateError
from headwater.annotation.store import automation as store
from headwater.annotation.store import campaigns as campaign_rows
from headwater.core.errors import InvalidError, NotFoundError, StaleError
from headwater.governance import decisions
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.sourcing import queries as sourcing
from headwater.sourcing import slices

if TYPE_CHECKING:
    from headwater.context import Context

MOST = 50
"""Most slices of a policy."""
_FIXED = (CampaignState.PROPOSED, CampaignState.CLOSED)


def decide(
    ctx: Context, campaign_id: str, *, where: str, mode: Mode | None, reason: str, seen_version: int | None = None
) -> Campaign:
    """Decide who answers in a slice of a campaign's records, from the next task on.

    Of several slices that a record is in, the most careful decides: people before prelabels before a model. Tasks
    being worked on stay as they were given.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        where: The slice; all records when empty.
        mode: Who answers; None takes the slice out of the policy.
        reason: Why; kept with the decision.
        seen_version: Version of the campaign as it was seen.

    Raises:
        CampaignStateError: It is closed or waits for approval.
        InvalidError: There is no reason, or there are fifty slices already.
        NoCertificateError: A model is to answer without a live certificate for this very slice.
        NotFoundError: A slice that is taken out is not in the policy.
        SliceError: The slice cannot be read.
        StaleError: The campaign is no longer at `seen_version`.
    """
    require(ctx, Decision.AUTOMATION_CHANGE)
    before, where = queries.campaign(ctx, campaign_id), where.strip()
    if before.state in _FIXED:
        raise CampaignStateError(f"Campaign '{before.name}' is {before.state}; its automation policy stays as it is.")
    if seen_version is not None and seen_version != before.version:
        raise StaleError(f"Campaign '{before.name}' is now at version {before.version}, not {seen_version}.")
    if not reason.strip():
        raise InvalidError("Who answers in a slice is decided with a reason.")
    chosen = dict(before.plan.slices)
    if mode is None:
        if where not in chosen:
            raise NotFoundError(f"The policy of '{before.name}' has no slice '{where}'.")
        del chosen[where]
    else:
        sourcing.checked(ctx, where)
        if mode is Mode.MODEL:
            automation.ensure_certified(ctx, before, where)
        chosen[where] = mode.value
    if len(chosen) > MOST:
        raise InvalidError(f"A policy has at most {MOST} slices.", remedy="Join some with 'or'.")
    row = replace(before, plan=replace(before.plan, slices=chosen), version=before.version + 1)
    row = replace(row, digest=campaigns.digest_of(row))
    campaign_rows.save(ctx.db, row)
    said = f"{where or 'all records'}: {mode.value if mode else 'out of the policy'} ({reason.strip()})"
    decisions.record(ctx, Decision.AUTOMATION_CHANGE, subject=row.id, digest=row.digest, reason=said)
    return row


def policy(ctx: Context, campaign_id: str, *, counted: bool = False) -> list[Line]:
    """Return the slices of a campaign's automation policy and last the rest; for those who accept the work.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        counted: Whether the tasks of every slice are counted, which reads the attributes of all its records.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    campaign = queries.campaign(ctx, campaign_id)
    live = automation.live(ctx, campaign)
    holdings = _holdings(ctx, campaign) if counted else {}
    modes = {where: Mode(mode) for where, mode in campaign.plan.slices.items()}
    matching = dict(zip(modes, sourcing.counts(ctx, [slices.parse(where) for where in modes]), strict=True))
    return [
        Line(
            where=where or "",
            is_rest=where is None,
            mode=rest(campaign.plan) if where is None else modes[where],
            records=None if where is None else matching[where],
            certificate=next((each.id for each in live if each.where == where), ""),
            holds=holdings[where] if counted else None,
        )
        for where in (*modes, None)
    ]


def _holdings(ctx: Context, campaign: Campaign) -> dict[str | None, Holding]:
    plan, rows = campaign.plan, store.standings(ctx.db, campaign.id)
    seen = sourcing.attributes(ctx, {row.record_id for row in rows}) if plan.slices else {}
    counts: dict[str | None, Counter[str]] = {where: Counter() for where in (*plan.slices, None)}
    for row in rows:
        where = deciding_slice(plan, seen[row.record_id]) if row.record_id in seen else None
        counts[where].update(
            tasks=1, open=row.is_open, proposed=row.is_proposed, by_model=row.by_model, audited=row.audited
        )
    names = ("tasks", "open", "proposed", "by_model", "audited")
    return {where: Holding(**{name: found[name] for name in names}) for where, found in counts.items()}
