"""Words of quality: resolved labels, measures, acceptance of batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from headwater.core.errors import ConflictError, InvalidError
from headwater.stats.interval import Estimate

MeasureId = NewType("MeasureId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The resolved answer of a task on one question."""

    task_id: str
    record_id: str
    question: str
    value: str
    confidence: float
    """Posterior probability of the value, in [0, 1]."""
    method: str
    """How it was resolved: `majority`, `dawid-skene`, `adjudicated`, `gold`, …"""
    answers: int
    """How many answers it came from."""
    batch_id: str
    cohort_id: str
    """The cohort most of its answers came from."""
    guideline_id: str
    """The guideline version those answers were given under."""
    resolved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measured quality of a campaign, kept with when and how."""

    id: MeasureId
    campaign_id: str
    metric: str
    """`agreement.alpha`, `agreement.percent`, `gold.accuracy`, …"""
    scope: str
    """What it is limited to, `kind:name` such as `question:topic`, `cohort:coh_…`, `batch:bat_…`; empty for all."""
    estimate: Estimate
    measured_at: datetime
    question: str = ""
    """The question it is about; empty when it is about all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """How two annotators agree on the tasks both answered."""

    first: str
    second: str
    percent: Estimate
    kappa: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Confused:
    """How often others gave one label where somebody gave another."""

    given: str
    instead: str
    share: Estimate
    """Of the other answers to those tasks; n counts the tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """A task whose answers lie far apart."""

    task_id: str
    record_id: str
    distance: float
    """Mean distance between two of its answers; 1 is the farthest that two labels can be."""
    answers: dict[str, int]
    """Value → how many gave it, most first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What the newest assessment of a question found, beyond the measures."""

    campaign_id: str
    question: str
    scale: str
    """How far apart two answers are: `nominal`, `ordinal`, `interval`, `MASI`."""
    answers: int
    """Answers that were compared, gold left out."""
    tasks: int
    undecided: int
    """Answers that say the question cannot be decided."""
    shares: dict[str, float]
    """Label → its share of the answers; empty for numbers."""
    confusions: tuple[Confused, ...]
    pairs: tuple[Between, ...]
    disputed: tuple[Disputed, ...]
    """Most disputed first."""
    alpha: Estimate
    seed: int
    assessed_at: datetime


class Verdict(StrEnum):
    """What became of a batch."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """Goes to rework, with the reason."""
    WAIVED = "waived"
    """Failed its plan and was accepted all the same by the Accountable, with a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """The acceptance of one batch: plan drawn first, sample random and recorded, result, decision."""

    batch_id: str
    plan: dict[str, object]
    """Standard, lot size, sample size, acceptance number, AQL, severity of inspection."""
    seed: int
    sample: tuple[str, ...]
    """Tasks inspected."""
    errors: tuple[str, ...]
    """Tasks of the sample found wrong."""
    passed: bool
    verdict: Verdict | None
    """None until somebody decides."""
    reason: str
    inspected_at: datetime


class NotAssessableError(ConflictError):
    """There is too little here to measure."""

    code = "not_assessable"


class BatchOpenError(ConflictError):
    """The batch still has open tasks."""

    code = "batch_open"


class UnknownMetricError(InvalidError):
    """There is no such metric."""

    code = "unknown_metric"
