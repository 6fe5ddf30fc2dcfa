"""Whether an answer comes back from the database as it went in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import orjson

_LOST = re.compile("[\ud800-\udfff\0]")


def is_storable(answer: object) -> bool:
    """Return whether every database gives the texts of an answer back.

    Half a surrogate pair and the character U+0000 are stored as JSON, and then neither PostgreSQL nor SQLite reads the
    answer, nor any other in the same query.
    """
    try:
        if b"\\u0000" not in orjson.dumps(answer):
            return True
    except orjson.JSONEncodeError:  # half a surrogate pair, or a number of more than 64 bits
        pass
    return not any(_LOST.search(text) for text in _texts(answer))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for pair in value.items() for each in pair for text in _texts(each))
    elif isinstance(value, list | tuple):
        yield from (text for each in value for text in _texts(each))
