"""Tables and SQL of the workforce."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.governance.model import PersonId
from headwater.storage import prepared
from headwater.storage.database import WHOLE, Moment, Part, insert, metadata, newest_first
from headwater.workforce.model import (
    Affiliation,
    Annotator,
    Cohort,
    CohortId,
    Outcome,
    Qualification,
    QualificationId,
    Stop,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.storage.database import Connection

annotator = sa.Table(
    "annotator",
    metadata,
    sa.Column("program", sa.String(40), primary_key=True),
    sa.Column("person", sa.String(40), primary_key=True),
    sa.Column("team", sa.String(64), nullable=False),
    sa.Column("affiliation", sa.String(20), nullable=False),
    sa.Column("training", sa.String(64), nullable=False),
    sa.Column("skills", sa.JSON, nullable=False),
    sa.Column("is_available", sa.Boolean, nullable=False),
    sa.Column("back_at", Moment),
    sa.Column("stopped_by", sa.String(40), nullable=False),
    sa.Column("stopped_at", Moment),
    sa.Column("stop_reason", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
)

cohort = sa.Table(
    "cohort",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("batch_id", sa.String(40), nullable=False),
    sa.Column("guideline_id", sa.String(40), nullable=False),
    sa.Column("team", sa.String(64), nullable=False),
    sa.Column("training", sa.String(64), nullable=False),
    sa.UniqueConstraint("program", "batch_id", "guideline_id", "team", "training"),
    info={"append_only": True},
)

qualification = sa.Table(
    "qualification",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("person", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("batch_id", sa.String(40), nullable=False),
    sa.Column("right", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("bar", sa.Float, nullable=False),
    sa.Column("decided_by", sa.String(40), key="by", nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("decided_at", Moment, nullable=False),
    sa.Column("expires_at", Moment),
    sa.Index(None, "program", "person", "subject"),
    info={"append_only": True},
)


def get(db: Connection, program: str, person: str) -> Annotator | None:
    """Return a person's part in the workforce."""
    row = prepared.one(db, _GET, {"program": program, "person": person})
    return _annotator(row) if row else None


def get_ahead(db: Connection, program: str, person: str) -> None:
    """Ask ahead for what `get` will want."""
    prepared.ahead(db, _GET, {"program": program, "person": person})


_GET = sa.text("""
SELECT program, person, team, affiliation, training, skills, is_available, back_at, stopped_by, stopped_at, stop_reason,
 version, updated_at
FROM annotator WHERE program = :program AND person = :person""").columns(*annotator.c)


def everyone(db: Connection, program: str) -> list[Annotator]:
    """Return everybody enrolled, by team."""
    rows = db.execute(
        sa.select(annotator).where(annotator.c.program == program).order_by(annotator.c.team, annotator.c.person)
    )
    return [_annotator(row) for row in rows]


def save(db: Connection, program: str, row: Annotator) -> None:
    """Store an annotator, new or changed."""
    values = {
        "team": row.team,
        "affiliation": row.affiliation.value,
        "training": row.training,
        "skills": sorted(row.skills),
        "is_available": row.is_available,
        "back_at": row.back_at,
        "stopped_by": row.stop.by if row.stop else "",
        "stopped_at": row.stop.at if row.stop else None,
        "stop_reason": row.stop.reason if row.stop else "",
        "version": row.version,
        "updated_at": row.updated_at,
    }
    statement = insert(db, annotator).values(program=program, person=row.person, **values)
    db.execute(statement.on_conflict_do_update(index_elements=["program", "person"], set_=values))


def cohort_of(db: Connection, program: str, row: Cohort) -> Cohort:
    """Return the cohort with these four coordinates, storing the given one when there is none."""
    found = find_cohort(db, program, row)
    if found is not None:
        return found
    db.execute(
        insert(db, cohort)
        .values(
            id=row.id,
            program=program,
            batch_id=row.batch_id,
            guideline_id=row.guideline_id,
            team=row.team,
            training=row.training,
        )
        .on_conflict_do_nothing()
    )
    return find_cohort(db, program, row) or row


def find_cohort(db: Connection, program: str, row: Cohort) -> Cohort | None:
    """Return the stored cohort with the four coordinates of the given one."""
    found = prepared.one(db, _COHORT_OF, _coordinates(program, row))
    return _cohort(found) if found else None


