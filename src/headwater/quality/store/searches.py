"""Searches for label errors."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.core.canonical import plain
from headwater.quality.doubts import ErrorSearch, Suspect
from headwater.stats.interval import restored
from headwater.storage.database import WHOLE, Moment, Part, metadata, newest_first

if TYPE_CHECKING:
    from headwater.storage.database import Connection

error_search = sa.Table(
    "error_search",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("searched_at", Moment, nullable=False),
    sa.Index(None, "program", "id"),
    info={"append_only": True},
)


def add(db: Connection, program: str, row: ErrorSearch) -> None:
    """Store a search."""
    body = plain(asdict(row))
    db.execute(error_search.insert().values(id=row.id, program=program, body=body, searched_at=row.searched_at))


def select(db: Connection, program: str, *, identifier: str = "", part: Part = WHOLE) -> list[ErrorSearch]:
    """Return searches, newest first."""
    query = sa.select(error_search).where(error_search.c.program == program)
    if identifier:
        query = query.where(error_search.c.id == identifier)
    return [
        ErrorSearch(
            **row.body
            | {
                "values": tuple(row.body["values"]),
                "noise": tuple(tuple(line) for line in row.body["noise"]),
                "rate": restored(row.body["rate"]),
                "suspects": tuple(Suspect(**each) for each in row.body["suspects"]),
                "searched_at": row.searched_at,
            }
        )
        for row in db.execute(newest_first(query, error_search.c.id, part))
    ]
