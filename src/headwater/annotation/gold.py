"""Hidden gold: tasks whose right answer is known, among the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from headwater.annotation import beforehand, illustrations, queries
from headwater.annotation.model import (
    EVERYONE,
    BatchId,
    Campaign,
    Gold,
    GoldShownError,
    LaneKind,
    Task,
    TaskId,
    Tier,
    UnknownTaskError,
)
from headwater.annotation.store import answers, tasks
from headwater.annotation.store import campaigns as store
from headwater.annotation.store.campaigns import Lane
from headwater.core.canonical import digest
from headwater.core.ids import new_id
from headwater.governance import decisions
from headwater.governance.authority import require
from headwater.governance.model import Decision, PersonId

if TYPE_CHECKING:
    from headwater.context import Context


def mark(
    ctx: Context,
    campaign_id: str,
    known: Mapping[str, Mapping[str, object]],
    *,
    explanations: Mapping[str, str] | None = None,
    reason: str = "",
) -> int:
    """Make the right answers of records known in a campaign; returns how many.

    A task of a calibration batch teaches with them. Any other is taken out of its batch's ordinary work and given,
    hidden, to every annotator at the campaign's gold rate; a record that is not in the campaign is added for that.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        known: Record id → question → right answer; questions may be left out.
        explanations: Record id → what a calibration task teaches.
        reason: Why; kept with the decision.

    Raises:
        ResponseError: An answer is none of its question; the message names the record.
        UnknownTaskError: The program has no such record.
        GoldShownError: A guideline shows a record that is no lesson; nothing is marked.
    """
    require(ctx, Decision.GOLD_CHANGE)
    campaign = queries.campaign(ctx, campaign_id)
    beforehand.check(ctx, queries.schema(ctx, campaign.schema_id), known, said="Gold of")
    explanations = explanations or {}
    store.hold(ctx.db, campaign.id)
    there = tasks.by_records(ctx.db, campaign.id, list(known))
    lane = store.lane_of(ctx.db, campaign.id, Lane(tier=Tier.ANNOTATE, kind=LaneKind.GOLD))
    drills = tasks.in_lanes(ctx.db, [task.id for task in there.values()], LaneKind.CALIBRATION)
    _check_unseen(ctx, {record for record in known if record not in there or there[record].id not in drills})
    now = ctx.clock.now()
    rows = []
    for record, values in known.items():
        task = there.get(record)
        if task is None:
            task = _add(ctx, campaign, record, lane)
        elif task.id not in drills and task.wanted < EVERYONE:
            _hide(ctx, task, lane)
        rows.append(
            Gold(
                task_id=task.id,
                record_id=record,
                values=dict(values),
                explanation=explanations.get(record, ""),
                author=PersonId(ctx.actor),
                created_at=now,
                retired_at=None,
            )
        )
    answers.add_gold(ctx.db, rows, campaign.id)
    marked = digest({row.task_id: row.values for row in rows})
    reason = reason or f"{len(rows)} marked"
    decisions.record(ctx, Decision.GOLD_CHANGE, subject=campaign.id, digest=marked, reason=reason)
    return len(rows)


def retire(ctx: Context, campaign_id: str, task_id: str, *, reason: str) -> None:
    """Give a gold task out no more and judge no further answer by it; earlier ones stay judged.

    Raises:
        UnknownTaskError: It is no gold of the campaign.
    """
    require(ctx, Decision.GOLD_CHANGE)
    campaign = queries.campaign(ctx, campaign_id)
    if task_id not in {gold.task_id for gold in answers.golds(ctx.db, campaign.id)}:
        raise UnknownTaskError(f"'{task_id}' is no gold of campaign '{campaign.name}'.")
    answers.retire_gold(ctx.db, task_id, ctx.clock.now())
    tasks.retire(ctx.db, task_id)
    decisions.record(ctx, Decision.GOLD_CHANGE, subject=task_id, reason=reason)


def _check_unseen(ctx: Context, hidden: Collection[str]) -> None:
    shown = illustrations.showing(ctx, hidden)
    if not shown:
        return
    record, row = next(iter(shown.items()))
    more = f", and {len(shown) - 1} more records are shown too" if len(shown) > 1 else ""
    raise GoldShownError(
        f"Guideline {row.name} v{row.version} shows record '{record}', so everybody knows its right answer{more}.",
        remedy="Take another record, or put this one into a calibration batch, where it may be a lesson.",
    )


def _add(ctx: Context, campaign: Campaign, record: str, lane: int) -> Task:
    task = Task(
        id=TaskId(new_id("tsk")),
        campaign_id=campaign.id,
        batch_id=BatchId(""),
        record_id=record,
        tier=Tier.ANNOTATE,
        wanted=EVERYONE,
        answers=0,
        need=EVERYONE,
        about="",
        created_at=ctx.clock.now(),
    )
    tasks.add_one(ctx.db, task, lane_id=lane)
    return task


def _hide(ctx: Context, task: Task, lane: int) -> None:
    """Take a task out of ordinary work and let everybody answer it."""
    if not task.is_done:
        store.resize_batch(ctx.db, task.batch_id, -1)
    tasks.move(ctx.db, task.id, lane_id=lane, wanted=EVERYONE, need=task.need + EVERYONE - task.wanted)
