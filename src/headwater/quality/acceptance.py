"""Acceptance of batches: the plan first, then a random sample, then the count, then a decision."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from headwater.core.canonical import digest, plain
from headwater.core.errors import ConflictError, InvalidError
from headwater.governance import decisions, ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.quality import queries
from headwater.quality.model import Inspection, NotAssessableError, Verdict
from headwater.quality.store import inspections as store
from headwater.stats.acceptance.standard import plan as plan_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.context import Context


def draw(ctx: Context, batch_id: str, *, question: str, aql: float = 4.0, seed: int = 0) -> Inspection:
    """Draw the sample of a batch by ISO 2859-1, single, normal, level II; recorded before anybody looks at it.

    Args:
        ctx: The context.
        batch_id: A batch with resolved labels.
        question: Whose labels are inspected.
        aql: Acceptance quality limit, in percent nonconforming.
        seed: Chooses the sample; kept.

    Raises:
        NotAssessableError: The batch has no resolved labels.
        ConflictError: The batch was decided on already.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    tasks = sorted(item.task_id for item in queries.labels(ctx, question=question, batches=[batch_id]))
    if not tasks:
        raise NotAssessableError(f"Batch '{batch_id}' has no resolved labels.", remedy="Resolve its labels first.")
    if any(item.batch_id == batch_id and item.verdict for item in queries.inspections(ctx)):
        raise ConflictError(f"Batch '{batch_id}' was decided on already.")
    plan = plan_for(max(len(tasks), 2), aql=aql)
    size = min(plan.sample, len(tasks))
    chosen = np.random.default_rng(seed).choice(len(tasks), size=size, replace=False)
    row = Inspection(
        batch_id=batch_id,
        plan={"standard": "ISO 2859-1 single, normal, level II", "accept": plan.accept, **plain(asdict(plan))},
        seed=seed,
        sample=tuple(tasks[place] for place in sorted(chosen)),
        errors=(),
        passed=False,
        verdict=None,
        reason="",
        inspected_at=ctx.clock.now(),
    )
    store.add_inspection(ctx.db, ctx.program, question, row)
    body = {"plan": row.plan, "seed": seed, "sample": digest(list(row.sample))}
    ledger.append(ctx, "batch.sampled", subject=batch_id, body=body)
    return row


def judge(ctx: Context, batch_id: str, *, truth: Mapping[str, str]) -> Inspection:
    """Compare the labels of the sample with what an inspector says, and count.

    Args:
        ctx: The inspector's context.
        batch_id: The batch.
        truth: The right value of every task of the sample.

    Raises:
        InvalidError: A task of the sample is missing.
    """
    require(ctx, Decision.ANNOTATION_REVIEW)
    found = store.inspections(ctx.db, ctx.program, batch=batch_id)
    row, question = queries.inspection(ctx, batch_id), found[0][1]
    missing = [task for task in row.sample if task not in truth]
    if missing:
        raise InvalidError(f"{len(missing)} tasks of the sample were not judged, the first is {missing[0]}.")
    given = {item.task_id: item.value for item in queries.labels(ctx, question=question, batches=[batch_id])}
    errors = [task for task in row.sample if given[task] != truth[task]]
    store.judge(ctx.db, batch_id, errors, passed=len(errors) <= int(str(row.plan["accept"])))
    ledger.append(ctx, "batch.inspected", subject=batch_id, body={"errors": len(errors), "sample": len(row.sample)})
    return queries.inspection(ctx, batch_id)


def propose(ctx: Context, batch_id: str) -> None:
    """Put an inspected batch before the Accountable."""
    require(ctx, Decision.BATCH_ACCEPT)
    row = queries.inspection(ctx, batch_id)
    said = "passed" if row.passed else "failed"
    summary = (
        f"Batch {batch_id} {said} inspection: {len(row.errors)} errors in {len(row.sample)}, "
        f"{row.plan['accept']} allowed"
    )
    decisions.propose(ctx, Decision.BATCH_ACCEPT, subject=batch_id, digest=_digest(row), summary=summary)


def accept(ctx: Context, batch_id: str, *, reason: str) -> Inspection:
    """Accept a batch as the Accountable; one that failed its plan is waived, which shows on every card."""
    require(ctx, Decision.BATCH_ACCEPT)
    row = queries.inspection(ctx, batch_id)
    decisions.approve(ctx, Decision.BATCH_ACCEPT, subject=batch_id, digest=_digest(row), reason=reason)
    verdict = Verdict.ACCEPTED if row.passed else Verdict.WAIVED
    store.decide(ctx.db, batch_id, verdict, reason)
    ledger.append(ctx, f"batch.{verdict.value}", subject=batch_id, body={"errors": len(row.errors)})
    return queries.inspection(ctx, batch_id)


def reject(ctx: Context, batch_id: str, *, reason: str) -> Inspection:
    """Reject a batch as the Accountable; it goes to rework with the reason."""
    require(ctx, Decision.BATCH_ACCEPT)
    decisions.refuse(ctx, Decision.BATCH_ACCEPT, subject=batch_id, reason=reason)
    store.decide(ctx.db, batch_id, Verdict.REJECTED, reason)
    ledger.append(ctx, "batch.rejected", subject=batch_id, body={})
    return queries.inspection(ctx, batch_id)


def _digest(row: Inspection) -> str:
    return digest({"batch": row.batch_id, "plan": row.plan, "sample": list(row.sample), "errors": list(row.errors)})
