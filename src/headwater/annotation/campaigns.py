"""Campaigns: planned, proposed, opened, changed while they run, paused, closed."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, TypeVar

from headwater.annotation import adaptive, guidelines, queries
from headwater.annotation.deadline_model import Move
from headwater.annotation.model import (
    BatchKind,
    Campaign,
    CampaignId,
    CampaignState,
    CampaignStateError,
    Guideline,
    LeaseState,
    Schema,
    Standing,
    StandingError,
    UnknownLeaseError,
)
from headwater.annotation.plan import Plan, PlanError, checked_plan
from headwater.annotation.store import answers, deadlines, queue, returns, tasks
from headwater.annotation.store import campaigns as store
from headwater.core.canonical import digest
from headwater.core.errors import ConflictError, InvalidError, StaleError
from headwater.core.ids import new_id
from headwater.governance import decisions, ledger, notices
from headwater.governance.authority import require
from headwater.governance.model import Decision, PersonId, ProgramId
from headwater.lineage import service as lineage
from headwater.lineage.model import Node

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from headwater.context import Context

LONGEST_NAME = 120
T = TypeVar("T", Schema, Guideline)
_MAY_CHANGE = (CampaignState.DRAFT, CampaignState.OPEN, CampaignState.PAUSED)


def create(ctx: Context, *, name: str, schema_id: str, guideline_id: str, plan: Plan | None = None) -> Campaign:
    """Plan a campaign under a published schema and guideline.

    Raises:
        InvalidError: The name is empty, too long or taken.
        StandingError: Schema or guideline are not published.
        PlanError: A number of the plan is outside its range, the overlap cannot adapt to what is asked, or it holds an
            automation policy, which is a decision of its own.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    if not name.strip() or len(name) > LONGEST_NAME:
        raise InvalidError(f"'{name}' cannot name a campaign: expected 1 to {LONGEST_NAME} characters.")
    if store.select(ctx.db, ctx.program, name=name.strip()):
        raise ConflictError(f"There is a campaign '{name.strip()}' already.", remedy="Choose another name.")
    schema = _published(queries.schema(ctx, schema_id, standing=Standing.PUBLISHED))
    guideline = _published(queries.guideline(ctx, guideline_id, standing=Standing.PUBLISHED))
    plan = checked_plan(plan or Plan(lease_minutes=ctx.settings.lease_minutes))
    adaptive.check(plan, schema.questions)
    _ahead(ctx, plan)
    if plan.slices:
        raise PlanError(
            "A campaign is planned without an automation policy.", remedy="Decide on its slices afterwards."
        )
    row = Campaign(
        id=CampaignId(new_id("cmp")),
        program=ProgramId(ctx.program),
        name=name.strip(),
        state=CampaignState.DRAFT,
        schema_id=schema.id,
        guideline_id=guideline.id,
        plan=plan,
        digest="",
        author=PersonId(ctx.actor),
        created_at=ctx.clock.now(),
        opened_at=None,
        version=1,
    )
    row = replace(row, digest=digest_of(row))
    store.add(ctx.db, row)
    ledger.append(ctx, "campaign.planned", subject=row.id, body={"digest": row.digest})
    return row


