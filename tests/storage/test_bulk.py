"""Rows added column by column are the rows that were meant, on both databases."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest
import sqlalchemy as sa

from headwater.core.errors import ConflictError, InvalidError
from headwater.storage import bulk
from headwater.storage.database import Moment

if TYPE_CHECKING:
    from headwater.app.application import App

TABLE = sa.Table(
    "order",  # a word of SQL
    sa.MetaData(),
    sa.Column("id", sa.String(10), primary_key=True),
    sa.Column("from", sa.BigInteger, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("at", Moment),
    sa.Column("is_open", sa.Boolean, nullable=False),
)
ODD = "o'\\\t\n\r\\N?é"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_rows_are_added_with_what_they_share(each_app: App) -> None:
    with each_app.database.write() as db:
        TABLE.create(db)
        shared = {"at": NOON, "is_open": True}
        bulk.add(db, TABLE, {"id": ["a", "b"], "from": range(2), "body": [b"\x00\xff", b""]}, shared)
        bulk.add(db, TABLE, {"id": [], "from": [], "body": []}, shared)
        bulk.add(db, TABLE, {"id": [ODD], "from": [8], "body": [b"c"]}, {"at": None, "is_open": False})
        bulk.add(db, TABLE, {"from": [9]}, {"id": "z'?", "body": b"\\N", "at": None, "is_open": False})
        rows = [tuple(row) for row in db.execute(sa.select(TABLE).order_by(TABLE.c.id))]
    assert rows == [
        ("a", 0, b"\x00\xff", NOON, True),
        ("b", 1, b"", NOON, True),
        (ODD, 8, b"c", None, False),
        ("z'?", 9, b"\\N", None, False),
    ]
    with pytest.raises(ConflictError), each_app.database.write() as db:
        bulk.add(db, TABLE, {"id": ["a"], "from": [1], "body": [b""]}, shared)


class Told(sqlite3.Connection):
    """A connection that knows what it was told."""

    told: list[tuple[str, object]]

    def execute(self, sql: str, values: object = ()) -> sqlite3.Cursor:
        self.told = [*getattr(self, "told", []), (sql, values)]
        return super().execute(sql, values)  # type: ignore[arg-type]


@pytest.mark.parametrize("rows", [3, 2_000])
def test_the_next_rows_are_told_by_the_same_statement_and_none_stay_bound_to_it(rows: int) -> None:
    table = sa.Table("more", sa.MetaData(), *(sa.Column(name, sa.String(10)) for name in ("id", "n", "of")))
    engine = sa.create_engine("sqlite://", connect_args={"factory": Told})
    with engine.begin() as db:
        table.create(db)
        driver = cast("Told", db.connection.driver_connection)
        driver.told = []
        for batch in ("one", "two"):
            bulk.add(db, table, {"id": [f"{batch}{place:05}" for place in range(rows)]}, {"of": batch})
        counted = sa.select(sa.func.count(table.c.id)).group_by(table.c.of)
        assert db.execute(counted).scalars().all() == [rows, rows]
    told = [each for each in driver.told if each[0].startswith("INSERT")]
    assert len({statement for statement, _ in told}) == 1
    assert len(str(told[-1])) < 1_000


@pytest.mark.parametrize("odd", ["{:010}", "{:08}'\"", "{}", "{:09}é", "{:09}\0", "{:08}?\\"])
def test_many_rows_are_those_that_few_would_be(app: App, odd: str) -> None:
    table = sa.Table(
        "many", sa.MetaData(), sa.Column("id", sa.String(10)), sa.Column("n", sa.Integer), sa.Column("at", Moment)
    )
    ids = [odd.format(place) for place in range(2_000)]
    with app.database.write() as db:
        table.create(db)
        bulk.add(db, table, {"id": ids, "n": range(5, 2_005)}, {"at": NOON})
        bulk.add(db, table, {"n": range(4_000, 0, -2), "id": ids}, {"at": None})
        rows = [tuple(row) for row in db.execute(sa.select(table))]
    assert rows == [(each, 5 + place, NOON) for place, each in enumerate(ids)] + [
        (each, 4_000 - 2 * place, None) for place, each in enumerate(ids)
    ]


def test_what_is_too_long_is_refused_and_not_cut(postgres_app: App) -> None:
    with postgres_app.database.write() as db:
        TABLE.create(db)
    with pytest.raises(InvalidError, match="too long"), postgres_app.database.write() as db:
        bulk.add(db, TABLE, {"id": ["x" * 11], "from": [1], "body": [b""]}, {"at": NOON, "is_open": True})
