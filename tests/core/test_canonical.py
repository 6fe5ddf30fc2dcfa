from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from uuid import RFC_4122, UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.canonical import canonical_json, digest, parsed, plain
from headwater.core.errors import InvalidError
from headwater.core.ids import new_id, new_ids, prefix_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), JSON, max_size=5))
def test_the_order_of_keys_does_not_change_the_bytes(value: dict[str, object]) -> None:
    assert canonical_json(value) == canonical_json(dict(reversed(value.items())))


@given(
    st.recursive(
        JSON | st.floats(allow_nan=False, allow_infinity=False) | st.text(), lambda inner: st.lists(inner, max_size=3)
    )
)
def test_the_bytes_are_those_of_rfc_8785(value: object) -> None:
    wanted: bytes | None
    try:
        wanted = rfc8785.dumps(plain(value))
    except (UnicodeEncodeError, rfc8785.CanonicalizationError):
        wanted = None
    if wanted is None:
        with pytest.raises((UnicodeEncodeError, rfc8785.CanonicalizationError)):
            canonical_json(value)
    else:
        assert canonical_json(value) == wanted


def test_moments_undefined_numbers_and_sets_have_one_form() -> None:
    value = {"at": datetime(2026, 1, 2, tzinfo=UTC), "x": math.nan, "s": {"b", "a"}}
    assert canonical_json(value) == b'{"at":"2026-01-02T00:00:00.000000Z","s":["a","b"],"x":null}'


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(TypeError, match="bytes"):
        digest({"x": b"y"})


def test_ids_sort_as_they_were_made() -> None:
    made = [*(new_id("rec") for _ in range(2500)), *new_ids("rec", 2500), *(new_id("rec") for _ in range(10))]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert prefix_of(made[0]) == "rec"
    assert {(read.version, read.variant) for read in map(UUID, (each[4:] for each in made))} == {(7, RFC_4122)}
    assert new_ids("rec", 0) == []


def test_what_is_not_an_id_is_refused() -> None:
    with pytest.raises(InvalidError, match="'plain' is not an id"):
        prefix_of("plain")


@given(st.recursive(JSON | st.integers() | st.floats() | st.text(), st.lists, max_leaves=6))
def test_json_is_parsed_as_python_parses_it(value: object) -> None:
    for ascii_only in (True, False):
        text = json.dumps(value, ensure_ascii=ascii_only)
        assert repr(parsed(text)) == repr(json.loads(text))


@pytest.mark.parametrize("text", ['"\\ud800"', "NaN", "1e400", str(2**64), str(-(2**70)), "[" * 300 + "]" * 300])
def test_what_the_quick_parser_refuses_or_rounds_is_parsed_all_the_same(text: str) -> None:
    assert repr(parsed(text)) == repr(json.loads(text))
    assert repr(parsed(text.encode())) == repr(json.loads(text))


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(json.JSONDecodeError):
        parsed("{")
