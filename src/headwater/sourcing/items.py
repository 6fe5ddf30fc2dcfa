"""Raw items, one by one and in chunks, column by column."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_OF_ANY_SIZE = 5_000
"""Most items of a chunk where nothing bounds how long they are together."""
NOTHING: dict[str, object] = {}
"""The attributes of a text that has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One raw item as read: where it stood, and what it holds or why it cannot be read."""

    place: int
    text: str = ""
    kind: str = "text"
    payload: dict[str, object] = field(default_factory=dict)
    attributes: dict[str, object] = field(default_factory=dict)
    problem: str = ""
    """Why the item cannot be read; empty when it can."""

    @property
    def is_plain(self) -> bool:
        """Whether it is a text with attributes and nothing else."""
        return self.kind == "text" and not self.payload and not self.problem


class Chunk(NamedTuple):
    """Items that are taken in together, in their order."""

    places: Sequence[int]
    texts: list[str]
    """Empty where an item is not plain."""
    attributes: list[dict[str, object]]
    """Empty where an item is not plain."""
    others: dict[int, Item]
    """The items that are not plain, by their index."""

    @classmethod
    def of(cls, items: Sequence[Item]) -> Chunk:
        """Return items as a chunk."""
        others = {index: item for index, item in enumerate(items) if not item.is_plain}
        return cls(
            places=[item.place for item in items],
            texts=["" if index in others else item.text for index, item in enumerate(items)],
            attributes=[NOTHING if index in others else item.attributes for index, item in enumerate(items)],
            others=others,
        )


@runtime_checkable
class Chunked(Protocol):
    """Items that can be had in chunks."""

    def chunks(self, after: int, most: int) -> Iterator[Chunk]:
        """Yield the items beyond a place, at most so many at a time."""


def chunked(items: Iterable[Item] | Chunked, *, after: int, most: int) -> Iterator[Chunk]:
    """Yield the items beyond a place in chunks of at most so many."""
    if isinstance(items, Chunked):
        yield from items.chunks(after, most)
        return
    remaining = (item for item in items if item.place > after)
    while some := list(islice(remaining, min(most, _OF_ANY_SIZE))):
        yield Chunk.of(some)
