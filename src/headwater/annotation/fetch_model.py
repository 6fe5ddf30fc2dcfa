"""Words of fetching: a model asked about records, how far it is, what failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """A model asked about records of a campaign."""

    id: str
    """The same as that of the job that does it."""
    campaign_id: str
    model: str
    """Name and version."""
    guideline_id: str
    """The version of the guideline the model was told."""
    schema_id: str
    actor: str
    records: int
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """How far a fetch is and what it took."""

    fetch: Fetch
    answered: int
    failed: int
    left: int
    """Records that were not asked about yet."""
    tokens_in: int
    tokens_out: int
    cost: float
    """By the prices in the settings at the time of asking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A record that got no answer."""

    place: int
    record_id: str
    reason: str
    at: datetime
