"""Answers to a question folded into columns: blocks of codes that are read instead of the rows they came from.

Reading ten million rows takes the database far longer than counting them. Answers are never changed, so what was read
once is kept as columns, and only what came since is read again. An answer that was taken back after it was folded is
found by an index of its own and left out.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from headwater.annotation.model import Tier
from headwater.annotation.store.answers import answer
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.storage.database import Connection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

answer_fold = sa.Table(
    "answer_fold",
    metadata,
    sa.Column("campaign_id", sa.String(40), primary_key=True),
    sa.Column("question", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("upto", sa.String(40), nullable=False),
    sa.Column("as_of", Moment, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
"""Blocks of columns in order; `upto` is the last answer they hold.

Whatever was taken back later than `as_of` is left out when they are read.
"""

sa.Index(
    "ix_answer_superseded",
    answer.c.campaign_id,
    answer.c.superseded_at,
    postgresql_where=answer.c.superseded_at.is_not(None),
    sqlite_where=answer.c.superseded_at.is_not(None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """One block."""

    number: int
    upto: str
    as_of: datetime
    body: bytes


class TakenBack(NamedTuple):
    """An answer that is not in force any more."""

    id: str
    task_id: str
    annotator: str
    at: datetime
    value: str | None
    """Of the question, as text; None where it was not answered."""


def add(db: Connection, campaign_id: str, question: str, row: Fold) -> None:
    """Store a block."""
    db.execute(answer_fold.insert().values(campaign_id=campaign_id, question=question, **asdict(row)))


def of(db: Connection, campaign_id: str, question: str) -> Iterator[Fold]:
    """Yield the blocks of a question in order; nothing else may be asked of the database meanwhile."""
    if db.dialect.name == "postgresql":
        yield from _binary(db, campaign_id, question)
        return
    columns = [answer_fold.c[each.name] for each in fields(Fold)]
    wanted = (answer_fold.c.campaign_id == campaign_id, answer_fold.c.question == question)
    rows = db.execute(sa.select(*columns).where(*wanted).order_by(answer_fold.c.number))
    yield from (Fold(number=row.number, upto=row.upto, as_of=row.as_of, body=bytes(row.body)) for row in rows)


def begun(db: Connection, campaign_id: str, question: str) -> datetime | None:
    """Return the moment as of which the first block holds what was in force; None before there is one."""
    wanted = (answer_fold.c.campaign_id == campaign_id, answer_fold.c.question == question)
    query = sa.select(answer_fold.c.as_of).where(*wanted).order_by(answer_fold.c.number).limit(1)
    return db.execute(query).scalar_one_or_none()


def forget(db: Connection, campaign_id: str) -> None:
    """Drop the folds of a campaign: its answers are read as rows until they are folded anew."""
    db.execute(answer_fold.delete().where(answer_fold.c.campaign_id == campaign_id))


def last(db: Connection, campaign_id: str, question: str) -> tuple[int, str]:
    """Return the number and the last answer of the newest block; 0 and nothing before the first."""
    wanted = (answer_fold.c.campaign_id == campaign_id, answer_fold.c.question == question)
    query = sa.select(answer_fold.c.number, answer_fold.c.upto).where(*wanted)
    row = db.execute(query.order_by(answer_fold.c.number.desc()).limit(1)).one_or_none()
    return (row.number, row.upto) if row else (0, "")


def taken_back(db: Connection, campaign_id: str, question: str, since: datetime) -> list[TakenBack]:
    """Return the answers of annotators that were taken back, or followed by others, later than a moment."""
    value = answer.c["values"][question].as_string()
    columns = (answer.c.id, answer.c.task_id, answer.c.annotator, answer.c.superseded_at, value)
    query = sa.select(*columns).where(
        answer.c.campaign_id == campaign_id, answer.c.superseded_at > since, answer.c.tier == Tier.ANNOTATE.value
    )
    return [TakenBack(*row) for row in db.execute(query)]


def _binary(db: Connection, campaign_id: str, question: str) -> Iterator[Fold]:
    """The same past SQLAlchemy, which would have every byte sent as two letters.

    Blocks are taken as they come: the server makes the next one ready while this one is unpacked.
    """
    names = ", ".join(each.name for each in fields(Fold))
    statement = f"SELECT {names} FROM answer_fold WHERE campaign_id = %s AND question = %s ORDER BY number"
    driver: Any = db.connection.driver_connection
    with driver.cursor(binary=True) as cursor:
        for number, upto, at, body in cursor.stream(statement, (campaign_id, question)):
            as_of = Moment().process_result_value(at, db.dialect) or _EPOCH
            yield Fold(number=number, upto=upto, as_of=as_of, body=body)
        cursor.execute("SELECT 1")  # a pipeline that begins after a stream would read row by row, too
