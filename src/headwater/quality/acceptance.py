"""Acceptance of batches: the plan first, then a random sample, then the count, then a decision."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from headwater.core.canonical import digest
from headwater.core.errors import InvalidError
from headwater.governance import decisions, ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.quality import lots, queries, severity
from headwater.quality.model import (
    AlreadyJudgedError,
    Inspection,
    InspectionStateError,
    Judgement,
    NotAssessableError,
    Verdict,
)
from headwater.quality.store import inspections as store
from headwater.stats.acceptance import standard, tolerance
from headwater.stats.acceptance.plans import CONSUMER_RISK
from headwater.stats.acceptance.tables import Kind, Level, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.context import Context

AQL = 4.0
"""Acceptance quality limit in percent, where nobody chooses one."""


def plan(  # noqa: PLR0913 -- what a plan is made of
    ctx: Context,
    batch_id: str,
    *,
    question: str,
    aql: float = AQL,
    kind: Kind = Kind.SINGLE,
    level: Level = Level.II,
    ltpd: float = 0.0,
    consumer: float = CONSUMER_RISK,
    seed: int | None = None,
) -> Inspection:
    """Record by which plan and seed a batch will be inspected, before there is a sample.

    The severity is not chosen: the switching rules give it from how earlier batches of the same team in the campaign
    fared; after rework it is tightened. Until the sample is drawn the plan may be replaced; both stay in the ledger.

    Args:
        ctx: The context.
        batch_id: A batch with resolved labels.
        question: Whose labels are inspected.
        aql: Acceptance quality limit, in percent nonconforming.
        kind: Single, double or sequential.
        level: Inspection level.
        ltpd: Share of wrong labels, in percent, that must not pass: the plan is then made for it (`tolerance`), level
            and severity say nothing, and the AQL need not be in the series. 0 for a plan by AQL.
        consumer: Chance with which a batch at the LTPD may pass.
        seed: Chooses the sample; kept. By default the ledger gives it, so that nobody can choose the sample by trying:
            it is the hash of the entry that records the plan, and that depends on everything before (see `drawn_by`).

    Raises:
        NotAssessableError: The batch has no resolved labels, or none since its rework.
        InspectionStateError: Its sample was drawn, or it was decided on and not reworked.
        InvalidError: There is no such plan.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    store.lock(ctx.db, ctx.program, batch_id)
    lot = lots.lot(ctx, batch_id, question=question)
    before = lot.inspection
    if before is not None and before.drawn_at is not None and not lot.awaits_plan:
        raise InspectionStateError(
            f"Batch '{batch_id}' was {'decided on' if before.verdict else 'sampled'} already.",
            remedy="A rejected batch is planned again after rework." if before.verdict else "Judge its sample.",
        )
    if ltpd and lot.severity is not Severity.DISCONTINUED:
        found = tolerance.plan(max(lot.size, 2), ltpd=ltpd, aql=aql, consumer=consumer, kind=kind)
    else:
        found = standard.plan(max(lot.size, 2), aql=aql, kind=kind, level=level, severity=lot.severity)
    body = {"round": lot.round, "because": lot.because, "plan": lots.summary(found)}
    body |= {"seed": "of this entry's hash" if seed is None else seed}
    entry = ledger.append(ctx, "batch.planned", subject=batch_id, body=body)
    row = Inspection(
        batch_id=batch_id,
        round=lot.round,
        campaign_id=lot.campaign_id,
        question=question,
        maker=lot.maker,
        plan=found,
        seed=drawn_by(entry.hash) if seed is None else seed,
        sample=(),
        inspected=0,
        due=0,
        errors=(),
        passed=None,
        verdict=None,
        reason="",
        planned_at=ctx.clock.now(),
        drawn_at=None,
        decided_at=None,
        reopened_at=None,
    )
    store.add(ctx.db, ctx.program, row)
    return row


def drawn_by(entry_hash: str) -> int:
    """Return the seed that a ledger entry's hash gives: its first 13 hexadecimal digits, a number below 2^52."""
    return int(entry_hash.removeprefix("sha256:")[:13], 16)


