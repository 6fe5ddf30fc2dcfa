"""Marks: what tells whether a text is there already, of every record, looked up many at a time.

A mark is the first 128 bits of the digest of a folded text. Each block that an intake commits adds its marks sorted
into 256 buckets, one row for each, so that a database writes a few bytes a record and none in a random place. Whoever
compares texts reads only the buckets their digests fall into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Keys = NDArray[np.bytes_]
    Places = NDArray[np.int64]

MARK = np.dtype([("key", "S16"), ("offset", "<u4")])
_DIGEST = 32
RECORD = 20
"""Bytes of a record's id, without its prefix."""
_PREFIX = "rec_"
_REMEMBERED = 16
"""Blocks whose ids of records are kept at hand."""


class Block(NamedTuple):
    """Records that were committed together."""

    first: int
    """`seq` of the first of them."""
    size: int


class Kept(Protocol):
    """Where the marks of committed blocks are kept."""

    def blocks(self, after: int) -> list[Block]:
        """Return the blocks whose first `seq` is beyond one, in their order."""

    def marks(self, buckets: Sequence[int], after: int) -> Iterable[tuple[int, int, bytes]]:
        """Return bucket, first `seq` and marks of some buckets, of the blocks whose first `seq` is beyond one."""

    def records(self, first: int) -> bytes:
        """Return the ids of the records of a block, as `raw` makes them."""


def raw(records: Sequence[str]) -> bytes:
    """Return ids of records as bytes, twenty each."""
    return bytes.fromhex("".join(records).replace(_PREFIX, ""))


def identifier(record: bytes) -> str:
    """Return the id of a record from its twenty bytes."""
    return f"{_PREFIX}{record.hex()}"


def buckets(fingerprints: Sequence[bytes]) -> dict[int, bytes]:
    """Return the marks of a block's records, by bucket."""
    if not fingerprints:
        return {}
    bucket, keys = _keys(fingerprints)
    order = np.argsort(bucket, kind="stable")
    rows = np.empty(len(order), MARK)
    rows["key"], rows["offset"] = keys[order], order
    found, starts = np.unique(bucket[order], return_index=True)
    return {int(each): some.tobytes() for each, some in zip(found, np.split(rows, starts[1:]), strict=True)}


class Marks:
    """The marks of a program's records as an intake sees them: 24 bytes a record, of the buckets that were needed."""

    def __init__(self, kept: Kept) -> None:
        """Read nothing yet."""
        self._kept = kept
        self._buckets: dict[int, tuple[Keys, Places]] = {}
        self._blocks: list[Block] = []
        """By their number; an own one that is not committed yet has -1 as its first."""
        self._records: dict[int, bytes] = {}
        self._foreign: list[int] = []
        self._last = -1

    def find(self, fingerprints: Sequence[bytes]) -> dict[bytes, str]:
        """Return those of some fingerprints that records have already, with the records' ids."""
        if not fingerprints:
            return {}
        self._refresh()
        bucket, keys = _keys(fingerprints)
        order = np.argsort(bucket, kind="stable")
        wanted, starts = np.unique(bucket[order], return_index=True)
        self._load([int(each) for each in wanted if int(each) not in self._buckets])
        hits: list[tuple[int, int]] = []
        for each, members in zip(wanted.tolist(), np.split(order, starts[1:]), strict=True):
            known, places = self._buckets[each]
            if len(known):
                at = np.searchsorted(known, keys[members])
                at[at == len(known)] = 0
                same = np.flatnonzero(known[at] == keys[members])
                hits += zip(members[same].tolist(), places[at[same]].tolist(), strict=True)
        return {fingerprints[member]: self._record(place) for member, place in sorted(hits)}

    def add(self, fingerprints: Sequence[bytes], records: Sequence[str]) -> int:
        """Count fingerprints that were looked for, and are nobody's, as known; return the number of their block."""
        number = len(self._blocks)
        self._blocks.append(Block(-1, len(records)))
        self._records[number] = raw(records)
        self._enter({each: _rows(marks) for each, marks in buckets(fingerprints).items()}, number)
        return number

    def committing(self, number: int, block: Block) -> None:
        """Say which records an own block is about to be: some may turn out to be there already."""
        self._blocks[number] = block

    def committed(self, number: int) -> None:
        """Say that an own block that `committing` was told of can now be read from where the others are."""
        if len(self._records[number]) == RECORD * self._blocks[number].size:  # all of them stayed
            del self._records[number]

    def seen(self) -> int:
        """Return how many blocks of others were looked at so far; see `compared`."""
        return len(self._foreign)

    def compared(self, seen: int) -> list[range]:
        """Return which `seq` records of our own have, and those of the first `seen` blocks of others."""
        unseen = set(self._foreign[seen:])
        blocks = [block for number, block in enumerate(self._blocks) if number not in unseen and block.first >= 0]
        return [range(block.first, block.first + block.size) for block in blocks]

    def _refresh(self) -> None:
        """Take in what others committed since."""
        own = {block.first for block in self._blocks}
        fresh = [block for block in self._kept.blocks(self._last) if block.first not in own]
        if fresh:
            first = len(self._blocks)
            self._blocks += fresh
            self._foreign += range(first, len(self._blocks))
            self._last = fresh[-1].first
            self._read(list(self._buckets), {block.first: first + place for place, block in enumerate(fresh)})

    def _load(self, missing: Sequence[int]) -> None:
        """Read buckets that no text fell into before, and so no own block."""
        for bucket in missing:
            self._buckets[bucket] = (np.empty(0, "S16"), np.empty(0, np.int64))
        self._read(missing, {self._blocks[number].first: number for number in self._foreign})

    def _read(self, wanted: Sequence[int], numbers: dict[int, int]) -> None:
        if not wanted or not numbers:
            return
        for bucket, first, marks in self._kept.marks(wanted, min(numbers) - 1):
            if first in numbers:
                self._enter({bucket: _rows(marks)}, numbers[first])

    def _enter(self, rows: dict[int, NDArray[np.void]], number: int) -> None:
        for bucket, fresh in rows.items():
            known, places = self._buckets.get(bucket, (np.empty(0, "S16"), np.empty(0, np.int64)))
            order = np.argsort(fresh["key"], kind="stable")
            keys, added = fresh["key"][order], fresh["offset"][order].astype(np.int64) + (number << 32)
            at = np.searchsorted(known, keys, side="right")
            self._buckets[bucket] = (np.insert(known, at, keys), np.insert(places, at, added))

    def _record(self, place: int) -> str:
        number, offset = place >> 32, place & 0xFFFFFFFF
        if number not in self._records:
            if len(self._records) > _REMEMBERED:
                self._records = {each: kept for each, kept in self._records.items() if each not in self._foreign}
            self._records[number] = self._kept.records(self._blocks[number].first)
        records = self._records[number]
        return identifier(records[offset * RECORD : (offset + 1) * RECORD])


def _keys(fingerprints: Sequence[bytes]) -> tuple[NDArray[np.uint8], Keys]:
    whole = np.frombuffer(b"".join(fingerprints), np.uint8).reshape(-1, _DIGEST)
    return whole[:, 0].copy(), np.ascontiguousarray(whole[:, :16]).view("S16").ravel()


def _rows(marks: bytes) -> NDArray[np.void]:
    return np.frombuffer(marks, MARK)
