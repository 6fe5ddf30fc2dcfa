"""Appends in a row: one is written while the transaction that makes the one before it visible still runs.

The lease on the table passes from append to append, so that nobody else writes in between. An append onto rows that
are not visible yet becomes visible after them or never, since a pin moves only from the version it was made from: what
a crash leaves is a tail beyond the pin, which the next writer cuts off as any other. Once no append follows, the
transaction of the last one frees the lease.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from headwater.storage import pins

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    import pyarrow as pa

    from headwater.storage.database import Connection, Database
    from headwater.storage.pins import Pin
    from headwater.storage.records import RecordTables


class Appends:
    """The appends of one writer: `append` is called by one thread, `confirmed` in the same order by another.

    Use it in a `with` statement, around the threads: a lease that an error left is given up at its end.
    """

    def __init__(self, tables: RecordTables, database: Database, program: str) -> None:
        """Take no lease yet.

        Args:
            tables: The record tables.
            database: Where the pin is kept.
            program: Whose table.
        """
        self._tables, self._database, self._program = tables, database, program
        self._lock = threading.Lock()
        self._newest: Pin | None = None
        """The last append, as long as its lease is held."""
        self._appending = False
        self._came_before = False

    def append(self, rows: pa.Table, *, compared: Sequence[range] = ()) -> Pin:
        """Add rows after those of the append before, whether they are visible yet or not; see `RecordTables.append`.

        Raises:
            ConflictError: Others were writing this table for too long, or wrote to it past the lease.
        """
        with self._lock:
            before, self._appending = self._newest, True
        if before is None and self._came_before:
            time.sleep(2 * pins.POLL_S)  # for whoever waits: they ask for the lease that often
        self._came_before = True
        pin = self._tables.append(self._database, self._program, rows, compared=compared, after=before)
        with self._lock:
            self._newest, self._appending = pin, False
        return pin

    @contextmanager
    def confirmed(self, db: Connection, pin: Pin) -> Iterator[None]:
        """Make an append visible in a transaction of which the block is the rest; frees the lease if none follows.

        Raises:
            ConflictError: The lease was lost, or the append before was not made visible.
        """
        pins.move(db, self._program, pin, keep=True)
        yield
        with self._lock:
            is_last = self._newest is pin and not self._appending
            if is_last:
                self._newest = None
        if is_last:  # who leases now waits for this transaction, which holds the row of the pin
            pins.free(db, self._program, pin)

    def __enter__(self) -> Self:
        """Return the appends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lease up if it is still held; what was not confirmed stays invisible."""
        if self._newest is not None:
            pins.give_up(self._database, self._program, self._newest)
