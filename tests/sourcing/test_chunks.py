"""A chunk of texts becomes what each of them would become by itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headwater.sourcing import intakes, marks, queries, reading, store
from headwater.sourcing.curation import Curator, Recipe
from headwater.sourcing.items import NOTHING, Chunk, Item, chunked
from headwater.sourcing.marks import Block, Marks
from headwater.text import columns, language, normal, personal
from tests.sourcing.test_intakes import approved, items, take_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pytest

    from tests.workspaces import Team

PIECES = (
    *(
        "a",
        "b c",
        "THE printer",
        "the printer",
        "is broken since yesterday",
        "Ich möchte wissen",
        "привет мир",
        "日本語",
    ),
    *(
        " ",
        "  ",
        "\n",
        "\t",
        "\x1c",
        "\x85",
        "\xa0",
        "\u200b",
        "\u200d",
        "\ufeff",
        "\ud800",
        "\udc80",
        "e\u0301",
        "ﬁ",
        "İ",
    ),
    *(
        "a.b@example.org",
        "+49 170 1234567",
        "٠١٢ ٣٤٥٦٧٨٩",
        "4111 1111 1111 1111",
        "DE89 3704 0044 0532 0130 00",
        "8.8.8.8",
    ),
    *("1234567890123456", '"', "\\", "\x00", "\x7f", "{}", "1"),
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=8).map("".join)


@given(st.lists(TEXTS, max_size=12))
def test_many_texts_are_what_each_is_by_itself(texts: list[str]) -> None:
    column = columns.clean(texts)
    assert column.texts == [normal.clean(text) for text in texts] == column.values.to_pylist()
    assert columns.languages(column) == [language.identify(text) for text in column.texts]
    assert columns.length_bins(column) == [normal.length_bin(text) for text in column.texts]
    found = {place for place, text in enumerate(column.texts) if personal.find(text)}
    assert found <= set(columns.may_be_personal(column))
    fingerprints = [each.hex() for each in columns.fingerprints(column.texts, column.is_simple)]
    assert fingerprints == [normal.fingerprint(text) for text in column.texts]


class Nobody:
    """Marks of a program without records."""

    def blocks(self, after: int) -> list[Block]:
        del after
        return []

    def marks(self, buckets: Sequence[int], after: int) -> list[tuple[int, int, bytes]]:
        del buckets, after
        return []

    def records(self, first: int) -> bytes:
        raise AssertionError(first)


def one_by_one(raw: list[Item]) -> Chunk:
    """Return a chunk whose items all go the careful way."""
    empty = [""] * len(raw), [NOTHING] * len(raw)
    return Chunk([item.place for item in raw], *empty, dict(enumerate(raw)))


def curated(recipe: Recipe, raw: list[Item], chunk: Callable[[list[Item]], Chunk]) -> list[Any]:
    curator = Curator(recipe, "src_1", Marks(Nobody()), list)
    parts = [raw[start : start + 5] for start in range(0, len(raw), 5)]
    found = [curator.apply(chunk(part)) for part in parts]
    return [(outcome.kept, outcome.turned, content) for outcome, content in found]


VALUES = st.none() | st.booleans() | st.integers(-9, 9) | TEXTS
ITEMS = st.builds(
    Item,
    place=st.just(1),
    text=TEXTS,
    kind=st.sampled_from(("text", "text", "text", "pair", "own")),
    payload=st.just({}) | st.builds(lambda text: {"reply": text}, TEXTS),
    attributes=st.just({}) | st.dictionaries(st.sampled_from(("topic", "language", "ä")), VALUES, max_size=2),
    problem=st.sampled_from(("", "", "", "", "line 1: broken")),
)
RECIPES = st.builds(
    Recipe,
    languages=st.sampled_from(((), ("en",))),
    fewest_characters=st.sampled_from((0, 1, 4)),
    personal_data=st.sampled_from(("mask", "reject", "keep")),
    near_duplicate=st.sampled_from((0.5, 2.0)),
)


@given(RECIPES, st.lists(ITEMS, max_size=14))
def test_a_chunk_becomes_what_its_items_become_one_by_one(recipe: Recipe, raw: list[Item]) -> None:
    assert curated(recipe, raw, Chunk.of) == curated(recipe, raw, one_by_one)


LINES = st.lists(
    st.builds(lambda text: json.dumps({"text": text}).encode(), TEXTS)
    | st.builds(lambda text: json.dumps({"text": text}, ensure_ascii=False).encode("utf-8", "surrogatepass"), TEXTS)
    | st.builds(lambda text, more: json.dumps({"text": text} | more).encode(), TEXTS, st.dictionaries(TEXTS, VALUES))
    | st.sampled_from(
        [
            *(b"", b" ", b"[]", b"null", b'{"text": 1}', b'{"text": "a"} ', b'{"text": "a"},', b'{"text": "a"', b"\r"),
            *(b'\xef\xbb\xbf{"text": "a"}', b'{"text": "caf\xe9"}', b'{"text": "a", "n": 12345678901234567890123}'),
            *(b'{"text": "a", "n": 9007199254740993}', b'{"text": "a", "n": 1e400}', b'{"text": "a", "n": NaN}'),
            *(
                b'{"text": "a", "kind": "own"}',
                b'{"text": "a", "attributes": {"b": 1}}',
                b'{"text": "a", "b": {"c": 1}}',
            ),
            *(b'{"text": "a", "reply": "b"}', b'{"messages": [{"content": "a"}]}', b'{"text": "a", "b": {"c": 1}}'),
            b'{"text": "a", "text": "b"}',
            b'{"text": "' + b"x" * 2000 + b'"}',
        ]
    ),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, st.sampled_from((".jsonl", ".txt")), st.integers(1, 4), st.integers(0, 6), st.booleans())
def test_a_file_read_in_chunks_has_the_same_items(
    tmp_path: Path, lines: list[bytes], suffix: str, most: int, after: int, ends: bool
) -> None:
    path = tmp_path / f"items{suffix}"
    path.write_bytes(b"\n".join(lines) + b"\n" * ends)
    file = reading.File(path, 1_000)
    wanted = [item for item in file if item.place > after]
    found = list(file.chunks(after, most))
    assert [place for chunk in found for place in chunk.places] == [item.place for item in wanted]
    assert [row for chunk in found for row in rows(chunk)] == rows(Chunk.of(wanted))
    assert all(len(chunk.places) <= most for chunk in found)


def rows(chunk: Chunk) -> list[Any]:
    parts = zip(chunk.texts, chunk.attributes, strict=True)
    return [chunk.others.get(index, part) for index, part in enumerate(parts)]


def test_blank_lines_do_not_make_a_chunk_end_the_file(tmp_path: Path) -> None:
    path = tmp_path / "items.txt"
    path.write_text("one\n" + "\n" * 40 + "two\n")
    found = list(chunked(reading.File(path, 1_000), after=0, most=5))
    assert [place for chunk in found for place in chunk.places] == [1, 42]
    assert all(chunk.places for chunk in found)


def test_marks_of_two_intakes_are_told_apart_and_cover_what_was_compared() -> None:
    kept = Shelf()
    ours, theirs = Marks(kept), Marks(kept)
    first, second = [bytes([each]) * 32 for each in (1, 2)], [bytes([each]) * 32 for each in (1, 3)]
    a, b, c = (f"rec_{each * 40}" for each in "abc")
    assert ours.find(first) == {}
    commit(kept, ours, first, [a, b])
    assert ours.compared(ours.seen()) == [range(2)]
    assert theirs.find(second) == {first[0]: a}
    commit(kept, theirs, second[1:], [c])
    before = ours.seen()
    ours.committed(0)
    assert ours.compared(before) == [range(2)]
    assert ours.find([*second, bytes([4]) * 32]) == {second[0]: a, second[1]: c}
    assert (ours.compared(before), ours.compared(ours.seen())) == ([range(2)], [range(2), range(2, 3)])
    assert Marks(kept).find([*first, *second]) == {first[0]: a, first[1]: b, second[1]: c}


class Shelf(Nobody):
    """Marks of blocks that are kept in memory."""

    def __init__(self) -> None:
        self.kept: list[tuple[Block, bytes, dict[int, bytes]]] = []

    def blocks(self, after: int) -> list[Block]:
        return [block for block, _, _ in self.kept if block.first > after]

    def marks(self, buckets: Sequence[int], after: int) -> list[tuple[int, int, bytes]]:
        return [
            (bucket, block.first, found)
            for block, _, by_bucket in self.kept
            for bucket, found in by_bucket.items()
            if block.first > after and bucket in buckets
        ]

    def records(self, first: int) -> bytes:
        return next(records for block, records, _ in self.kept if block.first == first)


def commit(shelf: Shelf, known: Marks, fingerprints: list[bytes], records: list[str]) -> None:
    number = known.add(fingerprints, records)
    block = Block(sum(each.size for each, _, _ in shelf.kept), len(records))
    known.committing(number, block)
    shelf.kept.append((block, marks.raw(records), marks.buckets(fingerprints)))


def test_near_duplicates_are_found_of_texts_that_came_in_without_looking_for_them(
    each_team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intakes, "CHUNK", 2)
    source = approved(each_team)
    texts = ("my printer does not print since yesterday, please help", "hello there friend", "a third message came in")
    take_in(each_team, source, items(*texts), Recipe(near_duplicate=2))
    with each_team.read() as ctx:
        assert [store.block_signatures(ctx.db, ctx.program, block) for block in (0, 2)] == [b"", b""]
    for size, again in ((1, "my printer does not print since yesterday, please help me"), (2, "hello there, friend!!")):
        done = take_in(each_team, source, items(again, "x" * 20 * size))
        assert (done.added, done.rejected) == (1, 1)
        with each_team.read() as ctx:
            assert [each.reason for each in queries.rejects(ctx, done.id)] == ["near-duplicate"]
            assert all(
                store.block_signatures(ctx.db, ctx.program, block.first)
                for block in store.blocks(ctx.db, ctx.program, -1)
            )
