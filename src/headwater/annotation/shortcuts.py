"""Which keys of the workspace an option may have as its shortcut, and which it has by its place.

The workspace's own keys stand in `web/static/js`; a test holds both sides together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KEYS = "123456789abcdefghijklmnopqrstuvwxyz"
"""Options without a key have these, in their order, without those that the kind takes."""
EVERYWHERE = "0/?"
"""Cannot decide, search, the list of keys."""
_PICTURE = "+=-fc"
_DRAWN = "enps,.H" + _PICTURE
TAKEN = {
    "spans": "npr",
    "boxes": _DRAWN,
    "polygons": _DRAWN,
    "mask": _DRAWN,
    "keypoints": _DRAWN,
    "ranking": "=",
}
"""The keys that a kind of question works with itself."""
_RESPONSES = "123456789"


class Keyed(Protocol):
    """An option of a question, as far as its key goes."""

    @property
    def value(self) -> str:
        """What is stored."""

    @property
    def parent(self) -> str:
        """The option it is a kind of."""

    @property
    def key(self) -> str:
        """The key of its own; '' for that of its place."""


class Asked(Protocol):
    """A question, as far as the keys of its options go."""

    @property
    def kind(self) -> str:
        """What sort of answer it takes."""

    @property
    def options(self) -> Sequence[Keyed]:
        """Its closed answers, or what is ranked."""

    @property
    def relations(self) -> Sequence[Keyed]:
        """Of spans, chosen apart from the labels."""

    @property
    def reasons(self) -> Sequence[Keyed]:
        """Of a ranking, beside what is ranked."""


def problem(asked: Asked) -> str:
    """Return why the keys of a question's options cannot stand: which option, which key, and what is free; else ''."""
    own = EVERYWHERE + TAKEN.get(asked.kind, "")
    by_place = [key for key in KEYS if key not in own]
    taken = own + (_RESPONSES if asked.kind == "ranking" and not asked.options else "")
    for row in _rows(asked):
        if wrong := _unusable(asked.kind, row, taken) or _shared(row, by_place):
            used = {option.key for option in row} | {key for _, key in _placed(row, by_place)}
            return f"{wrong}. Free are {' '.join(key for key in by_place if key not in used and key not in taken)}."
    return ""


def _rows(asked: Asked) -> Iterator[Sequence[Keyed]]:
    """Options that are on the screen together, and so need keys of their own."""
    if asked.kind == "ranking":
        yield (*asked.options, *asked.reasons)
    elif asked.kind in {"single", "multiple", "refusal"}:
        for parent in dict.fromkeys(option.parent for option in asked.options):
            yield [option for option in asked.options if option.parent == parent]
    else:
        yield asked.options
    yield asked.relations


def _placed(row: Sequence[Keyed], by_place: Sequence[str]) -> list[tuple[Keyed, str]]:
    return [(option, key) for option, key in zip(row, by_place, strict=False) if not option.key]


def _unusable(kind: str, row: Sequence[Keyed], taken: str) -> str:
    for option in row:
        said = f"option '{option.value}' has the key '{option.key}'"
        if option.key and kind == "rating":
            return f"{said}, but the steps of a rating have theirs by their place; leave it out"
        if option.key and (len(option.key) != 1 or option.key.isspace()):
            return f"{said}, but a key is one letter, digit or sign"
        if option.key and option.key in taken:
            return f"{said}, which the workspace needs itself"
    return ""


def _shared(row: Sequence[Keyed], by_place: Sequence[str]) -> str:
    owners: dict[str, str] = {}
    for option in row:
        if option.key in owners:
            return f"option '{option.value}' has the key '{option.key}', which option '{owners[option.key]}' has too"
        if option.key:
            owners[option.key] = option.value
    for option, key in _placed(row, by_place):
        if key in owners:
            return f"option '{owners[key]}' has the key '{key}', which option '{option.value}' has by its place"
    return ""
