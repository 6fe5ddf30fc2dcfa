"""Ids: time-sortable UUIDv7 strings behind a readable prefix, such as `rel_0199c1f0…`."""

from __future__ import annotations

import secrets
import threading
import time

import numpy as np

from headwater.core.errors import InvalidError

_lock = threading.Lock()
_last = 0


def new_id(prefix: str) -> str:
    """Return a new id that sorts after every id this process made before.

    Args:
        prefix: The kind of thing, two to five lower-case letters (`src`, `rec`, `rel`).

    Returns:
        The prefix, an underscore and 32 hexadecimal digits.

    Source: RFC 9562 section 5.7. The 12 bits of `rand_a` carry a sub-millisecond fraction (method 3
    of section 6.2), moved forward by one when two ids would fall on the same tick.
    """
    tick, noise = _ticks(1), secrets.randbits(62)
    return f"{prefix}_{tick >> 12:012x}7{tick & 0xFFF:03x}{1 << 63 | noise:016x}"


def new_ids(prefix: str, count: int) -> list[str]:
    """Return so many new ids in their order, as `new_id` makes them one by one."""
    first = _ticks(count)
    halves = np.empty((count, 2), ">u8")
    ticks = np.arange(first, first + count, dtype=np.uint64)
    halves[:, 0] = (ticks >> 12 << 16) | _VERSION | (ticks & 0xFFF)
    halves[:, 1] = np.frombuffer(secrets.token_bytes(8 * count), np.uint64) >> 2 | _VARIANT
    digits, head = halves.tobytes().hex(), f"{prefix}_"
    return [head + digits[at : at + 32] for at in range(0, 32 * count, 32)]


def _ticks(count: int) -> int:
    """Return the first of so many ticks that no id of this process has."""
    global _last  # noqa: PLW0603 -- monotonicity is a property of the process
    with _lock:
        first = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        _last = first + count - 1
    return first


_VERSION, _VARIANT = np.uint64(7 << 12), np.uint64(1 << 63)
"""Bits that say how an id is made."""


def prefix_of(identifier: str) -> str:
    """Return the kind of thing an id names.

    Raises:
        InvalidError: The text is not an id.
    """
    prefix, underscore, rest = identifier.rpartition("_")
    if not underscore or not prefix or not rest:
        raise InvalidError(f"'{identifier}' is not an id: expected a prefix and digits, such as rel_0199c1f0….")
    return prefix
