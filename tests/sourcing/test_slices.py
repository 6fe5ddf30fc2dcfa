from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.canonical import canonical_json
from headwater.sourcing import queries
from headwater.sourcing.slices import SliceError, UnknownFieldError, parse
from headwater.storage.records import SCHEMA

if TYPE_CHECKING:
    from headwater.app.application import App


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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "vip = yes",
            "bare word 'yes' at character 7, where a value stands. Write vip = true; for the text, vip = 'yes'.",
        ),
        ("a = 1 and vip != No", "Write a = 1 and vip != false; for the text, a = 1 and vip != 'No'."),
        (
            "language in ('en', es)",
            "character 20, where a value stands. Text stands in quotes: language in ('en', 'es'.",
        ),
        (
            'language = "es"',
            "has \" at character 12, which means nothing. Text stands in single quotes: language = 'es'.",
        ),
    ],
)
def test_a_value_that_is_written_otherwise_is_told_how_to_write_it(text: str, said: str) -> None:
    with pytest.raises(SliceError) as caught:
        parse(text)
    assert said in str(caught.value)


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


ROWS: list[dict[str, object]] = [
    {},
    {"a": None},
    {"a": "x", "b": 3},
    {"a": 'it\'s "x"', "b": -2.5},
    {"a": {"a": "x", "b": 3}},
    {"c": {"a": "x", "b": 3}},
    {"c": '{"a":"x"', "b": 1e21},
    {"a": True, "b": "3", "kind": "pair"},
    {"a": ["x"], "language": "es", "b": 10},
    {"a": "{", "b": 0, "language": None},
]
ATOMS = (
    "a = 'x'",
    "a = null",
    "b != 3",
    "a in ('it''s \"x\"', 'y', null)",
    "b < 3",
    "b >= -2.5",
    "a > 'a'",
    "a = true",
    "kind = 'text'",
    "kind != null",
    "language = 'en'",
    "language < 'f'",
    "b = 10",
)


def put(app: App, rows: list[dict[str, object]]) -> None:
    values: dict[str, list[object]] = {field.name: ["x"] * len(rows) for field in SCHEMA if field.type == pa.string()}
    values |= {
        "record_id": [f"rec_{place}" for place in range(len(rows))],
        "attributes": [canonical_json(row).decode() for row in rows],
        "kind": ["text"] * len(rows),
        "payload": ["{}"] * len(rows),
        "language": ["en"] * len(rows),
        "created_at": [app.clock.now()] * len(rows),
    }
    pin = app.records.append(app.database, "prg_slices", pa.table(values))
    with app.database.write() as db:
        app.records.confirm(db, "prg_slices", pin)


def test_the_record_table_and_the_test_of_one_record_agree_about_every_slice(app: App) -> None:
    put(app, ROWS)
    columns = {"kind": "text", "language": "en", "source_id": "x", "intake_id": "x"}
    singles = [*ATOMS, *(f"not {atom}" for atom in ATOMS)]
    pairs = [f"{one} {word} not {two}" for one in ATOMS for two in ATOMS for word in ("and", "or") if one != two]
    predicates = [parse(text) for text in singles + pairs]
    with app.act_as("system", "prg_slices") as ctx:
        for text in singles:
            wanted = [f"rec_{at}" for at, row in enumerate(ROWS) if parse(text).matches({**columns, **row})]
            assert queries.identifiers(ctx, where=text) == wanted, text
        found = queries.counts(ctx, predicates)
    for predicate, count in zip(predicates, found, strict=True):
        assert count == sum(predicate.matches({**columns, **row}) for row in ROWS), predicate.text


def test_records_that_say_the_same_are_told_once_and_those_that_are_gone_not_at_all(app: App) -> None:
    put(app, [ROWS[place % len(ROWS)] for place in range(3 * len(ROWS))])
    columns = {"kind": "text", "language": "en", "source_id": "x", "intake_id": "x"}
    asked = [f"rec_{place}" for place in (29, 3, 3, 12, 22, 2, 40, 8)]
    with app.act_as("system", "prg_slices") as ctx:
        seen, code = queries.profiles(ctx, asked)
        told = queries.attributes(ctx, set(asked))
        none, no_code = queries.profiles(ctx, [])
        assert (none, no_code.size) == ([], 0)
    assert len(seen) == 4
    assert [seen[at] if at >= 0 else None for at in code] == [told.get(name) for name in asked]
    assert told == {f"rec_{at}": {**columns, **ROWS[at % len(ROWS)]} for at in (29, 3, 12, 22, 2, 8)}


def test_pages_of_a_slice_hold_every_record_once_however_rare_it_is(app: App) -> None:
    put(app, [{"a": "rare" if place in (3, 2_100, 4_990) else "usual", "t": place} for place in range(5_000)])
    with app.act_as("system", "prg_slices") as ctx:
        assert [item.seq for item in queries.records(ctx, where="a != 'usual'").records] == [4_990, 2_100, 3]
        seen, before = [], None
        while True:
            page = queries.records(ctx, where="a = 'usual' and t < 120", before=before, limit=50)
            seen += [item.seq for item in page.records]
            before = page.next
            if before is None:
                break
        assert seen == [place for place in reversed(range(120)) if place != 3]
        assert queries.tally(ctx).fields == {
            "a": {"usual": 4_997, "rare": 3},
            "t": None,
            "kind": {"text": 5_000},
            "language": {"en": 5_000},
            "source_id": {"x": 5_000},
            "intake_id": {"x": 5_000},
        }
        assert queries.tally_values(ctx, "t")["17"] == 1
