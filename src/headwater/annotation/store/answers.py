"""Answers, what they add up to per annotator, gold, reviews and rulings."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from headwater.annotation.model import Answer, BatchKind, Gold, Review, Tier
from headwater.annotation.store.campaigns import batch, campaign
from headwater.annotation.store.rows import read
from headwater.core.ids import new_id
from headwater.storage import prepared
from headwater.storage.database import Moment, insert, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from headwater.storage.database import Connection

answer = sa.Table(
    "answer",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("lease_id", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("batch_id", sa.String(40), nullable=False),
    sa.Column("task_id", sa.String(40), nullable=False),
    sa.Column("record_id", sa.String(80), nullable=False),
    sa.Column("annotator", sa.String(40), nullable=False),
    sa.Column("cohort_id", sa.String(40), nullable=False),
    sa.Column("schema_id", sa.String(40), nullable=False),
    sa.Column("guideline_id", sa.String(40), nullable=False),
    sa.Column("tier", sa.String(20), nullable=False),
    sa.Column("response", sa.JSON, key="values", nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("lead_time_ms", sa.Integer, nullable=False),
    sa.Column("client_id", sa.String(64), nullable=False),
    sa.Column("prelabel", sa.String(40), nullable=False),
    sa.Column("is_blinded", sa.Boolean, nullable=False),
    sa.Column("is_edited", sa.Boolean, nullable=False),
    sa.Column("submitted_at", Moment, nullable=False),
    sa.Column("superseded_at", Moment),
    sa.Index("ix_answer_campaign", "campaign_id", "id"),
    sa.Index("ix_answer_task", "task_id"),
    sa.Index("ix_answer_annotator", "annotator", "submitted_at"),
    info={
        "frozen": (
            "id",
            "lease_id",
            "campaign_id",
            "batch_id",
            "task_id",
            "record_id",
            "annotator",
            "cohort_id",
            "schema_id",
            "guideline_id",
            "tier",
            "response",
            "version",
            "lead_time_ms",
            "client_id",
            "prelabel",
            "is_blinded",
            "is_edited",
            "submitted_at",
        )
    },
    sqlite_with_rowid=False,
)
"""Append-only: of a row only `superseded_at` is ever set, by a later version or an undo."""

tally = sa.Table(
    "tally",
    metadata,
    sa.Column("cohort_id", sa.String(40), primary_key=True),
    sa.Column("annotator", sa.String(40), primary_key=True),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("batch_id", sa.String(40), nullable=False),
    sa.Column("answers", sa.Integer, nullable=False),
    sa.Column("closed", sa.Integer, nullable=False),
    sa.Column("skipped", sa.Integer, nullable=False),
    sa.Column("judged", sa.Integer, nullable=False),
    sa.Column("correct", sa.Integer, nullable=False),
    sa.Column("reviewed", sa.Integer, nullable=False),
    sa.Column("faulted", sa.Integer, nullable=False),
    sa.Column("lead_time_ms", sa.BigInteger, nullable=False),
    sa.Column("first_at", Moment, nullable=False),
    sa.Column("last_at", Moment, nullable=False),
    sa.Index("ix_tally_campaign", "campaign_id"),
)
"""Sums per annotator and cohort: progress is read from these few rows, and nobody waits for anybody to write them."""

gold = sa.Table(
    "gold",
    metadata,
    sa.Column("task_id", sa.String(40), primary_key=True),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("record_id", sa.String(80), nullable=False),
    sa.Column("known", sa.JSON, nullable=False),
    sa.Column("explanation", sa.Text, nullable=False),
    sa.Column("author", sa.String(40), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("retired_at", Moment),
    sa.Index("ix_gold_campaign", "campaign_id"),
)

review = sa.Table(
    "review",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("answer_id", sa.String(40), nullable=False),
    sa.Column("task_id", sa.String(40), nullable=False),
    sa.Column("reviewer", sa.String(40), nullable=False),
    sa.Column("verdict", sa.String(20), nullable=False),
    sa.Column("response", sa.JSON, key="values", nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("decided_at", Moment, nullable=False),
    sa.Index("ix_review_campaign", "campaign_id", "id"),
    sa.Index("ix_review_answer", "answer_id"),
    info={"append_only": True},
)


class Tally(NamedTuple):
    """What an annotator did in a cohort."""

    cohort_id: str
    annotator: str
    batch_id: str
    answers: int
    closed: int
    """Tasks that had all answers they want with one of these."""
    skipped: int
    judged: int
    """Answers to tasks whose right answer is known."""
    correct: int
    reviewed: int
    """Answers a reviewer decided on."""
    faulted: int
    """Of these corrected or returned, and not upheld on appeal."""
    lead_time_ms: int
    first_at: datetime
    last_at: datetime


def add(db: Connection, row: Answer) -> None:
    """Store an answer."""
    prepared.run(db, _ADD, {name: getattr(row, name) for name in _COLUMNS} | {"tier": row.tier.value})


_ADD = answer.insert()
_COLUMNS = tuple(answer.c.keys())


def supersede(db: Connection, identifier: str, at: datetime) -> None:
    """Mark an answer as followed by a later version or taken back."""
    db.execute(answer.update().where(answer.c.id == identifier).values(superseded_at=at))


def get(db: Connection, campaign_id: str, identifier: str) -> Answer | None:
    """Return an answer of a campaign."""
    row = db.execute(
        sa.select(answer).where(answer.c.id == identifier, answer.c.campaign_id == campaign_id)
    ).one_or_none()
    return read(Answer, answer, row) if row else None


def last(db: Connection, task_id: str, annotator: str) -> Answer | None:
    """Return an annotator's latest answer to a task, in force or not."""
    query = sa.select(answer).where(answer.c.task_id == task_id, answer.c.annotator == annotator)
    row = db.execute(query.order_by(answer.c.id.desc()).limit(1)).one_or_none()
    return read(Answer, answer, row) if row else None


