"""Reading files of raw items: JSONL, CSV or plain text, line by line, keeping what is wrong with each."""

from __future__ import annotations

import codecs
import csv
import json
import os
import re
import sys
from functools import partial
from itertools import count
from pathlib import PurePath, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

import orjson

from headwater.core.canonical import canonical_json
from headwater.sourcing import pictures
from headwater.sourcing.items import INSTRUCTING, NOTHING, PICTURE, Chunk, Item, chunked, words
from headwater.sourcing.model import UnreadableFileError
from headwater.sourcing.pictures import Pictures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from headwater.storage.objects import ObjectStore

FORMATS = (*pictures.LISTS, ".txt", ".zip")
_SMALL, _BLOCK, _TOGETHER = 1 << 19, 1 << 20, 1 << 23
_STEP = 1_000
_SUSPECT = re.compile(rb"\\u[dD][89a-fA-F]|\d{16}")
"""Half a surrogate pair, or a number too large to be kept exactly, may be in such a line."""
_OWN = frozenset({"text", "reply", "messages", "responses", "image", "payload", "attributes", "kind"})
_SAID = ("reply", "messages", "responses", "image")
_NO_TEXT = "expected a non-empty string in 'text'; add the field, or 'messages' for a chat or an 'image'"
_TRAINING = "; a file of prompts for training comes in by: headwater campaign import CAMPAIGN FILE --format trl-…"
_DEEPEST = 100
"""Objects and lists inside one another that a record may have."""
_LONGEST_LIST = 1_000_000_000
"""Bytes of a list in an archive, unpacked."""


def items(path: Path, *, longest_mb: float = 32.0, objects: ObjectStore | None = None) -> File | Pictures:
    """Return the items of a file; a bad line is an item with its problem, and reading goes on.

    JSONL needs a `text`, `messages` (a chat) or an `image`; a `reply` makes a text a pair, `responses` are what is
    ranked. Other fields become attributes, or stay in the payload where they hold lists or objects. CSV needs a column
    `text` or `image`. Of plain text, every line is an item. Of a folder or ZIP archive, every picture is one, or every
    line of the list beside them.

    Args:
        path: The file; its ending says the format.
        longest_mb: Longest line or picture accepted, in megabytes.
        objects: Where pictures are that a list without a folder names; without it they are not looked at.

    Raises:
        UnreadableFileError: The file is missing, empty, blank, UTF-16 or of an unknown format; nothing was read.
    """
    longest = int(longest_mb * 1_000_000)
    if path.is_dir():
        return _pictures(path, pictures.Folder(path, longest), longest)
    if not path.is_file():
        raise UnreadableFileError(f"There is no file '{path}'.", remedy="Check the name.")
    if path.stat().st_size == 0:
        raise UnreadableFileError(f"The file '{path}' is empty.", remedy="Give a file with at least one line.")
    check_format(path.name)
    if path.suffix == ".zip":
        return _pictures(path, pictures.Archive(path, longest), longest)
    _check_content(path)
    file = File(path, longest)
    return file if objects is None else Pictures(file, pictures.Stored(objects), most=sys.maxsize)


def _pictures(path: Path, shelf: pictures.Folder | pictures.Archive, longest: int) -> Pictures:
    """Return the pictures of a folder or archive, as the list in it names them when there is one."""
    lists = [name for name in shelf.names if PurePath(name).suffix in pictures.LISTS]
    if not shelf.names:
        raise UnreadableFileError(f"There is no file in '{path.name}'.", remedy="Put pictures into it.")
    if len(lists) > 1:
        raise UnreadableFileError(
            f"'{path.name}' holds several lists: {', '.join(lists[:3])}.", remedy="Leave one that names all pictures."
        )
    if not lists:
        return Pictures(pictures.Alone(shelf), shelf)
    listed = shelf.unpacked(lists[0], _LONGEST_LIST)
    _check_content(listed)
    return Pictures(File(listed, longest), shelf, base=str(PurePosixPath(lists[0]).parent))


def check_format(name: str) -> None:
    """Check that a file's name ends in a format that can be read.

    Raises:
        UnreadableFileError: It does not.
    """
    suffix = PurePath(name).suffix
    if suffix not in FORMATS:
        raise UnreadableFileError(
            f"'{name}' ends in '{suffix}', which is not a format that can be read.",
            remedy=f"Use one of: {', '.join(FORMATS)}.",
        )


def _check_content(path: Path) -> None:
    """Return only when the file has something on a line, in an encoding whose lines can be told apart."""
    with path.open("rb") as file:
        start = file.read(_BLOCK)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise UnreadableFileError(
                f"The file '{path}' is UTF-16.", remedy=f"Convert it: iconv -f UTF-16 -t UTF-8 '{path.name}'"
            )
        while start and not start.removeprefix(codecs.BOM_UTF8).strip():
            start = file.read(_BLOCK)
    if not start:
        raise UnreadableFileError(
            f"The file '{path}' holds nothing but blank lines.", remedy="Give a file with at least one item."
        )


