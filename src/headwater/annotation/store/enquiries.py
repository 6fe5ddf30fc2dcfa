"""Questions of annotators about guidelines, and the replies."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.annotation.enquiry_model import Enquiry, State
from headwater.storage.database import WHOLE, Moment, Part, metadata, newest_first

if TYPE_CHECKING:
    from collections.abc import Sequence
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
    sa.Column("published_at", Moment),
    sa.Column("change_id", sa.String(40), nullable=False, server_default=""),
    sa.Index("ix_enquiry_program", "program", "id"),
    sa.Index("ix_enquiry_guideline", "guideline_id", "published_at"),
    sa.Index("ix_enquiry_change", "change_id"),
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


_IS = {
    State.WAITING: enquiry.c.replied_at.is_(None),
    State.REPLIED: enquiry.c.replied_at.is_not(None),
    State.PUBLISHED: enquiry.c.published_at.is_not(None),
}


def add(db: Connection, row: Enquiry) -> None:
    """Store an enquiry."""
    db.execute(enquiry.insert().values(**asdict(row)))


def reply(db: Connection, identifier: str, *, text: str, by: str, at: datetime) -> bool:
    """Write the reply to an enquiry; returns False when it has one already."""
    unanswered = enquiry.update().where(enquiry.c.id == identifier, enquiry.c.replied_at.is_(None))
    return db.execute(unanswered.values(reply=text, replied_by=by, replied_at=at)).rowcount == 1


def publish(db: Connection, identifier: str, at: datetime | None) -> None:
    """Let everybody read an enquiry with its reply from a moment on; None takes that back."""
    db.execute(enquiry.update().where(enquiry.c.id == identifier).values(published_at=at))


def lead(db: Connection, identifier: str, guideline_id: str) -> None:
    """Note the version of the guideline an enquiry led to."""
    db.execute(enquiry.update().where(enquiry.c.id == identifier).values(change_id=guideline_id))


def that_led_to(db: Connection, guideline_id: str) -> list[Enquiry]:
    """Return the enquiries because of which a version of a guideline was written."""
    query = enquiry.select().where(enquiry.c.change_id == guideline_id).order_by(enquiry.c.id)
    return [Enquiry(**row) for row in db.execute(query).mappings()]


def published(db: Connection, guidelines: Sequence[str], limit: int) -> list[Enquiry]:
    """Return the published enquiries about versions of a guideline, the newest of them, in the order of publishing."""
    query = enquiry.select().where(enquiry.c.guideline_id.in_(guidelines), enquiry.c.published_at.is_not(None))
    rows = db.execute(query.order_by(enquiry.c.published_at.desc(), enquiry.c.id).limit(limit)).mappings()
    return [Enquiry(**row) for row in rows][::-1]


def get(db: Connection, program: str, identifier: str) -> Enquiry | None:
    """Return an enquiry of a program."""
    query = enquiry.select().where(enquiry.c.program == program, enquiry.c.id == identifier)
    row = db.execute(query).mappings().first()
    return Enquiry(**row) if row else None


def find(
    db: Connection,
    program: str,
    *,
    reader: str = "",
    campaign_id: str = "",
    state: State | None = None,
    part: Part = WHOLE,
) -> list[Enquiry]:
    """Return enquiries of a program, newest first; of `reader` and published ones, if one is named."""
    query = enquiry.select().where(enquiry.c.program == program)
    if reader:
        query = query.where(sa.or_(enquiry.c.author == reader, enquiry.c.published_at.is_not(None)))
    if campaign_id:
        query = query.where(enquiry.c.campaign_id == campaign_id)
    if state is not None:
        query = query.where(_IS[state])
    rows = db.execute(newest_first(query, enquiry.c.id, part)).mappings()
    return [Enquiry(**row) for row in rows]
