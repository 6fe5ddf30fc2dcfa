"""Words of evaluation: samples, evaluations, findings, comparisons."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from headwater.core.errors import ConflictError, InvalidError, NotFoundError
from headwater.stats.interval import Estimate

EvaluationId = NewType("EvaluationId", str)
FindingId = NewType("FindingId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The result of a model on one item of an evaluation set."""

    sample_id: str
    """Stays the same for the same item over models and releases; what results are paired by."""
    input: str
    target: str
    output: str
    passed: bool
    slices: dict[str, str] = field(default_factory=dict)
    """Attributes to look for weaknesses by."""
    scores: dict[str, float] = field(default_factory=dict)
    failure_category: str = ""
    error: str = ""
    """Why there is no output; such samples count as failed and are shown apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The results of one model on one evaluation set."""

    id: EvaluationId
    run_id: str
    model_id: str
    release_id: str
    """The release the model was trained on: without it no verdict on data is given."""
    eval_set: str
    eval_set_version: str
    accuracy: Estimate
    """Share of samples passed (Wilson)."""
    imported_by: str
    imported_at: datetime


class FindingState(StrEnum):
    """Where a finding stands."""

    OPEN = "open"
    DIAGNOSED = "diagnosed"
    BRIEFED = "briefed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A statistically supported weakness."""

    id: FindingId
    release_id: str
    eval_set: str
    predicate: str
    """The slice, executable: over `target` and the samples' attributes."""
    state: FindingState
    rate: Estimate
    """Share of its samples that fail (Wilson); a sample fails when most retrains fail it."""
    overall: float
    """Share of all samples that fail."""
    q: float
    """False discovery rate at which it is found (Benjamini–Hochberg over all candidate slices)."""
    candidates: int
    """How many slices were tested."""
    examples: tuple[str, ...]
    """Samples that fail in it."""
    found_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceChange:
    """How one slice moved between two releases."""

    predicate: str
    before: float
    after: float
    change: Estimate
    verdict: str
    """`better`, `worse`, `no change shown`, or `not enough retrains to tell`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two releases compared over retrains, sample by sample."""

    old: str
    new: str
    eval_set: str
    retrains: tuple[int, int]
    paired: int
    unpaired: int
    """Samples that only one side has; counted, not compared."""
    overall: SliceChange
    slices: tuple[SliceChange, ...]


class UnknownEvaluationError(NotFoundError):
    """There is no such evaluation."""

    code = "unknown_evaluation"


class UnknownFindingError(NotFoundError):
    """There is no such finding."""

    code = "unknown_finding"


class BadSamplesError(InvalidError):
    """The results cannot be taken in."""

    code = "bad_samples"


class NothingToCompareError(ConflictError):
    """The releases have no evaluation on a common set."""

    code = "nothing_to_compare"
