"""Pins of record tables: which version of a program's table is committed, and who is writing the next one."""

from __future__ import annotations

import os
import socket
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.core.errors import ConflictError
from headwater.storage.database import Moment, insert, metadata

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from headwater.storage.database import Connection, Database

LEASE = timedelta(minutes=10)
PATIENCE_S = 60.0
"""How long an append waits for the one before it."""
POLL_S = 0.02
"""How long it waits before it asks again."""

record_pin = sa.Table(
    "record_pin",
    metadata,
    sa.Column("program", sa.String(40), primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("next_seq", sa.BigInteger, nullable=False),
    sa.Column("writer", sa.String(120), nullable=False),
    sa.Column("writer_until", Moment, nullable=False),
)
"""The commit point of a record table: rows beyond `version` do not exist until the pin moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A version of a record table, as it will be once confirmed."""

    version: int
    """0 for a table without rows."""
    rows: int
    next_seq: int
    writer: str
    base: int = 0
    """The version it was made from."""
    added: int = 0
    """Rows this append added."""
    skipped: int = 0
    """Rows that were there already, or came twice."""
    present: frozenset[str] = frozenset()
    """The ids of those that were there already."""


def current(db: Connection, program: str) -> Pin:
    """Return the committed pin; version 0 when the program has no records yet."""
    row = db.execute(sa.select(record_pin).where(record_pin.c.program == program)).mappings().first()
    if row is None:
        return Pin(version=0, rows=0, next_seq=0, writer="")
    version: int = row["version"]
    return Pin(version=version, rows=row["rows"], next_seq=row["next_seq"], writer=row["writer"], base=version)


def lease(database: Database, program: str, clock: Callable[[], datetime]) -> Pin:
    """Take the writer's lease of a table, which is the intent to append; waits while another thread or process has it.

    A lease is free once its append was confirmed or given up, its thread or process ended, or its time ran out.

    Raises:
        ConflictError: The table was written by others for too long.
    """
    me = f"{writer_name()}/{threading.get_ident()}"
    until = time.monotonic() + PATIENCE_S
    while True:
        pin = _try_lease(database, program, me, clock())
        if pin.writer == me:
            return pin
        if time.monotonic() > until:
            raise ConflictError(
                f"Another process ({pin.writer}) is adding records to this program.",
                remedy="Wait for it to finish, then repeat.",
            )
        time.sleep(POLL_S)


def _try_lease(database: Database, program: str, me: str, now: datetime) -> Pin:
    with database.write() as db:
        db.execute(
            insert(db, record_pin)
            .values(program=program, version=0, rows=0, next_seq=0, writer="", writer_until=now)
            .on_conflict_do_nothing()
        )
        query = sa.select(record_pin).where(record_pin.c.program == program).with_for_update()
        row = db.execute(query).mappings().one()
        if row["writer"] in ("", me) or row["writer_until"] < now or not _writing(row["writer"]):
            values = {"writer": me, "writer_until": now + LEASE}
            db.execute(record_pin.update().where(record_pin.c.program == program).values(values))
        return current(db, program)


def give_up(database: Database, program: str, pin: Pin) -> None:
    """Free the lease of an append that will not be confirmed; nothing happens when it was."""
    with database.write() as db:
        free(db, program, pin)


def free(db: Connection, program: str, pin: Pin) -> None:
    """Free the lease of an append, in the caller's transaction."""
    mine = [record_pin.c.program == program, record_pin.c.writer == pin.writer]
    db.execute(record_pin.update().where(*mine).values(writer=""))


def _writing(writer: str) -> bool:
    """Return whether the thread that holds a lease may still be at work."""
    process, _, thread = writer.rpartition("/")
    if process == writer_name():
        return any(str(known.ident) == thread for known in threading.enumerate())
    return alive(process)


def move(db: Connection, program: str, pin: Pin, *, keep: bool = False) -> None:
    """Make an append visible, in the caller's transaction.

    Args:
        db: The open transaction.
        program: Whose table.
        pin: What `RecordTables.append` returned.
        keep: Whether the writer goes on holding the lease.

    Raises:
        ConflictError: The writer's lease was lost in between, or what it appended to is not visible; nothing of it is.
    """
    mine = [record_pin.c.program == program, record_pin.c.writer == pin.writer, record_pin.c.version == pin.base]
    values = {"version": pin.version, "rows": pin.rows, "next_seq": pin.next_seq}
    result = db.execute(record_pin.update().where(*mine).values(values if keep else values | {"writer": ""}))
    if result.rowcount != 1:
        raise ConflictError("The lease on the record table was lost; the append was not made visible.")


def writer_name() -> str:
    """Return the name of this process: machine, process id and its start."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{_started(os.getpid())}"


def alive(writer: str) -> bool:
    """Return whether the process of that name may still be running; always true of other machines' processes."""
    host, process, started = writer.rsplit(":", 2)
    if host != socket.gethostname()[:60]:
        return True  # on another machine: only the end of the lease can tell
    return _started(int(process)) == started != ""


def _started(process: int) -> str:
    try:
        return (
            Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[19]
        )
    except OSError:
        return ""
