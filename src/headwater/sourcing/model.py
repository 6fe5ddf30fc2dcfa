"""Words of sourcing: sources, intakes, records, rejects, the production profile, coverage gaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from headwater.core.errors import ConflictError, InvalidError, NotFoundError
from headwater.stats.interval import Estimate

SourceId = NewType("SourceId", str)
IntakeId = NewType("IntakeId", str)
RecordId = NewType("RecordId", str)


class SourceKind(StrEnum):
    """Where a source's records come from."""

    PUBLIC = "public"
    LICENSED = "licensed"
    PRIVATE = "private"
    CRAWLED = "crawled"
    USER = "user"
    SYNTHETIC = "synthetic"
    HUMAN_WRITTEN = "human-written"
    PRODUCTION = "production"


class SourceState(StrEnum):
    """Where a source stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The intake form of a source, after the Data Provenance Standards 1.0."""

    title: str
    description: str = ""
    issuer: str = ""
    """Who published or supplied it."""
    origin: str = ""
    """Where it can be found: an address, a package, a contract."""
    geography: str = ""
    collected: str = ""
    """When the data came to be, as a date or a range."""
    method: str = ""
    """How it was generated: written by people, logged, scraped, produced by a model…"""
    intended_use: str = ""
    licence: str = ""
    """SPDX expression, such as `BSD-3-Clause`; `LicenseRef-…` for a private licence."""
    consent: str = ""
    """Basis on which people's data is used: not personal, consent, contract, legitimate interest…"""
    retention: str = ""
    """How long it may be kept."""
    owner: str = ""
    """Who answers for it, by handle or team."""


REQUIRED = ("title", "issuer", "origin", "method", "intended_use", "licence", "consent")
"""Fields of the form that must be filled before a source may be proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where records come from."""

    id: SourceId
    name: str
    kind: SourceKind
    state: SourceState
    provenance: Provenance
    created_by: str
    created_at: datetime
    described_by: str
    """Who last changed its form; they may not approve it."""
    version: int
    """Rises with every change of the form."""


class IntakeState(StrEnum):
    """Where an intake stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One run that turned raw items of a source into records."""

    id: IntakeId
    source_id: SourceId
    origin: str
    """What was read: a file name or a corpus."""
    recipe: dict[str, object]
    state: IntakeState
    read: int
    """Items read, good and bad."""
    added: int
    """Records that are new in the program."""
    rejected: int
    cursor: int
    """Place of the last item that is settled; a resumed intake goes on after it."""
    started_by: str
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One immutable item."""

    id: RecordId
    seq: int
    source_id: SourceId
    intake_id: IntakeId
    kind: str
    """`text`, `chat`, `pair` or `image`."""
    text: str
    """The text searched, compared and shown first."""
    payload: dict[str, object]
    attributes: dict[str, object] = field(default_factory=dict)
    language: str = "und"
    digest: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """An item that did not become a record, with its reason."""

    intake_id: IntakeId
    place: int
    """Line or item number in what was read, from 1."""
    reason: str
    """`duplicate`, `near-duplicate`, `language`, `personal-data`, `too-short`, `malformed`, …"""
    evidence: str
    """What shows it: the record it repeats and how closely, the language found, the parser's message."""
    excerpt: str
    """The beginning of the item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What production looks like, from a sample of its traffic."""

    n: int
    """Items of the sample."""
    counts: dict[str, dict[str, int]]
    """Of each profiled attribute, how many items have each value; the 200 commonest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many of a program's records have each value of each field."""

    records: int
    """Records that were counted."""
    fields: dict[str, dict[str, int] | None]
    """By name of field, the records by value, as text; None when a field has too many values to keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageGap:
    """A slice where the pool falls short of production or of a declared minimum."""

    slice: str
    predicate: str
    pool: Estimate
    """Share of the pool that is in the slice."""
    production: Estimate
    """Share of production that is in the slice."""
    records: int
    wanted: int
    """Records that would match production, or the declared minimum."""
    critical: bool

    @property
    def missing(self) -> int:
        """How many records are missing."""
        return max(0, self.wanted - self.records)


class SourceNotApprovedError(ConflictError):
    """Nothing is taken in from a source that is not approved."""

    code = "source_not_approved"


class IncompleteSourceError(InvalidError):
    """The intake form of the source has holes."""

    code = "incomplete_source"


class UnknownSourceError(NotFoundError):
    """There is no such source."""

    code = "unknown_source"


class UnknownRecordError(NotFoundError):
    """There is no such record."""

    code = "unknown_record"


class ProfileError(InvalidError):
    """The production profile cannot be measured."""

    code = "profile_error"


class UnreadableFileError(InvalidError):
    """The file cannot be read as records."""

    code = "unreadable_file"
