"""Prepared statements sent to PostgreSQL by libpq's own calls.

A driver's cursor is built to do everything: its way through one execution is some seventy Python calls, which cost
three times what libpq needs to send a statement that the server knows and to wait for the rows. Values are written
and read by the driver's own adapters, so they mean the same as anywhere else.

A wait costs more than a statement: two processes wake each other, and the interpreter's lock goes to somebody else
meanwhile. So what nobody asks the outcome of (the beginning of a transaction, a write, its commit) is sent together
with the next statement that somebody does, in libpq's pipeline mode. The server takes all in their order; after one
that it refuses it passes the others by, and the refusal is told at the next wait, at the latest by the commit.
What is known to be read soon is asked for `ahead`, travels the same way, and is there when it is read.
"""

from __future__ import annotations

import select
from collections import deque
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors, pq
from psycopg.adapt import PyFormat, Transformer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from psycopg.abc import Transformer as Adapters
    from psycopg.pq.abc import PGresult
    from sqlalchemy import Connection

_Asked = tuple[object, ...]
"""A statement with its values."""

__all__ = ["Result", "Wired", "ahead", "copy", "execute", "send"]

_GONE = "The server ended the connection."
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


class Wired(psycopg.Connection[Any]):
    """The driver's connection, which first hears what was sent on its wire before it uses it itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- the driver's
        """Open the wire of a connection."""
        super().__init__(*args, **kwargs)
        self.wire = _Wire(self)

    def wait(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- the driver's
        """Do what the driver's connection does, after everything before."""
        if self.wire.is_open:
            self.wire.settle()
        return super().wait(*args, **kwargs)

    def commit(self) -> None:
        """Commit, together with the writes that nobody waited for."""
        if self.wire.is_open:
            self.wire.settle(b"COMMIT")
        else:
            super().commit()

    def rollback(self) -> None:
        """Roll back; what became of the writes does not matter any more."""
        if self.wire.is_open:
            with suppress(psycopg.Error):
                self.wire.settle()
        super().rollback()


