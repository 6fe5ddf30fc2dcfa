"""Tables and SQL of training."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.storage.database import WHOLE, Moment, Part, metadata, newest_first
from headwater.training.model import Run

if TYPE_CHECKING:
    from headwater.storage.database import Connection

training_run = sa.Table(
    "training_run",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("model_id", sa.String(40), nullable=False, unique=True),
    sa.Column("release_id", sa.String(40), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("params", sa.JSON, nullable=False),
    sa.Column("model_digest", sa.String(80), nullable=False),
    sa.Column("metrics", sa.JSON, nullable=False),
    sa.Column("registered_by", sa.String(40), nullable=False),
    sa.Column("registered_at", Moment, nullable=False),
    sa.Index(None, "program", "registered_at"),
    sa.Index(None, "release_id"),
    info={"append_only": True},
)


def add(db: Connection, row: Run, program: str) -> None:
    """Store a run."""
    db.execute(training_run.insert().values(**asdict(row), program=program))


def search(db: Connection, program: str, *, identifier: str = "", release: str = "", part: Part = WHOLE) -> list[Run]:
    """Return runs, newest first; one by its id or its model's, or those of a release."""
    query = sa.select(training_run).where(training_run.c.program == program)
    if identifier:
        query = query.where(sa.or_(training_run.c.id == identifier, training_run.c.model_id == identifier))
    if release:
        query = query.where(training_run.c.release_id == release)
    rows = db.execute(newest_first(query, training_run.c.id, part)).mappings()
    return [Run(**{name: row[name] for name in row if name != "program"}) for row in rows]
