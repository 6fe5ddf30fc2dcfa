"""What managers look at: cohorts side by side."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.annotation import queries, review_rates
from headwater.annotation.model import BatchKind
from headwater.annotation.review_rates import Trust
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.stats.interval import Estimate, wilson
from headwater.workforce import queries as workforce
from headwater.workforce.model import Cohort

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.annotation.model import Batch
    from headwater.annotation.store.answers import Tally
    from headwater.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortLine:
    """What one cohort did in a campaign."""

    cohort: Cohort
    guideline: str
    """Name and version of the guideline it answered under."""
    batch: str
    """Name of its batch."""
    annotators: int
    answers: int
    skipped: int
    seconds: float
    """Mean time at a task; nan before the first answer, and for a vendor that does not tell it."""
    accuracy: Estimate
    """Share right among answers to tasks whose right answer is known."""
    trust: Trust
    """What is known of the errors of its team, training and guideline version in all batches, and the review rate."""


def crew(ctx: Context, campaign_id: str, team: str) -> list[str]:
    """Return who of a team answered in a campaign, most answers first; only for those who run or accept the work."""
    require(ctx, Decision.BATCH_ACCEPT)
    sums = queries.tallies(ctx, campaign_id)
    mine = {row.id for row in workforce.cohorts(ctx, ids=sorted({each.cohort_id for each in sums})) if row.team == team}
    answers = Counter[str]()
    for each in sums:
        if each.cohort_id in mine:
            answers[each.annotator] += each.answers
    return [person for person, _ in answers.most_common()]


def cohorts(ctx: Context, campaign_id: str) -> list[CohortLine]:
    """Return the cohorts of a campaign, most answers first; only for those who run or accept the work."""
    require(ctx, Decision.BATCH_ACCEPT)
    campaign = queries.campaign(ctx, campaign_id)
    sums = queries.tallies(ctx, campaign.id)
    rules: dict[str, str] = {row.id: f"{row.name} v{row.version}" for row in queries.guidelines(ctx)}
    batches: dict[str, Batch] = {row.id: row for row in queries.batches(ctx, campaign.id)}
    known: dict[str, Cohort] = {
        row.id: row for row in workforce.cohorts(ctx, ids=sorted({each.cohort_id for each in sums}))
    }
    lines = []
    for identifier, cohort in known.items():
        mine = [row for row in sums if row.cohort_id == identifier]
        answers = sum(row.answers for row in mine)
        spent = sum(row.lead_time_ms for row in mine)
        found = [row for row in sums if _is_evidence(row, cohort, known, batches)]
        wrong = sum(row.judged - row.correct + row.faulted for row in found)
        judged = sum(row.judged + row.reviewed for row in found)
        lines.append(
            CohortLine(
                cohort=cohort,
                guideline=rules.get(cohort.guideline_id, cohort.guideline_id),
                batch=batches[cohort.batch_id].name if cohort.batch_id in batches else cohort.batch_id,
                annotators=len({row.annotator for row in mine}),
                answers=answers,
                skipped=sum(row.skipped for row in mine),
                seconds=spent / answers / 1000 if answers and spent else math.nan,
                accuracy=wilson(sum(row.correct for row in mine), sum(row.judged for row in mine)),
                trust=review_rates.of(campaign.plan, cohort.team, wrong=wrong, n=judged),
            )
        )
    return sorted(lines, key=lambda line: -line.answers)


def _is_evidence(row: Tally, cohort: Cohort, known: Mapping[str, Cohort], batches: Mapping[str, Batch]) -> bool:
    """Whether a sum tells of the errors of a cohort: the same but for the batch, calibration left out."""
    other = known[row.cohort_id]
    same = (other.team, other.training, other.guideline_id) == (cohort.team, cohort.training, cohort.guideline_id)
    batch = batches.get(row.batch_id)
    return same and batch is not None and batch.kind is not BatchKind.CALIBRATION
