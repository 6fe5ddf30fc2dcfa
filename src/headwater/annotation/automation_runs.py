"""Following the automation policy without being asked: models answer what is new, and people are told when one may not.

The policy is the decision; what happens here follows from it while the server runs, as `automation.run` does on demand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.annotation import automation, queries
from headwater.annotation.automation_model import Certificate, Mode, Routed
from headwater.annotation.model import Campaign, CampaignState
from headwater.annotation.store import automation as store
from headwater.governance import notices
from headwater.governance import queries as governance
from headwater.governance.authority import require
from headwater.governance.model import Decision, Involvement

if TYPE_CHECKING:
    from headwater.context import Context

PART = 200
"""Tasks answered in one transaction, which people's answers wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A certificate under which a model may answer by the policy at this moment."""

    certificate: Certificate
    mark: tuple[int, int, str]
    """Changes when there may be something new to answer: the campaign's version, its tasks, the newest proposal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsed:
    """A slice that the policy gives to a model which may not answer it any more."""

    campaign: Campaign
    certificate: Certificate
    """The newest there was."""
    why: str


def due(ctx: Context) -> list[Due]:
    """Return the certificates under which models answer in open campaigns, one for each slice of a policy and model."""
    require(ctx, Decision.BATCH_ACCEPT)
    found = []
    for campaign in _automated(ctx):
        tasks = sum(batch.tasks for batch in queries.batches(ctx, campaign.id))
        for row in _newest(automation.live(ctx, campaign), campaign).values():
            if not automation.audit(ctx, row.id).watch.alarm:
                newest = store.newest_proposal(ctx.db, campaign.id, row.model)
                found.append(Due(certificate=row, mark=(campaign.version, tasks, newest)))
    return found


def follow(ctx: Context, certificate_id: str) -> Routed:
    """Let a model answer some of what the policy gives to it; 0 answered and audited when nothing is left.

    Raises:
        NoCertificateError, ModeError: See `automation.run`.
    """
    require(ctx, Decision.AUTOMATION_CHANGE)
    return automation.run(ctx, certificate_id, limit=PART, unasked=True)


def lapsed(ctx: Context) -> list[Lapsed]:
    """Return the slices left without a model they were given to, of which nobody was told yet."""
    require(ctx, Decision.BATCH_ACCEPT)
    found = []
    for campaign in _automated(ctx):
        live = _newest(automation.live(ctx, campaign), campaign)
        for row in _newest(automation.certificates(ctx, campaign.id), campaign).values():
            why = _problem(ctx, row, is_live=(row.where, row.model) in live)
            if why and not store.is_told(ctx.db, row.id):
                found.append(Lapsed(campaign=campaign, certificate=row, why=why))
    return found


def tell(ctx: Context, rows: list[Lapsed]) -> int:
    """Tell those who decide on automation that a model answers no more, once for each; returns how many were new."""
    require(ctx, Decision.AUTOMATION_CHANGE)
    people = [
        *governance.involved(ctx, Decision.AUTOMATION_CHANGE, Involvement.RESPONSIBLE),
        *governance.involved(ctx, Decision.AUTOMATION_CHANGE, Involvement.ACCOUNTABLE),
    ]
    count = 0
    for row in rows:
        if store.told(ctx.db, row.certificate.id, ctx.clock.now()):
            where = row.certificate.where or "all records"
            text = f"{row.certificate.model} answers no more in '{row.campaign.name}' ({where}): {row.why}. People do."
            notices.send(ctx, people, kind="automation", subject=f"automation_{row.campaign.id}", text=text)
            count += 1
    return count


def _automated(ctx: Context) -> list[Campaign]:
    """The open campaigns whose policy gives anything to a model."""
    rows = queries.campaigns(ctx)
    return [row for row in rows if row.state is CampaignState.OPEN and Mode.MODEL.value in row.plan.slices.values()]


def _newest(rows: list[Certificate], campaign: Campaign) -> dict[tuple[str, str], Certificate]:
    """The newest certificate of each slice and model that the policy lets answer; rows are newest first."""
    found: dict[tuple[str, str], Certificate] = {}
    for row in rows:
        if campaign.plan.slices.get(row.where) == Mode.MODEL.value:
            found.setdefault((row.where, row.model), row)
    return found


def _problem(ctx: Context, row: Certificate, *, is_live: bool) -> str:
    if row.revoked_at is not None:
        return "" if is_live else f"its certificate was revoked: {row.reason}"
    if not row.is_live(ctx.clock.now()):
        return "" if is_live else f"its certificate ended on {row.expires_at:%Y-%m-%d %H:%M} UTC"
    if not is_live:
        return "the campaign moved to other questions or rules than its certificate holds for"
    found = automation.audit(ctx, row.id)
    return f"people's checks contradict its certificate, errors {found.watch.error}" if found.watch.alarm else ""
