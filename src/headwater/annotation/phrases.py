"""How values, choices and bounds are said in messages and descriptions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHOWN, _NAMED = 60, 12


def shown(value: object) -> str:
    """Return a value as it is quoted, cut where it is long."""
    text = f"'{value}'" if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def legible(text: str) -> str:
    """Return a text with what cannot be stored (see `storable`) spelt out."""
    return text.replace("\0", r"\0").encode("utf-8", "backslashreplace").decode()


def some(values: Sequence[str], most: int = _NAMED) -> str:
    """Return values in a row: the first of them when they are many, with how many there are."""
    named = ", ".join(values[:most])
    return f"{named} … ({len(values)} in all)" if len(values) > most else named or "nothing"


def within(low: float, high: float) -> str:
    """Return two bounds in words; a lower one of 0 goes without saying."""
    if math.isinf(high):
        return f"at least {low:g}"
    if low == high:
        return f"{low:g}"
    return f"at most {high:g}" if low <= 0 else f"{low:g} to {high:g}"


def between(low: float, high: float) -> str:
    """Return the bounds of a number in words, after a blank; empty where there are none."""
    if math.isinf(low) and math.isinf(high):
        return ""
    return f" {_ends(low, high)}" if not math.isinf(low) else f" at most {high:g}"


def _ends(low: float, high: float) -> str:
    """Both bounds, 0 among them: a number may lie below."""
    return f"at least {low:g}" if math.isinf(high) else f"from {low:g} to {high:g}"
