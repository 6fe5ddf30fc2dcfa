"""Words of label resolution: by which method, why, how sure, what is doubtful."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

DOUBTFUL = 0.8
"""Labels less sure than this are worth another answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """How the labels of a campaign's question were resolved the last time."""

    campaign_id: str
    question: str
    asked: str
    """The method that was asked for; `auto` to choose."""
    method: str
    """The method that was used."""
    reason: str
    """Why it was chosen; empty when it was asked for."""
    warnings: tuple[str, ...]
    """What makes the labels doubtful as a whole, in sentences."""
    converged: bool
    labels: int
    gold: int
    """Gold tasks that steered the method."""
    confidence: float
    """Mean posterior probability of the labels: the share that should be right if the method's beliefs hold."""
    doubtful: int
    """Labels whose probability is below 0.8."""
    resolved_at: datetime