def of_task(db: Connection, task_id: str, *, current: bool = True) -> list[Answer]:
    """Return the answers to a task, oldest first; only those in force unless told otherwise."""
    query = sa.select(answer).where(answer.c.task_id == task_id)
    if current:
        query = query.where(answer.c.superseded_at.is_(None))
    return [read(Answer, answer, row) for row in db.execute(query.order_by(answer.c.id))]


def of_tasks(db: Connection, program: str, task_ids: Sequence[str]) -> list[Answer]:
    """Return the annotators' answers in force to some tasks of a program, oldest first."""
    # a join would let SQLite read all answers of the program's campaigns
    owner = sa.select(campaign.c.program).where(campaign.c.id == answer.c.campaign_id).scalar_subquery()
    query = sa.select(answer).where(
        answer.c.task_id.in_(task_ids),
        answer.c.superseded_at.is_(None),
        answer.c.tier == Tier.ANNOTATE.value,
        owner == program,
    )
    return [read(Answer, answer, row) for row in db.execute(query.order_by(answer.c.id))]


def of_batch(db: Connection, campaign_id: str, batch_id: str) -> Iterator[dict[str, Any]]:
    """Yield every answer ever given in a batch, as plain columns, in the order in which they were given."""
    query = (
        sa.select(*(column for column in answer.c if column.name != "superseded_at"))
        .where(answer.c.campaign_id == campaign_id, answer.c.batch_id == batch_id)
        .order_by(answer.c.id)
    )
    for row in db.execute(query.execution_options(yield_per=2000)).mappings():
        yield dict(row)


def tally_up(  # noqa: PLR0913 -- the key and the sums
    db: Connection,
    *,
    cohort_id: str,
    annotator: str,
    campaign_id: str,
    batch_id: str,
    at: datetime,
    sums: dict[str, int],
) -> None:
    """Add to the sums of an annotator in a cohort."""
    key = {"cohort_id": cohort_id, "annotator": annotator, "campaign_id": campaign_id, "batch_id": batch_id}
    prepared.run(db, _TALLY, {**key, **_NOTHING, "at": at, **sums})


_SUMS = ("answers", "closed", "skipped", "judged", "correct", "reviewed", "faulted", "lead_time_ms")
_NOTHING = dict.fromkeys(_SUMS, 0)
_TALLY = sa.text(  # the names are constants of this module
    f"""
INSERT INTO tally (cohort_id, annotator, campaign_id, batch_id, {", ".join(_SUMS)}, first_at, last_at)
VALUES (:cohort_id, :annotator, :campaign_id, :batch_id, {", ".join(f":{name}" for name in _SUMS)}, :at, :at)
ON CONFLICT (cohort_id, annotator) DO UPDATE SET
{", ".join(f"{name} = tally.{name} + excluded.{name}" for name in _SUMS)}, last_at = excluded.last_at"""
).bindparams(sa.bindparam("at", type_=Moment))


