"""Files that people write: read as YAML or JSON, and named with the line when what they say cannot stand."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import yaml

from headwater.core.errors import HeadwaterError, InvalidError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