def lines(path: Path) -> int:
    """Return how many lines a file has: at least as many as it has items."""
    with path.open("rb") as file:
        ends = sum(block.count(b"\n") for block in iter(partial(file.read, _BLOCK), b""))
        file.seek(-1, os.SEEK_END)
        return ends + (file.read(1) != b"\n")


def item_of(place: int, value: Any) -> Item:  # noqa: ANN401 -- whatever JSON held
    """Return the item of one parsed object."""
    if not isinstance(value, dict):
        return _bad(place, f"expected an object with a 'text', found {type(value).__name__}")
    attributes = value.get("attributes", {})
    if not isinstance(attributes, dict):
        return _bad(place, "'attributes' must be an object of names and values")
    others = {key: entry for key, entry in value.items() if key not in _OWN}
    rest = {key: entry for key, entry in others.items() if _plain(entry)}
    payload: dict[str, Any] = {key: entry for key, entry in others.items() if not _plain(entry)}
    payload |= value["payload"] if isinstance(value.get("payload"), dict) else {}
    payload |= {key: value[key] for key in _SAID if key in value}
    if problem := _problem(payload):
        return _bad(place, problem)
    kind = "chat" if "messages" in payload else "pair" if "reply" in payload else "text"
    text = value.get("text")
    if text is None and isinstance(payload.get("messages"), list):
        text = _opening([turn for turn in payload["messages"] if isinstance(turn, dict)])
    if text is None and "image" in payload:
        kind, text = PICTURE, payload["image"]
    if not isinstance(text, str) or not text.strip():
        return _bad(place, _NO_TEXT + (_TRAINING if "prompt" in value else ""))
    return Item(
        place=place, text=text, kind=str(value.get("kind", kind)), payload=payload, attributes=rest | attributes
    )


def _opening(turns: list[dict[str, Any]]) -> str:
    """Return what a chat begins with, by which it is listed: what the model is told says little."""
    said = next((turn for turn in turns if str(turn.get("role")) not in INSTRUCTING), turns[0] if turns else {})
    return "\n".join(words(said.get("content")))


def _problem(payload: dict[str, object]) -> str:
    """Return why a payload cannot be kept; empty when it can."""
    image = payload.get("image", "image")
    if not isinstance(image, str) or not image.strip():
        return "'image' must be the name of a picture"
    if not isinstance(payload.get("responses", []), list):
        return "'responses' must be a list"
    level: list[object] = [payload]
    for _ in range(_DEEPEST):
        if not level:
            return ""
        level = [each for value in level for each in _inside(value)]
    return f"nests deeper than {_DEEPEST} levels"


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


class File:
    """The items of a file, one by one or in chunks."""

    def __init__(self, path: Path, longest: int) -> None:
        """Read nothing yet.

        Args:
            path: The file.
            longest: Longest line accepted, in bytes.
        """
        self._path, self._longest = path, longest

    @property
    def total(self) -> int:
        """At least as many as there are items."""
        return lines(self._path)

    def __iter__(self) -> Iterator[Item]:
        """Yield the items."""
        if self._path.suffix == ".csv":
            yield from _rows(self._path, self._longest)
            return
        for first, lines in self._lines(_STEP):
            yield from filter(None, map(self._item, count(first), lines))

    def chunks(self, after: int, most: int) -> Iterator[Chunk]:
        """Yield the items beyond a place, at most so many at a time: the same as one by one, more quickly."""
        if self._path.suffix == ".csv":
            yield from chunked(iter(self), after=after, most=most)
            return
        for first, lines in self._lines(most):
            if first + len(lines) > after + 1:
                passed = max(0, after + 1 - first)
                chunk = self._chunk(first + passed, lines[passed:])
                if chunk.places:
                    yield chunk

    def _lines(self, most: int) -> Iterator[tuple[int, list[bytes]]]:
        """Yield the lines with the place of the first of them, so many together where they are not too long."""
        with self._path.open("rb") as file:
            first, waiting, size = 1, list[bytes](), 0
            for length, lines in _split(file, self._longest):
                waiting += lines
                size += length
                whole = len(waiting) if first == 1 or size >= _TOGETHER else len(waiting) // most * most
                for start in range(0, whole, most):
                    some = waiting[start : min(start + most, whole)]
                    yield first, some
                    first += len(some)
                if whole:
                    waiting, size = waiting[whole:], 0
            if waiting:
                yield first, waiting

    def _chunk(self, first: int, lines: list[bytes]) -> Chunk:
        """Return the items of lines: plain ones as they come out of the parser, others one by one."""
        values = self._values(lines)
        if max(map(len, lines)) <= self._longest and (only := _only_texts(values)):
            return Chunk(range(first, first + len(only)), only, [NOTHING] * len(only), {})
        places: list[int] = []
        texts: list[str] = []
        attributes: list[dict[str, object]] = []
        others: dict[int, Item] = {}
        for place, (line, value) in enumerate(zip(lines, values, strict=True), first):
            text = value.pop("text", None) if type(value) is dict and len(line) <= self._longest else None
            if type(text) is str and text and not text.isspace() and (not value or _are_plain(value)):
                texts.append(text)
                attributes.append(value)
            elif item := self._item(place, line):
                if item.is_plain:
                    texts.append(item.text)
                    attributes.append(item.attributes)
                else:
                    others[len(texts)] = item
                    texts.append("")
                    attributes.append(NOTHING)
            else:
                continue
            places.append(place)
        return Chunk(places, texts, attributes, others)

    def _values(self, lines: list[bytes]) -> list[Any]:
        """Return what lines of JSON hold; nothing for those that are none."""
        if self._path.suffix == ".txt":
            return [None] * len(lines)
        try:
            return list(map(orjson.loads, lines))
        except orjson.JSONDecodeError:
            return list(map(_loaded, lines))

    def _item(self, place: int, raw: bytes) -> Item | None:
        """Return the item of a line; nothing for a blank one."""
        if len(raw) > self._longest:
            return _bad(place, f"the line is longer than {self._longest / 1e6:g} MB; raise max_line_mb or split it")
        is_text = self._path.suffix == ".txt"
        if not is_text and not _SUSPECT.search(raw) and (value := _loaded(raw)) is not None:
            return item_of(place, value)
        try:
            line = raw.decode("utf-8-sig" if place == 1 else "utf-8").strip()
        except UnicodeDecodeError as error:
            return _bad(place, f"byte {error.start + 1} is not UTF-8; convert the file to UTF-8")
        if not line:
            return None
        return Item(place=place, text=line) if is_text else _parsed(place, line)