def find_cohort_ahead(db: Connection, program: str, row: Cohort) -> None:
    """Ask ahead for what `find_cohort` will want."""
    prepared.ahead(db, _COHORT_OF, _coordinates(program, row))


def _coordinates(program: str, row: Cohort) -> dict[str, object]:
    return {
        "program": program,
        "batch": row.batch_id,
        "guideline": row.guideline_id,
        "team": row.team,
        "training": row.training,
    }


_COHORT_OF = sa.text("""
SELECT id, program, batch_id, guideline_id, team, training FROM cohort WHERE program = :program
AND batch_id = :batch AND guideline_id = :guideline AND team = :team AND training = :training""").columns(*cohort.c)


def cohorts(db: Connection, program: str, *, ids: Sequence[str] | None = None, batch_id: str = "") -> list[Cohort]:
    """Return cohorts by id, or of a batch, or all of the program."""
    query = sa.select(cohort).where(cohort.c.program == program)
    if ids is not None:
        query = query.where(cohort.c.id.in_(ids))
    if batch_id:
        query = query.where(cohort.c.batch_id == batch_id)
    return [_cohort(row) for row in db.execute(query.order_by(cohort.c.team, cohort.c.training, cohort.c.id))]


def kin(db: Connection, identifier: str) -> list[str]:
    """Return the ids of the cohorts that differ from one in the batch alone, itself among them."""
    return list(db.execute(_KIN, {"cohort": identifier}).scalars())


_KIN = sa.text("""
SELECT k.id FROM cohort AS c JOIN cohort AS k ON k.program = c.program AND k.team = c.team AND k.training = c.training
AND k.guideline_id = c.guideline_id WHERE c.id = :cohort""")


def add_qualification(db: Connection, program: str, row: Qualification) -> None:
    """Store the outcome of a test."""
    db.execute(
        qualification.insert().values(
            id=row.id,
            program=program,
            person=row.person,
            subject=row.subject,
            outcome=row.outcome.value,
            batch_id=row.batch_id,
            right=row.right,
            total=row.total,
            bar=row.bar,
            by=row.by,
            reason=row.reason,
            decided_at=row.decided_at,
            expires_at=row.expires_at,
        )
    )


def qualifications(
    db: Connection, program: str, *, person: str = "", subject: str = "", part: Part = WHOLE
) -> list[Qualification]:
    """Return outcomes of tests, newest first."""
    query = sa.select(qualification).where(qualification.c.program == program)
    if person:
        query = query.where(qualification.c.person == person)
    if subject:
        query = query.where(qualification.c.subject == subject)
    return [_qualification(row) for row in db.execute(newest_first(query, qualification.c.id, part))]


def newest(db: Connection, program: str, person: str, subject: str) -> Qualification | None:
    """Return what was decided last about a person and a subject."""
    row = db.execute(_NEWEST, {"of": program, "who": person, "what": subject}).one_or_none()
    return _qualification(row) if row else None


_NEWEST = (
    sa.select(qualification)
    .where(
        qualification.c.program == sa.bindparam("of"),
        qualification.c.person == sa.bindparam("who"),
        qualification.c.subject == sa.bindparam("what"),
    )
    .order_by(qualification.c.id.desc())
    .limit(1)
)


def _annotator(row: sa.Row[tuple[object, ...]]) -> Annotator:
    return Annotator(
        person=PersonId(row.person),
        team=row.team,
        affiliation=Affiliation(row.affiliation),
        training=row.training,
        skills=frozenset(row.skills),
        is_available=row.is_available,
        back_at=row.back_at,
        stop=Stop(by=PersonId(row.stopped_by), at=row.stopped_at, reason=row.stop_reason) if row.stopped_at else None,
        version=row.version,
        updated_at=row.updated_at,
    )


def _cohort(row: sa.Row[tuple[object, ...]]) -> Cohort:
    return Cohort(
        id=CohortId(row.id),
        team=row.team,
        training=row.training,
        guideline_id=row.guideline_id,
        batch_id=row.batch_id,
    )


def _qualification(row: sa.Row[tuple[object, ...]]) -> Qualification:
    return Qualification(
        id=QualificationId(row.id),
        person=PersonId(row.person),
        subject=row.subject,
        outcome=Outcome(row.outcome),
        batch_id=row.batch_id,
        right=row.right,
        total=row.total,
        bar=row.bar,
        by=PersonId(row.by),
        reason=row.reason,
        decided_at=row.decided_at,
        expires_at=row.expires_at,
    )
