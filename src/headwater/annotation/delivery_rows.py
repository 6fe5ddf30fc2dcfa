"""The rows of a delivery, JSON lines or an export of Label Studio: each with what is wrong about it, if anything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headwater.annotation.exchange import label_studio
from headwater.annotation.exchange.model import ExchangeError
from headwater.annotation.phrases import shown
from headwater.annotation.vendor_model import DeliveryError

if TYPE_CHECKING:
    from headwater.annotation.exchange.model import Item
    from headwater.annotation.questions import Question

TASK = "task"
"""The field of Label Studio's data that carries the id of a task out and back."""
LONGEST_S = 24 * 3600
"""Most seconds that a task can have taken."""
LONGEST_NAME = 200
"""Most characters of the name of who answered."""
FIELDS = ("id", "values", "by", "seconds")
_ZIP = b"PK\x03\x04"
PASSED_BY = ("content", "record", "batch", "answers", "reason")
"""What tasks and rework come with; it may come back and says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a delivery."""

    where: str
    """Its place in the file, in words."""
    item: str = ""
    """The task it says it answers; empty where it says none."""
    values: object = None
    by: str = ""
    """Who answered, as the vendor tells it; empty when it does not."""
    lead_time_ms: int = 0
    """The time at the task; 0 when it was not told."""
    problem: str = ""
    """Why it cannot be an answer, whatever was asked; empty when it may be one."""

    @property
    def place(self) -> str:
        """Its place, with the task it says it answers."""
        return f"{self.where}, task {self.item}" if self.item else self.where


def read(data: bytes, questions: Sequence[Question]) -> Iterator[Row]:
    """Yield the rows of a delivery: of a JSON array as Label Studio exports it, else of JSON lines.

    Raises:
        DeliveryError: It is no UTF-8 text, empty, or an array that cannot be read.
    """
    if data.startswith(_ZIP):
        raise DeliveryError("The delivery is a ZIP archive.", remedy="Take the file out of it and give that.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeliveryError(f"Byte {error.start + 1} is not UTF-8.", remedy="Have it sent as UTF-8.") from error
    if not text.strip():
        raise DeliveryError("The delivery is empty.", remedy="Each line is an object with 'id' and 'values'.")
    if text.lstrip().startswith("["):
        return _tasks(text, {each.name: each for each in questions})
    lines = enumerate(text.split("\n"), 1)  # other ends of lines may stand in a text
    return (_line(f"Line {number}", line) for number, line in lines if line.strip())


def _line(where: str, line: str) -> Row:
    try:
        row = _parsed(line)
    except (ValueError, RecursionError) as error:
        return Row(where=where, problem=f"not a JSON object ({error})")
    if not isinstance(row, dict):
        return Row(where=where, problem="not a JSON object")
    item = row.get("id")
    if not isinstance(item, str) or not item:
        return Row(where=where, problem=f"'id' is {shown(item)}, expected the id of a task")
    if problem := _problem(row):
        return Row(where=where, item=item, problem=problem)
    seconds = row.get("seconds") or 0
    return Row(
        where=where,
        item=item,
        values=row.get("values"),
        by=row.get("by") or "",
        lead_time_ms=round(1000 * seconds),
    )


def _problem(row: Mapping[str, Any]) -> str:
    """What is wrong about a row apart from its answers; empty for nothing."""
    unknown = [name for name in row if name not in (*FIELDS, *PASSED_BY)]
    if unknown:
        return f"unknown key {shown(unknown[0])}; known are {', '.join(FIELDS)}"
    by, seconds = row.get("by"), row.get("seconds")
    if by is not None and not (isinstance(by, str) and by.isprintable() and len(by) <= LONGEST_NAME):
        return f"'by' is {shown(by)}, expected a text of at most {LONGEST_NAME} printable characters"
    told = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if seconds is not None and not (told and 0 <= seconds <= LONGEST_S):
        return f"'seconds' is {shown(seconds)}, expected a number from 0 to {LONGEST_S}"
    return ""


def _parsed(text: str) -> Any:  # noqa: ANN401 -- whatever JSON held
    return json.loads(text, parse_constant=_refuse, object_pairs_hook=_once)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {shown(next(name for name in names if names.count(name) > 1))} stands twice")
    return found


def _tasks(text: str, asked: Mapping[str, Question]) -> Iterator[Row]:
    try:
        tasks = _parsed(text)
    except (ValueError, RecursionError) as error:
        raise DeliveryError(f"The delivery is a JSON array that cannot be read: {error}.") from error
    return (_task(f"Element {number}", task, asked) for number, task in enumerate(tasks, 1))


def _task(where: str, task: object, asked: Mapping[str, Question]) -> Row:
    """The answer in a task of Label Studio's export, which has one annotation that was not skipped."""
    try:
        found = label_studio.parsed(where, task, asked)
    except ExchangeError as error:
        return Row(where=where, problem=error.message)
    item = str(found.attributes.get(TASK, ""))
    if not item:
        return Row(where=where, problem=f"its data has no '{TASK}', the id of a task")
    if len(found.answers) != 1:
        return Row(where=where, item=item, problem=f"has {len(found.answers)} annotations, expected one")
    return _row(where, item, found)


def _row(where: str, item: str, found: Item) -> Row:
    answer = found.answers[0]
    told: int = answer.provenance["lead_time_ms"]
    # its clock runs while a page stays open: what is longer than a day says nothing
    lead_time = told if 0 <= told <= 1000 * LONGEST_S else 0
    return Row(where=where, item=item, values=answer.values, by=answer.by, lead_time_ms=lead_time)
