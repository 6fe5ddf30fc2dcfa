"""Millions of names as the bytes they were stored in: a text is made of one only when somebody asks for it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, overload

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

_NEWLINE = 10


class Names(Sequence[str]):
    """Texts by their place; pieces that were stored stay bytes."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        """Start with some names."""
        self._pieces: list[_Even | list[str]] = []
        self._starts: list[int] = []
        self._size = 0
        self._take(list(known))

    def extend(self, names: Sequence[str]) -> None:
        """Add some."""
        last = self._pieces[-1] if self._pieces else None
        if isinstance(last, list):
            last.extend(names)
            self._size += len(names)
        else:
            self._take(list(names))

    def stored(self, piece: memoryview) -> None:
        """Add names as they were stored: UTF-8, a line each."""
        if piece:
            self._take(_even(piece) or str(piece, "utf-8").split("\n"))

    def since(self, start: int) -> list[str]:
        """Return the names from a place on."""
        found: list[str] = []
        for begin, piece in zip(self._starts, self._pieces, strict=True):
            if begin + len(piece) > start:
                found += list(piece)[max(0, start - begin) :]
        return found

    def texts(self, places: NDArray[np.int64]) -> Iterator[str]:
        """Yield the names at some places."""
        starts = np.array(self._starts, np.int64)
        piece = np.searchsorted(starts, places, side="right") - 1
        for each, place in zip(piece.tolist(), (places - starts[piece]).tolist(), strict=True):
            yield self._pieces[each][place]

    def _take(self, piece: _Even | list[str]) -> None:
        if len(piece):
            self._pieces.append(piece)
            self._starts.append(self._size)
            self._size += len(piece)

    def __len__(self) -> int:
        """Return how many there are."""
        return self._size

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        """Return the name at a place, or those of a slice."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(self._size))]
        where = int(place) + (self._size if place < 0 else 0)
        if not 0 <= where < self._size:
            raise IndexError(place)
        piece = bisect_right(self._starts, where) - 1
        return self._pieces[piece][where - self._starts[piece]]

    def __iter__(self) -> Iterator[str]:
        """Yield all in order."""
        return chain.from_iterable(self._pieces)


class Chosen(Sequence[str]):
    """Some of the names, in an order of their own."""

    def __init__(self, names: Names, places: NDArray[np.int64]) -> None:
        """Choose by places."""
        self._names, self._places = names, places

    def at(self, places: NDArray[np.int64]) -> Chosen:
        """Choose among these."""
        return Chosen(self._names, self._places[places])

    def __len__(self) -> int:
        """Return how many there are."""
        return int(self._places.size)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        """Return the name at a place, or those of a slice."""
        if isinstance(place, slice):
            return [self._names[each] for each in self._places[place].tolist()]
        return self._names[int(self._places[place])]

    def __iter__(self) -> Iterator[str]:
        """Yield all in order."""
        return self._names.texts(self._places)


def chosen(names: Sequence[str], places: NDArray[np.int64]) -> Sequence[str]:
    """Return some names, in this order; no texts are made of those that are bytes."""
    if isinstance(names, Chosen):
        return names.at(places)
    return Chosen(names if isinstance(names, Names) else Names(names), places)


class _Even:
    """Names of one width, each with a newline behind it but the last."""

    def __init__(self, body: memoryview, width: int) -> None:
        self.body, self.width = body, width

    def __len__(self) -> int:
        return (len(self.body) + 1) // (self.width + 1)

    def __getitem__(self, place: int) -> str:
        start = place * (self.width + 1)
        return str(self.body[start : start + self.width], "utf-8")

    def __iter__(self) -> Iterator[str]:
        return iter(str(self.body, "utf-8").split("\n"))


def _even(piece: memoryview) -> _Even | None:
    """The names of a piece where all take as many bytes; None where they do not."""
    body = np.frombuffer(piece, np.uint8)
    first = bytes(piece[:512]).find(b"\n")
    width = first if first >= 0 else body.size
    if (body.size + 1) % (width + 1):
        return None
    lines = (body.size + 1) // (width + 1)
    newline = body == _NEWLINE
    if np.count_nonzero(newline) != lines - 1 or not newline[width :: width + 1].all():
        return None
    return _Even(piece, width)
