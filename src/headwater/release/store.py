"""Tables and SQL of releases."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.core.canonical import plain
from headwater.release.model import Gate, Release, ReleaseId, ReleaseState, Selection, SplitPolicy
from headwater.stats.interval import restored
from headwater.storage.database import WHOLE, Moment, Part, metadata, newest_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.storage.database import Connection

release = sa.Table(
    "release",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("dataset", sa.String(80), nullable=False),
    sa.Column("version", sa.String(40), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("parent", sa.String(40)),
    sa.Column("path", sa.String(200), nullable=False),
    sa.Column("members", sa.Integer, nullable=False),
    sa.Column("built_by", sa.String(40), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("selection", sa.JSON, nullable=False),
    sa.Column("split", sa.JSON, nullable=False),
    sa.Column("gates", sa.JSON, nullable=False),
    sa.UniqueConstraint("program", "dataset", "version"),
    sa.Index(None, "program", "created_at"),
)
release.info["frozen"] = tuple(each.name for each in release.columns if each.name != "state")
"""One immutable dataset version a row; only `state` ever changes (a trigger sees to it)."""

release_member = sa.Table(
    "release_member",
    metadata,
    sa.Column("release_id", sa.String(40), sa.ForeignKey("release.id"), primary_key=True),
    sa.Column("record_id", sa.String(80), primary_key=True),
    sa.Index(None, "record_id"),
    info={"append_only": True},
)
"""Which record is in which release, for tracing down from a record; the release's own files are the truth."""


def insert(db: Connection, row: Release, program: str, records: Sequence[str]) -> None:
    """Store a new release and its membership."""
    values = asdict(row) | {"program": program, "gates": plain([asdict(gate) for gate in row.gates])}
    db.execute(release.insert().values(values))
    if records:
        db.execute(release_member.insert(), [{"release_id": row.id, "record_id": record} for record in records])


def get(db: Connection, program: str, identifier: str) -> Release | None:
    """Return a release by id, `dataset@version` or version (the newest dataset's)."""
    dataset, at, version = identifier.rpartition("@")
    by_name = [release.c.version == (version if at else identifier)] + ([release.c.dataset == dataset] if at else [])
    query = (
        sa.select(release)
        .where(release.c.program == program, sa.or_(release.c.id == identifier, sa.and_(*by_name)))
        .order_by(release.c.created_at.desc())
        .limit(1)
    )
    row = db.execute(query).mappings().first()
    return _release(row) if row else None


def newest(db: Connection, program: str, *, dataset: str = "", part: Part = WHOLE) -> list[Release]:
    """Return releases, newest first."""
    query = sa.select(release).where(release.c.program == program)
    if dataset:
        query = query.where(release.c.dataset == dataset)
    rows = db.execute(newest_first(query, release.c.id, part)).mappings()
    return [_release(row) for row in rows]


def set_state(db: Connection, identifier: str, *, old: Sequence[str], new: ReleaseState) -> bool:
    """Move a release to a state from one of the given ones; False when it was in none of them."""
    result = db.execute(
        release.update().where(release.c.id == identifier, release.c.state.in_(old)).values(state=new.value)
    )
    return result.rowcount == 1


def containing(db: Connection, record: str) -> list[ReleaseId]:
    """Return the releases a record is a member of, oldest first."""
    query = (
        sa.select(release.c.id)
        .join(release_member, release_member.c.release_id == release.c.id)
        .where(release_member.c.record_id == record)
        .order_by(release.c.created_at)
    )
    return [ReleaseId(value) for value in db.execute(query).scalars()]


def _release(row: Any) -> Release:  # noqa: ANN401 -- a row mapping
    gates = tuple(Gate(**{**gate, "measured": restored(gate["measured"])}) for gate in row["gates"])
    values = {name: row[name] for name in row if name not in ("program", "selection", "split", "gates", "state")}
    return Release(
        **values,
        state=ReleaseState(row["state"]),
        selection=Selection(**{**row["selection"], "batches": tuple(row["selection"]["batches"])}),
        split=SplitPolicy(**row["split"]),
        gates=gates,
    )
