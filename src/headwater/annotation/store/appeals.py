"""Feedback on answers, and appeals against it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.annotation.appeal_model import Appeal, Feedback, Kind
from headwater.annotation.store.answers import review
from headwater.annotation.store.rows import read
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from headwater.storage.database import Connection

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("person", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("answer_id", sa.String(40), nullable=False),
    sa.Column("task_id", sa.String(40), nullable=False),
    sa.Column("record_id", sa.String(80), nullable=False),
    sa.Column("given", sa.JSON, nullable=False),
    sa.Column("settled", sa.JSON, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("said_by", sa.String(40), key="by", nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Index("ix_feedback_person", "program", "person", "id"),
    info={"append_only": True},
)

appeal = sa.Table(
    "appeal",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("feedback_id", sa.String(40), sa.ForeignKey("feedback.id"), nullable=False, unique=True),
    sa.Column("author", sa.String(40), nullable=False),
    sa.Column("reviewer", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("ruled_by", sa.String(40)),
    sa.Column("ruling", sa.Text, nullable=False),
    sa.Column("ruled_at", Moment),
    sa.Index("ix_appeal_state", "program", "state", "id"),
    sa.Index("ix_appeal_campaign", "campaign_id"),
    info={"frozen": ("id", "program", "campaign_id", "feedback_id", "author", "reviewer", "reason", "created_at")},
)


def add_feedback(db: Connection, program: str, row: Feedback) -> None:
    """Store what was said about an answer."""
    db.execute(feedback.insert().values(asdict(row) | {"program": program, "kind": row.kind.value}))


def get_feedback(db: Connection, program: str, identifier: str) -> Feedback | None:
    """Return a piece of feedback of a program."""
    query = sa.select(feedback).where(feedback.c.id == identifier, feedback.c.program == program)
    row = db.execute(query).one_or_none()
    return read(Feedback, feedback, row) if row else None


def feedback_of(db: Connection, program: str, person: str, *, before: str, limit: int) -> list[Feedback]:
    """Return what was said about a person's answers, newest first, from the one before `before`."""
    query = sa.select(feedback).where(feedback.c.program == program, feedback.c.person == person)
    if before:
        query = query.where(feedback.c.id < before)
    return [read(Feedback, feedback, row) for row in db.execute(query.order_by(feedback.c.id.desc()).limit(limit))]


def counts(db: Connection, program: str, person: str) -> dict[str, int]:
    """Return how often each kind of feedback came to a person."""
    query = sa.select(feedback.c.kind, sa.func.count()).where(
        feedback.c.program == program, feedback.c.person == person
    )
    return {row[0]: row[1] for row in db.execute(query.group_by(feedback.c.kind))}


def corrections(db: Connection, program: str, person: str, answer_ids: list[str]) -> dict[str, dict[str, object]]:
    """Return what reviewers put in the place of some answers of a person, by answer, where they corrected it."""
    query = sa.select(feedback.c.answer_id, feedback.c.settled).where(
        feedback.c.program == program,
        feedback.c.person == person,
        feedback.c.answer_id.in_(answer_ids),
        feedback.c.kind == Kind.CORRECTED.value,
    )
    return {row.answer_id: row.settled for row in db.execute(query)} if answer_ids else {}


def add(db: Connection, program: str, row: Appeal) -> None:
    """Store an appeal."""
    db.execute(appeal.insert().values(asdict(row) | {"program": program, "state": row.state.value}))


def rule(db: Connection, row: Appeal) -> None:
    """Keep what was ruled on an appeal."""
    values = {"state": row.state.value, "ruled_by": row.ruled_by, "ruling": row.ruling, "ruled_at": row.ruled_at}
    db.execute(appeal.update().where(appeal.c.id == row.id).values(values))


def get(db: Connection, program: str, identifier: str) -> Appeal | None:
    """Return an appeal of a program, locked."""
    query = sa.select(appeal).where(appeal.c.id == identifier, appeal.c.program == program).with_for_update()
    row = db.execute(query).one_or_none()
    return read(Appeal, appeal, row) if row else None


def about(db: Connection, feedback_ids: list[str]) -> dict[str, Appeal]:
    """Return the appeals against some feedback, by its id."""
    rows = db.execute(sa.select(appeal).where(appeal.c.feedback_id.in_(feedback_ids)))
    return {row.feedback_id: read(Appeal, appeal, row) for row in rows}


def page(db: Connection, program: str, *, state: str, after: str, limit: int) -> list[Appeal]:
    """Return appeals in a state, oldest first, from the one after `after`."""
    query = sa.select(appeal).where(appeal.c.program == program, appeal.c.state == state, appeal.c.id > after)
    return [read(Appeal, appeal, row) for row in db.execute(query.order_by(appeal.c.id).limit(limit))]


def by_reviewer(db: Connection, campaign_id: str) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """Return the reviews of a campaign by reviewer and verdict, and the appeals by reviewer and state."""
    said = sa.select(review.c.reviewer, review.c.verdict, sa.func.count()).where(review.c.campaign_id == campaign_id)
    contested = sa.select(appeal.c.reviewer, appeal.c.state, sa.func.count()).where(appeal.c.campaign_id == campaign_id)
    return (
        {(row[0], row[1]): row[2] for row in db.execute(said.group_by(review.c.reviewer, review.c.verdict))},
        {(row[0], row[1]): row[2] for row in db.execute(contested.group_by(appeal.c.reviewer, appeal.c.state))},
    )
