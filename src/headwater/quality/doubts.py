"""Words of label errors: suspects and searches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from headwater.stats.interval import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A label that predictions contradict."""

    task_id: str
    record_id: str
    batch_id: str
    cohort_id: str
    given: str
    suggested: str
    score: float
    """In [0, 1]; larger is more surely an error."""
    given_probability: float
    suggested_probability: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorSearch:
    """What one search for label errors found."""

    id: str
    question: str
    campaign_id: str
    """Empty when labels of all campaigns were searched."""
    prune: str
    score: str
    predictor: str
    labels: int
    """Labels searched."""
    left_out: int
    """Labels of values too rare to predict."""
    values: tuple[str, ...]
    noise: tuple[tuple[float, ...], ...]
    """Chance of each given value (row) for each true value (column)."""
    rate: Estimate
    """Share of wrong labels."""
    suspects: tuple[Suspect, ...]
    """The surest first."""
    seed: int
    searched_at: datetime

    def between(self, *, given: str = "", suggested: str = "") -> tuple[Suspect, ...]:
        """Return the suspects with a given and a suggested label; an empty one may be any."""
        return tuple(each for each in self.suspects if given in {"", each.given} and suggested in {"", each.suggested})
