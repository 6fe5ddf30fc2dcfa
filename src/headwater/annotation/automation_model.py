"""Words of automation: certificates, and what a model answered under one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from headwater.core.errors import ConflictError
from headwater.governance.model import PersonId
from headwater.stats.interval import Estimate
from headwater.stats.routing import Watch


class NoCertificateError(ConflictError):
    """A model answers only under a live routing certificate."""

    code = "no_certificate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The evidence that permits a model to answer: above a score, its error rate is bounded, but for a small chance."""

    id: str
    campaign_id: str
    model: str
    """Name and version."""
    where: str
    """The slice of records it holds for; empty for all of the campaign."""
    schema_id: str
    guideline_id: str
    alpha: float
    """Highest error rate that is allowed, in (0, 1)."""
    delta: float
    """Chance, over the drawing of the gold, that the bound is broken, in (0, 1)."""
    threshold: float
    """Lowest score at which the model's answers may stand."""
    error: Estimate
    """Error rate on the gold at or above it."""
    share: float
    """Share of the gold at or above it, in (0, 1]."""
    n: int
    """Gold tasks with a scored proposal of the model."""
    audit_rate: float
    """Share of the answers that people check, in (0, 1]."""
    author: PersonId
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    reason: str
    """Why it was revoked; empty before."""

    def is_live(self, now: datetime) -> bool:
        """Return whether it is neither revoked nor past its time."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """What one run under a certificate did."""

    answered: int
    """Tasks the model answered."""
    audited: int
    """Tasks drawn by lot that people answer in its place, to check it."""
    left: int
    """Tasks above the threshold that people answer because the proposal is no complete answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What people's answers to the tasks drawn by lot say of a certificate."""

    drawn: int
    """Tasks drawn by lot so far."""
    done: int
    """Of these answered by people."""
    watch: Watch
    """Whether they contradict the certified error rate; a false alarm ever has chance delta."""
