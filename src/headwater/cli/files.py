"""Files that people write: read as YAML or JSON, and named with the line when what they say cannot stand."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import yaml

from headwater.core.errors import HeadwaterError, InvalidError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

T = TypeVar("T")
_QUOTED = re.compile(r"'([^']+)'")


class Written(NamedTuple):
    """What a file says."""

    data: object
    file: Path
    places: dict[str, int]
    """Line on which each word of the file stands last, from 1."""

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Name the file, and the line of the last word of it that the message quotes, in what is refused."""
        try:
            yield
        except InvalidError as error:
            found = (self.places.get(word) for word in reversed(_QUOTED.findall(error.message)))
            line = next((place for place in found if place), 0)
            raise located(error, self.file, line) from error


def read(file: Path) -> Written:
    """Return what a YAML or JSON file says.

    Raises:
        InvalidError: It cannot be read as UTF-8 YAML, or is empty; names the file and the place.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidError(
            f"'{file}' cannot be read: {' '.join(str(error).split())}.", remedy="Give a UTF-8 file of YAML or JSON."
        ) from error
    if root is None:
        raise InvalidError(f"'{file}' is empty.", remedy="Give a UTF-8 file of YAML or JSON.")
    return Written(data=data, file=file, places=dict(_words(root)))


class Rows(NamedTuple):
    """The objects of a file of JSON lines."""

    rows: list[dict[str, Any]]
    file: Path
    places: list[int]
    """Line of each, from 1."""
    example: str
    """A line as it should be."""

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Name the file, and the line, in what is refused because of a row."""
        try:
            yield
        except (InvalidError, NotFoundError) as error:
            place = error.facts.get("row")
            raise located(error, self.file, self.places[place] if isinstance(place, int) else 0) from error

    def column(self, name: str, kind: Callable[[Any], T], *, default: T | None = None) -> list[T]:
        """Return a field of every row, made into what it should be; the default where it is missing.

        Raises:
            InvalidError: It is missing, or something else; names the file and the line.
        """
        found = []
        for row, place in zip(self.rows, self.places, strict=True):
            if row.get(name) is None and default is not None:
                found.append(default)
                continue
            try:
                found.append(kind(row[name]))
            except (KeyError, TypeError, ValueError) as error:
                said = f"'{name}' is missing" if isinstance(error, KeyError) else f"'{name}': {error}"
                raise _unlike(self.file, place, said, self.example) from error
        return found


def rows(file: Path, example: str) -> Rows:
    """Return the objects of a file of JSON lines; blank lines are passed over.

    Args:
        file: The file.
        example: A line as it should be.

    Raises:
        InvalidError: It cannot be read, has a line that is no object, or has none; names the file and the line.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")  # other ends of lines may stand in a text
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidError(f"'{file}' cannot be read: {error}.", remedy="Give a UTF-8 file of JSON lines.") from error
    found, places = [], []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise _unlike(file, number, str(error), example) from error
            if not isinstance(row, dict):
                raise _unlike(file, number, "it is no object", example)
            found.append(row)
            places.append(number)
    if not found:
        raise InvalidError(f"'{file}' is empty.", remedy=f"Give lines like {example}.")
    return Rows(found, file, places, example)


def _unlike(file: Path, line: int, said: str, example: str) -> InvalidError:
    return InvalidError(f"Line {line} of '{file}' is not as expected: {said}.", remedy=f"Each line is like {example}.")


def located(error: HeadwaterError, file: Path, line: int) -> HeadwaterError:
    """Return an error like another whose message names the file, and the line unless it is 0."""
    where = f"'{file}', line {line}" if line else f"'{file}'"
    return type(error)(f"{where}: {error.message}", remedy=error.remedy, **error.facts)


def _words(node: yaml.Node) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.ScalarNode):
        yield str(node.value), node.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _words(item)
    elif isinstance(node, yaml.MappingNode):
        for pair in node.value:
            for part in pair:
                yield from _words(part)
