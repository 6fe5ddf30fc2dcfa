"""Reading files of unknown origin: bounded, located, and never trusted."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

import orjson

from headwater.annotation.exchange.model import ExchangeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import IO

    from typing_extensions import Buffer

ENTRY_LIMIT = 64_000_000
"""Most bytes of one line, array element, archive member or XML element."""
DOCUMENT_LIMIT = 512_000_000
"""Most bytes of a file that can only be read whole."""
MEMBERS_LIMIT = 2_000_000
_CHUNK = 1 << 20
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def encoded(value: object) -> str:
    """Return compact JSON."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # half a surrogate pair, a number of more than 64 bits
        return _ENCODE(value)


def written(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield lines in pieces of some hundred kilobytes."""
    held: list[str] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size > _CHUNK >> 3:
            yield ("\n".join(held) + "\n").encode()
            held, size = [], 0
    if held:
        yield ("\n".join(held) + "\n").encode()


def bad(path: Path, where: str, problem: str, remedy: str = "Repair or remove it and import again.") -> ExchangeError:
    """Return the error of a place in a file."""
    return ExchangeError(f"{where} of '{path.name}': {problem}.", remedy=remedy, place=where)


def objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of a file of JSON lines, each with its place."""
    for where, line in lines(path):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise bad(path, where, f"not JSON ({error})") from error
        if not isinstance(value, dict):
            raise bad(path, where, f"expected an object, found {type(value).__name__}")
        yield where, value


def lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the lines of a UTF-8 file without their ends, each with its place."""
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(ENTRY_LIMIT + 1):
            number += 1
            if len(raw) > ENTRY_LIMIT:
                raise bad(path, f"Line {number}", f"longer than {ENTRY_LIMIT / 1e6:g} MB", "Split it.")
            yield f"Line {number}", text_of(path, f"Line {number}", raw).rstrip("\r\n")


def text_of(path: Path, where: str, raw: bytes) -> str:
    """Return UTF-8 bytes as text."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise bad(path, where, f"byte {error.start + 1} is not UTF-8", "Convert the file to UTF-8.") from error


def document(path: Path) -> dict[str, Any]:
    """Return the one JSON object of a file."""
    if path.stat().st_size > DOCUMENT_LIMIT:
        raise ExchangeError(
            f"'{path.name}' is larger than {DOCUMENT_LIMIT / 1e6:g} MB and can only be read whole.", remedy="Split it."
        )
    try:
        value = json.loads(text_of(path, "The text", path.read_bytes()))
    except (ValueError, RecursionError) as error:
        raise bad(path, "The text", f"not JSON ({error})") from error
    if not isinstance(value, dict):
        raise bad(path, "The text", f"expected an object, found {type(value).__name__}")
    return value


def elements(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of a file that is one JSON array, holding one of them in memory at a time."""
    decoder = json.JSONDecoder()
    with path.open(encoding="utf-8-sig") as file:
        buffer, number, opened = "", 0, False
        wanted = _CHUNK
        while True:
            try:
                piece = file.read(wanted)
            except UnicodeDecodeError as error:
                raise bad(path, f"Element {number + 1}", "not UTF-8", "Convert the file to UTF-8.") from error
            buffer = (buffer + piece).lstrip(" \t\r\n,")
            if not opened and buffer:
                if not buffer.startswith("["):
                    raise bad(path, "The text", "expected a JSON array of tasks")
                buffer, opened = buffer[1:].lstrip(" \t\r\n"), True
            place = 0
            while place < len(buffer) and buffer[place] != "]":
                try:
                    value, end = decoder.raw_decode(buffer, place)
                except (ValueError, RecursionError) as error:
                    if not piece or isinstance(error, RecursionError) or len(buffer) - place > ENTRY_LIMIT:
                        raise bad(path, f"Element {number + 1}", f"not JSON ({error})") from error
                    break
                number += 1
                if not isinstance(value, dict):
                    raise bad(path, f"Element {number}", f"expected an object, found {type(value).__name__}")
                yield f"Element {number}", value
                place = end
                while place < len(buffer) and buffer[place] in " \t\r\n,":
                    place += 1
            closed = buffer[place : place + 1] == "]"
            buffer = buffer[place:]
            wanted = max(_CHUNK, len(buffer))
            if closed:
                return
            if not piece:
                raise bad(path, f"Element {number + 1}", "the array does not end", "Export it again.")


def members(path: Path) -> Iterator[tuple[zipfile.ZipInfo, IO[bytes]]]:
    """Yield the files of a ZIP archive; names that lead out of it, and bombs, are refused."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise ExchangeError(f"'{path.name}' is not a ZIP archive ({error}).", remedy="Zip the folder.") from error
    with archive:
        found = archive.infolist()
        if len(found) > MEMBERS_LIMIT:
            raise ExchangeError(f"'{path.name}' has {len(found):,} files; expected at most {MEMBERS_LIMIT:,}.")
        for info in sorted(found, key=lambda each: each.filename):
            if info.is_dir():
                continue
            if info.filename.startswith("/") or ".." in info.filename.split("/"):
                raise bad(path, f"File '{info.filename}'", "its name leads out of the archive")
            with archive.open(info) as file:
                yield info, file


def whole(path: Path, info: zipfile.ZipInfo, file: IO[bytes]) -> bytes:
    """Return the bytes of a member of an archive."""
    data = file.read(ENTRY_LIMIT + 1)
    if len(data) > ENTRY_LIMIT:
        raise bad(path, f"File '{info.filename}'", f"larger than {ENTRY_LIMIT / 1e6:g} MB")
    return data


def tree(name: str, data: bytes) -> Element:
    """Return the root of an XML document; one that declares a document type or entities is refused.

    Raises:
        ExchangeError: It is not well formed, or declares what could reach files or blow up memory.
    """
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    _refuse_declarations(name, parser)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    _feed(name, parser, data, last=True)
    return builder.close()


class Pieces(io.RawIOBase):
    """A file that can only be written to and whose bytes are taken away as they come."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []
        self._place = 0

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def write(self, data: Buffer) -> int:
        """Keep bytes until they are taken."""
        kept = bytes(data)
        self._held.append(kept)
        self._place += len(kept)
        return len(kept)

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self._place

    def take(self) -> bytes:
        """Return what was written since the last time."""
        found, self._held = b"".join(self._held), []
        return found


def branches(path: Path, tag: str) -> Iterator[tuple[str, Element]]:
    """Yield the elements of one name in an XML file, holding one of them in memory at a time.

    Raises:
        ExchangeError: As for `tree`.
    """
    found: list[Element] = []
    builder: list[TreeBuilder] = []
    parser = expat.ParserCreate()

    def begin(name: str, attributes: dict[str, str]) -> None:
        if name == tag and not builder:
            builder.append(TreeBuilder())
        if builder:
            builder[0].start(name, attributes)

    def end(name: str) -> None:
        if builder:
            builder[0].end(name)
            if name == tag:
                found.append(builder.pop().close())

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = lambda text: builder[0].data(text) if builder else None
    number = 0
    for _ in _parsed(path.name, parser, path):
        for element in found:
            number += 1
            yield f"<{tag}> {number}", element
        found.clear()


def _parsed(name: str, parser: expat.XMLParserType, path: Path) -> Iterator[None]:
    """Parse a file piece by piece."""
    _refuse_declarations(name, parser)
    with path.open("rb") as file:
        while True:
            piece = file.read(_CHUNK)
            _feed(name, parser, piece, last=not piece)
            yield
            if not piece:
                return


def _refuse_declarations(name: str, parser: expat.XMLParserType) -> None:
    def refuse(*_: object) -> None:
        raise ExchangeError(
            f"'{name}' declares a document type, which could reach other files.", remedy="Remove the DOCTYPE."
        )

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse


def _feed(name: str, parser: expat.XMLParserType, data: bytes, *, last: bool) -> None:
    try:
        parser.Parse(data, last)
    except expat.ExpatError as error:
        raise ExchangeError(
            f"Line {error.lineno} of '{name}' is not well-formed XML: {expat.ErrorString(error.code)}.",
            remedy="Repair it and import again.",
        ) from error
