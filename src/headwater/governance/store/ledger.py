"""The ledger's chain."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from headwater.governance.model import LedgerEntry
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.storage.database import Connection

FIRST = "sha256:" + "0" * 64

ledger_entry = sa.Table(
    "ledger_entry",
    metadata,
    sa.Column("scope", sa.String(40), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.String(40), nullable=False),
    sa.Column("event", sa.String(60), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("previous", sa.String(80), nullable=False),
    sa.Column("hash", sa.String(80), nullable=False),
    sa.Index(None, "subject"),
    info={"append_only": True},
)

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
    db.execute(ledger_entry.insert().values(asdict(row)))
    db.execute(ledger_head.update().where(ledger_head.c.scope == row.scope).values(seq=row.seq, hash=row.hash))


def walk(db: Connection, scope: str, *, after: int = 0) -> Iterator[LedgerEntry]:
    """Yield a chain's entries in order."""
    query = sa.select(ledger_entry).where(ledger_entry.c.scope == scope, ledger_entry.c.seq > after)
    for row in db.execute(query.order_by(ledger_entry.c.seq).execution_options(yield_per=1000)).mappings():
        yield LedgerEntry(**row)


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
    return [LedgerEntry(**row) for row in rows]
