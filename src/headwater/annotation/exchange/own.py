"""Headwater's own formats, JSON lines and Parquet: a task on each line or row, with everything that is known of it."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from headwater.annotation.exchange.files import Pieces, bad, encoded, objects, written
from headwater.annotation.exchange.model import Codec, ExchangeError, Feature, Item, Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from headwater.annotation.questions import Question

_REPLY = frozenset({"id", "by", "at", "values", "score", "foreign"})
_JSON = ("content", "attributes", "answers", "suggestions", "settled", "foreign")
_SCHEMA = pa.schema([(name, pa.string()) for name in ("id", "record", "batch", "kind", "text", *_JSON)])
_GROUP = 10_000


def write(items: Iterable[Item], questions: Sequence[Question] = ()) -> Iterator[bytes]:
    """Yield the tasks as JSON lines."""
    del questions
    return written(encoded(as_data(item)) for item in items)


def as_data(item: Item) -> dict[str, Any]:
    """Return a task as plain data, without what is empty except its answers."""
    found: dict[str, Any] = {"id": item.id, "record": item.record, "batch": item.batch, "content": item.content}
    if item.attributes:
        found["attributes"] = item.attributes
    found["answers"] = [_reply(each) for each in item.answers]
    if item.suggestions:
        found["suggestions"] = [_reply(each) for each in item.suggestions]
    if item.settled:
        found["settled"] = item.settled
    if item.foreign:
        found["foreign"] = item.foreign
    return found


def read(path: Path, questions: Sequence[Question] = ()) -> Iterator[Item]:
    """Yield the tasks of a file of JSON lines."""
    del questions
    for where, row in objects(path):
        yield _item(path, where, row)


def write_parquet(items: Iterable[Item], questions: Sequence[Question] = ()) -> Iterator[bytes]:
    """Yield the tasks as Parquet: text and kind as columns of their own, nested parts as JSON."""
    del questions
    source, sink = iter(items), Pieces()
    with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), _SCHEMA, compression="zstd") as writer:
        while rows := [_row(item) for item in islice(source, _GROUP)]:
            writer.write_table(pa.Table.from_pylist(rows, _SCHEMA))
            yield sink.take()
    yield sink.take()


def read_parquet(path: Path, questions: Sequence[Question] = ()) -> Iterator[Item]:
    """Yield the tasks of a Parquet file."""
    del questions
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise ExchangeError(f"'{path.name}' is not a Parquet file ({error}).", remedy="Export it again.") from error
    missing = sorted(set(_SCHEMA.names) - set(file.schema_arrow.names))
    if missing:
        raise ExchangeError(f"'{path.name}' has no column '{missing[0]}'.", remedy="Use a file Headwater exported.")
    place = 0
    for group in file.iter_batches(batch_size=_GROUP):
        for row in group.to_pylist():
            place += 1
            where = f"Row {place}"
            try:
                parts = {name: json.loads(row[name]) for name in _JSON}
            except (TypeError, ValueError) as error:
                raise bad(path, where, f"a nested column is not JSON ({error})") from error
            yield _item(path, where, row | parts)


def _row(item: Item) -> dict[str, str]:
    parts: dict[str, Any] = {"attributes": {}, "suggestions": [], "settled": {}, "foreign": {}} | as_data(item)
    row = {name: encoded(parts[name]) for name in _JSON}
    shown = {"kind": str(item.content.get("kind", "")), "text": str(item.content.get("text", ""))}
    return row | shown | {"id": item.id, "record": item.record, "batch": item.batch}


def _reply(reply: Reply) -> dict[str, Any]:
    found: dict[str, Any] = {"id": reply.id, "by": reply.by, "at": reply.at, "values": reply.values}
    if reply.score is not None:
        found["score"] = reply.score
    if reply.foreign:
        found["foreign"] = reply.foreign
    return found | reply.provenance


def _item(path: Path, where: str, row: dict[str, Any]) -> Item:
    for name, kind in (("content", dict), ("answers", list)):
        if not isinstance(row.get(name), kind):
            raise bad(path, where, f"expected '{name}' to be {'an object' if kind is dict else 'a list'}")
    try:
        return Item(
            id=str(row.get("id", "")),
            record=str(row.get("record") or ""),
            batch=str(row.get("batch") or ""),
            content=row["content"],
            attributes=dict(row.get("attributes") or {}),
            answers=tuple(_parsed(each) for each in row["answers"]),
            suggestions=tuple(_parsed(each) for each in row.get("suggestions") or ()),
            settled=dict(row.get("settled") or {}),
            foreign=dict(row.get("foreign") or {}),
        )
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise bad(path, where, f"an answer is not as expected ({error!r})") from error


def _parsed(data: dict[str, Any]) -> Reply:
    return Reply(
        id=str(data.get("id", "")),
        by=str(data.get("by", "")),
        at=str(data.get("at", "")),
        values=dict(data["values"]),
        score=data.get("score"),
        foreign=dict(data.get("foreign") or {}),
        provenance={name: value for name, value in data.items() if name not in _REPLY},
    )


_EVERYTHING = dict.fromkeys(Feature, "")
JSONL = Codec(
    name="jsonl",
    title="Headwater JSON lines",
    suffix="jsonl",
    media_type="application/jsonl",
    write=write,
    read=read,
    carries=_EVERYTHING,
)
PARQUET = Codec(
    name="parquet",
    title="Headwater Parquet",
    suffix="parquet",
    media_type="application/vnd.apache.parquet",
    write=write_parquet,
    read=read_parquet,
    carries=_EVERYTHING,
)
