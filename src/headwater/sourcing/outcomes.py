"""What becomes of a chunk of items: records, column by column, and rejects with their reasons."""

from __future__ import annotations

from itertools import compress
from typing import Any, NamedTuple

EXCERPT = 200
"""Characters of a rejected item that are kept."""


class Kept(NamedTuple):
    """Items that become records, in their order, column by column: what is kept of them beside the record table."""

    indices: list[int]
    """In their chunk."""
    record_ids: list[str]
    kinds: list[str]
    seen: list[dict[str, object]]
    """Their attributes."""
    fingerprints: list[bytes]
    signatures: list[bytes]
    """Empty when near duplicates are not looked for."""

    def without(self, records: frozenset[str]) -> Kept:
        """Return the columns without some records."""
        if not records:
            return self
        stay = [record not in records for record in self.record_ids]
        columns: tuple[Any, ...] = tuple(list(compress(column, stay)) for column in self)
        return Kept(*columns)


class Content(NamedTuple):
    """What only the record table keeps of the same items: apart from it, since it is large and soon written."""

    digests: list[str]
    texts: list[str]
    payloads: list[str]
    """Canonical JSON."""
    attributes: list[str]
    """Canonical JSON."""
    languages: list[str]


class Turned(NamedTuple):
    """An item that is turned away."""

    place: int
    reason: str
    evidence: str
    excerpt: str


class Outcome(NamedTuple):
    """What became of a chunk."""

    kept: Kept
    turned: list[Turned]
    block: int
    """The number of what was kept, for the marks."""
    seen: int
    """How many blocks of others it was compared with."""
    same: list[str]
    """The records from before that say the same as an item that is turned away."""


class Reason(NamedTuple):
    """Why an item is turned away."""

    reason: str
    evidence: str


def same_as(what: str, record: str) -> str:
    """Return the evidence of a duplicate: which record it repeats."""
    return f"same {what} as {record}"


def repeated(evidence: str) -> str:
    """Return the record that the evidence of a duplicate names."""
    return evidence.rpartition(" ")[2]


def excerpt(text: str) -> str:
    """Return as much of a text as is kept of one that is turned away."""
    return text[:EXCERPT].encode("utf-8", "replace").decode()
