"""Many rows at once, column by column: several times quicker than a mapping for each row."""

from __future__ import annotations

import re
from itertools import chain, islice, repeat
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
    said = ", ".join(f'"{name}"' for name in (*constant, *varying))
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
    """Insert by one statement where that can be, the same for the next rows too, since the driver keeps it ready.

    It keeps what was last bound to it as well: rows joined to one text are bound anew as none.
    """
    driver: Any = db.connection.driver_connection
    if len(columns[0]) >= _MANY and (whole := _whole(columns)):
        selected, starts, joined = whole
        said = ", ".join([*repeat("?", len(shared)), *selected])
        statement = f"INSERT INTO {target} SELECT {said} FROM json_each(?)"
        for bound in (joined, "[]"):
            driver.execute(statement, (*shared, *starts, bound)).close()
        return
    row = ", ".join([*(f"?{place}" for place in range(1, len(shared) + 1)), *repeat("?", len(columns))])
    rows = zip(*columns, strict=True)
    while some := list(islice(rows, max(1, _MOST_VALUES // len(columns)))):
        places = ", ".join([f"({row})"] * len(some))
        driver.execute(f"INSERT INTO {target} VALUES {places}", (*shared, *chain.from_iterable(some))).close()


def _whole(columns: list[Sequence[Any]]) -> tuple[list[str], list[int], str] | None:
    """Return rows as one statement takes them, so that the interpreter is let go once and not at each row.

    Only ids, all as long as the first, and numbers in order can be told from each other in one string for each row.
    The library lets the interpreter go at each row of an ordinary insert, and waits for it while other threads work.

    Returns:
        How each column is selected from the joined strings, where numbers begin, and the strings as JSON; None where
        columns are of another kind.
    """
    selected, starts, texts, start = [], [], [], 1
    for column in columns:
        if isinstance(column, range) and column.step == 1:
            selected.append("? + key")
            starts.append(column.start)
            continue
        length = len(column[0]) if isinstance(column[0], str) else 0
        if not length or {*map(type, column)} != {str} or {*map(len, column)} != {length}:
            return None
        if not (joined := "".join(column)).isascii() or not joined.isprintable():
            return None
        selected.append(f"substr(value, {start}, {length})")
        start += length
        texts.append(column)
    if not texts:
        return None
    return selected, starts, orjson.dumps(list(map("".join, zip(*texts, strict=True)))).decode()


def _copy(db: Connection, target: str, columns: list[Sequence[Any]], shared: list[Any]) -> None:
    start = "".join(f"{_copied(value)}\t" for value in shared)
    rows = map("\t".join, zip(*(map(_copied, column) for column in columns), strict=True))
    from headwater.storage import postgres  # noqa: PLC0415 -- loads a driver that most commands do not need

    lines = (f"{start}{row}\n" for row in rows)
    some = iter(lambda: "".join(islice(lines, _TOGETHER)), "")
    postgres.copy(db, f"COPY {target} FROM STDIN", some)


def _copied(value: object) -> str:
    """Return a value in COPY's text format."""
    if isinstance(value, str):
        return value.translate(_ESCAPES) if _SPECIAL.search(value) else value
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    return "\\N" if value is None else str(value)


_MANY, _MOST_VALUES, _TOGETHER = 1_000, 2_000, 4_000
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
