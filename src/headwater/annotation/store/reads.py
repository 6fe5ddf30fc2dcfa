"""Reading answers in bulk, as blocks of plain rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.annotation.model import Tier
from headwater.annotation.store.answers import answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headwater.storage.database import Connection

BLOCK = 50_000


def blocks(
    db: Connection, campaign_id: str, question: str, *, batch_id: str = ""
) -> Iterator[Sequence[tuple[str | int | None, ...]]]:
    """Yield blocks of task, record, annotator, cohort, batch, guideline, lead time, moment and value.

    Only answers of annotators that are in force; a value that is no text or number comes as JSON text.
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
    after = ""
    while True:
        rows = db.execute(statement, keys | {"after": after}).all()
        if rows:
            yield [row[1:] for row in rows]
        if len(rows) < BLOCK:
            return
        after = rows[-1][0]


def whole(db: Connection, campaign_id: str) -> Iterator[dict[str, Any]]:
    """Yield the answers of annotators that are in force, with everything that belongs to them."""
    names = ("id", "task_id", "record_id", "annotator", "cohort_id", "batch_id", "schema_id", "guideline_id", "values")
    also = ("version", "lead_time_ms", "prelabel", "is_edited", "submitted_at")
    query = (
        sa.select(*(answer.c[name] for name in (*names, *also)))
        .where(
            answer.c.campaign_id == campaign_id,
            answer.c.superseded_at.is_(None),
            answer.c.tier == Tier.ANNOTATE.value,
        )
        .order_by(answer.c.id)
    )
    for row in db.execute(query.execution_options(yield_per=2000)):
        yield dict(zip((*names, *also), row, strict=True))
