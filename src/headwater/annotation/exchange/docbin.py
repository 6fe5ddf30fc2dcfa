"""spaCy's DocBin: documents with entities and categories, written and read without spaCy.

The file is zlib over MessagePack over arrays: for every token a row of 64-bit attributes (the hash of its text, whether
an entity begins or goes on, the hash of its label), whether a space follows, the lengths of documents, and every text
that was hashed. Source: spaCy 3 `DocBin.to_bytes`; hashes are MurmurHash64A with seed 1.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from headwater.annotation.exchange import msgpack, words
from headwater.annotation.exchange.files import DOCUMENT_LIMIT
from headwater.annotation.exchange.model import Codec, ExchangeError, Feature, Item, Reply, first
from headwater.annotation.questions import CHOICES, Kind
from headwater.annotation.responses import undecided

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from headwater.annotation.questions import Question

_ORTH, _ENT_IOB, _ENT_TYPE = 65, 77, 78
_SIGNS = {"I": 1, "O": 2, "B": 3}
_MASK = (1 << 64) - 1
_PRIME = 0xC6A4A7935BD1E995


def hashed(text: str) -> int:
    """Return spaCy's 64-bit hash of a text: MurmurHash64A of its UTF-8 bytes with seed 1; 0 for the empty text."""
    data = text.encode()
    if not data:
        return 0
    found = (1 ^ (len(data) * _PRIME)) & _MASK
    whole = len(data) // 8 * 8
    for place in range(0, whole, 8):
        part = int.from_bytes(data[place : place + 8], "little") * _PRIME & _MASK
        part = (part ^ part >> 47) * _PRIME & _MASK
        found = (found ^ part) * _PRIME & _MASK
    if whole < len(data):
        found = (found ^ int.from_bytes(data[whole:], "little")) * _PRIME & _MASK
    found = (found ^ found >> 47) * _PRIME & _MASK
    return found ^ found >> 47


