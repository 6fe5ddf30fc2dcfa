"""Diagnosing: the deficit behind each finding, and cohorts whose labels are noisy, with evidence and a test."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.core.ids import new_id
from headwater.evaluation import queries as evaluation
from headwater.evaluation import service as evaluations
from headwater.evaluation.model import Finding, FindingState
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.remediation import cohorts, store
from headwater.remediation.evidence import TrainingSide, training_side
from headwater.remediation.model import Deficit, Diagnosis, DiagnosisId, Grade
from headwater.sourcing import slices
from headwater.stats.interval import wilson
from headwater.stats.neighbours import enrichment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.context import Context
    from headwater.evaluation.queries import Retrains

LEVEL = 0.05
FEWEST_NEIGHBOURS = 10


def diagnose(ctx: Context, release: str, *, eval_set: str, seed: int = 0) -> list[Diagnosis]:
    """Diagnose a release's open findings and its cohorts, and keep what was found.

    Raises:
        UnknownEvaluationError: The release was not evaluated on that set.
    """
    require(ctx, Decision.FINDING_TRIAGE)
    side = training_side(ctx, release)
    results = evaluation.retrains(ctx, release, eval_set)
    open_ = [item for item in evaluation.findings(ctx, release=release) if item.state is FindingState.OPEN]
    rows = [_of_finding(ctx, finding, side, results) for finding in open_]
    rows += cohorts.diagnose(ctx, release, side, seed)
    store.add_diagnoses(ctx.db, ctx.program, rows)
    for row in rows:
        used = [Node(id=value, kind=kind, label=value) for value, kind in _upstream(row)]
        label = f"{row.deficit.value} {row.predicate}".strip()
        lineage.record(ctx, activity="diagnosis", used=used, generated=[Node(id=row.id, kind="diagnosis", label=label)])
        ledger.append(ctx, "finding.diagnosed", subject=row.id, body={"deficit": row.deficit, "cohort": row.cohort_id})
    for finding in open_:
        evaluations.triage(ctx, finding.id, state=FindingState.DIAGNOSED, reason="diagnosed")
    return rows


def _upstream(row: Diagnosis) -> list[tuple[str, str]]:
    found = [(row.finding_id, "finding")] if row.finding_id else [(row.release_id, "release")]
    return found + ([(row.cohort_id, "cohort")] if row.cohort_id else [])


def _of_finding(ctx: Context, finding: Finding, side: TrainingSide, results: Retrains) -> Diagnosis:
    predicate = slices.parse(finding.predicate)
    inside = np.array([predicate.matches(evaluation.fields_of(item)) for item in results.samples])
    failed = inside & (results.right.mean(axis=0) < 0.5)  # noqa: PLR2004 -- most retrains
    conflict = _conflict(side, results, np.flatnonzero(failed))
    if conflict is not None:
        deficit, cohort, p, evidence = Deficit.GUIDELINE_CONFLICT, conflict[0], conflict[1], conflict[2]
    else:
        deficit, cohort, p, evidence = _thin_or_close(side, results, inside, failed)
    return Diagnosis(
        id=DiagnosisId(new_id("dgn")),
        release_id=finding.release_id,
        finding_id=finding.id,
        deficit=deficit,
        cohort_id=cohort,
        predicate=finding.predicate,
        evidence=(evidence,),
        p=p,
        grade=Grade.OBSERVATIONAL,
        made_at=ctx.clock.now(),
    )


def _thin_or_close(
    side: TrainingSide, results: Retrains, inside: NDArray[np.bool_], failed: NDArray[np.bool_]
) -> tuple[Deficit, str, float, str]:
    """Return a coverage gap where training has less of the slice than production, else that its labels are close."""
    have, n = _labelled(side, results, inside), len(side.label)
    wanted, m = int(inside.sum()), len(inside)
    p = float(scipy.stats.hypergeom.cdf(have, n + m, have + wanted, n))
    here, there = wilson(have, n), wilson(wanted, m)
    shares = (
        f"{here.value:.1%} [{here.low:.1%}, {here.high:.1%}] of {n} training members against {there.value:.1%} "
        f"[{there.low:.1%}, {there.high:.1%}] of {m} evaluation samples (Fisher's exact test, p = {p:.2g})"
    )
    if p <= LEVEL:
        return Deficit.COVERAGE_GAP, "", p, shares
    outputs = Counter(_output(results, int(place)) for place in np.flatnonzero(failed))
    taken, times = outputs.most_common(1)[0] if outputs else ("nothing", 0)
    close = (
        f"not shown to be rare in training: {shares}; no cohort stands out; {times} of {int(failed.sum())} failures "
        f"are taken for '{taken}': compare the two in the guideline"
    )
    return Deficit.GUIDELINE_AMBIGUITY, "", math.nan, close


def _output(results: Retrains, place: int) -> str:
    """Return what most retrains say about a sample."""
    return Counter(output[place] for output in results.outputs).most_common(1)[0][0]


def _labelled(side: TrainingSide, results: Retrains, inside: NDArray[np.bool_]) -> int:
    """Return how many training members carry the targets of a slice, weighted by their mix in it."""
    targets = Counter(item.target for item, here in zip(results.samples, inside, strict=True) if here)
    whole = Counter(item.target for item in results.samples)
    have = Counter(side.labels[code] for code in side.label)
    return round(sum(have[target] * n / whole[target] for target, n in targets.items()))


def _conflict(
    side: TrainingSide,
    results: Retrains,
    failed: NDArray[np.intp],
) -> tuple[str, float, str] | None:
    """Return the cohort whose labels agree with the wrong predictions near the failures, if one stands out.

    Among the ten nearest training members of each failure, those labelled as the failure was wrongly predicted
    speak against their cohort.
    """
    if len(failed) == 0:
        return None
    near = side.nearest([results.samples[place].input for place in failed])
    wrong = [_output(results, int(place)) for place in failed]
    codes = np.array([side.labels.index(value) if value in side.labels else -1 for value in wrong])
    hit = side.label[near] == codes[:, None]
    members, first = np.unique(near.ravel(), return_index=True)
    blames = enrichment(hit.ravel()[first], side.cohort[members], len(side.cohorts))
    worst = min(blames, key=lambda blame: blame.p)
    if worst.p > LEVEL or worst.n < FEWEST_NEIGHBOURS:
        return None
    name = side.cohorts[worst.group]
    team = side.teams.get(name, name)
    evidence = (
        f"of {worst.n} neighbours of its failures labelled by {team}, {worst.hits} carry the wrong prediction "
        f"as their label, {worst.expected:.1f} expected (hypergeometric, adjusted p = {worst.p:.2g})"
    )
    return name, worst.p, evidence
