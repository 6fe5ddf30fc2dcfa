"""A prepared statement does what SQLAlchemy does with it, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from headwater.core.errors import ConflictError, InvalidError
from headwater.storage import prepared
from headwater.storage.database import Moment

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
            assert prepared.run(db, ADD, each) == 1
        found = prepared.every(db, OPEN, {"now": NOON})
        assert [tuple(each) for each in found] == [tuple(each) for each in db.execute(OPEN, {"now": NOON})]
        assert [each.id for each in found] == ["a", "b"]
        assert prepared.one(db, OPEN, {"now": datetime(2025, 1, 1, tzinfo=UTC)}) is None
        assert prepared.one(db, COUNT, {"by": 4, "id": "b"}) == (5, "b%")
        assert prepared.one(db, NAMED, {"id": "c"})._asdict() == {"at": None, "is_open": True, "body": {"a": [1, None]}}
        assert prepared.run(db, CLOSE, {"open": False}) == 3
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
