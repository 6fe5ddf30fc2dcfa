"""Questions of annotators about guidelines, and the replies."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.annotation.enquiry_model import Enquiry
from headwater.storage.database import WHOLE, Moment, Part, metadata, newest_first

if TYPE_CHECKING:
    from datetime import datetime

    from headwater.storage.database import Connection


enquiry = sa.Table(
    "enquiry",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("task_id", sa.String(40), nullable=False),
    sa.Column("record_id", sa.String(80), nullable=False),
    sa.Column("guideline_id", sa.String(40), nullable=False),
    sa.Column("section", sa.String(200), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("author", sa.String(40), nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("reply", sa.Text, nullable=False),
    sa.Column("replied_by", sa.String(40), nullable=False),
    sa.Column("replied_at", Moment),
    sa.Index("ix_enquiry_program", "program", "id"),
    info={
        "frozen": (
            "program",
            "campaign_id",
            "task_id",
            "record_id",
            "guideline_id",
            "section",
            "text",
            "author",
            "asked_at",
        )
    },
)
"""A reply is written once; the question never changes."""


def add(db: Connection, row: Enquiry) -> None:
    """Store an enquiry."""
    db.execute(enquiry.insert().values(**asdict(row)))


def reply(db: Connection, identifier: str, *, text: str, by: str, at: datetime) -> bool:
    """Write the reply to an enquiry; returns False when it has one already."""
    unanswered = enquiry.update().where(enquiry.c.id == identifier, enquiry.c.replied_at.is_(None))
    return db.execute(unanswered.values(reply=text, replied_by=by, replied_at=at)).rowcount == 1


def get(db: Connection, program: str, identifier: str) -> Enquiry | None:
    """Return an enquiry of a program."""
    query = enquiry.select().where(enquiry.c.program == program, enquiry.c.id == identifier)
    row = db.execute(query).mappings().first()
    return Enquiry(**row) if row else None


def find(
    db: Connection,
    program: str,
    *,
    author: str = "",
    campaign_id: str = "",
    is_open: bool | None = None,
    part: Part = WHOLE,
) -> list[Enquiry]:
    """Return enquiries of a program, newest first."""
    query = enquiry.select().where(enquiry.c.program == program)
    for column, value in ((enquiry.c.author, author), (enquiry.c.campaign_id, campaign_id)):
        if value:
            query = query.where(column == value)
    if is_open is not None:
        query = query.where(enquiry.c.replied_at.is_(None) if is_open else enquiry.c.replied_at.is_not(None))
    rows = db.execute(newest_first(query, enquiry.c.id, part)).mappings()
    return [Enquiry(**row) for row in rows]
