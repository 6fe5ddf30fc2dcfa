"""The answers of one person as a file: CSV or JSON lines, people under pseudonyms."""

from __future__ import annotations

import csv
import io
import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from headwater.annotation import personal
from headwater.annotation.exports import pseudonym

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.annotation.exports import Opened
    from headwater.annotation.personal_model import GivenAnswer, Wanted

BLOCK = 2_500
"""Answers in memory at a time."""
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


class Form(StrEnum):
    """What a file of answers is written in."""

    JSONL = "jsonl"
    """An object a line, values in their shapes."""
    CSV = "csv"
    """A row an answer, values in words; a cell that a spreadsheet would take for a formula begins with '."""

    @property
    def media_type(self) -> str:
        """How the file is sent."""
        return "text/csv; charset=utf-8" if self is Form.CSV else "application/jsonl"


def write(opened: Opened, campaign_id: str, person: str, wanted: Wanted, form: Form) -> Iterator[bytes]:
    """Yield a file of all answers that are wanted; each block is a read of its own, so nobody waits meanwhile.

    Args:
        opened: Opens a read transaction as the person who asks.
        campaign_id: The campaign, by id or name.
        person: Who answered.
        wanted: Which of the answers, in which order.
        form: What the file is written in.

    Raises:
        NotYoursError, UnknownQuestionError, InvalidError: See `personal.read`; not before the first block is read.
    """
    after, is_first = "", True
    while is_first or after:
        with opened() as ctx:
            part = personal.read(ctx, campaign_id, person, wanted, after=after, limit=BLOCK)
            told = {each.person for row in part.rows for each in row.others} | {person}
            names = {each: pseudonym(ctx, each) for each in told}
        rows = [_row(row, part.question, person, names) for row in part.rows]
        yield _csv(rows, heading=is_first) if form is Form.CSV else _lines(rows)
        after, is_first = part.more, False


def _row(row: GivenAnswer, question: str, person: str, names: dict[str, str]) -> dict[str, Any]:
    return {
        "answer": row.id,
        "task": row.task_id,
        "record": row.record_id,
        "annotator": names[person],
        "question": question,
        "value": row.value,
        "said": row.said,
        "given_at": row.given_at.isoformat(),
        "seconds": row.seconds,
        "guideline": row.guideline,
        "equals_before": row.equals_before,
        "others": [{"annotator": names[each.person], "value": each.value, "said": each.said} for each in row.others],
        "is_gold": row.is_gold,
        "known": row.known,
        "known_said": row.known_said,
        "is_right": row.is_right,
        "is_erased": row.is_erased,
        "text": row.text,
    }


_COLUMNS = (
    "answer",
    "task",
    "record",
    "annotator",
    "question",
    "said",
    "given_at",
    "seconds",
    "guideline",
    "equals_before",
    "others",
    "is_gold",
    "known_said",
    "is_right",
    "is_erased",
    "text",
)


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


def _csv(rows: list[dict[str, Any]], *, heading: bool) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file)
    if heading:
        writer.writerow([{"said": "value", "known_said": "known"}.get(name, name) for name in _COLUMNS])
    for row in rows:
        others = "; ".join(f"{each['annotator']}: {each['said']}" for each in row["others"])
        writer.writerow([_cell((row | {"others": others})[name]) for name in _COLUMNS])
    return file.getvalue().encode()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULAS) else text
