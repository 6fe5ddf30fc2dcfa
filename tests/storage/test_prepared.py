"""A prepared statement does what SQLAlchemy does with it, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from headwater.core.errors import ConflictError, InvalidError
from headwater.storage import prepared
from headwater.storage.database import Database, Moment

if TYPE_CHECKING:
    from headwater.app.application import App

TABLE = sa.Table(
    "thing",
    sa.MetaData(),
    sa.Column("id", sa.String(10), primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("at", Moment),
    sa.Column("is_open", sa.Boolean, nullable=False),
)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ADD = TABLE.insert()
OPEN = sa.select(TABLE).where(TABLE.c.is_open, TABLE.c.at <= sa.bindparam("now")).order_by(TABLE.c.id)
COUNT = sa.text("UPDATE thing SET count = count + :by WHERE id = :id RETURNING count, id || '%'")
VALUE = sa.text("SELECT count FROM thing WHERE id = :id")
SHARE = sa.text("SELECT 1 / CAST(:parts AS INTEGER)")
NAMED = sa.text("SELECT at, is_open, body FROM thing WHERE id = :id").columns(
    *(TABLE.c[n] for n in ("at", "is_open", "body"))
)
CLOSE = sa.text("UPDATE thing SET is_open = :open WHERE at IS NOT NULL").bindparams(
    sa.bindparam("open", type_=sa.Boolean)
)


def row(identifier: str, **values: object) -> dict[str, object]:
    return {"id": identifier, "count": 1, "body": {"a": [1, None]}, "at": NOON, "is_open": True} | values


def test_values_travel_both_ways_as_their_columns_say(each_app: App) -> None:
    with each_app.database.write() as db:
        TABLE.create(db)
        for each in (row("b"), row("a", body=["ü"]), row("c", at=None), row("d", is_open=False)):
            assert prepared.changed(db, ADD, each) == 1
        found = prepared.every(db, OPEN, {"now": NOON})
        assert [tuple(each) for each in found] == [tuple(each) for each in db.execute(OPEN, {"now": NOON})]
        assert [each.id for each in found] == ["a", "b"]
        assert prepared.one(db, OPEN, {"now": datetime(2025, 1, 1, tzinfo=UTC)}) is None
        assert prepared.one(db, COUNT, {"by": 4, "id": "b"}) == (5, "b%")
        assert prepared.one(db, NAMED, {"id": "c"})._asdict() == {"at": None, "is_open": True, "body": {"a": [1, None]}}
        assert prepared.changed(db, CLOSE, {"open": False}) == 3
        assert prepared.every(db, OPEN, {"now": NOON}) == []


def test_what_the_database_refuses_is_told_in_our_words_and_nothing_stays(each_app: App) -> None:
    with each_app.database.write() as db:
        TABLE.create(db)

    def add(*rows: dict[str, object]) -> None:
        with each_app.database.write() as db:
            for each in rows:
                prepared.run(db, ADD, each)

    with pytest.raises(ConflictError):
        add(row("a"), row("a"))
    with pytest.raises(InvalidError):
        add(row("b", count=2**70))
    with pytest.raises(InvalidError):
        add(row("\ud800"))
    with each_app.database.read() as db:
        assert db.execute(sa.select(sa.func.count()).select_from(TABLE)).scalar_one() == 0


def test_a_write_nobody_waits_for_is_seen_by_what_comes_next_and_refused_at_the_latest_there(each_app: App) -> None:
    with each_app.database.write() as db:
        TABLE.create(db)
    huge = "x" * 8_000_000  # more than a socket takes at once
    with each_app.database.write() as db:
        prepared.run(db, ADD, row("a", body=[huge]))
        prepared.run(db, ADD, row("b"))
        assert db.execute(sa.select(TABLE.c.id).order_by(TABLE.c.id)).scalars().all() == ["a", "b"]
        assert prepared.one(db, NAMED, {"id": "a"}).body == [huge]

    def refused(then: sa.Select[tuple[str]] | sa.TextualSelect) -> None:
        with each_app.database.write() as db:
            prepared.run(db, CLOSE, {"open": False})
            prepared.run(db, ADD, row("a"))
            if isinstance(then, sa.TextualSelect):
                prepared.one(db, then, {"id": "a"})
            else:
                db.execute(then)
            raise AssertionError("it was not told")

    for then in (sa.select(TABLE.c.id), NAMED):
        with pytest.raises(ConflictError):
            refused(then)
    with each_app.database.read() as db:
        assert prepared.one(db, NAMED, {"id": "b"}).is_open


def test_what_is_asked_for_ahead_is_read_as_it_was_in_its_turn_and_only_once(each_app: App) -> None:
    with each_app.database.write() as db:
        TABLE.create(db)
        prepared.run(db, ADD, row("a", count=7))
        keys = {"id": "a"}
        prepared.ahead(db, VALUE, keys)
        prepared.ahead(db, VALUE, keys)
        prepared.ahead(db, VALUE, {"id": "b"})  # is never read
        prepared.run(db, ADD, row("b"))
        assert prepared.one(db, COUNT, {"by": 1, "id": "b"}) == (2, "b%")
        assert prepared.one(db, VALUE, keys) == (7,)
        assert prepared.one(db, COUNT, {"by": 4, "id": "a"}) == (11, "a%")
        assert prepared.one(db, VALUE, keys) == (11,)
        prepared.ahead(db, VALUE, keys)
        assert db.execute(sa.select(sa.func.count()).select_from(TABLE)).scalar_one() == 2  # goes the driver's own way
        assert prepared.one(db, VALUE, keys) == (11,)
        prepared.ahead(db, VALUE, keys)
    with each_app.database.write() as db:
        prepared.one(db, COUNT, {"by": 1, "id": "a"})
        assert prepared.one(db, VALUE, keys) == (12,)  # nothing is kept from the transaction before


def test_what_is_refused_ahead_is_told_by_whatever_is_waited_for(each_app: App) -> None:
    with each_app.database.write() as db:
        TABLE.create(db)
        prepared.run(db, ADD, row("a"))
    if each_app.database.is_sqlite:  # asks nothing ahead
        return

    def ask() -> None:
        with each_app.database.write() as db:
            prepared.ahead(db, SHARE, {"parts": 0})
            prepared.one(db, COUNT, {"by": 1, "id": "a"})

    with pytest.raises(InvalidError, match="division by zero"):
        ask()
    with each_app.database.write() as db:
        prepared.ahead(db, SHARE, {"parts": 1})
        assert prepared.one(db, SHARE, {"parts": 1}) == (1,)
        assert prepared.one(db, VALUE, {"id": "a"}) == (1,)


def test_a_server_that_ends_a_connection_in_the_middle_is_told_and_the_next_one_works(each_app: App) -> None:
    if each_app.database.is_sqlite:
        return
    with each_app.database.write() as db:
        TABLE.create(db)
    other = Database(each_app.settings.database)

    def cut() -> None:
        with each_app.database.write() as db:
            prepared.run(db, ADD, row("a"))
            mine = db.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            prepared.run(db, ADD, row("b"))
            with other.write() as ending:
                ending.exec_driver_sql(f"SELECT pg_terminate_backend({mine}, 5000)")

    with pytest.raises(sa.exc.OperationalError):
        cut()
    other.close()
    with each_app.database.write() as db:
        assert prepared.every(db, OPEN, {"now": NOON}) == []
        assert prepared.changed(db, ADD, row("a")) == 1
