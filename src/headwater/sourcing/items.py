"""Raw items, one by one and in chunks, column by column."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from headwater.text.normal import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

_OF_ANY_SIZE = 5_000
"""Most items of a chunk where nothing bounds how long they are together."""
NOTHING: dict[str, object] = {}
"""The attributes of a text that has none."""
PICTURE = "image"
"""The kind of an item that is a picture and nothing more: its text is the picture's name, which nobody said."""
INSTRUCTING = frozenset({"system", "developer"})
"""Roles of those who tell a model how to behave: a chat is listed by what comes after."""
_NAMES = frozenset({"image", "file", "role", "type", "foreign"})
"""Parts of a payload that hold no words."""


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
    media: Callable[[], bytes] | None = None
    """Reads its picture, which is stored under the name in its payload once the item is kept; None without one."""

    @property
    def is_plain(self) -> bool:
        """Whether it is a text with attributes and nothing else."""
        return self.kind == "text" and not self.payload and not self.problem

    @property
    def said(self) -> str:
        """All that was said in it, see `said`."""
        return "" if self.kind == PICTURE else said(self.text, self.payload)


class Chunk(NamedTuple):
    """Items that are taken in together, in their order."""

    places: Sequence[int]
    texts: list[str]
    """Empty where an item is not plain."""
    attributes: list[dict[str, object]]
    """Empty where an item is not plain."""
    others: dict[int, Item]
    """The items that are not plain, by their index."""

    def items(self) -> Iterator[Item]:
        """Yield the items one by one."""
        for index, (place, text, attributes) in enumerate(zip(self.places, self.texts, self.attributes, strict=True)):
            yield self.others.get(index) or Item(place=place, text=text, attributes=attributes)

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


def said(text: str, payload: Mapping[str, object]) -> str:
    """Return all that was said in an item: its text, the turns of a chat, a reply, responses to choose from."""
    messages, responses = (_list(payload.get(name)) for name in ("messages", "responses"))
    turns = [each for turn in messages for each in words(turn.get("content") if isinstance(turn, dict) else None)]
    parts = turns if text in turns else [text, *turns]
    return "\n".join([*parts, *words(payload.get("reply")), *words(responses)])


def compared(kind: str, text: str, payload: Mapping[str, object]) -> str:
    """Return what tells an item from others: all that was said; of a picture, which it is and what was said of it.

    Pictures with the same caption are no near duplicates: the caption takes part as a digest.
    """
    caption = "" if kind == PICTURE else said(text, payload)
    picture = str(payload.get("image") or "")
    if not picture:
        return caption or text
    return f"{picture} {fingerprint(caption)}" if caption else picture


def words(value: object) -> Iterator[str]:
    """Yield every string in a value, but those that are names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            if name not in _NAMES:
                yield from words(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from words(each)


def reworded(payload: Mapping[str, object], change: Callable[[str], str]) -> dict[str, object]:
    """Return a payload with every string in it changed, but those that are names."""
    return {name: each if name in _NAMES else _reworded(each, change) for name, each in payload.items()}


def _reworded(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return reworded(value, change)
    return [_reworded(each, change) for each in value] if isinstance(value, list | tuple) else value


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
