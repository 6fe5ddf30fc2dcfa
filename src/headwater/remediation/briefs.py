"""Briefs: proposed with their acceptance test fixed, authorised, verified over retrains, closed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from headwater.core.canonical import digest, plain
from headwater.core.ids import new_id
from headwater.evaluation import queries as evaluation
from headwater.governance import decisions, ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.remediation import queries, store
from headwater.remediation.model import (
    AcceptanceTest,
    Brief,
    BriefId,
    BriefState,
    BriefStateError,
    BriefType,
    Effect,
)
from headwater.sourcing import slices
from headwater.stats.interval import Estimate
from headwater.stats.retraining import difference, difference_in_differences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.context import Context
    from headwater.evaluation.model import Sample


def propose(  # noqa: PLR0913 -- a brief has this many sides
    ctx: Context,
    *,
    diagnosis: str,
    kind: BriefType,
    volume: int,
    instructions: str,
    baseline: Estimate,
    acceptance: AcceptanceTest,
) -> Brief:
    """Propose an order to repair the deficit of a diagnosis; its acceptance test never changes afterwards."""
    require(ctx, Decision.BRIEF_AUTHORISE)
    cause = queries.diagnosis(ctx, diagnosis)
    row = Brief(
        id=BriefId(new_id("brf")),
        type=kind,
        state=BriefState.PROPOSED,
        diagnosis_id=cause.id,
        release_id=cause.release_id,
        predicate=acceptance.predicate,
        cohort_id=cause.cohort_id,
        volume=volume,
        instructions=instructions,
        baseline=baseline,
        acceptance=acceptance,
        proposed_by=ctx.actor,
        proposed_at=ctx.clock.now(),
        effect=None,
        measured=None,
        verified_release="",
    )
    store.add_brief(ctx.db, ctx.program, row)
    lineage.record(
        ctx,
        activity="brief.propose",
        used=[Node(id=cause.id, kind="diagnosis", label=cause.deficit.value)],
        generated=[Node(id=row.id, kind="brief", label=f"{kind.value}: {row.predicate or row.cohort_id}")],
    )
    summary = (
        f"{kind.value.capitalize()} brief for {cause.deficit.value}: {row.predicate or row.cohort_id}, {volume} items"
    )
    decisions.propose(ctx, Decision.BRIEF_AUTHORISE, subject=row.id, digest=_digest(row), summary=summary)
    return row


def authorise(ctx: Context, brief: str, *, reason: str) -> Brief:
    """Authorise a brief as the Accountable; from now on work may be opened for it."""
    require(ctx, Decision.BRIEF_AUTHORISE)
    row = queries.brief(ctx, brief)
    decisions.approve(ctx, Decision.BRIEF_AUTHORISE, subject=row.id, digest=_digest(row), reason=reason)
    return _move(ctx, row, BriefState.PROPOSED, state=BriefState.AUTHORISED.value)


def verify(ctx: Context, brief: str, *, release: str, touched: tuple[str, ...] = (), seed: int = 0) -> Brief:
    """Measure the effect of a brief on a later release.

    The slice's rise over retrains is set against the rise of the samples no brief touched. A brief about everything
    has nothing to be set against: its rise is taken as it is, outside the slices of other briefs. Effective: the
    whole interval lies above zero and the rise reaches what was asked. Ineffective: the whole interval lies below
    what was asked. Else inconclusive.

    Args:
        ctx: The context.
        brief: An authorised brief.
        release: The release made after its work.
        touched: Slices of other briefs carried out in between; what rose there is not this brief's doing.
        seed: Of the bootstrap.

    Raises:
        BriefStateError: The brief is not authorised.
    """
    require(ctx, Decision.FINDING_TRIAGE)
    row = queries.brief(ctx, brief)
    test = row.acceptance
    before = evaluation.retrains(ctx, row.release_id, test.eval_set)
    after = evaluation.retrains(ctx, release, test.eval_set)
    keys = sorted({item.sample_id for item in before.samples} & {item.sample_id for item in after.samples})
    old = {item.sample_id: place for place, item in enumerate(before.samples)}
    new = {item.sample_id: place for place, item in enumerate(after.samples)}
    samples = [before.samples[old[key]] for key in keys]
    treated = _inside(test.predicate, samples)
    control = ~treated
    for predicate in touched:
        control &= ~_inside(predicate, samples)
    if not control.any():  # the brief is about everything: what others repaired is not its doing
        for predicate in touched:
            treated &= ~_inside(predicate, samples)
    was, now = before.right[:, [old[key] for key in keys]], after.right[:, [new[key] for key in keys]]
    rng, confidence = np.random.default_rng(seed), 1 - test.alpha
    if control.any():
        measured = difference_in_differences(was, now, treated=treated, control=control, rng=rng, confidence=confidence)
    else:  # nothing is left to set it against
        measured = difference(was, now, inside=treated, rng=rng, confidence=confidence)
    effect = judge(measured, test)
    store.set_brief(ctx.db, row.id, effect=effect.value, measured=plain(asdict(measured)), verified_release=release)
    return _move(ctx, row, BriefState.AUTHORISED, state=BriefState.VERIFIED.value)


def judge(measured: Estimate, test: AcceptanceTest) -> Effect:
    """Return the verdict of an acceptance test on a measured effect."""
    if not measured.defined or measured.n < test.fewest_samples:
        return Effect.INCONCLUSIVE
    if measured.low > 0 and measured.value >= test.gain:
        return Effect.EFFECTIVE
    return Effect.INEFFECTIVE if measured.high < test.gain else Effect.INCONCLUSIVE


def propose_close(ctx: Context, brief: str) -> None:
    """Put a verified brief before the Accountable for closing."""
    require(ctx, Decision.BRIEF_CLOSE)
    row = queries.brief(ctx, brief)
    summary = f"Close brief {row.id}: {row.effect.value if row.effect else 'not verified'}"
    decisions.propose(ctx, Decision.BRIEF_CLOSE, subject=row.id, digest=_digest(row), summary=summary)


def close(ctx: Context, brief: str, *, reason: str) -> Brief:
    """Close a verified brief as the Accountable."""
    require(ctx, Decision.BRIEF_CLOSE)
    row = queries.brief(ctx, brief)
    decisions.approve(ctx, Decision.BRIEF_CLOSE, subject=row.id, digest=_digest(row), reason=reason)
    return _move(ctx, row, BriefState.VERIFIED, state=BriefState.CLOSED.value)


def _move(ctx: Context, row: Brief, wanted: BriefState, *, state: str) -> Brief:
    if row.state is not wanted:
        raise BriefStateError(f"Brief {row.id} is {row.state.value}; this needs {wanted.value}.")
    store.set_brief(ctx.db, row.id, state=state)
    moved = queries.brief(ctx, row.id)
    body = {"effect": moved.effect, "release": moved.verified_release}
    ledger.append(ctx, f"brief.{state}", subject=row.id, body=body)
    return moved


def _inside(predicate: str, samples: list[Sample]) -> NDArray[np.bool_]:
    test = slices.parse(predicate)
    return np.array([test.matches(evaluation.fields_of(item)) for item in samples], dtype=bool)


def _digest(row: Brief) -> str:
    return digest(
        {
            "type": row.type,
            "diagnosis": row.diagnosis_id,
            "predicate": row.predicate,
            "cohort": row.cohort_id,
            "volume": row.volume,
            "instructions": row.instructions,
            "acceptance": asdict(row.acceptance),
        }
    )
