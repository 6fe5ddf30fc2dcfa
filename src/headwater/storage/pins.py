"""Pins of record tables: which version of a program's table is committed, and who is writing the next one."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.core.errors import ConflictError
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from datetime import datetime

    from headwater.storage.database import Connection, Database

LEASE = timedelta(minutes=10)

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
    added: int = 0
    """Rows this append added."""
    skipped: int = 0
    """Rows that were there already."""


def current(db: Connection, program: str) -> Pin:
    """Return the committed pin; version 0 when the program has no records yet."""
    row = db.execute(sa.select(record_pin).where(record_pin.c.program == program)).mappings().first()
    if row is None:
        return Pin(version=0, rows=0, next_seq=0, writer="")
    return Pin(version=row["version"], rows=row["rows"], next_seq=row["next_seq"], writer=row["writer"])


def lease(database: Database, program: str, now: datetime) -> Pin:
    """Take the writer's lease of a table, which is the intent to append.

    Raises:
        ConflictError: Another live process is writing this table.
    """
    me = writer_name()
    with database.write() as db:
        row = (
            db.execute(sa.select(record_pin).where(record_pin.c.program == program).with_for_update())
            .mappings()
            .first()
        )
        if row is None:
            db.execute(
                record_pin.insert().values(
                    program=program, version=0, rows=0, next_seq=0, writer=me, writer_until=now + LEASE
                )
            )
        elif row["writer"] in ("", me) or row["writer_until"] < now or not alive(row["writer"]):
            db.execute(
                record_pin.update().where(record_pin.c.program == program).values(writer=me, writer_until=now + LEASE)
            )
        else:
            raise ConflictError(
                f"Another process ({row['writer']}) is adding records to this program.",
                remedy="Wait for it to finish, then repeat.",
            )
        return current(db, program)


def move(db: Connection, program: str, pin: Pin) -> None:
    """Make an append visible, in the caller's transaction.

    Raises:
        ConflictError: The writer's lease was lost in between; nothing became visible.
    """
    result = db.execute(
        record_pin.update()
        .where(record_pin.c.program == program, record_pin.c.writer == pin.writer)
        .values(version=pin.version, rows=pin.rows, next_seq=pin.next_seq, writer="")
    )
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