def sample(ctx: Context, batch_id: str) -> Inspection:
    """Draw the sample of a planned batch, in the order in which its tasks will count; recorded with its digest.

    Drawn by the seed from the labelled tasks in the order of their ids, so anybody can draw it again.

    Raises:
        InspectionStateError: It was drawn already.
        NotFoundError: There is no plan yet.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    store.lock(ctx.db, ctx.program, batch_id)
    row = queries.inspection(ctx, batch_id)
    if row.drawn_at is not None:
        raise InspectionStateError(f"The sample of batch '{batch_id}' was drawn already.", remedy="Judge it.")
    tasks = sorted(item.task_id for item in queries.labels(ctx, question=row.question, batches=[batch_id]))
    if not tasks or (len(tasks) != row.plan.lot and row.plan.lot > 2):  # noqa: PLR2004 -- the smallest lot of a plan
        raise NotAssessableError(
            f"Batch '{batch_id}' had {row.plan.lot} labels when it was planned and has {len(tasks)} now.",
            remedy="Plan it again.",
        )
    size = min(row.plan.size, len(tasks))
    chosen = np.random.default_rng(row.seed).permutation(len(tasks))[:size]
    drawn = tuple(tasks[place] for place in chosen)
    due = min(row.plan.course([]).due, size)
    store.change(ctx.db, row, sample=drawn, due=due, drawn_at=ctx.clock.now())
    body = {"round": row.round, "size": size, "sample": digest(list(drawn))}
    ledger.append(ctx, "batch.sampled", subject=batch_id, body=body)
    return queries.inspection(ctx, batch_id)


def draw(ctx: Context, batch_id: str, *, question: str, aql: float = AQL, seed: int | None = None) -> Inspection:
    """Plan a batch by a single plan at level II and draw its sample in one go (see `plan` and `sample`)."""
    require(ctx, Decision.BATCH_ACCEPT)
    plan(ctx, batch_id, question=question, aql=aql, seed=seed)
    return sample(ctx, batch_id)


def judge(ctx: Context, batch_id: str, *, truth: Mapping[str, str], reason: str = "") -> Inspection:
    """Record what an inspector says is right for sampled tasks, and count.

    May be called for a few tasks at a time and by several inspectors at once: every task counts once. Tasks that are
    not yet asked for cannot be judged; a second sample is asked for when the first does not decide. Until the plan
    has decided, inspectors may correct what they said themselves.

    Args:
        ctx: The inspector's context.
        batch_id: The batch.
        truth: The right value of tasks of the sample.
        reason: Why, for the record.

    Raises:
        InvalidError: A task is not asked for, or a value is empty.
        AlreadyJudgedError: Somebody else judged one of them otherwise.
        InspectionStateError: The sample was not drawn, or the plan has decided.
    """
    require(ctx, Decision.ANNOTATION_REVIEW)
    row = _open(ctx, batch_id)
    strange = [task for task in truth if task not in row.sample[: row.due]]
    if strange:
        raise InvalidError(f"{len(strange)} tasks are not asked for in batch '{batch_id}', the first is {strange[0]}.")
    if not all(truth.values()):
        raise InvalidError("A right value is empty.", remedy="Give the value, or leave the task out.")
    return _count(ctx, row, truth, source="inspector", reason=reason)


def confirm(ctx: Context, batch_id: str) -> Inspection:
    """Record the tasks of the sample that an expert had settled as judged by that ruling.

    Raises:
        InspectionStateError: The sample was not drawn, or the plan has decided.
    """
    require(ctx, Decision.ANNOTATION_REVIEW)
    row = _open(ctx, batch_id)
    judged = store.judgements(ctx.db, batch_id, row.round)
    given = {item.task_id: item for item in queries.labels(ctx, question=row.question, batches=[batch_id])}
    asked = [task for task in row.sample[: row.due] if task not in judged and given[task].method == "adjudicated"]
    return _count(ctx, row, {task: given[task].value for task in asked}, source="ruling", reason="")


def propose(ctx: Context, batch_id: str) -> None:
    """Put an inspected batch before the Accountable.

    Raises:
        InspectionStateError: The plan has not decided yet.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    row = queries.inspection(ctx, batch_id)
    _ensure_judged(row)
    said = "passed" if row.passed else "failed"
    summary = f"Batch {batch_id} {said} {row.plan.severity} inspection: {len(row.errors)} errors in {row.inspected}"
    decisions.propose(ctx, Decision.BATCH_ACCEPT, subject=batch_id, digest=_digest(row), summary=summary)


