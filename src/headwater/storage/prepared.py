"""The few statements that every answer makes, run by the driver itself.

SQLAlchemy writes them and says how values travel, once for each kind of server. Its way through every execution costs
several times what the database needs for an index probe, and an answer makes seventeen of them.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.sql.compiler import SQLCompiler

    from headwater.storage.database import Connection

    Statement = sa.TextClause | sa.TextualSelect | sa.Select[Any] | sa.Insert
    Turn = Callable[[Any], Any]


class _Plan(NamedTuple):
    """A statement as one kind of server takes it."""

    text: str
    names: tuple[str, ...]
    """Of the parameters, in their order."""
    bound: dict[str, Turn]
    """What is done to values on their way to the server, by parameter."""
    read: tuple[tuple[int, Turn], ...]
    """What is done to values on their way back, by place."""
    row: Turn | None
    """Makes a row with names; None for a statement that does not say its columns."""


_plans: dict[tuple[int, str], tuple[Statement, _Plan]] = {}
"""By the statement's identity, which is kept alive by being here: statements are constants of their modules."""


def one(db: Connection, statement: Statement, keys: Mapping[str, object]) -> Any:  # noqa: ANN401 -- a row of any columns
    """Return the first row of a statement as a tuple, with names when it says its columns; None without one."""
    plan = _plan(db, statement)
    cursor = _execute(db, plan, keys)
    row = cursor.fetchone()
    cursor.close()
    return None if row is None else _read(plan, row)


def every(db: Connection, statement: Statement, keys: Mapping[str, object]) -> list[Any]:
    """Return all rows of a statement, as `one` returns the first."""
    plan = _plan(db, statement)
    cursor = _execute(db, plan, keys)
    rows = cursor.fetchall()
    cursor.close()
    return [_read(plan, row) for row in rows]


def changed(db: Connection, statement: Statement, keys: Mapping[str, object]) -> int:
    """Run a statement that returns nothing; returns how many rows it changed."""
    cursor = _execute(db, _plan(db, statement), keys)
    rows: int = cursor.rowcount
    cursor.close()
    return rows


def run(db: Connection, statement: Statement, keys: Mapping[str, object]) -> None:
    """Run a statement that returns nothing, in its turn, and do not wait for it.

    What the server refuses may be raised by a later statement, at the latest by the transaction's end.
    """
    _execute(db, _plan(db, statement), keys, waits=False)


def ahead(db: Connection, statement: Statement, keys: Mapping[str, object]) -> None:
    """Ask for rows that `one` or `every` will soon want with the same keys: they come with those that are waited for.

    They are as they were now: nothing that changes them may come between. Nothing is done on SQLite, where nobody
    waits, nor when it was asked for already in this transaction.
    """
    if db.dialect.name == "sqlite":
        return
    from headwater.storage import postgres  # noqa: PLC0415 -- see `_execute`

    plan = _plan(db, statement)
    try:
        postgres.ahead(db, plan.text, _sent(plan, keys))
    except db.dialect.loaded_dbapi.Error as error:
        raise _told(db, plan, keys, error) from error


def _execute(db: Connection, plan: _Plan, keys: Mapping[str, object], *, waits: bool = True) -> Any:  # noqa: ANN401 -- a cursor or alike
    sent = _sent(plan, keys)
    try:
        if db.dialect.name == "sqlite":
            driver: Any = db.connection.driver_connection
            return driver.execute(plan.text, sent)
        from headwater.storage import postgres  # noqa: PLC0415 -- loads a driver that most commands do not need

        return (postgres.execute if waits else postgres.send)(db, plan.text, sent)
    except db.dialect.loaded_dbapi.Error as error:
        raise _told(db, plan, keys, error) from error


def _sent(plan: _Plan, keys: Mapping[str, object]) -> list[object]:
    """Return the values of a statement in their order, as they travel."""
    values = dict(keys)
    for name, turn in plan.bound.items():
        values[name] = turn(values[name])
    return [values[name] for name in plan.names]


def _told(db: Connection, plan: _Plan, keys: Mapping[str, object], error: Exception) -> sa.exc.StatementError:
    kinds = db.dialect.loaded_dbapi.Error
    return sa.exc.DBAPIError.instance(plan.text, dict(keys), error, kinds, dialect=db.dialect)


def _read(plan: _Plan, row: Any) -> Any:  # noqa: ANN401 -- a row of any columns
    if plan.read:
        row = list(row)
        for place, turn in plan.read:
            row[place] = turn(row[place])
    return plan.row(row) if plan.row else tuple(row)


def _plan(db: Connection, statement: Statement) -> _Plan:
    known = _plans.get((id(statement), db.dialect.name))
    if known is None:
        known = (statement, _prepare(db.dialect, statement))
        _plans[id(statement), db.dialect.name] = known
    return known[1]


def _prepare(dialect: Dialect, statement: Statement) -> _Plan:
    columns = [column.key for column in statement.table.c] if isinstance(statement, sa.Insert) else None
    if dialect.name == "sqlite":
        made: SQLCompiler = statement.compile(dialect=dialect, column_keys=columns)
    else:
        numbering: Any = type(dialect)
        made = statement.compile(dialect=numbering(paramstyle="numeric_dollar"), column_keys=columns)
    bound: dict[str, Turn] = {}
    for name, parameter in made.binds.items():
        turn = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        if turn is not None:
            bound[name] = turn
    said = statement.selected_columns if isinstance(statement, sa.TextualSelect | sa.Select) else ()
    turns = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in said]
    names = [str(column.key) for column in said]
    return _Plan(
        text=made.string,
        names=tuple(made.positiontup or ()),
        bound=bound,
        read=tuple((place, turn) for place, turn in enumerate(turns) if turn is not None),
        row=_row(names),
    )


def _row(names: list[str]) -> Turn | None:
    if not names:
        return None
    kind: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc] # noqa: PYI024 -- columns known just here
    make: Turn = kind._make
    return make
