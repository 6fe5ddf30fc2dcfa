"""Versions of label schemas and guidelines."""

from __future__ import annotations

from functools import lru_cache
from json import loads
from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.annotation.model import Guideline, GuidelineId, Schema, SchemaId, Standing
from headwater.annotation.questions import Question, as_data, parse
from headwater.core.canonical import canonical_json
from headwater.governance.model import PersonId, ProgramId
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from datetime import datetime

    from headwater.storage.database import Connection

label_schema = sa.Table(
    "label_schema",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("standing", sa.String(20), nullable=False),
    sa.Column("questions", sa.Text, nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("author", sa.String(40), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("published_at", Moment),
    sa.UniqueConstraint("program", "name", "version"),
    info={"frozen": ("program", "name", "version", "questions", "digest")},
)
"""`questions` is canonical JSON text: it is parsed once per process, not once per task."""

guideline = sa.Table(
    "guideline",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("standing", sa.String(20), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("change", sa.Text, nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("author", sa.String(40), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("published_at", Moment),
    sa.UniqueConstraint("program", "name", "version"),
    info={"frozen": ("program", "name", "version", "text", "digest")},
)


def add_schema(db: Connection, row: Schema) -> None:
    """Store a version of a schema."""
    db.execute(label_schema.insert().values(questions=questions_text(row.questions), **_columns(row)))


def add_guideline(db: Connection, row: Guideline) -> None:
    """Store a version of a guideline."""
    db.execute(guideline.insert().values(text=row.text, change=row.change, **_columns(row)))


def schemas(
    db: Connection, program: str, *, identifier: str = "", name: str = "", standing: Standing | None = None
) -> list[Schema]:
    """Return versions of schemas, by name, newest first."""
    return [
        _schema(row)
        for row in db.execute(_versions(label_schema, program, identifier=identifier, name=name, standing=standing))
    ]


def guidelines(
    db: Connection, program: str, *, identifier: str = "", name: str = "", standing: Standing | None = None
) -> list[Guideline]:
    """Return versions of guidelines, by name, newest first."""
    return [
        _guideline(row)
        for row in db.execute(_versions(guideline, program, identifier=identifier, name=name, standing=standing))
    ]


def set_schema_standing(db: Connection, identifier: str, standing: Standing, at: datetime | None = None) -> None:
    """Change where a version of a schema stands."""
    db.execute(_standing(label_schema, identifier, standing, at))


def set_guideline_standing(db: Connection, identifier: str, standing: Standing, at: datetime | None = None) -> None:
    """Change where a version of a guideline stands."""
    db.execute(_standing(guideline, identifier, standing, at))


def questions_text(questions: tuple[Question, ...]) -> str:
    """Return questions as canonical JSON text."""
    return canonical_json([as_data(question) for question in questions]).decode()


@lru_cache(maxsize=256)
def questions_of(text: str) -> tuple[Question, ...]:
    """Return the questions that `questions_text` wrote."""
    return parse(loads(text), stored=True)


def _versions(
    table: sa.Table, program: str, *, identifier: str, name: str, standing: Standing | None
) -> sa.Select[tuple[object, ...]]:
    query = sa.select(table).where(table.c.program == program)
    if identifier:
        query = query.where(table.c.id == identifier)
    if name:
        query = query.where(table.c.name == name)
    if standing:
        query = query.where(table.c.standing == standing.value)
    return query.order_by(table.c.name, table.c.version.desc())


def _standing(table: sa.Table, identifier: str, standing: Standing, at: datetime | None) -> sa.Update:
    values: dict[str, object] = {"standing": standing.value}
    if standing is Standing.PUBLISHED:
        values["published_at"] = at
    return table.update().where(table.c.id == identifier).values(values)


def _columns(row: Schema | Guideline) -> dict[str, object]:
    names = ("id", "program", "name", "version", "digest", "author", "created_at", "published_at")
    return {name: getattr(row, name) for name in names} | {"standing": row.standing.value}


def _schema(row: sa.Row[tuple[object, ...]]) -> Schema:
    return Schema(
        id=SchemaId(row.id),
        program=ProgramId(row.program),
        name=row.name,
        version=row.version,
        standing=Standing(row.standing),
        questions=questions_of(row.questions),
        digest=row.digest,
        author=PersonId(row.author),
        created_at=row.created_at,
        published_at=row.published_at,
    )


def _guideline(row: sa.Row[tuple[object, ...]]) -> Guideline:
    return Guideline(
        id=GuidelineId(row.id),
        program=ProgramId(row.program),
        name=row.name,
        version=row.version,
        standing=Standing(row.standing),
        text=row.text,
        change=row.change,
        digest=row.digest,
        author=PersonId(row.author),
        created_at=row.created_at,
        published_at=row.published_at,
    )
