"""Headwater's own JSON lines: a task on each line, with everything that is known of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from headwater.annotation.exchange.model import Item, Reply

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_CHUNK = 1 << 17


def write(items: Iterable[Item]) -> Iterator[bytes]:
    """Yield the file in pieces of some hundred kilobytes."""
    held: list[str] = []
    size = 0
    for item in items:
        line = _ENCODE(as_data(item))
        held.append(line)
        size += len(line)
        if size > _CHUNK:
            yield ("\n".join(held) + "\n").encode()
            held, size = [], 0
    if held:
        yield ("\n".join(held) + "\n").encode()


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
    return found


def _reply(reply: Reply) -> dict[str, Any]:
    found: dict[str, Any] = {"id": reply.id, "by": reply.by, "at": reply.at, "values": reply.values}
    if reply.score is not None:
        found["score"] = reply.score
    return found | reply.provenance
