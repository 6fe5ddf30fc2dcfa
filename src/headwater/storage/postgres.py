"""Prepared statements sent to PostgreSQL by libpq's own calls.

A driver's cursor is built to do everything: its way through one execution is some seventy Python calls, which cost
three times what libpq needs to send a statement that the server knows and to wait for the rows. Values are written
and read by the driver's own adapters, so they mean the same as anywhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import errors, pq
from psycopg.adapt import PyFormat, Transformer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.abc import Transformer as Adapters
    from psycopg.pq.abc import PGresult

    from headwater.storage.database import Connection

__all__ = ["Result", "execute"]

_DONE = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class Result:
    """What came of a statement, read like a cursor."""

    __slots__ = ("_adapters", "_result")

    def __init__(self, adapters: Adapters, result: PGresult) -> None:
        """Keep a result; its values are made into Python's when they are fetched."""
        self._adapters = adapters
        self._result = result

    @property
    def rowcount(self) -> int:
        """Return how many rows were changed or returned."""
        return self._result.command_tuples or 0

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the first row, or None without one."""
        rows = self._rows(min(1, self._result.ntuples))
        return rows[0] if rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows."""
        return self._rows(self._result.ntuples)

    def close(self) -> None:
        """Give back the memory of the rows."""
        self._result.clear()

    def _rows(self, count: int) -> list[tuple[Any, ...]]:
        if not count:
            return []
        self._adapters.set_pgresult(self._result)
        return self._adapters.load_rows(0, count, tuple)


class _Wire:
    """One connection to the server and the statements it knows."""

    def __init__(self, driver: Any) -> None:  # noqa: ANN401 -- the driver's connection
        self._connection = driver.pgconn
        self._adapters: Adapters = Transformer(driver)
        self._known: dict[str, bytes] = {}

    def execute(self, text: str, values: Sequence[object]) -> Result:
        connection = self._connection
        if connection.transaction_status == pq.TransactionStatus.IDLE:
            self._checked(connection.exec_(b"BEGIN"))
        name = self._known.get(text)
        if name is None:
            name = f"headwater_{len(self._known)}".encode()
            self._checked(connection.prepare(name, text.encode()))
            self._known[text] = name
        # as text whatever they are: the server, not the size of a number, says which type a parameter has
        sent: Any = self._adapters.dump_sequence(values, [PyFormat.TEXT] * len(values))
        return Result(self._adapters, self._checked(connection.exec_prepared(name, sent)))

    def _checked(self, result: PGresult) -> PGresult:
        if result.status not in _DONE:
            raise errors.error_from_result(result, encoding=self._adapters.encoding)
        return result


def execute(db: Connection, text: str, values: Sequence[object]) -> Result:
    """Execute a statement whose parameters are `$1`, `$2`, … in the open transaction.

    The server parses it once for each connection and takes each parameter for what its place in the statement wants: a
    number beside a literal is a 32-bit integer unless the statement casts it. Waits without the interpreter's lock,
    also for rows that others hold.

    Raises:
        psycopg.Error: What the server or the adapters refuse.
    """
    wire: _Wire | None = db.info.get(_Wire)
    if wire is None:
        wire = db.info[_Wire] = _Wire(db.connection.driver_connection)  # kept as long as the connection
    return wire.execute(text, values)
