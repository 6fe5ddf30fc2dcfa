from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.sourcing.slices import SliceError, UnknownFieldError, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("language = 'es'", True),
        ("language != 'es'", False),
        ("domain in ('billing', 'refund')", True),
        ("words < 10 and words >= 3", True),
        ("not (language = 'es')", False),
        ("language = 'fr' or words = 5", True),
        ("missing = null", True),
        ("missing < 3", False),
        ("vip = true", True),
        ("name = 'it''s'", True),
    ],
)
def test_slices_mean_what_they_say(text: str, expected: bool) -> None:
    row = {"language": "es", "domain": "billing", "words": 5, "vip": True, "name": "it's"}
    assert parse(text).matches(row) is expected


@pytest.mark.parametrize(
    "text", ["a =", "a ~ 3", "(a = 1", "a in 3", "a = 1 b", "= 3", "a = b", "not", "a in ()", "'x' = 1"]
)
def test_what_is_not_a_slice_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(SliceError, match="slice"):
        parse(text)


def test_an_unknown_field_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownFieldError, match=r"'colour'.*Known fields: domain, language"):
        parse("colour = 'red'").check(frozenset({"language", "domain"}))


@given(st.text(alphabet="abc=<>!()', 0123and orntisul", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(SliceError):
        parse(text).matches({"a": 1})


def test_deep_nesting_is_refused_and_does_not_crash() -> None:
    with pytest.raises(SliceError, match="deeper"):
        parse("(" * 5000 + "a = 1" + ")" * 5000)