def write(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield the file; its tokens are held in memory until the last task, some thirty bytes for each."""
    spanned, chosen = first(questions, Kind.SPANS), first(questions, *CHOICES)
    strings: dict[str, int] = {}
    rows: list[bytes] = []
    spaces = bytearray()
    lengths: list[int] = []
    cats: list[dict[str, float]] = []
    for item in items:
        for reply in item.answers:
            tokens = _tokens(str(item.content.get("text", "")))
            value = _given(reply, spanned)
            tags = words.tags([token for token, _ in tokens], value["spans"] if value else [])
            table = np.zeros((len(tokens), 3), np.uint64)
            for n, ((token, spaced), tag) in enumerate(zip(tokens, tags, strict=True)):
                label = tag.partition("-")[2]
                for text in (token.text, label):
                    strings.setdefault(text, hashed(text))
                sign = _SIGNS[tag[0]] if value else 0
                table[n] = strings[token.text], sign, strings[label]
                spaces.append(spaced)
            rows.append(table.tobytes())
            lengths.append(len(tokens))
            cats.append(_categories(chosen, _given(reply, chosen)))
    message = {
        "version": "0.1",
        "attrs": [_ORTH, _ENT_IOB, _ENT_TYPE],
        "tokens": b"".join(rows),
        "spaces": bytes(spaces),
        "lengths": np.asarray(lengths, "int32").tobytes(),
        "strings": sorted(text for text in strings if text),
        "cats": cats,
        "flags": [{"has_unknown_spaces": False}] * len(lengths),
        "span_groups": [b""] * len(lengths),
    }
    yield zlib.compress(msgpack.pack(message))


def _given(reply: Reply, question: Question | None) -> Any:  # noqa: ANN401 -- an answer of any kind
    value = reply.values.get(question.name) if question else None
    return None if undecided(value) else value


def _categories(question: Question | None, value: Any) -> dict[str, float]:  # noqa: ANN401 -- an answer of any kind
    if question is None or value is None:
        return {}
    return {option: float(option in (value if isinstance(value, list) else [value])) for option in question.values}


def _tokens(text: str) -> list[tuple[words.Word, bool]]:
    """Words, each with whether one space follows; any other space is a token of its own, as spaCy has it."""
    found: list[tuple[words.Word, bool]] = []
    place = 0
    for word in [*words.split(text), words.Word("", len(text), len(text))]:
        between = text[place : word.start]
        if between and found and between[0] == " ":
            found[-1] = (found[-1][0], True)
            between, place = between[1:], place + 1
        if between:
            found.append((words.Word(between, place, word.start), False))
        if word.text:
            found.append((word, False))
        place = word.end
    return found


def read(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield the documents; a document without entities and categories has no answer."""
    spanned, chosen = first(questions, Kind.SPANS), first(questions, *CHOICES)
    data = _message(path)
    try:
        strings = {hashed(text): text for text in data["strings"]} | {0: ""}
        attributes = [int(each) for each in data["attrs"]]
        tokens = np.frombuffer(data["tokens"], np.uint64).reshape(-1, len(attributes))
        spaces = np.frombuffer(data["spaces"], bool)
        columns = [attributes.index(each) if each in attributes else -1 for each in (_ORTH, _ENT_IOB, _ENT_TYPE)]
        start = 0
        for n, length in enumerate(np.frombuffer(data["lengths"], np.int32).tolist()):
            text, found, tags = "", [], []
            for row, spaced in zip(tokens[start : start + length], spaces[start : start + length], strict=True):
                orth, sign, label = (int(row[column]) if column >= 0 else 0 for column in columns)
                word = strings[orth]
                found.append(words.Word(word, len(text), len(text) + len(word)))
                tags.append(f"{'B' if sign == _SIGNS['B'] else 'I'}-{strings[label]}" if label else "O")
                text += word + (" " if spaced else "")
            start += length
            values = _values(spanned, words.spans(found, tags), chosen, data["cats"][n])
            answers = (Reply(values=values),) if values else ()
            yield Item(id=f"Document {n + 1}", content={"kind": "text", "text": text}, answers=answers)
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise ExchangeError(
            f"'{path.name}' is not a DocBin as spaCy 3 writes it ({error!r}).", remedy="Write it again with spaCy 3."
        ) from error


def _message(path: Path) -> dict[str, Any]:
    inflater = zlib.decompressobj()
    try:
        raw = inflater.decompress(path.read_bytes(), DOCUMENT_LIMIT)
        data = msgpack.unpack(raw)
    except (zlib.error, ValueError) as error:
        raise ExchangeError(
            f"'{path.name}' is not a DocBin ({error}).", remedy="Write it again with spaCy 3."
        ) from error
    if inflater.unconsumed_tail or not isinstance(data, dict):
        raise ExchangeError(f"'{path.name}' is larger than 512 MB or no DocBin.", remedy="Split it.")
    return data


def _values(
    spanned: Question | None, spans: list[dict[str, Any]], chosen: Question | None, cats: dict[str, float]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if spanned and spans:
        values[spanned.name] = {"spans": spans}
    named = [label for label, score in cats.items() if score >= 0.5]  # noqa: PLR2004 -- spaCy's own threshold
    if chosen and named:
        values[chosen.name] = named if chosen.kind is Kind.MULTIPLE else max(named, key=lambda each: cats[each])
    return values


CODEC = Codec(
    name="spacy",
    title="spaCy DocBin",
    suffix="spacy",
    media_type="application/octet-stream",
    write=write,
    read=read,
    carries={
        Feature.SINGLE: "",
        Feature.REFUSAL: "",
        Feature.MULTIPLE: "",
        Feature.SPANS: "",
        Feature.SPANS_OVERLAPPING: "of spans that overlap only the first",
        Feature.RELATIONS: "the spans stay, their relations and ids are lost",
        Feature.SEVERAL_QUESTIONS: "one of choices, as categories, and one of spans, as entities",
        Feature.SEVERAL_ANNOTATORS: "a document for each of them",
    },
    losses=(
        "Edges inside a word move out to the word's edge. Tokens are runs of letters and digits, not a model's.",
        "A file is made and read whole. Span groups and user data are not read.",
    ),
)
