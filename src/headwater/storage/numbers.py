"""The numbers of records: each gets the next `seq` as it arrives, and rows of a table stand in that order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    import lance
    from numpy.typing import ArrayLike, NDArray


class Places:
    """At which row of a version of a table each number is, kept as runs: few, since only what was erased makes gaps."""

    def __init__(self, runs: ArrayLike) -> None:
        """Keep runs.

        Args:
            runs: The first number of each, its row, and how many numbers follow each other in rows that do,
                shape (runs, 3), in any order.
        """
        found = np.asarray(runs, np.int64).reshape(-1, 3)
        self._first, self._row, self._length = found[np.argsort(found[:, 0])].T

    def rows(self, seq: Sequence[int]) -> NDArray[np.int64]:
        """Return the rows of some numbers, in their order; those that are not there are left out."""
        wanted = np.asarray(seq, np.int64)
        if not self._first.size:
            return wanted[:0]
        run = np.searchsorted(self._first, wanted, side="right") - 1
        inside = (run >= 0) & (wanted - self._first[run] < self._length[run])
        run, wanted = run[inside], wanted[inside]
        return np.asarray(self._row[run] + wanted - self._first[run], np.int64)


def runs(seq: ArrayLike, row: int = 0) -> NDArray[np.int64]:
    """Return the runs (see `Places`) of the numbers of some rows that follow each other.

    Args:
        seq: Their numbers, none twice, shape (rows,).
        row: The first row.
    """
    numbers = np.asarray(seq, np.int64)
    start = np.flatnonzero(np.diff(numbers, prepend=numbers[:1] - 2) != 1)
    return np.stack([numbers[start], start + row, np.diff(start, append=numbers.size)], axis=1)


def places(dataset: lance.LanceDataset) -> Places:
    """Return where the numbers of a dataset are; of a fragment without gaps only the two ends are read."""
    fragments = [(each, each.count_rows()) for each in dataset.get_fragments()]
    fragments = [(each, size) for each, size in fragments if size]
    stop = np.cumsum([size for _, size in fragments])
    start = stop - [size for _, size in fragments]
    ends = dataset.take(np.stack([start, stop - 1], axis=1).ravel().tolist(), columns=["seq"]).column(0).to_numpy()
    found = [np.empty((0, 3), np.int64)]
    for (fragment, size), (low, high), row in zip(fragments, ends.reshape(-1, 2).tolist(), start.tolist(), strict=True):
        whole = high - low == size - 1  # numbers ascend with the rows
        found.append(np.array([[low, row, size]]) if whole else runs(_numbers(fragment), row))
    return Places(np.concatenate(found))


def _numbers(fragment: lance.LanceFragment) -> NDArray[np.int64]:
    read: NDArray[np.int64] = fragment.to_table(columns=["seq"]).column(0).to_numpy()
    return read


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
