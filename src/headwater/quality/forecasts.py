"""What more answers per task would buy on a question that was assessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation import queries as annotation
from headwater.annotation.questions import Kind
from headwater.quality import queries
from headwater.quality.model import NotAssessableError
from headwater.quality.yardsticks import Distance
from headwater.stats.agreement.overlap import Step, forecast, needed
from headwater.stats.interval import Estimate

if TYPE_CHECKING:
    from headwater.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What each number of answers per task gives."""

    campaign_id: str
    question: str
    alpha: Estimate
    """Agreement of single answers, from the newest assessment."""
    overlap: float
    """Answers per task so far."""
    target: float
    needed: Estimate
    """Answers per task for the wanted reliability."""
    steps: tuple[Step, ...]


def overlap(ctx: Context, campaign_id: str, *, question: str, target: float = 0.9, most: int = 9) -> Forecast:
    """Return what 1 to `most` answers per task would give.

    Raises:
        NotAssessableError: The question was not assessed yet.
        InvalidError: The target or `most` is out of range.
    """
    campaign = annotation.campaign(ctx, campaign_id)
    found = queries.assessments(ctx, campaign=campaign.id, question=question)
    if not found:
        raise NotAssessableError(f"'{question}' was not assessed yet.", remedy="Measure the campaign first.")
    whole = found[0]
    asked = annotation.schema(ctx, campaign.schema_id).question(question)
    voted = whole.scale == Distance.NOMINAL and asked.kind in (Kind.SINGLE, Kind.REFUSAL)
    shares = list(whole.shares.values()) if voted else None
    steps = forecast(whole.alpha, shares, most=most, rng=np.random.default_rng(whole.seed))
    return Forecast(
        campaign_id=campaign.id,
        question=question,
        alpha=whole.alpha,
        overlap=whole.answers / whole.tasks,
        target=target,
        needed=needed(whole.alpha, target),
        steps=tuple(steps),
    )
