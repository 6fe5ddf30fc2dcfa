"""Many rows at once, column by column: several times quicker than a mapping for each row."""

from __future__ import annotations

import re
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headwater.storage.database import Connection


def add(
    db: Connection,
    table: sa.Table,
    varying: Mapping[str, Sequence[Any]],
    constant: Mapping[str, object] | None = None,
) -> None:
    """Insert rows: by COPY on PostgreSQL, which takes a quarter of the time of an INSERT.

    Args:
        db: The open transaction.
        table: The table.
        varying: Column → a value for each row, all equally many.
        constant: Column → the value of every row.
    """
    if not len(next(iter(varying.values()))):
        return
    constant = constant or {}
    columns = [_bound(db, table, name, values) for name, values in varying.items()]
    shared = [_bound(db, table, name, [value])[0] for name, value in constant.items()]
    said = ", ".join(f'"{name}"' for name in (*varying, *constant))
    write = _insert if db.dialect.name == "sqlite" else _copy
    try:
        write(db, f'"{table.name}" ({said})', columns, shared)
    except db.dialect.loaded_dbapi.Error as error:
        kind = db.dialect.loaded_dbapi.Error
        raise sa.exc.DBAPIError.instance(f"rows of {said}", None, error, kind, dialect=db.dialect) from error


def _bound(db: Connection, table: sa.Table, name: str, values: Sequence[Any]) -> Sequence[Any]:
    """Return values as they travel."""
    kind = table.c[name].type
    bound = kind.dialect_impl(db.dialect).bind_processor(db.dialect)
    return [bound(value) for value in values] if bound and not isinstance(kind, sa.LargeBinary) else values


def _insert(db: Connection, target: str, columns: list[Sequence[Any]], shared: list[Any]) -> None:
    driver: Any = db.connection.driver_connection
    literals = [_literal(value) for value in shared]
    if len(columns[0]) >= _MANY and "?" not in literals and (whole := _whole(columns)):
        selected, joined = whole
        said = ", ".join([*selected, *literals])
        driver.execute(f"INSERT INTO {target} SELECT {said} FROM json_each(?)", (joined,)).close()
        return
    row = f"({', '.join([*repeat('?', len(columns)), *literals])})"
    columns += [[value] * len(columns[0]) for value, place in zip(shared, literals, strict=True) if place == "?"]
    rows = zip(*columns, strict=True)
    if len(columns) * len(columns[0]) <= _MOST_VALUES:
        values = tuple(chain.from_iterable(rows))
        driver.execute(f"INSERT INTO {target} VALUES {', '.join([row] * len(columns[0]))}", values).close()
    else:
        driver.executemany(f"INSERT INTO {target} VALUES {row}", rows).close()


def _whole(columns: list[Sequence[Any]]) -> tuple[list[str], str] | None:
    """Return rows as one statement takes them, so that the interpreter is let go once and not at each row.

    Only ids, all as long as the first, and numbers in order can be told from each other in one string for each row.
    The library lets the interpreter go at each row of an ordinary insert, and waits for it while other threads work.

    Returns:
        How each column is selected from the joined strings, and these as JSON; None where columns are of another kind.
    """
    selected, texts, start = [], [], 1
    for column in columns:
        if isinstance(column, range) and column.step == 1:
            selected.append(f"{column.start} + key")
            continue
        length = len(column[0]) if isinstance(column[0], str) else 0
        if not length or {*map(type, column)} != {str} or {*map(len, column)} != {length}:
            return None
        if not (joined := "".join(column)).isascii() or not joined.isprintable():
            return None
        selected.append(f"substr(value, {start}, {length})")
        start += length
        texts.append(column)
    return (selected, orjson.dumps(list(map("".join, zip(*texts, strict=True)))).decode()) if texts else None


def _literal(value: object) -> str:
    """Return a value as SQL writes it, which need not be handed over for each row; a place for any other."""
    if value is None:
        return "NULL"
    if type(value) is int:
        return str(value)
    if type(value) is str and value.isascii() and value.isprintable():
        return "'{}'".format(value.replace("'", "''"))
    return "?"


def _copy(db: Connection, target: str, columns: list[Sequence[Any]], shared: list[Any]) -> None:
    end = "".join(f"\t{_copied(value)}" for value in shared) + "\n"
    rows = map("\t".join, zip(*(map(_copied, column) for column in columns), strict=True))
    from headwater.storage import postgres  # noqa: PLC0415 -- loads a driver that most commands do not need

    postgres.copy(db, f"COPY {target} FROM STDIN", end.join(rows) + end)


def _copied(value: object) -> str:
    """Return a value in COPY's text format."""
    if isinstance(value, str):
        return value.translate(_ESCAPES) if _SPECIAL.search(value) else value
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    return "\\N" if value is None else str(value)


_MANY, _MOST_VALUES = 1_000, 2_000
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
