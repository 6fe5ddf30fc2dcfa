"""Comments on answers."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.annotation.comment_model import Comment
from headwater.annotation.store.rows import read
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.storage.database import Connection

comment = sa.Table(
    "answer_comment",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("task_id", sa.String(40), nullable=False),
    sa.Column("record_id", sa.String(80), nullable=False),
    sa.Column("annotator", sa.String(40), nullable=False),
    sa.Column("answer_id", sa.String(40), nullable=False),
    sa.Column("author", sa.String(40), nullable=False),
    sa.Column("words", sa.Text, key="text", nullable=False),
    sa.Column("written_at", Moment, nullable=False),
    sa.Index("ix_answer_comment_task", "task_id", "annotator", "id"),
    sa.Index("ix_answer_comment_campaign", "campaign_id", "id"),
    info={"append_only": True},
)


def add(db: Connection, row: Comment) -> None:
    """Store a comment."""
    db.execute(comment.insert().values(**asdict(row)))


def of_tasks(db: Connection, tasks: Sequence[str], *, annotator: str = "") -> list[Comment]:
    """Return the comments on the answers to some tasks, oldest first; of one annotator's answers if named."""
    query = sa.select(comment).where(comment.c.task_id.in_(tasks))
    if annotator:
        query = query.where(comment.c.annotator == annotator)
    return [read(Comment, comment, row) for row in db.execute(query.order_by(comment.c.id))]


def newest(
    db: Connection, campaign_id: str, *, annotator: str = "", before: str = "", limit: int | None = 50
) -> list[Comment]:
    """Return the newest comment of each thread of a campaign, newest first, from the one before `before`."""
    later = comment.alias("later")
    same = (later.c.task_id == comment.c.task_id, later.c.annotator == comment.c.annotator, later.c.id > comment.c.id)
    query = sa.select(comment).where(comment.c.campaign_id == campaign_id, ~sa.exists().where(*same))
    if annotator:
        query = query.where(comment.c.annotator == annotator)
    if before:
        query = query.where(comment.c.id < before)
    return [read(Comment, comment, row) for row in db.execute(query.order_by(comment.c.id.desc()).limit(limit))]
