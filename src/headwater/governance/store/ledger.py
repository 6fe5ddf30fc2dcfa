"""The ledger's chain."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from headwater.core.canonical import canonical_json
from headwater.governance.chain import FIRST
from headwater.governance.model import BrokenEntryError, LedgerEntry
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.storage.database import Connection

ledger_entry = sa.Table(
    "ledger_entry",
    metadata,
    sa.Column("scope", sa.String(40), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.String(40), nullable=False),
    sa.Column("event", sa.String(60), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("previous", sa.String(80), nullable=False),
    sa.Column("hash", sa.String(80), nullable=False),
    sa.Index(None, "subject"),
    info={"append_only": True},
    sqlite_with_rowid=False,
)
"""One copy of every entry (no separate index of its key on SQLite), its body as canonical JSON, so that no byte of it
can change unnoticed."""

ledger_head = sa.Table(
    "ledger_head",
    metadata,
    sa.Column("scope", sa.String(40), primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.String(80), nullable=False),
)
"""The end of each chain: the row every append locks, so that a chain never forks."""


class Head(NamedTuple):
    """The last entry of a chain."""

    seq: int
    hash: str


def lock(db: Connection, scope: str) -> Head:
    """Return the end of a chain, held until the transaction ends."""
    query = sa.select(ledger_head.c.seq, ledger_head.c.hash).where(ledger_head.c.scope == scope).with_for_update()
    row = db.execute(query).first()
    if row is None:
        if db.dialect.name == "postgresql":  # two first appends at once: the later one waits for the earlier
            db.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext(:scope))"), {"scope": scope})
            row = db.execute(query).first()
        if row is None:
            db.execute(ledger_head.insert().values(scope=scope, seq=0, hash=FIRST))
            return Head(0, FIRST)
    return Head(*row)


def append(db: Connection, row: LedgerEntry) -> None:
    """Store an entry and move the end of its chain."""
    values = {name: getattr(row, name) for name in ledger_entry.c.keys()}  # noqa: SIM118 -- columns, not a mapping
    db.execute(ledger_entry.insert().values(values | {"body": canonical_json(row.body).decode()}))
    db.execute(ledger_head.update().where(ledger_head.c.scope == row.scope).values(seq=row.seq, hash=row.hash))


def walk(db: Connection, scope: str) -> Iterator[LedgerEntry]:
    """Yield a chain's entries in order.

    The whole table is read and no index is searched: a key that was tampered with would lead the search astray.

    Raises:
        BrokenEntryError: The next entry cannot be read.
    """
    query = (
        sa.select(ledger_entry)
        .where(ledger_entry.c.scope.concat("") == scope)
        .order_by(ledger_entry.c.scope, ledger_entry.c.seq)
    )
    seen = 0
    try:
        with db.execute(query.execution_options(yield_per=1000)) as rows:
            for row in rows.mappings():
                yield _entry(row)
                seen += 1
    except _UNREADABLE:  # somewhere in a thousand rows: read one by one to learn which
        try:
            with db.execute(query.execution_options(yield_per=1)) as rows:
                for row in islice(rows.mappings(), seen, None):
                    yield _entry(row)
        except _UNREADABLE as error:
            raise BrokenEntryError("cannot be read") from error


_UNREADABLE = (sa.exc.DBAPIError, AttributeError, OverflowError, TypeError, ValueError)


def head(db: Connection, scope: str) -> Head:
    """Return the end of a chain."""
    row = db.execute(sa.select(ledger_head.c.seq, ledger_head.c.hash).where(ledger_head.c.scope == scope)).first()
    return Head(*row) if row else Head(0, FIRST)


def scopes(db: Connection) -> list[str]:
    """Return all chains."""
    return list(db.execute(sa.select(ledger_head.c.scope).order_by(ledger_head.c.scope)).scalars())


def page(db: Connection, scope: str, *, before: int = 0, words: str = "", limit: int = 50) -> list[LedgerEntry]:
    """Return entries newest first, before a place in the chain, those whose event or subject holds the words."""
    query = sa.select(ledger_entry).where(ledger_entry.c.scope == scope)
    if before:
        query = query.where(ledger_entry.c.seq < before)
    if words:
        wanted = f"%{words}%"
        query = query.where(
            sa.or_(
                ledger_entry.c.event.like(wanted), ledger_entry.c.subject.like(wanted), ledger_entry.c.actor == words
            )
        )
    rows = db.execute(query.order_by(ledger_entry.c.seq.desc()).limit(limit)).mappings()
    return [_entry(row) for row in rows]


def _entry(row: Any) -> LedgerEntry:  # noqa: ANN401 -- a row mapping
    body = json.loads(row["body"])
    if canonical_json(body) != row["body"].encode():
        raise BrokenEntryError("was changed: its body is not in canonical form")
    return LedgerEntry(**{**row, "body": body})
