"""Reading answers in bulk, as blocks of columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import sqlalchemy as sa

from headwater.annotation.model import Tier
from headwater.annotation.store.answers import answer
from headwater.annotation.store.tasks import task

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from headwater.storage.database import Connection

BLOCK = 50_000
"""Rows of a block."""
TEXTS = ("id", "task_id", "record_id", "annotator", "cohort_id", "batch_id", "guideline_id")
NUMBERS = ("lead_time_ms", "submitted_at")
"""Milliseconds, and microseconds since 1970."""
VALUE = "value"


def blocks(
    db: Connection, campaign_id: str, question: str, *, batch_id: str = "", after: str = ""
) -> Iterator[pa.RecordBatch]:
    """Yield answers in the order of their ids, as blocks of the columns `TEXTS`, `NUMBERS` and `VALUE`.

    Only answers of annotators that are in force, those after an answer when given; a value that is no text or number
    comes as JSON text, one that was not given as null.
    """
    is_sqlite = db.dialect.name == "sqlite"
    value = "json_extract(response, :path)" if is_sqlite else "response ->> CAST(:path AS text)"
    statement = f"""
SELECT {", ".join((*TEXTS, *NUMBERS))}, {value} AS {VALUE}
FROM answer WHERE campaign_id = :campaign AND id > :after AND superseded_at IS NULL AND tier = :tier
{"AND batch_id = :batch" if batch_id else ""} ORDER BY id LIMIT {BLOCK}"""
    path = f'$."{question}"' if is_sqlite else question
    keys = {"campaign": campaign_id, "path": path, "batch": batch_id, "tier": Tier.ANNOTATE.value}
    read = _rows if is_sqlite else _columns
    while True:
        block = read(db, statement, keys | {"after": after})
        if block.num_rows:
            yield block
        if block.num_rows < BLOCK:
            return
        after = block["id"][-1].as_py()


def _rows(db: Connection, statement: str, keys: dict[str, str]) -> pa.RecordBatch:
    """Read rows past SQLAlchemy, which makes an object of each."""
    driver: Any = db.connection.driver_connection
    columns = list(zip(*driver.execute(statement, keys), strict=True)) or [()] * len(_SCHEMA)
    values = [None if value is None else str(value) for value in columns[-1]]
    return _block([*columns[:-1], values])


def _columns(db: Connection, statement: str, keys: dict[str, str]) -> pa.RecordBatch:
    """Have the server join each column to one text: to send it row by row takes three times as long."""
    joined = [f"string_agg({name}, chr(10))" for name in TEXTS]
    joined += [f"string_agg({name}::text, chr(10))" for name in NUMBERS]
    query = sa.text(f"SELECT {', '.join(joined)}, json_agg({VALUE})::text FROM ({statement}) AS answers")
    *texts, values = db.execute(query, keys).one()
    if values is None:
        return _block([()] * len(_SCHEMA))
    columns: list[Any] = [text.split("\n") for text in texts[: len(TEXTS)]]
    columns += [np.fromstring(text, np.int64, sep="\n") for text in texts[len(TEXTS) :]]
    return _block([*columns, json.loads(values)])


_SCHEMA = pa.schema(
    [(name, pa.string()) for name in TEXTS] + [(name, pa.int64()) for name in NUMBERS] + [(VALUE, pa.string())]
)


def _block(columns: Sequence[Any]) -> pa.RecordBatch:
    arrays = [pa.array(column, kind) for column, kind in zip(columns, _SCHEMA.types, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=_SCHEMA)


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
