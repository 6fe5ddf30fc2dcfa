"""How campaigns are watched, and the alarms that were raised."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.core.canonical import plain
from headwater.quality.model import Alarm, AlarmState, Explanation, Remedy, Watch
from headwater.stats.interval import restored
from headwater.storage.database import WHOLE, Moment, Part, insert, metadata, newest_first

if TYPE_CHECKING:
    from datetime import datetime

    from headwater.storage.database import Connection

watch = sa.Table(
    "watch",
    metadata,
    sa.Column("campaign_id", sa.String(40), primary_key=True),
    sa.Column("question", sa.String(64), primary_key=True),
    sa.Column("good", sa.Float, nullable=False),
    sa.Column("bad", sa.Float, nullable=False),
    sa.Column("gold_planned", sa.Integer, nullable=False),
    sa.Column("tasks_planned", sa.Integer, nullable=False),
    sa.Column("level", sa.Float, nullable=False),
    sa.Column("looks", sa.Integer, nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("watched_at", Moment, nullable=False),
    sa.Column("answers", sa.Integer, nullable=False),
)

alarm = sa.Table(
    "alarm",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("question", sa.String(64), nullable=False),
    sa.Column("metric", sa.String(40), nullable=False),
    sa.Column("scope", sa.String(200), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("since_low", Moment, nullable=False),
    sa.Column("since_high", Moment, nullable=False),
    sa.Column("noticed_at", Moment, nullable=False),
    sa.Column("before", sa.JSON(none_as_null=True)),
    sa.Column("after", sa.JSON, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("explanations", sa.JSON, nullable=False),
    sa.Column("advice", sa.Text, nullable=False),
    sa.Column("raised_at", Moment, nullable=False),
    sa.Column("decided_by", sa.String(40), nullable=False),
    sa.Column("remedy", sa.String(20)),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("decided_at", Moment),
    sa.UniqueConstraint("campaign_id", "question", "metric", "scope", "noticed_at"),
    sa.Index(None, "program", "state"),
)
"""An alarm is raised once: the constraint makes that a law."""


def watch_of(db: Connection, campaign: str, question: str) -> Watch | None:
    """Return how a campaign's answers to a question are watched."""
    query = sa.select(watch).where(watch.c.campaign_id == campaign, watch.c.question == question)
    row = db.execute(query).mappings().one_or_none()
    return Watch(**row) if row else None


def watches(db: Connection, campaign: str) -> list[Watch]:
    """Return how a campaign is watched, by question."""
    query = sa.select(watch).where(watch.c.campaign_id == campaign).order_by(watch.c.question)
    return [Watch(**row) for row in db.execute(query).mappings()]


def begin_watch(db: Connection, row: Watch) -> None:
    """Store how a campaign is watched; the first to begin counts."""
    db.execute(insert(db, watch).values(**asdict(row)).on_conflict_do_nothing())


def looked(db: Connection, row: Watch, looks: int, *, at: datetime, answers: int) -> None:
    """Keep how many integrity checks were made, when it was looked at and how many answers there were."""
    where = (watch.c.campaign_id == row.campaign_id, watch.c.question == row.question)
    db.execute(watch.update().where(*where).values(looks=looks, watched_at=at, answers=answers))


def raise_alarm(db: Connection, program: str, row: Alarm) -> None:
    """Store an alarm unless it is there already."""
    values = asdict(row) | {"program": program, "after": plain(asdict(row.after))}
    values["before"] = plain(asdict(row.before)) if row.before else None
    values["explanations"] = plain([asdict(each) for each in row.explanations])
    db.execute(insert(db, alarm).values(**values).on_conflict_do_nothing())


def move_alarm(db: Connection, identifier: str, **values: object) -> None:
    """Change where an alarm stands."""
    db.execute(alarm.update().where(alarm.c.id == identifier).values(**values))


def find(db: Connection, program: str, identifier: str) -> Alarm | None:
    """Return an alarm of a program."""
    query = sa.select(alarm).where(alarm.c.program == program, alarm.c.id == identifier)
    row = db.execute(query).mappings().one_or_none()
    return _alarm(row) if row else None


def alarms(
    db: Connection,
    program: str,
    *,
    campaign: str = "",
    question: str = "",
    undecided: bool = False,
    part: Part = WHOLE,
) -> list[Alarm]:
    """Return alarms, newest first."""
    query = sa.select(alarm).where(alarm.c.program == program)
    chosen = {"campaign_id": campaign, "question": question}
    for name, wanted in chosen.items():
        if wanted:
            query = query.where(alarm.c[name] == wanted)
    if undecided:
        query = query.where(alarm.c.state != AlarmState.DECIDED.value)
    return [_alarm(row) for row in db.execute(newest_first(query, alarm.c.id, part)).mappings()]


def _alarm(row: Any) -> Alarm:  # noqa: ANN401 -- a row mapping
    values = {name: row[name] for name in row if name != "program"}
    values["state"] = AlarmState(row["state"])
    values["remedy"] = Remedy(row["remedy"]) if row["remedy"] else None
    values["before"] = restored(row["before"]) if row["before"] else None
    values["after"] = restored(row["after"])
    values["explanations"] = tuple(
        Explanation(**(each | {"inside": restored(each["inside"]), "outside": restored(each["outside"])}))
        for each in row["explanations"]
    )
    return Alarm(**values)
