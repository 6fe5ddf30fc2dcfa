"""Batches as lots: what stands where on the way from labelled to accepted, and which plan the next one gets."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from headwater.annotation import queries as annotation
from headwater.annotation.model import Batch, BatchKind
from headwater.quality import queries, severity
from headwater.quality.model import Inspection, Label, NotAssessableError, Verdict
from headwater.quality.store import inspections as store
from headwater.stats.acceptance.plans import Plan
from headwater.stats.acceptance.tables import Severity
from headwater.workforce import queries as workforce

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headwater.context import Context


class Column(StrEnum):
    """Where a batch stands on the acceptance board."""

    WAITING = "waiting for plan"
    INSPECTION = "in inspection"
    ACCEPTED = "accepted"
    REWORK = "rework"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A batch whose labels can be inspected."""

    batch: Batch
    campaign_id: str
    question: str
    size: int
    """Resolved labels."""
    maker: str
    """The team that gave most of them."""
    round: int
    """Which inspection is the next or the one going on."""
    severity: Severity
    because: str
    """Why it is inspected so severely."""
    inspection: Inspection | None
    """The last one."""
    awaits_plan: bool
    """Whether it may be planned now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A batch on the acceptance board."""

    batch: Batch
    campaign: str
    """The campaign's name."""
    column: Column
    labels: int
    question: str
    inspection: Inspection | None
    """The last one; None before the first plan."""
    step: str
    """What is to be done next, in a few words."""


def lot(ctx: Context, batch_id: str, *, question: str) -> Lot:
    """Return a batch as a lot of labels to one question.

    Raises:
        NotAssessableError: It has no resolved labels, or labels from before its rework.
    """
    batch = annotation.batch(ctx, batch_id)
    labels = queries.labels(ctx, question=question, batches=[batch_id])
    if not labels:
        raise NotAssessableError(f"Batch '{batch.name}' has no resolved labels.", remedy="Resolve its labels first.")
    last = next(iter(store.select(ctx.db, ctx.program, batch=batch_id)), None)
    fresh = last is not None and last.reopened_at is not None
    if fresh and (stale := _stale(last, labels)):
        raise NotAssessableError(
            f"{stale} of {len(labels)} labels of batch '{batch.name}' are from before its rework.",
            remedy="Have its tasks answered, then resolve its labels again.",
        )
    number = 1 if last is None else last.round + int(fresh)
    maker = _maker(ctx, labels)
    state = severity.standing(ctx, batch.campaign_id, maker).state
    chosen, because = state.severity, state.because
    if number > 1 and chosen is not Severity.DISCONTINUED:
        chosen, because = Severity.TIGHTENED, "the batch was rejected and reworked"
    return Lot(
        batch=batch,
        campaign_id=batch.campaign_id,
        question=question,
        size=len(labels),
        maker=maker,
        round=number,
        severity=chosen,
        because=because,
        inspection=last,
        awaits_plan=last is None or fresh or last.drawn_at is None,
    )


def board(ctx: Context) -> list[Card]:
    """Return every batch with resolved labels and where it stands, by campaign and batch."""
    last = {row.batch_id: row for row in queries.inspections(ctx)}
    by_batch: dict[str, list[Label]] = {}
    for label in queries.labels(ctx):
        by_batch.setdefault(label.batch_id, []).append(label)
    return [
        _card(batch, campaign.name, by_batch[batch.id], last.get(batch.id))
        for campaign in annotation.campaigns(ctx)
        for batch in annotation.batches(ctx, campaign.id)
        if batch.kind is not BatchKind.CALIBRATION and batch.id in by_batch
    ]


def summary(plan: Plan) -> dict[str, object]:
    """Return a plan in what identifies it; the stages of a sequential one follow from it."""
    stages = plan.stages if len(plan.stages) <= 2 else (plan.stages[0], plan.stages[-1])  # noqa: PLR2004 -- a double plan
    return {
        "kind": plan.kind,
        "standard": plan.standard,
        "lot": plan.lot,
        "aql": plan.aql,
        "level": plan.level,
        "severity": plan.severity,
        "letter": plan.letter,
        "stages": [[stage.size, stage.accept, stage.reject] for stage in stages],
    } | ({"ltpd": plan.tolerance, "consumer": plan.consumer} if plan.tolerance else {})


def _stale(last: Inspection | None, labels: Iterable[Label]) -> int:
    """Labels that rest on answers from before the rework; those the inspector found right stand."""
    if last is None or last.reopened_at is None:
        return 0
    kept = set(last.sample[: last.inspected]) - set(last.errors)
    return sum(
        each.resolved_at < last.reopened_at and each.task_id not in kept and each.method != "adjudicated"
        for each in labels
    )


def _maker(ctx: Context, labels: list[Label]) -> str:
    cohorts = Counter(each.cohort_id for each in labels)
    teams: Counter[str] = Counter()
    for cohort in workforce.cohorts(ctx, ids=list(cohorts)):
        teams[cohort.team] += cohorts[cohort.id]
    return max(sorted(teams), key=teams.__getitem__, default="")


def _card(batch: Batch, campaign: str, labels: list[Label], last: Inspection | None) -> Card:
    column, step = _place(last, labels)
    mine = [each for each in labels if last is None or each.question == last.question]
    question = last.question if last else labels[0].question
    return Card(
        batch=batch,
        campaign=campaign,
        column=column,
        labels=sum(each.question == question for each in mine),
        question=question,
        inspection=last,
        step=step,
    )


def _place(last: Inspection | None, labels: list[Label]) -> tuple[Column, str]:  # noqa: PLR0911 -- one return a place
    if last is None:
        return Column.WAITING, "choose a plan"
    if last.verdict is Verdict.REJECTED:
        if last.reopened_at is None:
            return Column.REWORK, "open its tasks again"
        if _stale(last, [each for each in labels if each.question == last.question]):
            return Column.REWORK, "answer its tasks, then resolve its labels"
        return Column.WAITING, "choose a plan for the resubmitted batch"
    if last.verdict is not None:
        return Column.ACCEPTED, ""
    if last.drawn_at is None:
        return Column.INSPECTION, "draw the sample"
    if last.passed is None:
        return Column.INSPECTION, f"judge {last.due - last.inspected} more"
    return Column.INSPECTION, "decide"
