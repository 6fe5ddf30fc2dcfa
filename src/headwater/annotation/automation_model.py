"""Words of automation: who answers in which slice, certificates, and what a model answered under one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from headwater.core.errors import ConflictError
from headwater.governance.model import PersonId
from headwater.sourcing import slices
from headwater.sourcing.slices import Slice
from headwater.stats.interval import Estimate
from headwater.stats.routing import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.annotation.plan import Plan

MODEL = "mdl_"
"""Begins the annotator of every answer that a model gave."""


class Mode(StrEnum):
    """Who answers in a slice, the most careful first."""

    PEOPLE = "people"
    """People, who see no proposals."""
    PRELABELS = "prelabels"
    """People, who begin from what a model proposes; a share of the tasks is given without, by lot."""
    MODEL = "model"
    """A model under a live certificate for the slice; people, who see no proposals, check a share drawn by lot and
    answer what the model does not."""


class ModeError(ConflictError):
    """The automation policy lets no model answer here."""

    code = "automation_mode"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """How many annotators' tasks, without gold and calibration, a slice of the policy decides about."""

    tasks: int
    open: int
    """Of these, those that still want an answer."""
    proposed: int
    """Of these, those for which a model proposes an answer."""
    by_model: int
    """Of these, those that a model answered under a certificate."""
    audited: int
    """Of these, those drawn by lot for people to check a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One slice of a campaign's automation policy."""

    where: str
    """Its predicate; empty for all records, and for the rest."""
    is_rest: bool
    """Whether it stands for the records in no slice: the plan decides about them."""
    mode: Mode
    records: int | None
    """Records of the program that are in it today, whatever the campaign; None for the rest."""
    certificate: str
    """Id of the newest live certificate for it; empty for none."""
    holds: Holding | None
    """What it decides about, each task counted once; None when it was not counted."""


def deciding_slice(plan: Plan, attributes: Mapping[str, object]) -> str | None:
    """Return the slice that decides about a record: of all it is in, the most careful; None when it is in none."""
    found = [where for where in plan.slices if _read(where).matches(attributes)]
    return min(found, key=lambda where: _CARE[Mode(plan.slices[where])], default=None)


def mode_of(plan: Plan, attributes: Mapping[str, object]) -> Mode:
    """Return who answers tasks about a record.

    Args:
        plan: The plan of the campaign.
        attributes: What slices see of the record.
    """
    where = deciding_slice(plan, attributes) if plan.slices else None
    return rest(plan) if where is None else Mode(plan.slices[where])


def rest(plan: Plan) -> Mode:
    """Return who answers what is in no slice of the policy."""
    return Mode.PRELABELS if plan.shows_prelabels else Mode.PEOPLE


_CARE = {mode: place for place, mode in enumerate(Mode)}


@lru_cache(maxsize=1024)
def _read(where: str) -> Slice:
    return slices.parse(where)


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