def accept(ctx: Context, batch_id: str, *, reason: str) -> Inspection:
    """Accept a batch as the Accountable; one that failed its plan is waived, which shows on every card.

    Raises:
        InspectionStateError: The plan has not decided yet.
        NotYoursError: The actor is not the Accountable.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    row = queries.inspection(ctx, batch_id)
    _ensure_judged(row)
    decisions.approve(ctx, Decision.BATCH_ACCEPT, subject=batch_id, digest=_digest(row), reason=reason)
    return _decide(ctx, row, Verdict.ACCEPTED if row.passed else Verdict.WAIVED, reason)


def reject(ctx: Context, batch_id: str, *, reason: str) -> Inspection:
    """Reject a batch as the Accountable; it goes to rework with the reason.

    Raises:
        InspectionStateError: The plan has not decided yet.
        NotYoursError: The actor is not the Accountable.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    row = queries.inspection(ctx, batch_id)
    _ensure_judged(row)
    decisions.refuse(ctx, Decision.BATCH_ACCEPT, subject=batch_id, reason=reason)
    return _decide(ctx, row, Verdict.REJECTED, reason)


def _open(ctx: Context, batch_id: str) -> Inspection:
    """Lock an inspection that still counts."""
    store.lock(ctx.db, ctx.program, batch_id)
    row = queries.inspection(ctx, batch_id)
    if row.drawn_at is None:
        raise InspectionStateError(f"The sample of batch '{batch_id}' was not drawn yet.", remedy="Draw it first.")
    if row.passed is not None:
        said = "passed" if row.passed else "failed"
        raise InspectionStateError(f"Batch '{batch_id}' has {said} already: {row.inspected} tasks decided it.")
    return row


def _count(ctx: Context, row: Inspection, truth: Mapping[str, str], *, source: str, reason: str) -> Inspection:
    """Keep judgements and take the count over all there are; the inspection is locked."""
    known = store.judgements(ctx.db, row.batch_id, row.round)
    disputed = [task for task in truth if task in known and known[task].by != ctx.actor]
    otherwise = [task for task in disputed if known[task].value != truth[task]]
    if otherwise:
        raise AlreadyJudgedError(
            f"{len(otherwise)} tasks were judged otherwise by somebody else, the first is {otherwise[0]}.",
            remedy="Leave them out; settle the difference by adjudication.",
        )
    given = {item.task_id: item.value for item in queries.labels(ctx, question=row.question, batches=[row.batch_id])}
    now = ctx.clock.now()
    fresh = [
        Judgement(
            task_id=task, given=given[task], value=value, source=source, reason=reason, by=ctx.actor, judged_at=now
        )
        for task, value in truth.items()
        if task not in disputed
    ]
    store.keep_judgements(ctx.db, row, fresh)
    known |= {each.task_id: each for each in fresh}
    course = row.plan.course([known[task].is_wrong if task in known else None for task in row.sample])
    errors = tuple(task for task in row.sample[: course.inspected] if known[task].is_wrong)
    passed = course.accepted
    if passed is None and course.inspected == len(row.sample):  # a lot smaller than any plan: all of it was inspected
        passed = course.wrong <= row.plan.accept
    due = min(course.due, len(row.sample))
    store.change(ctx.db, row, inspected=course.inspected, errors=errors, passed=passed, due=due)
    body = {"round": row.round, "source": source, "values": {each.task_id: each.value for each in fresh}}
    body |= {"inspected": course.inspected, "errors": len(errors), "passed": passed}
    ledger.append(ctx, "batch.judged", subject=row.batch_id, body=body)
    return queries.inspection(ctx, row.batch_id)


def _ensure_judged(row: Inspection) -> None:
    if row.passed is None or row.verdict is not None:
        state = f"was {row.verdict}" if row.verdict else f"has {row.due - row.inspected} tasks left to judge"
        raise InspectionStateError(f"Batch '{row.batch_id}' {state}.", remedy="See: headwater quality board")


def _decide(ctx: Context, row: Inspection, verdict: Verdict, reason: str) -> Inspection:
    store.change(ctx.db, row, verdict=verdict.value, reason=reason, decided_at=ctx.clock.now())
    body = {"round": row.round, "errors": len(row.errors), "inspected": row.inspected}
    ledger.append(ctx, f"batch.{verdict.value}", subject=row.batch_id, body=body)
    severity.follow(ctx, replace(row, verdict=verdict))
    return queries.inspection(ctx, row.batch_id)


def _digest(row: Inspection) -> str:
    """What a decision binds to."""
    seen = {"batch": row.batch_id, "round": row.round, "plan": lots.summary(row.plan), "seed": row.seed}
    return digest(seen | {"sample": list(row.sample), "inspected": row.inspected, "errors": list(row.errors)})
