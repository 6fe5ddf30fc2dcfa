"""The formats by name."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from headwater.annotation.exchange import own

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from headwater.annotation.exchange.model import Item
    from headwater.annotation.questions import Question


class Format(StrEnum):
    """A file format of annotated tasks."""

    JSONL = "jsonl"
    """Headwater's own: everything."""


def write(form: Format, items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield the file of some tasks piece by piece."""
    del form, questions
    return own.write(items)


def suffix(form: Format) -> str:
    """Return the ending of a file's name."""
    return form.value


def media_type(form: Format) -> str:
    """Return the media type of a file."""
    del form
    return "application/jsonl"