def _only_texts(values: list[Any]) -> list[str]:
    """Return the texts of objects that hold a text and nothing else; none when one of them is otherwise."""
    try:
        texts = [value["text"] for value in values]
    except (KeyError, TypeError):
        return []
    if set(map(type, texts)) != {str} or set(map(len, values)) != {1} or not all(map(str.strip, texts)):
        return []
    return texts


def _loaded(raw: bytes) -> Any:  # noqa: ANN401 -- whatever JSON held
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None


def _are_plain(value: dict[str, Any]) -> bool:
    """Return whether the other fields of an object are attributes that are kept as they are."""
    return _OWN.isdisjoint(value) and all(
        type(entry) is str or entry is None or (type(entry) in _NUMBERS and -_EXACT < entry < _EXACT)
        for entry in value.values()
    )


_NUMBERS = frozenset({bool, int, float})
_EXACT = 10**15


def _parsed(place: int, line: str) -> Item:
    try:
        value = json.loads(line, parse_constant=_refuse)
        canonical_json(value)
    except json.JSONDecodeError as error:
        problem = f"not JSON at column {error.colno}: {error.msg}"
    except RecursionError:
        problem = "not JSON nests too deep"
    except ValueError as error:
        problem = f"holds a value that cannot be kept: {str(error)[:120]}"
    else:
        return item_of(place, value)
    return _bad(place, f"{problem}; repair or remove the line", line)


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number of JSON")


def _split(file: IO[bytes], longest: int) -> Iterator[tuple[int, list[bytes]]]:
    """Yield lines without their ends, a block of them at a time, with the length of the block.

    All but a small file begin with fewer, so that they are worked on sooner by whoever writes what was screened.
    Of a line that is too long only a little more than the limit is kept, so that memory is bounded.
    """
    rest = b""
    size = os.fstat(file.fileno()).st_size
    wanted = min(size // 4, _BLOCK) if size >= _SMALL else _SMALL
    while some := file.read(wanted):
        wanted = _BLOCK
        lines = (rest + some).split(b"\n")
        rest = lines.pop()[: longest + 1]
        yield len(some), lines
    if rest:
        yield len(rest), [rest]


def _rows(path: Path, longest: int) -> Iterator[Item]:
    csv.field_size_limit(longest)
    with path.open(encoding="utf-8-sig", newline="", errors="surrogateescape") as file:
        reader = csv.DictReader(file)
        if not {"text", "image"}.intersection(reader.fieldnames or ()):
            has = ", ".join(reader.fieldnames or ()) or "none"
            raise UnreadableFileError(
                f"'{path.name}' has no column 'text' or 'image'; it has: {has}.",
                remedy="Rename the column that holds the text or names the picture.",
            )
        for row in _each(reader):
            place = reader.line_num
            if isinstance(row, csv.Error):
                yield _bad(place, f"{row}; repair or remove the row")
            elif any(isinstance(cell, str) and not cell.isprintable() and _surrogate(cell) for cell in row.values()):
                yield _bad(place, "the row is not UTF-8; convert the file to UTF-8")
            elif None in row:
                yield _bad(place, "the row has more cells than the heading; check its quotes")
            else:
                yield item_of(place, {key: cell for key, cell in row.items() if cell not in (None, "")})


def _each(reader: csv.DictReader[str]) -> Iterator[dict[str, Any] | csv.Error]:
    while True:
        try:
            yield next(reader)
        except csv.Error as error:
            yield error
        except StopIteration:
            return


def _surrogate(text: str) -> bool:
    return any("\udc80" <= char <= "\udcff" for char in text)


def _plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _bad(place: int, problem: str, line: str = "") -> Item:
    return Item(place=place, text=line[:200], problem=f"line {place}: {problem}")