def change(
    ctx: Context,
    campaign_id: str,
    *,
    plan: Plan | None = None,
    guideline_id: str = "",
    seen_version: int | None = None,
    reason: str = "",
) -> Campaign:
    """Change the plan of a campaign, also while it runs, or move it to another version of its guideline.

    Tasks being worked on keep the version they were given under. More overlap reopens finished tasks, less
    closes open ones; nothing that was answered is lost. The automation policy stays: it is a decision of its own.

    Raises:
        CampaignStateError: It is closed or waits for approval.
        PlanError, StandingError: See `create`; also when it runs and would ask for calibration without known answers.
        StaleError: It is no longer at `seen_version`.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    before = _in_state(ctx, campaign_id, *_MAY_CHANGE)
    if seen_version is not None and seen_version != before.version:
        raise StaleError(f"Campaign '{before.name}' is now at version {before.version}, not {seen_version}.")
    new = replace(checked_plan(plan or before.plan), slices=before.plan.slices)
    adaptive.check(new, queries.schema(ctx, before.schema_id).questions)
    if before.state is not CampaignState.DRAFT and new.calibration_bar > before.plan.calibration_bar:
        _can_calibrate(ctx, replace(before, plan=new))
    newest = queries.guideline(ctx, guideline_id, standing=Standing.PUBLISHED) if guideline_id else None
    guideline = _published(newest).id if newest else before.guideline_id
    row = replace(before, plan=new, guideline_id=guideline, version=before.version + 1)
    row = replace(row, digest=digest_of(row))
    if new.overlap != before.plan.overlap:
        tasks.change_overlap(ctx.db, row.id, new.overlap)
        returns.share_all(ctx.db, row.id)
        for batch in store.batches(ctx.db, row.id):
            store.recount_batch(ctx.db, batch.id, tasks.done(ctx.db, batch.id))
        answers.reset_closed(ctx.db, row.id)
    store.save(ctx.db, row)
    body = {"plan": asdict(new), "guideline": guideline, "digest": row.digest, "before": before.digest}
    ledger.append(ctx, "campaign.changed", subject=row.id, body=body | ({"reason": reason.strip()} if reason else {}))
    if new.deadline != before.plan.deadline:
        _ahead(ctx, new)
        _moved(ctx, before, new.deadline, reason.strip())
    if guideline != before.guideline_id:
        _tell(ctx, row, before)
    return row


def amend(ctx: Context, campaign_id: str, changes: Mapping[str, object], *, guideline_id: str = "") -> Campaign:
    """Change single numbers of a campaign's plan (see `change`).

    Raises:
        PlanError: The plan has no such number.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    row = queries.campaign(ctx, campaign_id)
    try:
        plan = replace(row.plan, **changes)  # type: ignore[arg-type]
    except TypeError as error:
        raise PlanError(f"The plan cannot be changed: {error}.") from error
    return change(ctx, row.id, plan=plan, guideline_id=guideline_id)


