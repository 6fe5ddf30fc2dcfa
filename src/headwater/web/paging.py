"""Lists of pages: one screenful is read, and a link leads to what follows."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Generic, TypeVar

from headwater.storage.database import Part

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Screenful(Generic[T]):
    """What a page shows of a list."""

    rows: list[T]
    more: str
    """Where the next screenful begins; empty at the end. Passed as `after`."""


def screenful(
    rows_of: Callable[[Part], list[T]], after: str, *, key: Callable[[T], str] = attrgetter("id")
) -> Screenful[T]:
    """Return the rows after a place, and whether more follow.

    Args:
        rows_of: Reads a part of the list.
        after: The `more` of the screenful before; empty for the first one.
        key: The place of a row.
    """
    rows = rows_of(Part(after, SHOWN + 1))
    return Screenful(rows[:SHOWN], key(rows[SHOWN - 1]) if len(rows) > SHOWN else "")
