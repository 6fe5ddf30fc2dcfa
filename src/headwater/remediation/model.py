"""Words of remediation: diagnoses and briefs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from headwater.core.errors import ConflictError, NotFoundError
from headwater.stats.interval import Estimate

DiagnosisId = NewType("DiagnosisId", str)
BriefId = NewType("BriefId", str)


class Deficit(StrEnum):
    """What is wrong with the data behind a finding."""

    COVERAGE_GAP = "coverage gap"
    LABEL_NOISE = "label noise in cohort"
    GUIDELINE_AMBIGUITY = "guideline ambiguity"
    GUIDELINE_CONFLICT = "guideline conflict"
    REFUSAL_GAP = "refusal gap"
    STALENESS = "staleness"
    CONTAMINATION = "contamination"
    EVALUATION_DEFECT = "evaluation defect"
    NOT_DATA = "not a data problem"


class Grade(StrEnum):
    """How strong the evidence is."""

    OBSERVATIONAL = "observational"
    ABLATION = "ablation"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The deficit behind a finding, or in a cohort, with its evidence."""

    id: DiagnosisId
    release_id: str
    finding_id: str
    """Empty when the deficit was found in the labels themselves."""
    deficit: Deficit
    cohort_id: str
    """The cohort it is in; empty when it is in none."""
    predicate: str
    evidence: tuple[str, ...]
    """Sentences with their numbers."""
    p: float
    """Of the test behind it, adjusted; nan when it is not a test."""
    grade: Grade
    made_at: datetime
    records: tuple[str, ...] = ()
    """Records whose labels it doubts, the most doubtful first; empty when it is not about labels."""


class BriefType(StrEnum):
    """What a brief orders."""

    SOURCING = "sourcing"
    ANNOTATION = "annotation"
    RELABEL = "relabel"
    GUIDELINE = "guideline change"
    NEGATIVES = "negative examples"
    EVALUATION = "evaluation repair"


class BriefState(StrEnum):
    """Where a brief stands."""

    PROPOSED = "proposed"
    AUTHORISED = "authorised"
    VERIFIED = "verified"
    """Its effect was measured; the Accountable has not closed it."""
    CLOSED = "closed"


class Effect(StrEnum):
    """The measured effect of a brief."""

    EFFECTIVE = "effective"
    INEFFECTIVE = "ineffective"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceTest:
    """How a brief will be judged; fixed before the work."""

    eval_set: str
    predicate: str
    """The slice that must rise."""
    gain: float
    """Rise over the other slices that counts as effective, in shares of right samples."""
    alpha: float = 0.05
    fewest_samples: int = 5
    retrains: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """An authorised order to repair data."""

    id: BriefId
    type: BriefType
    state: BriefState
    diagnosis_id: str
    release_id: str
    """The release whose deficit it repairs."""
    predicate: str
    cohort_id: str
    volume: int
    """Records to source, or tasks to label again."""
    instructions: str
    baseline: Estimate
    """Share of failing samples in the slice before the work."""
    acceptance: AcceptanceTest
    proposed_by: str
    proposed_at: datetime
    effect: Effect | None
    measured: Estimate | None
    """Difference in differences against the slices no brief touched."""
    verified_release: str
    """The release the effect was measured on."""


class UnknownBriefError(NotFoundError):
    """There is no such brief."""

    code = "unknown_brief"


class BriefStateError(ConflictError):
    """The brief is not in a state that allows this."""

    code = "brief_state"
