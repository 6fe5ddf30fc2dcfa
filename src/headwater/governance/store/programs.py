"""Programs, charters, RACI charts, delegations and waivers."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.core.canonical import plain
from headwater.governance.model import (
    Cell,
    Charter,
    CriticalSlice,
    Decision,
    Delegation,
    Involvement,
    PersonId,
    Program,
    ProgramId,
    Standard,
    Waiver,
)
from headwater.governance.store.people import membership, person
from headwater.storage import prepared
from headwater.storage.database import WHOLE, Moment, Part, metadata, newest_first

if TYPE_CHECKING:
    from datetime import datetime

    from headwater.storage.database import Connection

program = sa.Table(
    "program",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("slug", sa.String(60), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("charter_version", sa.Integer, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)

charter = sa.Table(
    "charter",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), sa.ForeignKey("program.id"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.UniqueConstraint("program", "version"),
    info={"append_only": True},
)

raci = sa.Table(
    "raci",
    metadata,
    sa.Column("program", sa.String(40), primary_key=True),
    sa.Column("decision", sa.String(40), primary_key=True),
    sa.Column("involvement", sa.String(20), primary_key=True),
    sa.Column("party", sa.String(60), primary_key=True),
)
"""The chart in force, one entry a row, for the question asked at every act."""

delegation = sa.Table(
    "delegation",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("giver", sa.String(40), nullable=False),
    sa.Column("taker", sa.String(40), nullable=False),
    sa.Column("decision", sa.String(40), nullable=False),
    sa.Column("starts_at", Moment, nullable=False),
    sa.Column("ends_at", Moment, nullable=False),
    sa.Index(None, "program", "taker"),
    info={"frozen": ("program", "giver", "taker", "decision", "starts_at")},
)

waiver = sa.Table(
    "waiver",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("standard", sa.String(120), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("granted_by", sa.String(40), nullable=False),
    sa.Column("granted_at", Moment),
    sa.Index(None, "program", "standard"),
    info={"frozen": ("program", "standard", "reason", "expires_at")},
)


def add(db: Connection, row: Program) -> None:
    """Store a program with its first charter."""
    db.execute(
        program.insert().values(
            id=row.id, slug=row.slug, name=row.name, charter_version=row.charter.version, created_at=row.created_at
        )
    )


def add_charter(db: Connection, identifier: str, program_id: str, body: Charter, at: datetime) -> None:
    """Store a version of a charter, in force or not."""
    values = {"program": program_id, "version": body.version, "body": plain(asdict(body)), "created_at": at}
    db.execute(charter.insert().values(id=identifier, **values))


def enforce(db: Connection, program_id: str, body: Charter) -> None:
    """Put a charter in force: its version and its chart."""
    db.execute(program.update().where(program.c.id == program_id).values(charter_version=body.version))
    db.execute(raci.delete().where(raci.c.program == program_id))
    if body.chart:
        db.execute(raci.insert(), [{"program": program_id, **plain(asdict(cell))} for cell in body.chart])


def charter_by_id(db: Connection, identifier: str) -> Charter | None:
    """Return a version of a charter by its own id."""
    body = db.execute(sa.select(charter.c.body).where(charter.c.id == identifier)).scalar_one_or_none()
    return None if body is None else _charter(body)


def last_version(db: Connection, program_id: str) -> int:
    """Return the highest charter version of a program, in force or not."""
    return int(
        db.execute(sa.select(sa.func.max(charter.c.version)).where(charter.c.program == program_id)).scalar_one()
    )


def identifier(db: Connection, slug: str) -> str | None:
    """Return the id of the program with a short name."""
    return db.execute(sa.select(program.c.id).where(program.c.slug == slug)).scalar_one_or_none()


def identifier_for(db: Connection, slug: str, who: str) -> str | None:
    """Return the id of the program with a short name when a person has a role in it."""
    row = prepared.one(db, _IDENTIFIER_FOR, {"slug": slug, "who": who})
    return None if row is None else str(row[0])


_IDENTIFIER_FOR = sa.text("""
SELECT id FROM program AS g
WHERE slug = :slug AND EXISTS (SELECT 1 FROM membership AS m WHERE m.program = g.id AND m.person = :who)""")
"""Asked at every request, so it is one prepared statement."""


def select(db: Connection, *, identifier: str = "", slug: str = "") -> list[Program]:
    """Return programs with their charters in force, by slug."""
    query = sa.select(program, charter.c.body).join(
        charter, sa.and_(charter.c.program == program.c.id, charter.c.version == program.c.charter_version)
    )
    if identifier:
        query = query.where(program.c.id == identifier)
    if slug:
        query = query.where(program.c.slug == slug)
    return [
        Program(
            id=ProgramId(row["id"]),
            slug=row["slug"],
            name=row["name"],
            charter=_charter(row["body"]),
            created_at=row["created_at"],
        )
        for row in db.execute(query.order_by(program.c.slug)).mappings()
    ]


def involved(db: Connection, program_id: str, decision: Decision, how: Involvement) -> list[PersonId]:
    """Return the active people the chart names for a decision, roles resolved, by handle."""
    query = (
        sa.select(person.c.id, person.c.handle)
        .distinct()
        .select_from(person)
        .join(membership, sa.and_(membership.c.person == person.c.id, membership.c.program == program_id))
        .join(raci, sa.or_(raci.c.party == person.c.id, raci.c.party == sa.literal("role:").concat(membership.c.role)))
        .where(
            raci.c.program == program_id,
            raci.c.decision == decision.value,
            raci.c.involvement == how.value,
            person.c.is_active,
        )
        .order_by(person.c.handle)
    )
    return [PersonId(row[0]) for row in db.execute(query)]


def may_act(db: Connection, program_id: str, who: str, decision: Decision) -> bool:
    """Return whether the chart makes a person Responsible or Accountable for a decision."""
    return prepared.one(db, _MAY_ACT, _who_acts(program_id, who, decision)) is not None


def may_act_ahead(db: Connection, program_id: str, who: str, decision: Decision) -> None:
    """Ask ahead for what `may_act` will want."""
    prepared.ahead(db, _MAY_ACT, _who_acts(program_id, who, decision))


def _who_acts(program_id: str, who: str, decision: Decision) -> dict[str, object]:
    return {"program": program_id, "who": who, "decision": decision.value}


_MAY_ACT = sa.text("""
SELECT 1 FROM membership AS m
JOIN person AS p ON p.id = m.person
JOIN raci AS r ON r.program = m.program AND (r.party = 'role:' || m.role OR r.party = m.person)
WHERE m.program = :program AND m.person = :who AND p.is_active
AND r.decision = :decision AND r.involvement IN ('responsible', 'accountable') LIMIT 1""")
"""Asked first by every act, so it is one prepared statement."""


def add_delegation(db: Connection, row: Delegation, program_id: str) -> None:
    """Store a delegation."""
    db.execute(delegation.insert().values(**asdict(row) | {"program": program_id}))


def delegations(
    db: Connection, program_id: str, *, taker: str = "", now: datetime | None = None, part: Part = WHOLE
) -> list[Delegation]:
    """Return delegations, newest first, of one taker and live at a moment when asked."""
    query = sa.select(delegation).where(delegation.c.program == program_id)
    if taker:
        query = query.where(delegation.c.taker == taker)
    if now is not None:
        query = query.where(delegation.c.starts_at <= now, delegation.c.ends_at > now)
    return [
        Delegation(**{name: row[name] for name in row if name != "program"})
        for row in db.execute(newest_first(query, delegation.c.id, part)).mappings()
    ]


def end_delegation(db: Connection, identifier: str, at: datetime) -> None:
    """End a delegation early."""
    db.execute(delegation.update().where(delegation.c.id == identifier).values(ends_at=at))


def add_waiver(db: Connection, row: Waiver, program_id: str) -> None:
    """Store a waiver that was asked for."""
    db.execute(waiver.insert().values(**asdict(row) | {"program": program_id}))


def grant_waiver(db: Connection, identifier: str, who: str, at: datetime) -> None:
    """Mark a waiver as granted."""
    db.execute(waiver.update().where(waiver.c.id == identifier).values(granted_by=who, granted_at=at))


def waivers(db: Connection, program_id: str, *, live_at: datetime | None = None, part: Part = WHOLE) -> list[Waiver]:
    """Return waivers, newest first; only granted, unexpired ones when asked."""
    query = sa.select(waiver).where(waiver.c.program == program_id)
    if live_at is not None:
        query = query.where(waiver.c.granted_at.is_not(None), waiver.c.expires_at > live_at)
    return [
        Waiver(**{name: row[name] for name in row if name != "program"})
        for row in db.execute(newest_first(query, waiver.c.id, part)).mappings()
    ]


def _charter(body: Any) -> Charter:  # noqa: ANN401 -- JSON
    return Charter(
        version=body["version"],
        purpose=body["purpose"],
        targets=tuple(body["targets"]),
        standards=tuple(Standard(**item) for item in body["standards"]),
        critical_slices=tuple(CriticalSlice(**item) for item in body["critical_slices"]),
        chart=tuple(
            Cell(
                decision=Decision(item["decision"]),
                involvement=Involvement(item["involvement"]),
                party=item["party"],
            )
            for item in body["chart"]
        ),
        solo=body["solo"],
    )
