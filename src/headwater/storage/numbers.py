"""The numbers of records: each gets the next `seq` as it arrives, and rows of a table stand in that order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


class Places:
    """At which row of a version of a table each number is, kept as runs: few, since only what was erased makes gaps."""

    def __init__(self, seq: ArrayLike) -> None:
        """Learn the rows.

        Args:
            seq: The number of each row, shape (rows,); none twice.
        """
        numbers = np.asarray(seq, np.int64)
        starts = np.flatnonzero(np.diff(numbers, prepend=numbers[:1] - 2) != 1)
        order = np.argsort(numbers[starts])
        self._row = starts[order]
        self._first = numbers[self._row]
        self._length = np.diff(starts, append=numbers.size)[order]

    def rows(self, seq: Sequence[int]) -> NDArray[np.int64]:
        """Return the rows of some numbers, in their order; those that are not there are left out."""
        wanted = np.asarray(seq, np.int64)
        if not self._first.size:
            return wanted[:0]
        run = np.searchsorted(self._first, wanted, side="right") - 1
        inside = (run >= 0) & (wanted - self._first[run] < self._length[run])
        run, wanted = run[inside], wanted[inside]
        return self._row[run] + wanted - self._first[run]


def fresh(rows: pa.Table, known: pa.StringArray, first: int, schema: pa.Schema) -> pa.Table:
    """Return the rows whose `record_id` is not known, once each, numbered from `first` on."""
    ids = rows.column("record_id").combine_chunks()
    keep = pc.equal(pc.index_in(ids, ids), pa.array(np.arange(len(ids), dtype=np.int32)))
    if len(known):
        keep = pc.and_(keep, pc.invert(pc.is_in(ids, known)))
    new = rows if pc.all(keep).as_py() else rows.filter(keep)
    seq = pa.array(np.arange(first, first + new.num_rows))
    columns = [seq if field.name == "seq" else new.column(field.name).cast(field.type) for field in schema]
    return pa.table(columns, schema=schema)


def gaps(compared: Sequence[range], end: int) -> list[range]:
    """Return what is left of 0 to `end` without some ranges, which do not overlap."""
    found, start = [], 0
    for each in sorted(compared, key=lambda one: one.start):
        if start < min(each.start, end):
            found.append(range(start, min(each.start, end)))
        start = each.stop
    return [*found, range(start, end)] if start < end else found
