"""Canonical JSON (RFC 8785) and SHA-256 digests: the same thing always has the same bytes."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from types import NoneType
from typing import TYPE_CHECKING, Any

import orjson
import rfc8785

if TYPE_CHECKING:
    from pathlib import Path


_CHUNK = 1 << 20
_LARGEST = 2**53
"""Integers from here on are not exact in JSON; they are written as text."""


def canonical_json(value: object) -> bytes:
    """Return the RFC 8785 bytes of a value.

    Accepts what JSON has, and turns enums into their values, aware datetimes into ISO 8601 UTC with
    a `Z`, tuples and sets into lists (sets sorted), NaN into null, and integers beyond 2⁵³ into text.

    Raises:
        TypeError: A value has no canonical form.
    """
    if _is_simple(value):
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError:  # half a surrogate pair, or nested deeper than it goes
            pass
    return rfc8785.dumps(plain(value))


def parsed(text: str | bytes) -> Any:  # noqa: ANN401 -- whatever JSON held
    """Return what JSON holds, as `json.loads` does, several times as quickly."""
    said = text.decode() if isinstance(text, bytes) else text
    if not _LONG.search(said):
        try:
            return orjson.loads(said)
        except orjson.JSONDecodeError:  # half a surrogate pair, NaN, nested deeper than it goes; or no JSON
            pass
    return json.loads(said)


_LONG = re.compile(r"\d{19}")
"""The quick parser makes a float of an integer of more than 64 bits."""


def _is_simple(value: Any) -> bool:  # noqa: ANN401 -- whatever may be written
    """Return whether the quick encoder writes a value's canonical form.

    It does for text, exact integers and ASCII names; numbers with a point and the order of other names are written
    differently.
    """
    kind: type = type(value)
    if kind is str or kind is bool or kind is NoneType:
        return True
    if kind is int:
        return bool(-_LARGEST < value < _LARGEST)
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii() or (type(item) is not str and not _is_simple(item)):
                return False
        return True
    return (kind is list or kind is tuple) and all(map(_is_simple, value))


def plain(value: object) -> Any:  # noqa: ANN401, PLR0911 -- what JSON has, a return a kind
    """Return the value with only what JSON has (see `canonical_json`)."""
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, int) and abs(value) >= _LARGEST:
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        value = sorted(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot be written as canonical JSON")


def digest(value: object) -> str:
    """Return `sha256:` and the hexadecimal SHA-256 of the value's canonical JSON."""
    return digest_bytes(canonical_json(value))


def digest_bytes(data: bytes) -> str:
    """Return `sha256:` and the hexadecimal SHA-256 of the bytes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def digest_file(path: Path) -> str:
    """Return `sha256:` and the hexadecimal SHA-256 of a file, read in pieces."""
    hasher = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            hasher.update(chunk)
    return f"sha256:{hasher.hexdigest()}"
