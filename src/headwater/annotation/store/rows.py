"""Rows as the words of annotation: the one place where columns become fields."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

T = TypeVar("T")


def read(kind: type[T], table: sa.Table, row: sa.Row[Any], named: Mapping[str, str] | None = None) -> T:
    """Return a row of a table as a dataclass whose fields have the names of the columns' keys.

    Args:
        kind: The dataclass; a field that is a closed vocabulary is read as its member.
        table: The table, all columns of which were selected.
        row: The row.
        named: Field → key of its column, where they differ.
    """
    values, named = row._mapping, named or {}  # noqa: SLF001 -- a named tuple's spelling: it is public
    found = {}
    for name, vocabulary in _vocabularies(kind).items():
        value = values[table.c[named.get(name, name)]]
        found[name] = vocabulary(value) if vocabulary is not None else value
    return kind(**found)


def _vocabularies(kind: type) -> dict[str, type[Enum] | None]:
    """Field → its vocabulary, if it has one."""
    if kind not in _KNOWN:
        hints = get_type_hints(kind)
        _KNOWN[kind] = {field.name: _vocabulary(hints[field.name]) for field in fields(kind)}
    return _KNOWN[kind]


def _vocabulary(hint: object) -> type[Enum] | None:
    return hint if isinstance(hint, type) and issubclass(hint, Enum) else None


_KNOWN: dict[type, dict[str, type[Enum] | None]] = {}
