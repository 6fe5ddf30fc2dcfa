"""Drafts of briefs: what a diagnosis suggests to order, how much of it, and where its slice stands today."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.evaluation import queries as evaluation
from headwater.evaluation.model import UnknownEvaluationError
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.release import queries as releases
from headwater.remediation import briefs, queries
from headwater.remediation.model import AcceptanceTest, Brief, BriefType, Deficit
from headwater.sourcing import slices
from headwater.stats.interval import Estimate, wilson

if TYPE_CHECKING:
    from headwater.context import Context
    from headwater.remediation.model import Diagnosis

SUGGESTED = {
    Deficit.COVERAGE_GAP: BriefType.SOURCING,
    Deficit.STALENESS: BriefType.SOURCING,
    Deficit.REFUSAL_GAP: BriefType.NEGATIVES,
    Deficit.LABEL_NOISE: BriefType.RELABEL,
    Deficit.GUIDELINE_CONFLICT: BriefType.RELABEL,
    Deficit.GUIDELINE_AMBIGUITY: BriefType.GUIDELINE,
    Deficit.EVALUATION_DEFECT: BriefType.EVALUATION,
    Deficit.CONTAMINATION: BriefType.EVALUATION,
}
"""The order that usually repairs each deficit; people may choose another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a diagnosis suggests to order."""

    diagnosis_id: str
    kind: BriefType
    eval_set: str
    predicate: str
    """The slice that must rise; empty for all samples."""
    baseline: Estimate
    """Share of the slice's samples that most retrains fail today (Wilson)."""
    volume: int
    """Records that lift the slice's share of training to its share of the evaluation set, or tasks to label again."""
    instructions: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What people change about a draft before it is proposed; what is left out stays as suggested."""

    kind: BriefType | None = None
    volume: int = 0
    """0 for the suggested one."""
    instructions: str = ""
    eval_set: str = ""
    gain: float = 0.05
    """Rise over the other slices that counts as effective, in shares of right samples."""
    alpha: float = 0.05
    fewest_samples: int = 5
    retrains: int = 3


def draft(ctx: Context, diagnosis: str, *, eval_set: str = "") -> Draft:
    """Return what a diagnosis suggests to order.

    Args:
        ctx: The context.
        diagnosis: Its id.
        eval_set: The set its effect will be measured on; that of its finding by default, else the newest one.

    Raises:
        UnknownEvaluationError: The release was not evaluated on that set, or on none.
    """
    cause = queries.diagnosis(ctx, diagnosis)
    chosen = eval_set or _eval_set(ctx, cause)
    results = evaluation.retrains(ctx, cause.release_id, chosen)
    test = slices.parse(cause.predicate)
    inside = [test.matches(evaluation.fields_of(item)) for item in results.samples]
    failed = results.right.mean(axis=0) < 0.5  # noqa: PLR2004 -- most retrains
    targets = Counter(item.target for item, here in zip(results.samples, inside, strict=True) if here)
    kind = SUGGESTED.get(cause.deficit, BriefType.ANNOTATION)
    if kind is BriefType.RELABEL:
        volume = _labelled_by(ctx, cause)
    else:
        volume = _missing(ctx, cause, targets, share=sum(inside) / max(len(inside), 1))
    return Draft(
        diagnosis_id=cause.id,
        kind=kind,
        eval_set=chosen,
        predicate=cause.predicate,
        baseline=wilson(sum(bool(f) and h for f, h in zip(failed, inside, strict=True)), sum(inside)),
        volume=volume,
        instructions=_INSTRUCTIONS[kind].format(
            slice=cause.predicate or "all samples", targets=", ".join(sorted(targets)) or "the slice"
        ),
    )


def propose(ctx: Context, diagnosis: str, order: Order) -> Brief:
    """Propose a brief from a diagnosis, with its baseline measured and its acceptance test fixed from now on.

    Raises:
        UnknownEvaluationError: The release was not evaluated on the chosen set.
    """
    require(ctx, Decision.BRIEF_AUTHORISE)
    found = draft(ctx, diagnosis, eval_set=order.eval_set)
    return briefs.propose(
        ctx,
        diagnosis=found.diagnosis_id,
        kind=order.kind or found.kind,
        volume=order.volume or found.volume,
        instructions=order.instructions.strip() or found.instructions,
        baseline=found.baseline,
        acceptance=AcceptanceTest(
            eval_set=found.eval_set,
            predicate=found.predicate,
            gain=order.gain,
            alpha=order.alpha,
            fewest_samples=order.fewest_samples,
            retrains=order.retrains,
        ),
    )


_INSTRUCTIONS = {
    BriefType.SOURCING: "Source records about {targets} ({slice}).",
    BriefType.ANNOTATION: "Label more records about {targets} ({slice}).",
    BriefType.RELABEL: "Label the cohort's records again, by others, under the clarified guideline ({slice}).",
    BriefType.GUIDELINE: "Clarify the guideline for {targets} ({slice}), with a tie-break and examples of each side.",
    BriefType.NEGATIVES: "Source and label records that must be refused, near {targets} ({slice}).",
    BriefType.EVALUATION: "Check and repair the targets of the evaluation samples in {slice}.",
}


def _eval_set(ctx: Context, cause: Diagnosis) -> str:
    if cause.finding_id:
        return evaluation.finding(ctx, cause.finding_id).eval_set
    known = evaluation.evaluations(ctx, release=cause.release_id)
    if not known:
        raise UnknownEvaluationError(
            f"Release '{cause.release_id}' was not evaluated.", remedy="Take results of its models in first."
        )
    return known[0].eval_set


def _labelled_by(ctx: Context, cause: Diagnosis) -> int:
    makers = releases.members(ctx, cause.release_id).column("cohort_id").to_pylist()
    return sum(maker == cause.cohort_id for maker in makers) if cause.cohort_id else len(makers)


def _missing(ctx: Context, cause: Diagnosis, targets: Counter[str], *, share: float) -> int:
    values = Counter(releases.labels(ctx, cause.release_id).column("value").to_pylist())
    have, n = sum(values[target] for target in targets), values.total()
    if share >= 1:
        return max(n, 1)
    return max(math.ceil((share * n - have) / (1 - share)), 1)
