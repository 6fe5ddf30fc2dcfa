"""Words of a release: selection, split policy, gates, states, differences."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from headwater.core.errors import ConflictError, InvalidError, NotFoundError
from headwater.stats.interval import Estimate

ReleaseId = NewType("ReleaseId", str)


class ReleaseState(StrEnum):
    """Where a release stands; only forward, never changed bytes."""

    CANDIDATE = "candidate"
    """Built; its gates are measured; not decided on."""
    APPROVED = "approved"
    PUBLISHED = "published"
    DEPRECATED = "deprecated"
    YANKED = "yanked"
    """Withdrawn: must not be used for new runs."""
    ERASED_PARTIAL = "erased-partial"
    """Some members were erased on request; what remains still verifies."""


class Split(StrEnum):
    """What a member is for."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which resolved labels become members."""

    question: str
    """The question whose labels the dataset teaches."""
    batches: tuple[str, ...] = ()
    """Accepted batches to take from; all accepted ones when empty."""
    where: str = ""
    """A slice predicate over record attributes; all when empty."""
    minimum_confidence: float = 0.0
    """Labels below this confidence stay out, in [0, 1]."""

    def readable(self) -> str:
        """Return the selection as one sentence a reader of the manifest understands."""
        parts = [f"labels of '{self.question}'"]
        parts.append(f"from {len(self.batches)} named batches" if self.batches else "from every accepted batch")
        if self.where:
            parts.append(f"where {self.where}")
        if self.minimum_confidence:
            parts.append(f"with confidence of at least {self.minimum_confidence:g}")
        return " ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPolicy:
    """How members are divided; records with the same text always fall together."""

    train: float = 0.8
    validation: float = 0.1
    test: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the shares.

        Raises:
            InvalidError: A share is negative, or they do not add up to 1.
        """
        shares = (self.train, self.validation, self.test)
        if min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:  # noqa: PLR2004 -- rounding of decimal fractions
            raise InvalidError(
                f"The split shares {shares} must not be negative and must add up to 1.",
                remedy="For example train=0.8, validation=0.1, test=0.1.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A standard checked before a release may be approved."""

    metric: str
    comparison: str
    required: float
    scope: str
    measured: Estimate
    passed: bool
    waiver: str = ""
    """The waiver that lets it pass all the same; empty when none."""
    note: str = ""

    @property
    def open(self) -> bool:
        """Whether the gate stands in the way."""
        return not self.passed and not self.waiver


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One immutable version of a dataset."""

    id: ReleaseId
    dataset: str
    version: str
    """Semantic version as Croissant reads it: PATCH same data, MINOR additions, MAJOR changes or removals."""
    state: ReleaseState
    digest: str
    """Digest of its manifest, and so of every byte."""
    parent: ReleaseId | None
    path: str
    """Prefix of its files in the object store."""
    members: int
    built_by: str
    created_at: datetime
    selection: Selection
    split: SplitPolicy
    gates: tuple[Gate, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed from one release to another, by record."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    relabelled: tuple[str, ...]
    moved: tuple[str, ...]
    """In both, but in another split."""

    def bump(self) -> str:
        """Return which part of the version must rise: `major`, `minor` or `patch`."""
        if self.removed or self.relabelled or self.moved:
            return "major"
        return "minor" if self.added else "patch"


def next_version(version: str | None, bump: str) -> str:
    """Return the semantic version that follows; 1.0.0 after none."""
    if version is None:
        return "1.0.0"
    major, minor, patch = (int(part) for part in version.split("."))
    if bump == "major":
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if bump == "minor" else f"{major}.{minor}.{patch + 1}"


class UnknownReleaseError(NotFoundError):
    """There is no such release."""

    code = "unknown_release"


class GatesOpenError(ConflictError):
    """Gates stand in the way of this release."""

    code = "gates_open"


class EmptyReleaseError(InvalidError):
    """The selection holds no label."""

    code = "empty_release"
