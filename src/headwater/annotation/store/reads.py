"""Reading answers in bulk, as blocks of plain rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.annotation.model import Tier

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
