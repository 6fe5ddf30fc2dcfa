"""CoNLL-2003 columns and CoNLL-U: spans as tags on words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from headwater.annotation.exchange import words
from headwater.annotation.exchange.files import bad, lines, written
from headwater.annotation.exchange.model import Codec, Feature, Item, Reply, first
from headwater.annotation.questions import Kind
from headwater.annotation.responses import undecided

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from headwater.annotation.exchange.words import Word
    from headwater.annotation.questions import Question

_START = "-DOCSTART-"
_COLUMNS = 10
_PLAIN, _ESCAPED = re.compile(r"[|\\]"), re.compile(r"\\[p\\]")
"""What stands for itself in a label only when it is escaped, and how it is then written."""
_ESCAPES = {" ": "\\s", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def write_2003(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield word, part of speech, chunk (both unknown) and tag; a line break ends a sentence."""
    asked = first(questions, Kind.SPANS)
    return written(line for item in items for spans in _answers(item, asked) for line in _columns(item, spans))


def _answers(item: Item, asked: Question | None) -> Iterator[list[dict[str, Any]]]:
    for reply in item.answers:
        value = reply.values.get(asked.name) if asked else None
        if value is not None and not undecided(value):
            yield value["spans"]


def _columns(item: Item, spans: list[dict[str, Any]]) -> Iterator[str]:
    text = str(item.content.get("text", ""))
    yield f"{_START} -X- -X- O"
    yield ""
    found = words.split(text)
    last = 0
    for word, tag in zip(found, words.tags(found, spans), strict=True):
        if "\n" in text[last : word.start] and last:
            yield ""
        yield f"{word.text} -X- -X- {tag}"
        last = word.end
    yield ""


