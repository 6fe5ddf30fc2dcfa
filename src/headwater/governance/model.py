"""Words of governance: decisions, the RACI chart, programs, people, proposals, notices, ledger entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from headwater.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    LimitError,
    NotFoundError,
    StaleError,
    VerificationError,
)

PersonId = NewType("PersonId", str)
ProgramId = NewType("ProgramId", str)
ProposalId = NewType("ProposalId", str)

SYSTEM = PersonId("system")
"""The actor of the platform's own housekeeping (migrations, expiry, recovery); never of a decision."""


class Decision(StrEnum):
    """An act that only some may perform."""

    CHARTER_CHANGE = "charter.change"
    RACI_CHANGE = "raci.change"
    POLICY_CHANGE = "policy.change"
    SOURCE_APPROVE = "source.approve"
    INTAKE_RUN = "intake.run"
    SCHEMA_PUBLISH = "schema.publish"
    GUIDELINE_PUBLISH = "guideline.publish"
    GOLD_CHANGE = "gold.change"
    CAMPAIGN_OPEN = "campaign.open"
    ANNOTATION_ANSWER = "annotation.answer"
    ANNOTATION_REVIEW = "annotation.review"
    ANNOTATION_ADJUDICATE = "annotation.adjudicate"
    AUTOMATION_CHANGE = "automation.change"
    BATCH_ACCEPT = "batch.accept"
    RELEASE_BUILD = "release.build"
    RELEASE_APPROVE = "release.approve"
    RELEASE_PUBLISH = "release.publish"
    RELEASE_YANK = "release.yank"
    RUN_REGISTER = "run.register"
    EVALUATION_IMPORT = "evaluation.import"
    FINDING_TRIAGE = "finding.triage"
    BRIEF_AUTHORISE = "brief.authorise"
    BRIEF_CLOSE = "brief.close"
    VENDOR_ONBOARD = "vendor.onboard"
    PACKAGE_ISSUE = "package.issue"
    DELIVERY_ACCEPT = "delivery.accept"
    ERASURE_EXECUTE = "erasure.execute"
    WAIVER_GRANT = "waiver.grant"
    STANDARD_CHANGE = "standard.change"
    STATION_CHANGE = "station.change"
    LINE_STOP = "line.stop"
    LINE_RESUME = "line.resume"


PERFORMED = frozenset(
    {
        Decision.INTAKE_RUN,
        Decision.GOLD_CHANGE,
        Decision.ANNOTATION_ANSWER,
        Decision.ANNOTATION_REVIEW,
        Decision.ANNOTATION_ADJUDICATE,
        Decision.RELEASE_BUILD,
        Decision.RUN_REGISTER,
        Decision.EVALUATION_IMPORT,
        Decision.FINDING_TRIAGE,
        Decision.LINE_STOP,
    }
)
"""Acts a Responsible person performs alone; every other decision is proposed by one and approved by the Accountable."""


class Role(StrEnum):
    """What a person is in a program; the chart maps roles to decisions."""

    LEAD = "lead"
    """AI program lead."""
    OPERATIONS = "operations"
    """Data operations team."""
    EXPERT = "expert"
    """Domain expert."""
    ENGINEER = "engineer"
    """Training and evaluation team."""
    REVIEWER = "reviewer"
    """Second-tier annotator."""
    ANNOTATOR = "annotator"
    """Answers tasks."""


class Involvement(StrEnum):
    """The four letters of RACI."""

    RESPONSIBLE = "responsible"
    ACCOUNTABLE = "accountable"
    CONSULTED = "consulted"
    INFORMED = "informed"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Cell:
    """One entry of a RACI chart."""

    decision: Decision
    involvement: Involvement
    party: str
    """A person (`per_…`) or a role (`role:lead`) which stands for all who hold it."""


