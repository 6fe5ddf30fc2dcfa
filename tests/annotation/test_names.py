"""Names that were stored stay bytes, and read as a list of texts would."""

from __future__ import annotations

import numpy as np
import pytest

from headwater.annotation.names import Chosen, Names, chosen

EVEN, UNEVEN = ["tsk_a", "tsk_b", "tsk_ü"[:4] + "c"], ["one", "three", "", "ü"]


def stored(*pieces: list[str]) -> Names:
    found = Names()
    for piece in pieces:
        found.stored(memoryview("\n".join(piece).encode()))
    return found


@pytest.mark.parametrize("pieces", [(EVEN,), (UNEVEN,), (EVEN, UNEVEN, EVEN), (["alone"], ["übel", "abcde"])])
def test_names_read_as_the_list_they_were_stored_from(pieces: tuple[list[str], ...]) -> None:
    names, known = stored(*pieces), [name for piece in pieces for name in piece]
    assert list(names) == known
    assert len(names) == len(known)
    assert [names[place] for place in range(-len(known), len(known))] == known * 2
    assert names[1:] == known[1:]
    assert names.since(1) == known[1:]
    with pytest.raises(IndexError):
        names[len(known)]


def test_names_grow_by_some_and_by_what_was_stored() -> None:
    names = Names(["first"])
    names.extend(["second"])
    names.stored(memoryview(b"a\nb"))
    names.stored(memoryview(b""))
    names.extend(["last"])
    assert list(names) == ["first", "second", "a", "b", "last"]
    assert "b" in names
    assert len(Names()) == 0


def test_some_are_chosen_in_any_order_and_among_them_again() -> None:
    names = stored(EVEN, UNEVEN)
    some = chosen(names, np.array([6, 0, 4, 0]))
    assert list(some) == ["ü", "tsk_a", "three", "tsk_a"]
    assert (some[1], some[2:], len(some)) == ("tsk_a", ["three", "tsk_a"], 4)
    assert isinstance(some, Chosen)
    assert list(chosen(some, np.array([2, 0]))) == ["three", "ü"]
    assert list(chosen(("x", "y"), np.array([1]))) == ["y"]
