"""Tables and SQL of sourcing; record payloads are in the record table."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.sourcing.marks import Block
from headwater.sourcing.model import (
    Intake,
    IntakeId,
    IntakeState,
    Provenance,
    Reject,
    Source,
    SourceId,
    SourceKind,
    SourceState,
    Tally,
)
from headwater.storage import bulk
from headwater.storage.database import WHOLE, Moment, Part, insert, metadata, newest_first

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headwater.storage.database import Connection

source = sa.Table(
    "source",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("provenance", sa.JSON, nullable=False),
    sa.Column("created_by", sa.String(40), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("described_by", sa.String(40), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("program", "name"),
)

intake = sa.Table(
    "intake",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("source_id", sa.String(40), sa.ForeignKey("source.id"), nullable=False),
    sa.Column("origin", sa.String(400), nullable=False),
    sa.Column("recipe", sa.JSON, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("read", sa.BigInteger, nullable=False),
    sa.Column("added", sa.BigInteger, nullable=False),
    sa.Column("rejected", sa.BigInteger, nullable=False),
    sa.Column("cursor", sa.BigInteger, nullable=False),
    sa.Column("started_by", sa.String(40), nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("finished_at", Moment),
    sa.Index(None, "program", "started_at"),
)

reject = sa.Table(
    "reject",
    metadata,
    sa.Column("intake_id", sa.String(40), sa.ForeignKey("intake.id"), primary_key=True),
    sa.Column("place", sa.BigInteger, primary_key=True),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("excerpt", sa.Text, nullable=False),
    sa.Index(None, "intake_id", "reason", "place"),
)

block = sa.Table(
    "record_block",
    metadata,
    sa.Column("program", sa.String(40), primary_key=True),
    sa.Column("first", sa.BigInteger, primary_key=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("records", sa.LargeBinary, nullable=False),
    sa.Column("signatures", sa.LargeBinary, nullable=False),
)
"""Records that an intake committed together: the `seq` of the first, their ids and their MinHash signatures (empty
until an intake looks for near duplicates)."""

mark = sa.Table(
    "record_mark",
    metadata,
    sa.Column("program", sa.String(40), primary_key=True),
    sa.Column("bucket", sa.Integer, primary_key=True),
    sa.Column("first", sa.BigInteger, primary_key=True),
    sa.Column("marks", sa.LargeBinary, nullable=False),
)
"""What later intakes compare with: the digests of folded texts, by their first byte and block (see `marks`)."""

profile = sa.Table(
    "production_profile",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Index(None, "program", "created_at"),
)

tally = sa.Table(
    "record_tally",
    metadata,
    sa.Column("program", sa.String(40), primary_key=True),
    sa.Column("records", sa.BigInteger, nullable=False),
    sa.Column("fields", sa.JSON, nullable=False),
)
"""How many records have each value of each field; right while `records` is the number of records there are."""


def add_source(db: Connection, row: Source, program: str) -> None:
    """Store a source."""
    db.execute(source.insert().values(**asdict(row) | {"program": program}))


def update_source(db: Connection, identifier: str, **values: object) -> None:
    """Change columns of a source; its version rises."""
    db.execute(source.update().where(source.c.id == identifier).values(**values, version=source.c.version + 1))


def set_source_state(db: Connection, identifier: str, state: SourceState) -> None:
    """Move a source to a state."""
    db.execute(source.update().where(source.c.id == identifier).values(state=state.value))


def sources(db: Connection, program: str, *, identifier: str = "") -> list[Source]:
    """Return sources by name; one by id or name when given."""
    query = sa.select(source).where(source.c.program == program)
    if identifier:
        query = query.where(sa.or_(source.c.id == identifier, source.c.name == identifier))
    return [_source(row) for row in db.execute(query.order_by(source.c.name)).mappings()]


def add_intake(db: Connection, row: Intake, program: str) -> None:
    """Store an intake."""
    db.execute(intake.insert().values(**asdict(row) | {"program": program}))


def count_intake(db: Connection, identifier: str, *, read: int, added: int, rejected: int, cursor: int) -> None:
    """Add to the counts of an intake and move its cursor."""
    sums = {"read": intake.c.read + read, "added": intake.c.added + added, "rejected": intake.c.rejected + rejected}
    db.execute(intake.update().where(intake.c.id == identifier).values(**sums, cursor=cursor))


def finish_intake(db: Connection, identifier: str, state: IntakeState, at: object) -> None:
    """End an intake."""
    db.execute(intake.update().where(intake.c.id == identifier).values(state=state.value, finished_at=at))


def intakes(
    db: Connection, program: str, *, identifier: str = "", source_id: str = "", part: Part = WHOLE
) -> list[Intake]:
    """Return intakes, newest first; one when named, or those of a source."""
    query = sa.select(intake).where(intake.c.program == program)
    if identifier:
        query = query.where(intake.c.id == identifier)
    if source_id:
        query = query.where(intake.c.source_id == source_id)
    rows = db.execute(newest_first(query, intake.c.id, part)).mappings()
    return [
        Intake(
            **{name: row[name] for name in row if name not in ("program", "state", "id", "source_id")},
            id=IntakeId(row["id"]),
            source_id=SourceId(row["source_id"]),
            state=IntakeState(row["state"]),
        )
        for row in rows
    ]


def add_rejects(db: Connection, rows: Sequence[Reject]) -> None:
    """Store rejects."""
    names = ("intake_id", "place", "reason", "evidence", "excerpt")
    bulk.add(db, reject, {name: [getattr(row, name) for row in rows] for name in names})


def rejects(db: Connection, intake_id: str, *, reason: str = "", after: int = 0, limit: int = 100) -> list[Reject]:
    """Return rejects in order of place."""
    query = sa.select(reject).where(reject.c.intake_id == intake_id, reject.c.place > after)
    if reason:
        query = query.where(reject.c.reason == reason)
    return [Reject(**row) for row in db.execute(query.order_by(reject.c.place).limit(limit)).mappings()]


def reject_counts(db: Connection, intake_ids: Sequence[str]) -> dict[str, int]:
    """Return how many items were rejected for each reason, most first."""
    query = (
        sa.select(reject.c.reason, sa.func.count())
        .where(reject.c.intake_id.in_(intake_ids))
        .group_by(reject.c.reason)
        .order_by(sa.func.count().desc(), reject.c.reason)
    )
    return {row[0]: int(row[1]) for row in db.execute(query)}


def add_block(
    db: Connection, program: str, kept: Block, records: bytes, signatures: bytes, marks: Mapping[int, bytes]
) -> None:
    """Store what later intakes compare the records of a block with."""
    values = {"program": program, "first": kept.first, "size": kept.size, "records": records, "signatures": signatures}
    db.execute(block.insert().values(values))
    varying: dict[str, Sequence[Any]] = {"bucket": list(marks), "marks": list(marks.values())}
    bulk.add(db, mark, varying, {"program": program, "first": kept.first})


def blocks(db: Connection, program: str, after: int) -> list[Block]:
    """Return the blocks whose first `seq` is beyond one, in their order."""
    query = sa.select(block.c.first, block.c.size).where(block.c.program == program, block.c.first > after)
    return [Block(*row) for row in db.execute(query.order_by(block.c.first))]


def marks(db: Connection, program: str, buckets: Sequence[int], after: int) -> list[tuple[int, int, bytes]]:
    """Return bucket, first `seq` and marks of some buckets, of the blocks whose first `seq` is beyond one."""
    query = sa.select(mark.c.bucket, mark.c.first, mark.c.marks)
    found = db.execute(query.where(mark.c.program == program, mark.c.bucket.in_(buckets), mark.c.first > after))
    return [(row[0], row[1], row[2]) for row in found]


def block_records(db: Connection, program: str, first: int) -> bytes:
    """Return the ids of the records of a block."""
    query = sa.select(block.c.records).where(block.c.program == program, block.c.first == first)
    return bytes(db.execute(query).scalar_one())


def block_signatures(db: Connection, program: str, first: int) -> bytes:
    """Return the signatures of the records of a block; empty when they were not made yet."""
    query = sa.select(block.c.signatures).where(block.c.program == program, block.c.first == first)
    return bytes(db.execute(query).scalar_one())


def set_signatures(db: Connection, program: str, first: int, signatures: bytes) -> None:
    """Store the signatures of the records of a block."""
    db.execute(block.update().where(block.c.program == program, block.c.first == first).values(signatures=signatures))


def add_profile(db: Connection, identifier: str, program: str, body: dict[str, Any], at: object) -> None:
    """Store a production profile."""
    db.execute(profile.insert().values(id=identifier, program=program, body=body, created_at=at))


def newest_profile(db: Connection, program: str) -> dict[str, Any] | None:
    """Return the newest production profile, or None."""
    query = sa.select(profile.c.body).where(profile.c.program == program).order_by(profile.c.created_at.desc()).limit(1)
    found: dict[str, Any] | None = db.execute(query).scalar_one_or_none()
    return found


def read_tally(db: Connection, program: str) -> Tally:
    """Return the program's tally; an empty one when there is none."""
    row = db.execute(sa.select(tally).where(tally.c.program == program)).mappings().first()
    return Tally(records=row["records"], fields=row["fields"]) if row else Tally(records=0, fields={})


def write_tally(db: Connection, program: str, row: Tally) -> None:
    """Replace the program's tally."""
    values = asdict(row)
    made = insert(db, tally).values(program=program, **values)
    db.execute(made.on_conflict_do_update(index_elements=["program"], set_=values))


def _source(row: Any) -> Source:  # noqa: ANN401 -- a row mapping
    return Source(
        **{name: row[name] for name in ("name", "created_by", "created_at", "described_by", "version")},
        id=SourceId(row["id"]),
        kind=SourceKind(row["kind"]),
        state=SourceState(row["state"]),
        provenance=Provenance(**row["provenance"]),
    )
