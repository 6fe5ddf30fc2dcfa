"""The answers of one annotator in a campaign, a part at a time, found by the index of annotators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from headwater.annotation.model import Answer, Gold, Tier
from headwater.annotation.store.answers import answer, gold
from headwater.annotation.store.rows import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.storage.database import Connection

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Which answers: in force, of one person to one question of a campaign, between two moments."""

    campaign_id: str
    person: str
    question: str
    since: datetime | None
    until: datetime | None
    value: str = ""
    """Only this value of a question whose answers are text or numbers."""
    beside: str = ""
    """Only tasks that this person answered too."""
    golden: bool = False
    """Only tasks whose right answer is known."""


class Row(NamedTuple):
    """An answer with the value its author gave before it."""

    answer: Answer
    before: object


class Entry(NamedTuple):
    """What an answer is chosen by."""

    id: str
    lead_time_ms: int
    value: str
    """As text: equal for equal answers of one kind; empty where it was not asked for."""


def page(db: Connection, what: Stretch, *, after: str, limit: int) -> list[Row]:
    """Return answers in the order in which they were given, from the one after an answer."""
    query = _stretch(what)
    last = find(db, what, after) if after else None
    if last is not None:
        at = last.submitted_at
        later = sa.or_(answer.c.submitted_at > at, answer.c.id > last.id)
        query = query.where(answer.c.submitted_at >= at, later)
    return _rows(db, query.order_by(answer.c.submitted_at, answer.c.id).limit(limit))


def of_ids(db: Connection, what: Stretch, ids: Sequence[str]) -> list[Row]:
    """Return some of the answers, in the order of their ids in the list."""
    places = {each: place for place, each in enumerate(ids)}
    return sorted(_rows(db, _stretch(what).where(answer.c.id.in_(ids))), key=lambda row: places[row.answer.id])


def entries(db: Connection, what: Stretch, *, limit: int, valued: bool) -> list[Entry]:
    """Return what the newest answers are chosen by, in the order in which they were given; values on demand."""
    value = _said(answer, what.question) if valued else sa.literal("")
    query = _stretch(what).with_only_columns(answer.c.id, answer.c.lead_time_ms, value)
    newest = query.order_by(answer.c.submitted_at.desc(), answer.c.id.desc()).limit(limit)
    return [Entry(*row) for row in db.execute(newest)][::-1]


def find(db: Connection, what: Stretch, identifier: str) -> Answer | None:
    """Return an answer of the person in the campaign."""
    row = db.execute(
        sa.select(answer).where(
            answer.c.id == identifier, answer.c.annotator == what.person, answer.c.campaign_id == what.campaign_id
        )
    ).one_or_none()
    return read(Answer, answer, row) if row else None


def gold_of(db: Connection, task_ids: Sequence[str]) -> dict[str, Gold]:
    """Return the gold among some tasks that was not retired, by task."""
    query = sa.select(gold).where(gold.c.task_id.in_(task_ids), gold.c.retired_at.is_(None))
    return {row.task_id: read(Gold, gold, row, {"values": "known"}) for row in db.execute(query)}


def _rows(db: Connection, query: sa.Select[Any]) -> list[Row]:
    return [Row(read(Answer, answer, row), row.before) for row in db.execute(query)]


def _said(table: Any, question: str) -> sa.ColumnElement[str]:  # noqa: ANN401 -- the table or an alias of it
    return sa.cast(table.c["values"][question].as_string(), sa.String)


def _stretch(what: Stretch) -> sa.Select[Any]:
    """The answers, each with the value before it; both moments are always bounds, so that the index is taken."""
    query = (
        sa.select(answer, _before(what))
        .where(answer.c.annotator == what.person, answer.c.campaign_id == what.campaign_id)
        .where(answer.c.submitted_at >= (what.since or _FIRST), answer.c.submitted_at <= (what.until or _LAST))
        .where(*_in_force(answer, what.question))
    )
    if what.value:
        query = query.where(_said(answer, what.question) == what.value)
    if what.golden:
        known = sa.select(gold.c.task_id).where(gold.c.task_id == answer.c.task_id, gold.c.retired_at.is_(None))
        query = query.where(known.exists())
    if what.beside:
        other = answer.alias()
        theirs = sa.select(other.c.id).where(other.c.task_id == answer.c.task_id, other.c.annotator == what.beside)
        query = query.where(theirs.where(*_in_force(other, what.question)).correlate(answer).exists())
    return query


def _before(what: Stretch) -> sa.Label[Any]:
    """The value that the person gave to the question before an answer; null for their first."""
    other = answer.alias()
    earlier = sa.or_(other.c.submitted_at < answer.c.submitted_at, other.c.id < answer.c.id)
    found = (
        sa.select(other.c["values"][what.question])
        .where(other.c.annotator == what.person, other.c.campaign_id == what.campaign_id)
        .where(other.c.submitted_at <= answer.c.submitted_at, earlier, *_in_force(other, what.question))
        .order_by(other.c.submitted_at.desc(), other.c.id.desc())
        .limit(1)
    )
    return found.correlate(answer).scalar_subquery().label("before")


def _in_force(table: Any, question: str) -> tuple[sa.ColumnElement[bool], ...]:  # noqa: ANN401 -- or an alias of it
    return (
        table.c.tier == Tier.ANNOTATE.value,
        table.c.superseded_at.is_(None),
        table.c["values"][question].as_string().is_not(None),
    )
