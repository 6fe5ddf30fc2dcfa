"""What is wrong in a cohort's labels: noise, or a reading of the guideline that is its own.

Three witnesses are heard about noise, each a test with its own data: a model that learnt the other labels (confident
learning), inspectors of its batches, and hidden gold. About a reading, what all other cohorts' labels teach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.annotation import queries as annotation
from headwater.core.ids import new_id
from headwater.quality import queries as quality
from headwater.remediation.model import Deficit, Diagnosis, DiagnosisId, Grade
from headwater.stats.neighbours import Blame, excess, label_issues, noisy_groups
from headwater.stats.readings import Reading, readings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from headwater.context import Context
    from headwater.remediation.evidence import TrainingSide

LEVEL = 0.05
SYSTEMATIC = 0.5
"""Share of a class that a cohort calls another from which on it is a reading of its own, not noise."""


class Witness(NamedTuple):
    """One test of all cohorts."""

    blames: list[Blame]
    says: str
    """A sentence with places for hits, n, team, expected and p."""


def diagnose(ctx: Context, release: str, side: TrainingSide, seed: int) -> list[Diagnosis]:
    """Return the cohorts of a release whose labels are noisy or follow a reading of their own."""
    if len(side.cohorts) < 2:  # noqa: PLR2004 -- nobody to compare with
        return []
    doubt = side.doubts(seed)
    return _noisy(ctx, release, side, doubt, seed) + _readings(ctx, release, side)


def _noisy(ctx: Context, release: str, side: TrainingSide, doubt: NDArray[np.float64], seed: int) -> list[Diagnosis]:
    issue = label_issues(side.label, doubt)
    rng = np.random.default_rng(seed)
    witnesses = [
        Witness(
            noisy_groups(issue, side.label, side.cohort, groups=len(side.cohorts), rng=rng),
            "confident learning doubts {hits} of {n} labels of {team}, {expected:.1f} expected for its topics "
            "(permutation within topics, adjusted p = {p:.2g})",
        ),
        Witness(
            excess(*_inspected(ctx, side)),
            "inspectors found {hits} of {n} sampled labels of {team} wrong, {expected:.1f} expected if cohorts were "
            "alike (hypergeometric, adjusted p = {p:.2g})",
        ),
        Witness(
            excess(*_on_gold(ctx, side)),
            "{hits} of {n} answers of {team} to hidden gold were wrong, {expected:.1f} expected if cohorts were alike "
            "(hypergeometric, adjusted p = {p:.2g})",
        ),
    ]
    heard = [witness for witness in witnesses if any(blame.n for blame in witness.blames)]
    rows = []
    for code, name in enumerate(side.cohorts):
        against = [w for w in heard if w.blames[code].p <= LEVEL and w.blames[code].hits > w.blames[code].expected]
        p = min(1.0, len(heard) * min((witness.blames[code].p for witness in heard), default=1.0))
        if p > LEVEL or not against:
            continue
        team = side.teams.get(name, name)
        evidence = [_said(witness, code, team) for witness in against]
        own = np.flatnonzero(side.cohort == code)
        sure = doubt[own, side.label[own]]
        doubtful = [side.records[own[place]] for place in np.argsort(sure, kind="stable")]
        rows.append(
            _diagnosis(ctx, release, Deficit.LABEL_NOISE, cohort=name, evidence=evidence, p=p, doubted=doubtful)
        )
    return rows


def _readings(ctx: Context, release: str, side: TrainingSide) -> list[Diagnosis]:
    rows: list[Diagnosis] = []
    taught = side.taught()
    for row in readings(taught, side.label, side.cohort):
        if row.p > LEVEL or row.share.value < SYSTEMATIC or row.share.low <= row.elsewhere.value:
            continue
        places = (side.cohort == row.group) & (taught == row.taught) & (side.label == row.given)
        rows.append(
            _diagnosis(
                ctx,
                release,
                Deficit.GUIDELINE_CONFLICT,
                cohort=side.cohorts[row.group],
                evidence=[_read(row, side)],
                p=row.p,
                doubted=[side.records[place] for place in np.flatnonzero(places)],
                predicate=f"target = '{side.labels[row.taught]}'",
            )
        )
    return rows


def _read(row: Reading, side: TrainingSide) -> str:
    team = side.teams.get(side.cohorts[row.group], side.cohorts[row.group])
    one, other = side.labels[row.taught], side.labels[row.given]
    return (
        f"{team} calls '{other}' what the labels of all other cohorts teach as '{one}': {row.share.value:.0%} "
        f"[{row.share.low:.0%}, {row.share.high:.0%}] of {row.share.n}, elsewhere {row.elsewhere.value:.0%} of "
        f"{row.elsewhere.n} (hypergeometric, adjusted p = {row.p:.2g})"
    )


def _said(witness: Witness, code: int, team: str) -> str:
    blame = witness.blames[code]
    return witness.says.format(hits=blame.hits, n=blame.n, team=team, expected=blame.expected, p=blame.p)


def _inspected(ctx: Context, side: TrainingSide) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return wrong and inspected labels of each cohort, over the last inspections of its batches in the release."""
    wrong, n = np.zeros(len(side.cohorts), np.int64), np.zeros(len(side.cohorts), np.int64)
    for row in quality.inspections(ctx):
        if row.batch_id in side.maker and row.inspected:
            wrong[side.maker[row.batch_id]] += len(row.errors)
            n[side.maker[row.batch_id]] += row.inspected
    return wrong, n


def _on_gold(ctx: Context, side: TrainingSide) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return wrong and all answers to gold of each cohort's team, in the campaigns the release was made from."""
    wrong, n = np.zeros(len(side.cohorts), np.int64), np.zeros(len(side.cohorts), np.int64)
    codes = {side.teams.get(name, name): code for code, name in enumerate(side.cohorts)}
    for campaign in sorted({annotation.batch(ctx, batch).campaign_id for batch in side.maker}):
        for row in quality.latest(ctx, campaign=campaign, metric="gold.accuracy"):
            code = codes.get(row.scope.removeprefix("cohort:")) if row.scope.startswith("cohort:") else None
            if code is not None and row.estimate.defined:
                n[code] += row.estimate.n
                wrong[code] += round((1 - row.estimate.value) * row.estimate.n)
    return wrong, n


def _diagnosis(  # noqa: PLR0913 -- a diagnosis has this many sides
    ctx: Context,
    release: str,
    deficit: Deficit,
    *,
    cohort: str,
    evidence: Sequence[str],
    p: float,
    doubted: Sequence[str],
    predicate: str = "",
) -> Diagnosis:
    return Diagnosis(
        id=DiagnosisId(new_id("dgn")),
        release_id=release,
        finding_id="",
        deficit=deficit,
        cohort_id=cohort,
        predicate=predicate,
        evidence=tuple(evidence),
        p=p,
        grade=Grade.OBSERVATIONAL,
        made_at=ctx.clock.now(),
        records=tuple(doubted),
    )
