"""Reading answers in bulk, as blocks of plain rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.annotation.model import Tier
from headwater.annotation.store.answers import answer
from headwater.annotation.store.tasks import task

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from headwater.storage.database import Connection

BLOCK = 50_000


def blocks(
    db: Connection, campaign_id: str, question: str, *, batch_id: str = "", after: str = ""
) -> Iterator[Sequence[tuple[str | int | None, ...]]]:
    """Yield blocks of id, task, record, annotator, cohort, batch, guideline, lead time, moment and value.

    Only answers of annotators that are in force, those after an answer when given; a value that is no text or number
    comes as JSON text.
    """
    value = "json_extract(response, :path)" if db.dialect.name == "sqlite" else "response ->> CAST(:path AS text)"
    path = f'$."{question}"' if db.dialect.name == "sqlite" else question
    statement = sa.text(
        f"""
SELECT id, task_id, record_id, annotator, cohort_id, batch_id, guideline_id, lead_time_ms, submitted_at, {value}
FROM answer WHERE campaign_id = :campaign AND id > :after AND superseded_at IS NULL AND tier = :tier
{"AND batch_id = :batch" if batch_id else ""} ORDER BY id LIMIT :limit"""
    )
    keys = {"campaign": campaign_id, "path": path, "tier": Tier.ANNOTATE.value, "limit": BLOCK}
    if batch_id:
        keys["batch"] = batch_id
    while True:
        rows = db.execute(statement, keys | {"after": after}).all()
        if rows:
            yield rows
        if len(rows) < BLOCK:
            return
        after = rows[-1][0]


def with_answers(
    db: Connection, batch_id: str, *, after: str, limit: int, as_of: datetime, unanswered: bool
) -> list[Any]:
    """Return the next tasks of a batch with the answers of annotators that were in force at a moment.

    A task with several answers has several rows, one without any a row of nulls. Tasks and their answers come in the
    order of their ids; both are found by index, so a page costs the same anywhere in a batch of any size.
    """
    wanted = (
        sa.select(task.c.id, task.c.record_id)
        .where(task.c.batch_id == batch_id, task.c.id > after, task.c.tier == Tier.ANNOTATE.value)
        .order_by(task.c.id)
        .limit(limit)
    )
    if not unanswered:
        wanted = wanted.where(task.c.answers > 0)
    page = wanted.subquery()
    current = sa.and_(
        answer.c.task_id == page.c.id,
        answer.c.tier == Tier.ANNOTATE.value,
        answer.c.submitted_at <= as_of,
        sa.or_(answer.c.superseded_at.is_(None), answer.c.superseded_at > as_of),
    )
    query = (
        sa.select(page.c.id.label("task"), page.c.record_id.label("record"), *(answer.c[name] for name in _TRAVELS))
        .select_from(page.outerjoin(answer, current))
        .order_by(page.c.id, answer.c.id)
    )
    return list(db.execute(query))


_TRAVELS = (
    "id",
    "annotator",
    "values",
    "submitted_at",
    "schema_id",
    "guideline_id",
    "cohort_id",
    "version",
    "lead_time_ms",
    "prelabel",
    "is_blinded",
    "is_edited",
)
