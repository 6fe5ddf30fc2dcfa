"""Tables and SQL of remediation."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.core.canonical import plain
from headwater.remediation.model import (
    AcceptanceTest,
    Brief,
    BriefId,
    BriefState,
    BriefType,
    Deficit,
    Diagnosis,
    DiagnosisId,
    Effect,
    Grade,
)
from headwater.stats.interval import restored
from headwater.storage.database import WHOLE, Moment, Part, metadata, newest_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.storage.database import Connection

diagnosis = sa.Table(
    "diagnosis",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("release_id", sa.String(40), nullable=False),
    sa.Column("finding_id", sa.String(40), nullable=False),
    sa.Column("deficit", sa.String(40), nullable=False),
    sa.Column("cohort_id", sa.String(80), nullable=False),
    sa.Column("predicate", sa.Text, nullable=False),
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("p", sa.Float),
    sa.Column("grade", sa.String(20), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("records", sa.JSON, nullable=False),
    sa.Index(None, "program", "release_id"),
    info={"append_only": True},
)

brief = sa.Table(
    "brief",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("type", sa.String(30), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("diagnosis_id", sa.String(40), sa.ForeignKey("diagnosis.id"), nullable=False),
    sa.Column("release_id", sa.String(40), nullable=False),
    sa.Column("predicate", sa.Text, nullable=False),
    sa.Column("cohort_id", sa.String(80), nullable=False),
    sa.Column("volume", sa.Integer, nullable=False),
    sa.Column("instructions", sa.Text, nullable=False),
    sa.Column("baseline", sa.JSON, nullable=False),
    sa.Column("acceptance", sa.JSON, nullable=False),
    sa.Column("proposed_by", sa.String(40), nullable=False),
    sa.Column("proposed_at", Moment, nullable=False),
    sa.Column("effect", sa.String(20)),
    sa.Column("measured", sa.JSON),
    sa.Column("verified_release", sa.String(40), nullable=False),
    sa.Index(None, "program", "state"),
    info={"frozen": ("release_id", "predicate", "cohort_id", "volume", "instructions")},
)
"""A brief's order never changes once it is there: acceptance is fixed before the work."""


def add_diagnoses(db: Connection, program: str, rows: Sequence[Diagnosis]) -> None:
    """Store diagnoses."""
    if rows:
        values = [
            {
                **asdict(row),
                "program": program,
                "evidence": list(row.evidence),
                "p": plain(row.p),
                "records": list(row.records),
            }
            for row in rows
        ]
        db.execute(diagnosis.insert(), values)


def diagnoses(
    db: Connection, program: str, *, release: str = "", identifier: str = "", part: Part = WHOLE
) -> list[Diagnosis]:
    """Return diagnoses, newest first."""
    query = sa.select(diagnosis).where(diagnosis.c.program == program)
    if release:
        query = query.where(diagnosis.c.release_id == release)
    if identifier:
        query = query.where(diagnosis.c.id == identifier)
    rows = db.execute(newest_first(query, diagnosis.c.id, part)).mappings()
    return [
        Diagnosis(
            id=DiagnosisId(row["id"]),
            release_id=row["release_id"],
            finding_id=row["finding_id"],
            deficit=Deficit(row["deficit"]),
            cohort_id=row["cohort_id"],
            predicate=row["predicate"],
            evidence=tuple(row["evidence"]),
            p=math.nan if row["p"] is None else row["p"],
            grade=Grade(row["grade"]),
            made_at=row["made_at"],
            records=tuple(row["records"]),
        )
        for row in rows
    ]


def add_brief(db: Connection, program: str, row: Brief) -> None:
    """Store a brief."""
    values = asdict(row) | {"program": program, "baseline": plain(asdict(row.baseline)), "measured": None}
    db.execute(brief.insert().values(values))


def briefs(db: Connection, program: str, *, identifier: str = "", release: str = "", part: Part = WHOLE) -> list[Brief]:
    """Return briefs, newest first."""
    query = sa.select(brief).where(brief.c.program == program)
    if identifier:
        query = query.where(brief.c.id == identifier)
    if release:
        query = query.where(brief.c.release_id == release)
    return [_brief(row) for row in db.execute(newest_first(query, brief.c.id, part)).mappings()]


def set_brief(db: Connection, identifier: str, **values: object) -> None:
    """Change state or result of a brief."""
    db.execute(brief.update().where(brief.c.id == identifier).values(**values))


def _brief(row: Any) -> Brief:  # noqa: ANN401 -- a row mapping
    names = ("diagnosis_id", "release_id", "predicate", "cohort_id", "volume", "instructions", "proposed_by")
    return Brief(
        **{name: row[name] for name in (*names, "proposed_at", "verified_release")},
        id=BriefId(row["id"]),
        type=BriefType(row["type"]),
        state=BriefState(row["state"]),
        baseline=restored(row["baseline"]),
        acceptance=AcceptanceTest(**row["acceptance"]),
        effect=Effect(row["effect"]) if row["effect"] else None,
        measured=restored(row["measured"]) if row["measured"] else None,
    )
