"""Many rows at once, column by column: several times quicker than a mapping for each row."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headwater.storage.database import Connection


def add(
    db: Connection,
    table: sa.Table,
    varying: Mapping[str, Sequence[Any]],
    constant: Mapping[str, object] | None = None,
    *,
    unless_known: bool = False,
) -> None:
    """Insert rows.

    Args:
        db: The open transaction.
        table: The table.
        varying: Column → a value for each row, all equally many.
        constant: Column → the value of every row.
        unless_known: Leave out rows with a key that is there already, or comes twice.
    """
    constant = constant or {}
    count = len(next(iter(varying.values())))
    if not count:
        return
    names = [*varying, *constant]
    processors = [table.c[name].type.dialect_impl(db.dialect).bind_processor(db.dialect) for name in names]
    columns: list[list[Any]] = []
    for name, bound in zip(names, processors, strict=True):
        if name in constant:
            value = constant[name]
            columns.append([bound(value) if bound else value] * count)
        else:
            columns.append([bound(value) for value in varying[name]] if bound else list(varying[name]))
    said = ", ".join(f'"{name}"' for name in names)
    end = " ON CONFLICT DO NOTHING" if unless_known else ""
    if db.dialect.name == "sqlite":
        places = ", ".join(repeat("?", len(names)))
        db.exec_driver_sql(
            f'INSERT INTO "{table.name}" ({said}) VALUES ({places}){end}', list(zip(*columns, strict=True))
        )
        return
    # a cast to VARCHAR(n) would cut what is too long, where text is refused
    types = (sa.Text() if isinstance(table.c[name].type, sa.String) else table.c[name].type for name in names)
    arrays = ", ".join(f"%s::{each.compile(db.dialect)}[]" for each in types)
    db.exec_driver_sql(f'INSERT INTO "{table.name}" ({said}) SELECT * FROM unnest({arrays}){end}', tuple(columns))
