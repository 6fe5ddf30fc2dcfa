"""Ids: time-sortable UUIDv7 strings behind a readable prefix, such as `rel_0199c1f0…`."""

from __future__ import annotations

import secrets
import threading
import time

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
    global _last  # noqa: PLW0603 -- monotonicity is a property of the process
    with _lock:
        tick = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        _last = tick
    millis, fraction = divmod(tick, 4096)
    value = (millis & (2**48 - 1)) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return f"{prefix}_{value:032x}"


def prefix_of(identifier: str) -> str:
    """Return the kind of thing an id names.

    Raises:
        InvalidError: The text is not an id.
    """
    prefix, underscore, rest = identifier.rpartition("_")
    if not underscore or not prefix or not rest:
        raise InvalidError(f"'{identifier}' is not an id: expected a prefix and digits, such as rel_0199c1f0….")
    return prefix