class _Wire:
    """One connection to the server, the statements it knows, and those whose outcome was not heard yet."""

    def __init__(self, driver: Wired) -> None:
        self._connection = driver.pgconn
        self._adapters: Adapters = Transformer(driver)
        self._known: dict[str, bytes] = {}
        self._names = count()
        self._fresh: list[str] = []
        """Known statements that the server may still refuse."""
        self._unheard: deque[_Asked | None] = deque()
        """Statements sent, in their order; those that are read later by what they ask."""
        self._ahead: set[_Asked] = set()
        """What was asked for ahead and not read yet."""
        self._heard: dict[_Asked, Result] = {}
        """What came of those."""
        self._is_piping = False
        self._socket = select.poll()
        self._socket.register(self._connection.socket, select.POLLIN)

    @property
    def is_open(self) -> bool:
        """Return whether the connection is in pipeline mode, where the driver cannot use it."""
        return self._is_piping and self._connection.status == pq.ConnStatus.OK

    def send(self, text: str, values: Sequence[object], asked: _Asked | None = None) -> None:
        """Send a statement along with the next one that is waited for."""
        # as text whatever they are: the server, not the size of a number, says which type a parameter has
        sent: Any = self._adapters.dump_sequence(values, [PyFormat.TEXT] * len(values))
        if not self._is_piping:
            self._begin()
        name = self._known.get(text)
        if name is None:
            name = self._known[text] = f"headwater_{next(self._names)}".encode()
            self._fresh.append(text)
            self._connection.send_prepare(name, text.encode())
            self._unheard.append(None)
        self._connection.send_query_prepared(name, sent)
        self._unheard.append(asked)

    def ahead(self, text: str, values: Sequence[object]) -> None:
        """Send a statement whose outcome `execute` will want, unless that was done already."""
        asked = (text, *values)
        if asked not in self._ahead:
            self.send(text, values, asked)
            self._ahead.add(asked)

    def execute(self, text: str, values: Sequence[object]) -> Result:
        """Send a statement, unless it was sent ahead, and wait for what comes of it."""
        asked = (text, *values)
        if asked not in self._ahead:
            self.send(text, values)
            return self._hear()
        if asked not in self._heard:
            self._hear()
        self._ahead.remove(asked)
        return self._heard.pop(asked)

    def settle(self, last: bytes = b"") -> None:
        """Hear what became of all statements, and of a last one, and leave the connection to the driver."""
        if last:
            self._connection.send_query_params(last, None)
        self._leave()

    def _begin(self) -> None:
        begins = self._connection.transaction_status == pq.TransactionStatus.IDLE
        self._connection.enter_pipeline_mode()
        self._is_piping = True
        if begins:
            self._connection.send_query_params(b"BEGIN", None)
            self._unheard.append(None)

    def _hear(self) -> Result:
        """Hear everything that was sent, and return what came of the last statement."""
        self._connection.send_flush_request()
        self._flush()
        while True:
            result = self._next()
            if result is None or result.status not in _DONE:
                self._leave(result)
                raise psycopg.OperationalError(_GONE)
            self._next()  # None, which ends what there is to hear of one statement
            asked = self._unheard.popleft()
            if asked is not None:
                self._heard[asked] = Result(self._adapters, result)
            if not self._unheard:
                self._fresh.clear()
                return Result(self._adapters, result)

    def _leave(self, refused: PGresult | None = None) -> None:
        """Come to where the server and we agree that nothing is under way; raise what it refused before."""
        self._connection.pipeline_sync()
        self._flush()
        while (result := self._next()) is None or result.status != pq.ExecStatus.PIPELINE_SYNC:
            if result is None and self._connection.status != pq.ConnStatus.OK:
                raise psycopg.OperationalError(_GONE)
            if refused is None and result is not None and result.status == pq.ExecStatus.FATAL_ERROR:
                refused = result
        self._connection.exit_pipeline_mode()
        self._is_piping = False
        self._unheard.clear()
        self._ahead.clear()
        self._heard.clear()
        fresh, self._fresh = self._fresh, []
        if refused is not None:
            for text in fresh:
                del self._known[text]
            raise errors.error_from_result(refused, encoding=self._adapters.encoding)

    def _flush(self) -> None:
        """Send what was not sent yet, hearing meanwhile: the server may wait for us to listen."""
        connection = self._connection
        while connection.flush():
            self._socket.modify(connection.socket, select.POLLIN | select.POLLOUT)
            self._socket.poll()
            self._socket.modify(connection.socket, select.POLLIN)
            connection.consume_input()

    def _next(self) -> PGresult | None:
        """Return the next result there is to hear, waiting for it without the interpreter's lock."""
        connection = self._connection
        while connection.is_busy():
            self._socket.poll()
            connection.consume_input()
        return connection.get_result()


def execute(db: Connection, text: str, values: Sequence[object]) -> Result:
    """Execute a statement whose parameters are `$1`, `$2`, … in the open transaction.

    The server parses it once for each connection and takes each parameter for what its place in the statement wants: a
    number beside a literal is a 32-bit integer unless the statement casts it. Waits without the interpreter's lock,
    also for rows that others hold.

    Raises:
        psycopg.Error: What the server or the adapters refuse.
    """
    return _wire(db).execute(text, values)


def send(db: Connection, text: str, values: Sequence[object]) -> None:
    """Execute a statement as `execute` does, without waiting: a refusal is raised by what is waited for next.

    Raises:
        psycopg.Error: What the adapters refuse.
    """
    _wire(db).send(text, values)


def ahead(db: Connection, text: str, values: Sequence[object]) -> None:
    """Send a statement that `execute` will soon want with the same values; what came of it is then there.

    What it reads is as it was in its turn, not when `execute` asks. A refusal is raised by what is waited for next.

    Raises:
        psycopg.Error: What the adapters refuse.
    """
    _wire(db).ahead(text, values)


def copy(db: Connection, statement: str, rows: Iterable[str]) -> None:
    """Execute a COPY from the client, with rows in its text format, some at a time.

    Raises:
        psycopg.Error: What the server refuses.
    """
    driver: Any = db.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as sink:
        for some in rows:
            sink.write(some)


def _wire(db: Connection) -> _Wire:
    driver: Any = db.connection.driver_connection
    wire: _Wire = driver.wire
    return wire