def read_2003(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield documents: words joined by spaces, sentences by line breaks; without document marks, sentences."""
    asked = first(questions, Kind.SPANS)
    sentences: list[list[tuple[str, str]]] = [[]]
    marked = False
    begin = "Line 1"
    for where, line in lines(path):
        columns = line.split()
        if columns and columns[0] == _START:
            if any(sentences):
                yield _document(begin, sentences, asked)
            sentences, marked, begin = [[]], True, where
        elif not columns:
            if not marked and sentences[-1]:
                yield _document(begin, sentences, asked)
                sentences = [[]]
            elif sentences[-1]:
                sentences.append([])
        elif len(columns) == 1:
            raise bad(path, where, "expected a word and its tag, separated by spaces")
        else:
            if not any(sentences):
                begin = where
            sentences[-1].append((columns[0], columns[-1]))
    if any(sentences):
        yield _document(begin, sentences, asked)


def _document(where: str, sentences: list[list[tuple[str, str]]], asked: Question | None) -> Item:
    found: list[Word] = []
    tags: list[str] = []
    text = ""
    for sentence in filter(None, sentences):
        text += "\n" if text else ""
        for n, (word, tag) in enumerate(sentence):
            text += " " if n else ""
            found.append(words.Word(word, len(text), len(text) + len(word)))
            tags.append(tag)
            text += word
    return _item(where, text, words.spans(found, tags), asked)


def _item(where: str, text: str, spans: list[dict[str, Any]], asked: Question | None) -> Item:
    answers = (Reply(values={asked.name: {"spans": spans}}),) if asked else ()
    return Item(id=where, content={"kind": "text", "text": text}, answers=answers)


def write_universal(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield CoNLL-U, a text as one sentence, its spans as `NER=` and its exact spaces as `SpacesAfter=` in MISC."""
    asked = first(questions, Kind.SPANS)
    return written(line for item in items for spans in _answers(item, asked) for line in _sentence(item, spans))


def _sentence(item: Item, spans: list[dict[str, Any]]) -> Iterator[str]:
    text = str(item.content.get("text", ""))
    found = words.split(text)
    yield f"# sent_id = {item.id}"
    yield f"# text = {' '.join(text.split())}"
    tags = words.tags(found, spans)
    for n, (word, tag) in enumerate(zip(found, tags, strict=True), 1):
        after = text[word.end : found[n].start] if n < len(found) else text[word.end :]
        misc = [] if tag == "O" else [f"NER={_PLAIN.sub(_written, tag)}"]
        if n == 1 and word.start:
            misc.append(f"SpacesBefore={_escaped(text[: word.start])}")
        if not after:
            misc.append("SpaceAfter=No")
        elif after != " ":
            misc.append(f"SpacesAfter={_escaped(after)}")
        yield "\t".join((str(n), word.text, *"_____", "_", "_", "|".join(misc) or "_"))
    yield ""


def _written(sign: re.Match[str]) -> str:
    return "\\p" if sign[0] == "|" else "\\\\"


def _read(sign: re.Match[str]) -> str:
    return "|" if sign[0] == "\\p" else "\\"


def _escaped(space: str) -> str:
    return "".join(_ESCAPES.get(sign, sign) for sign in space)


def _unescaped(space: str) -> str:
    for sign, written_as in _ESCAPES.items():
        space = space.replace(written_as, sign)
    return space


def read_universal(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield sentences; words of several tokens and empty nodes are passed by."""
    asked = first(questions, Kind.SPANS)
    rows: list[list[str]] = []
    name, begin = "", "Line 1"
    for where, line in lines(path):
        if line.startswith("#"):
            key, _, value = line[1:].partition("=")
            name = value.strip() if key.strip() == "sent_id" else name
        elif line.strip():
            columns = line.split("\t")
            if len(columns) != _COLUMNS:
                raise bad(path, where, f"expected {_COLUMNS} columns separated by tabs, found {len(columns)}")
            if not rows:
                begin = where
            rows.append(columns)
        elif rows:
            yield _read_sentence(name or begin, rows, asked)
            rows, name = [], ""
    if rows:
        yield _read_sentence(name or begin, rows, asked)


def _read_sentence(name: str, rows: list[list[str]], asked: Question | None) -> Item:
    found: list[Word] = []
    tags: list[str] = []
    text, covered, joined = "", 0, ""
    for columns in rows:
        number, form = columns[0], columns[1]
        if "." in number:
            continue
        misc = dict(part.partition("=")[::2] for part in columns[-1].split("|"))
        after = "" if misc.get("SpaceAfter") == "No" else _unescaped(misc.get("SpacesAfter", " "))
        if "-" in number:  # its words stand in the text as this form
            covered, joined = int(number.partition("-")[2]), after
            text += form
            continue
        text += _unescaped(misc.get("SpacesBefore", ""))
        inside = int(number) <= covered
        start = len(text) - len(form) if inside else len(text)
        found.append(words.Word(form, max(start, 0), max(start, 0) + len(form)))
        tags.append(_ESCAPED.sub(_read, misc.get("NER", "O")))
        if not inside:
            text += form + after
        elif int(number) == covered:
            text += joined
    if len(rows) and rows[-1][-1] in {"_", ""}:
        text = text.rstrip(" ")
    return _item(name, text, words.spans(found, tags), asked)


_FIRST = "of spans that overlap only the first"
CONLL_2003 = Codec(
    name="conll2003",
    title="CoNLL-2003",
    suffix="conll",
    media_type="text/plain",
    write=write_2003,
    read=read_2003,
    carries={
        Feature.SPANS: "words are joined by single spaces, so offsets move",
        Feature.SPANS_OVERLAPPING: _FIRST,
        Feature.RELATIONS: "the spans stay, their relations and ids are lost",
        Feature.SEVERAL_ANNOTATORS: "a document for each of them",
    },
    losses=("Edges inside a word move out to the word's edge. Part of speech and chunk are written as unknown.",),
)
CONLL_U = Codec(
    name="conllu",
    title="CoNLL-U",
    suffix="conllu",
    media_type="text/plain",
    write=write_universal,
    read=read_universal,
    carries={
        Feature.SPANS: "",
        Feature.SPANS_OVERLAPPING: _FIRST,
        Feature.RELATIONS: "the spans stay, their relations and ids are lost",
        Feature.SEVERAL_ANNOTATORS: "a sentence for each of them, under the same id",
    },
    losses=("A text is one sentence. Edges inside a word move out to the word's edge. Syntax is not written.",),
)
