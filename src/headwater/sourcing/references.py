"""Records as people name them in their own files: by id, by what they say, or by the file of their picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from headwater.core.errors import InvalidError
from headwater.sourcing import store
from headwater.sourcing.marks import Block, Marks
from headwater.text import columns, normal, personal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headwater.context import Context

WAYS = ("record", "text", "file")


class BadReferenceError(InvalidError):
    """Something names no record, or several; the fact `row` says which row it was, from 0."""

    code = "bad_reference"


def resolve(ctx: Context, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the id of the record that each row names.

    Args:
        ctx: The context.
        rows: Each with one of `record` (an id), `text` (all that a record without turns says, as it was taken in or as
            it stands since personal data was masked) and `file` (the name its picture came with).

    Raises:
        BadReferenceError: A row names none or several; ids are believed.
    """
    ways = [_way(place, row) for place, row in enumerate(rows)]
    wanted = {
        way: list(dict.fromkeys(str(row[way]) for row, its in zip(rows, ways, strict=True) if its == way))
        for way in WAYS
    }
    known = {
        "record": {each: [each] for each in wanted["record"]},
        "text": _said(ctx, wanted["text"]),
        "file": _filed(ctx, wanted["file"]),
    }
    found = []
    for place, (row, way) in enumerate(zip(rows, ways, strict=True)):
        records = known[way].get(str(row[way]), [])
        if len(records) != 1:
            raise BadReferenceError(
                f"{len(records) or 'No'} record{'s have' if records else ' has'} the {way} '{str(row[way])[:80]}'.",
                remedy="Name it by its id: headwater record list --words …" if records else "Take it in first.",
                row=place,
            )
        found += records
    return found


def _way(place: int, row: Mapping[str, Any]) -> str:
    given = [way for way in WAYS if row.get(way) not in (None, "")]
    if len(given) != 1:
        raise BadReferenceError(
            f"A row names its record by one of {', '.join(WAYS)}; this one has {' and '.join(given) or 'none'}.",
            row=place,
        )
    return given[0]


def _said(ctx: Context, texts: Sequence[str]) -> dict[str, list[str]]:
    """Return the record that says each text: exact duplicates are taken in once, so there is one at most."""
    if not texts:
        return {}
    clean = [normal.clean(each) for each in texts]
    both = [*clean, *map(personal.mask, clean)]
    prints = columns.fingerprints(both, np.zeros(len(both), np.bool_))
    records = Marks(_Committed(ctx)).find(prints)
    pairs = zip(texts, prints[: len(texts)], prints[len(texts) :], strict=True)
    found = {text: records.get(one) or records.get(other) for text, one, other in pairs}
    return {text: [record] for text, record in found.items() if record}


def _filed(ctx: Context, files: Sequence[str]) -> dict[str, list[str]]:
    """Return the records whose pictures came with some names."""
    found: dict[str, list[str]] = {each: [] for each in files}
    if files:
        where = "payload LIKE '%\"file\":%'"
        rows = ctx.records.scan(ctx.db, ctx.program, columns=["record_id", "payload"], where=where)
        for record, payload in zip(*(rows.column(name).to_pylist() for name in ("record_id", "payload")), strict=True):
            if (name := orjson.loads(payload).get("file")) in found:
                found[name].append(record)
    return found


class _Committed:
    """The marks of the program's records, read in the transaction at hand."""

    def __init__(self, ctx: Context) -> None:
        self._db, self._program = ctx.db, ctx.program

    def blocks(self, after: int) -> list[Block]:
        return store.blocks(self._db, self._program, after)

    def marks(self, buckets: Sequence[int], after: int) -> list[tuple[int, int, bytes]]:
        return store.marks(self._db, self._program, buckets, after)

    def records(self, first: int) -> bytes:
        return store.block_records(self._db, self._program, first)