def role_party(role: Role) -> str:
    """Return the party that stands for everyone who holds a role."""
    return f"role:{role.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who can act here."""

    id: PersonId
    handle: str
    """Short unique name used to sign in and on the command line."""
    name: str
    """Full name as shown on pages; never in exports, ledger or lineage."""
    email: str
    is_admin: bool
    """May add people and programs and change settings; has no rights over a program's decisions."""
    is_active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A measurable requirement, such as `agreement.alpha ≥ 0.75`."""

    metric: str
    """Dotted name of the measure: `agreement.alpha`, `gold.accuracy`, `coverage.critical`, `pii.residual`, …"""
    comparison: str
    """`>=`, `<=` or `=`."""
    value: float
    scope: str = ""
    """A question, slice or cohort the standard is limited to; empty for all."""

    def holds(self, measured: float) -> bool:
        """Return whether a measured value meets the standard; NaN never does."""
        if self.comparison == ">=":
            return measured >= self.value
        return measured <= self.value if self.comparison == "<=" else measured == self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalSlice:
    """A low-frequency, high-consequence slice that sampling must never decide."""

    name: str
    predicate: str
    """Over attributes of records, such as `category = 'emotion'`."""
    minimum: int
    """Fewest records wanted in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """What a program is for and what it holds itself to; versioned."""

    version: int
    purpose: str
    targets: tuple[str, ...]
    """Business performance targets, one sentence each."""
    standards: tuple[Standard, ...]
    critical_slices: tuple[CriticalSlice, ...]
    chart: tuple[Cell, ...]
    solo: bool = False
    """The same person may prepare and approve; shown on every card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """An AI program."""

    id: ProgramId
    slug: str
    """Short name in addresses and on the command line."""
    name: str
    charter: Charter
    created_at: datetime


class ProposalState(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """A consulted person's part in a proposal."""

    person: PersonId
    asked_at: datetime
    closes_at: datetime
    answered_at: datetime | None
    comment: str
    supports: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A thing put before the Accountable, and what became of it."""

    id: ProposalId
    program: ProgramId
    decision: Decision
    subject: str
    """Id of the thing decided on."""
    digest: str
    """Digest of the thing as proposed; approval binds to it."""
    summary: str
    proposer: PersonId
    author: PersonId
    """Who last changed the thing; like the proposer, they may not approve it."""
    solo: bool
    """The program was solo when it was proposed: the proposer may approve."""
    state: ProposalState
    created_at: datetime
    decided_by: PersonId | None
    decided_at: datetime | None
    reason: str
    consultations: tuple[Consultation, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """A person's rights lent to another between two dates."""

    id: str
    giver: PersonId
    taker: PersonId
    decision: str
    """The decision lent; empty for all of the giver's."""
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A gate opened by the Accountable although its standard is not met."""

    id: str
    standard: str
    """Name of the gate: a metric, with `:scope` when it has one."""
    reason: str
    expires_at: datetime
    granted_by: str
    """Empty until it is granted."""
    granted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """One decision as it was taken; append-only."""

    id: str
    program: ProgramId
    decision: Decision
    subject: str
    digest: str
    actor: PersonId
    outcome: str
    """`approved`, `refused`, `performed` or `reset`."""
    reason: str
    proposal: str
    """The proposal it closed; empty for acts performed by one person."""
    behalf: str
    """The person whose right it was, when it was exercised by delegation; empty otherwise."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One link of the hash chain."""

    scope: str
    """A program, or `workspace`."""
    seq: int
    """Place in the chain of its scope, from 1."""
    at: datetime
    actor: str
    event: str
    """`decision.approved`, `release.built`, …"""
    subject: str
    body: dict[str, object]
    previous: str
    """Hash of the entry before; 64 zeros for the first."""
    hash: str
    """`sha256:` over the canonical JSON of all the above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message to a person that something happened or waits for them."""

    id: str
    program: ProgramId
    person: PersonId
    kind: str
    """`approval`, `consultation`, `informed`, `alarm`."""
    subject: str
    text: str
    url: str
    created_at: datetime
    read_at: datetime | None


class NotYoursError(ForbiddenError):
    """The RACI chart gives this decision to somebody else."""

    code = "not_yours"


class FourEyesError(ForbiddenError):
    """Whoever proposed or last changed a thing may not approve it."""

    code = "four_eyes"


class ConsultationOpenError(ConflictError):
    """Consulted people have not answered and their window is still open."""

    code = "consultation_open"


class DigestChangedError(StaleError):
    """What would be approved is no longer what was proposed."""

    code = "digest_changed"


class NoAccountableError(ConflictError):
    """The RACI chart has no single Accountable person for this decision."""

    code = "no_accountable"


class UnknownPersonError(NotFoundError):
    """There is no such person."""

    code = "unknown_person"


class UnknownProgramError(NotFoundError):
    """There is no such program, or you have no part in it."""

    code = "unknown_program"


class ChartError(InvalidError):
    """The RACI chart cannot stand."""

    code = "bad_chart"


class TooManyAttemptsError(LimitError):
    """Too many failed sign-ins for this account."""

    code = "too_many_attempts"


class BrokenEntryError(VerificationError):
    """An entry of the ledger cannot be read."""

    code = "broken_entry"
