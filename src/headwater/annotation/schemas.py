"""Label schemas: written, proposed, published; a change is a new version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headwater.annotation import queries, questions
from headwater.annotation.model import Schema, SchemaId, Standing, StandingError
from headwater.annotation.questions import SchemaError, as_data
from headwater.annotation.store import documents as store
from headwater.core.canonical import digest
from headwater.core.ids import new_id
from headwater.governance import decisions, ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision, PersonId, ProgramId
from headwater.lineage import service as lineage
from headwater.lineage.model import Node

if TYPE_CHECKING:
    from headwater.annotation.questions import Question
    from headwater.context import Context

NAME = re.compile(r"[\w][\w .-]{0,63}")


def create(ctx: Context, *, name: str, data: object) -> Schema:
    """Write a version of a schema: the first of its name, or the next.

    Args:
        ctx: The context.
        name: Its name, which stays over versions.
        data: The questions as plain data (see `questions.parse`).

    Raises:
        SchemaError: The name or the questions cannot stand, or nothing differs from the version before.
    """
    require(ctx, Decision.SCHEMA_PUBLISH)
    if not NAME.fullmatch(name):
        raise SchemaError(f"'{name}' cannot name a schema: letters, digits, space, dot, dash; at most 64.")
    asked: tuple[Question, ...] = questions.parse(data)
    earlier = store.schemas(ctx.db, ctx.program, name=name)
    if earlier and earlier[0].questions == asked:
        raise SchemaError(f"Nothing differs from version {earlier[0].version} of '{name}'.")
    version = earlier[0].version + 1 if earlier else 1
    row = Schema(
        id=SchemaId(new_id("sch")),
        program=ProgramId(ctx.program),
        name=name,
        version=version,
        standing=Standing.DRAFT,
        questions=asked,
        digest=digest({"name": name, "version": version, "questions": [as_data(each) for each in asked]}),
        author=PersonId(ctx.actor),
        created_at=ctx.clock.now(),
        published_at=None,
    )
    store.add_schema(ctx.db, row)
    ledger.append(ctx, "schema.written", subject=row.id, body={"version": version, "digest": row.digest})
    return row


def propose(ctx: Context, schema_id: str) -> Schema:
    """Put a version of a schema before the Accountable.

    Raises:
        StandingError: It is no draft.
    """
    require(ctx, Decision.SCHEMA_PUBLISH)
    row = queries.schema(ctx, schema_id)
    if row.standing not in (Standing.DRAFT, Standing.PROPOSED):
        raise StandingError(f"{_title(row)} is {row.standing}; only a draft is proposed.")
    summary = _title(row)
    decisions.propose(
        ctx, Decision.SCHEMA_PUBLISH, subject=row.id, digest=row.digest, summary=summary, author=row.author
    )
    store.set_schema_standing(ctx.db, row.id, Standing.PROPOSED)
    return queries.schema(ctx, schema_id)


def approve(ctx: Context, schema_id: str, *, reason: str) -> Schema:
    """Publish a proposed version as the Accountable; the version published before is superseded."""
    require(ctx, Decision.SCHEMA_PUBLISH)
    row = queries.schema(ctx, schema_id)
    decisions.approve(ctx, Decision.SCHEMA_PUBLISH, subject=row.id, digest=row.digest, reason=reason)
    for old in store.schemas(ctx.db, ctx.program, name=row.name, standing=Standing.PUBLISHED):
        store.set_schema_standing(ctx.db, old.id, Standing.SUPERSEDED)
    store.set_schema_standing(ctx.db, row.id, Standing.PUBLISHED, ctx.clock.now())
    node = Node(id=row.id, kind="schema", label=_title(row), digest=row.digest)
    lineage.record(ctx, activity="schema.publish", used=[], generated=[node])
    return queries.schema(ctx, schema_id)


def refuse(ctx: Context, schema_id: str, *, reason: str) -> Schema:
    """Send a proposed version back as the Accountable."""
    require(ctx, Decision.SCHEMA_PUBLISH)
    row = queries.schema(ctx, schema_id)
    decisions.refuse(ctx, Decision.SCHEMA_PUBLISH, subject=row.id, reason=reason)
    store.set_schema_standing(ctx.db, row.id, Standing.DRAFT)
    return queries.schema(ctx, schema_id)


def _title(row: Schema) -> str:
    return f"Label schema {row.name} v{row.version}"
