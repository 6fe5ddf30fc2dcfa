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
    return new_ids(prefix, 1)[0]


def new_ids(prefix: str, count: int) -> list[str]:
    """Return so many new ids in their order, as `new_id` makes them one by one."""
    global _last  # noqa: PLW0603 -- monotonicity is a property of the process
    with _lock:
        first = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        _last = first + count - 1
    noise = secrets.token_hex(8 * count)
    heads = (f"{tick:015x}" for tick in range(first, first + count))
    return [
        f"{prefix}_{head[:12]}7{head[12:]}{_VARIANT[noise[at]]}{noise[at + 1 : at + 16]}"
        for head, at in zip(heads, range(0, 16 * count, 16), strict=True)
    ]


_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}
"""The two bits that say how an id is made, before two at random."""


def prefix_of(identifier: str) -> str:
    """Return the kind of thing an id names.

    Raises:
        InvalidError: The text is not an id.
    """
    prefix, underscore, rest = identifier.rpartition("_")
    if not underscore or not prefix or not rest:
        raise InvalidError(f"'{identifier}' is not an id: expected a prefix and digits, such as rel_0199c1f0….")
    return prefix
