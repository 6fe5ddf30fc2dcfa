"""What managers look at: cohorts side by side, and when a campaign will be done."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.annotation import queries
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.stats.interval import Estimate, normal_quantile, undefined, wilson
from headwater.workforce import queries as workforce

if TYPE_CHECKING:
    from headwater.context import Context
    from headwater.workforce.model import Cohort

_METHOD = "answers left / pace so far, Poisson interval of the pace"


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortLine:
    """What one cohort did in a campaign."""

    cohort: Cohort
    annotators: int
    answers: int
    skipped: int
    seconds: float
    """Mean time at a task; nan before the first answer, and for a vendor that does not tell it."""
    accuracy: Estimate
    """Share right among answers to tasks whose right answer is known."""


def cohorts(ctx: Context, campaign_id: str) -> list[CohortLine]:
    """Return the cohorts of a campaign, most answers first; only for those who run or accept the work."""
    require(ctx, Decision.BATCH_ACCEPT)
    sums = queries.tallies(ctx, campaign_id)
    known = {cohort.id: cohort for cohort in workforce.cohorts(ctx, ids=sorted({row.cohort_id for row in sums}))}
    lines = []
    for identifier, cohort in known.items():
        mine = [row for row in sums if row.cohort_id == identifier]
        answers = sum(row.answers for row in mine)
        spent = sum(row.lead_time_ms for row in mine)
        lines.append(
            CohortLine(
                cohort=cohort,
                annotators=len({row.annotator for row in mine}),
                answers=answers,
                skipped=sum(row.skipped for row in mine),
                seconds=spent / answers / 1000 if answers and spent else math.nan,
                accuracy=wilson(sum(row.correct for row in mine), sum(row.judged for row in mine)),
            )
        )
    return sorted(lines, key=lambda line: -line.answers)


def hours_left(ctx: Context, campaign_id: str) -> Estimate:
    """Return how many hours a campaign still needs at the pace it had; undefined before there is a pace."""
    campaign = queries.campaign(ctx, campaign_id)
    progress = queries.progress(ctx, campaign_id)
    answers = progress.answers
    left = sum(max(part.batch.tasks - part.done, 0) for part in progress.batches if part.batch.kind != "calibration")
    if not left:
        return Estimate(value=0.0, low=0.0, high=0.0, n=answers, method=_METHOD)
    if answers < 2 or progress.per_hour <= 0:  # noqa: PLR2004 -- a pace needs two moments
        return undefined("too few answers to know the pace", n=answers, method=_METHOD)
    wanted = left * campaign.plan.overlap
    spread = normal_quantile(0.95) / math.sqrt(answers)
    value = wanted / progress.per_hour
    return Estimate(
        value=value,
        low=value / (1 + spread),
        high=value / max(1 - spread, 1e-9),
        n=answers,
        method=_METHOD,
    )