def propose(ctx: Context, campaign_id: str) -> Campaign:
    """Ask the Accountable to open a campaign.

    Raises:
        CampaignStateError: It is no draft.
        PlanError: It asks for calibration and has no calibration batch with known answers, or has no tasks.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    row = _in_state(ctx, campaign_id, CampaignState.DRAFT, CampaignState.PROPOSED)
    batches = store.batches(ctx.db, row.id)
    if not any(batch.tasks for batch in batches):
        raise PlanError(
            f"Campaign '{row.name}' has no tasks.", remedy="Add a batch first: headwater campaign add-batch."
        )
    _can_calibrate(ctx, row)
    summary = f"Campaign {row.name}"
    decisions.propose(
        ctx, Decision.CAMPAIGN_OPEN, subject=row.id, digest=row.digest, summary=summary, author=row.author
    )
    return _become(ctx, row, CampaignState.PROPOSED)


def approve(ctx: Context, campaign_id: str, *, reason: str) -> Campaign:
    """Open a proposed campaign as the Accountable; its tasks are given out from now on."""
    require(ctx, Decision.CAMPAIGN_OPEN)
    row = _in_state(ctx, campaign_id, CampaignState.PROPOSED)
    decisions.approve(ctx, Decision.CAMPAIGN_OPEN, subject=row.id, digest=row.digest, reason=reason)
    used = [
        Node(id=row.schema_id, kind="schema", label=row.schema_id),
        Node(id=row.guideline_id, kind="guideline", label=row.guideline_id),
    ]
    made = Node(id=row.id, kind="campaign", label=row.name, digest=row.digest)
    lineage.record(ctx, activity="campaign.open", used=used, generated=[made])
    return _become(ctx, replace(row, opened_at=ctx.clock.now()), CampaignState.OPEN)


def refuse(ctx: Context, campaign_id: str, *, reason: str) -> Campaign:
    """Send a proposed campaign back as the Accountable."""
    require(ctx, Decision.CAMPAIGN_OPEN)
    row = _in_state(ctx, campaign_id, CampaignState.PROPOSED)
    decisions.refuse(ctx, Decision.CAMPAIGN_OPEN, subject=row.id, reason=reason)
    return _become(ctx, row, CampaignState.DRAFT)


def pause(ctx: Context, campaign_id: str) -> Campaign:
    """Give out no more tasks; answers to tasks being worked on are still taken."""
    require(ctx, Decision.CAMPAIGN_OPEN)
    return _become(ctx, _in_state(ctx, campaign_id, CampaignState.OPEN), CampaignState.PAUSED, said="campaign.paused")


def resume(ctx: Context, campaign_id: str) -> Campaign:
    """Give out tasks of a paused campaign again."""
    require(ctx, Decision.CAMPAIGN_OPEN)
    return _become(ctx, _in_state(ctx, campaign_id, CampaignState.PAUSED), CampaignState.OPEN, said="campaign.resumed")


def close(ctx: Context, campaign_id: str) -> Campaign:
    """End a campaign for good; answers to tasks being worked on are still taken."""
    require(ctx, Decision.CAMPAIGN_OPEN)
    row = _in_state(ctx, campaign_id, CampaignState.OPEN, CampaignState.PAUSED)
    return _become(ctx, row, CampaignState.CLOSED, said="campaign.closed")


def revoke(ctx: Context, campaign_id: str, annotator: str) -> int:
    """Take away every task an annotator holds in a campaign; returns how many. They do not get these again."""
    require(ctx, Decision.CAMPAIGN_OPEN)
    row = queries.campaign(ctx, campaign_id)
    queue.sit(ctx.db, ctx.program, row.id, annotator)
    taken = 0
    for lease in tasks.leases(ctx.db, row.id, annotator=annotator):
        if queue.end(ctx.db, lease.id, LeaseState.REVOKED, reason="taken away by operations"):
            returns.give_back(ctx.db, lease.task_id)
            taken += 1
    if not taken:
        raise UnknownLeaseError(f"'{annotator}' holds no task of campaign '{row.name}'.")
    ledger.append(ctx, "campaign.revoked", subject=row.id, body={"annotator": annotator, "tasks": taken})
    return taken


def _can_calibrate(ctx: Context, row: Campaign) -> None:
    drills = any(batch.tasks for batch in store.batches(ctx.db, row.id) if batch.kind is BatchKind.CALIBRATION)
    if row.plan.calibration_bar > 0 and not (drills and answers.golds(ctx.db, row.id)):
        raise PlanError(
            f"Campaign '{row.name}' asks for calibration but no calibration batch has known answers.",
            remedy="Add a batch of kind calibration with its right answers, or set calibration_bar to 0.",
        )


def _moved(ctx: Context, before: Campaign, after: datetime | None, reason: str) -> None:
    row = Move(
        campaign_id=before.id,
        before=before.plan.deadline,
        after=after,
        reason=reason,
        by=ctx.actor,
        at=ctx.clock.now(),
    )
    deadlines.moved(ctx.db, row)


def _tell(ctx: Context, row: Campaign, before: Campaign) -> None:
    """Tell the annotators of a campaign that other rules count from their next task on."""
    old, new = queries.guideline(ctx, before.guideline_id), queries.guideline(ctx, row.guideline_id)
    said = f"'{row.name}' goes on under {new.name} v{new.version}. {guidelines.difference(old, new)}"
    notices.send(ctx, queries.people(ctx, row.id), kind="guideline", subject=new.id, text=said)


def _ahead(ctx: Context, plan: Plan) -> None:
    if plan.deadline is not None and plan.deadline <= ctx.clock.now():
        raise PlanError(f"The deadline {plan.deadline.isoformat()} has passed already.", remedy="Choose one to come.")


def _published(row: T) -> T:
    if row.standing is not Standing.PUBLISHED:
        raise StandingError(
            f"'{row.name}' v{row.version} is {row.standing}; a campaign runs under published versions.",
            remedy="Have it approved first."
            if row.standing is Standing.PROPOSED
            else "Propose it and have it approved first.",
        )
    return row


def _in_state(ctx: Context, campaign_id: str, *states: CampaignState) -> Campaign:
    row = queries.campaign(ctx, campaign_id)
    if row.state not in states:
        raise CampaignStateError(f"Campaign '{row.name}' is {row.state}; this needs {' or '.join(states)}.")
    return row


def _become(ctx: Context, row: Campaign, state: CampaignState, *, said: str = "") -> Campaign:
    row = replace(row, state=state, version=row.version + 1)
    store.save(ctx.db, row)
    if said:
        ledger.append(ctx, said, subject=row.id, body={"digest": row.digest})
    return row


def digest_of(row: Campaign) -> str:
    """Return what an approval of a campaign binds to: its name, versions and plan."""
    return digest({"name": row.name, "schema": row.schema_id, "guideline": row.guideline_id, "plan": asdict(row.plan)})