def tallies(db: Connection, campaign_id: str, *, annotator: str = "") -> list[Tally]:
    """Return the sums of a campaign per cohort and annotator."""
    query = sa.select(*(tally.c[name] for name in Tally._fields)).where(tally.c.campaign_id == campaign_id)
    if annotator:
        query = query.where(tally.c.annotator == annotator)
    return [Tally(*row) for row in db.execute(query.order_by(tally.c.cohort_id, tally.c.annotator))]


def judged(db: Connection, campaign_id: str, annotators: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return how many gold tasks of a campaign some annotators answered, and how many of these right."""
    query = sa.select(tally.c.annotator, sa.func.sum(tally.c.judged), sa.func.sum(tally.c.correct))
    mine = query.where(tally.c.campaign_id == campaign_id, tally.c.annotator.in_(annotators))
    return {row[0]: (int(row[1]), int(row[2])) for row in db.execute(mine.group_by(tally.c.annotator))}


def evidence(db: Connection, campaign_id: str, cohort_ids: Sequence[str]) -> tuple[int, int]:
    """Return how many answers of some cohorts were found wrong, by hidden gold or a reviewer, and of how many."""
    wrong = sa.func.sum(tally.c.judged - tally.c.correct + tally.c.faulted)
    query = (
        sa.select(wrong, sa.func.sum(tally.c.judged + tally.c.reviewed))
        .join(batch, batch.c.id == tally.c.batch_id)
        .where(tally.c.campaign_id == campaign_id, tally.c.cohort_id.in_(cohort_ids))
        .where(batch.c.kind != BatchKind.CALIBRATION.value)
    )
    found = db.execute(query).one()
    return int(found[0] or 0), int(found[1] or 0)


def reset_closed(db: Connection, campaign_id: str) -> None:
    """Forget who closed tasks, after they were counted into their batches."""
    db.execute(tally.update().where(tally.c.campaign_id == campaign_id).values(closed=0))


def add_gold(db: Connection, rows: Sequence[Gold], campaign_id: str) -> None:
    """Store the right answers of tasks; a task that has one gets the new one."""
    for row in rows:
        values = {
            "record_id": row.record_id,
            "known": row.values,
            "explanation": row.explanation,
            "author": row.author,
            "created_at": row.created_at,
            "retired_at": row.retired_at,
        }
        statement = insert(db, gold).values(task_id=row.task_id, campaign_id=campaign_id, **values)
        db.execute(statement.on_conflict_do_update(index_elements=["task_id"], set_=values))


def retire_gold(db: Connection, task_id: str, at: datetime) -> None:
    """Stop judging answers to a task."""
    db.execute(gold.update().where(gold.c.task_id == task_id).values(retired_at=at))


def golds(db: Connection, campaign_id: str, *, retired: bool = False) -> list[Gold]:
    """Return the gold of a campaign, retired ones on demand."""
    query = sa.select(gold).where(gold.c.campaign_id == campaign_id)
    if not retired:
        query = query.where(gold.c.retired_at.is_(None))
    return [read(Gold, gold, row, {"values": "known"}) for row in db.execute(query.order_by(gold.c.task_id))]


def add_review(db: Connection, campaign_id: str, row: Review) -> None:
    """Store a reviewer's decision."""
    values = asdict(row) | {"verdict": row.verdict.value}
    db.execute(review.insert().values(id=new_id("rvw"), campaign_id=campaign_id, **values))


def reviews(db: Connection, campaign_id: str, *, answer_id: str = "") -> list[Review]:
    """Return reviewers' decisions, oldest first."""
    query = sa.select(review).where(review.c.campaign_id == campaign_id)
    if answer_id:
        query = query.where(review.c.answer_id == answer_id)
    return [read(Review, review, row) for row in db.execute(query.order_by(review.c.id))]


def gold_among(db: Connection, campaigns: Sequence[str], records: Sequence[str]) -> list[Gold]:
    """Return the gold of some campaigns that is about some records and was not retired."""
    query = sa.select(gold).where(
        gold.c.campaign_id.in_(campaigns), gold.c.record_id.in_(records), gold.c.retired_at.is_(None)
    )
    return [read(Gold, gold, row, {"values": "known"}) for row in db.execute(query.order_by(gold.c.task_id))]
