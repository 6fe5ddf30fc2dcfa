"""Confusion matrices of annotators, for adaptive overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from headwater.storage.database import metadata

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headwater.storage.database import Connection

trust = sa.Table(
    "trust",
    metadata,
    sa.Column("campaign_id", sa.String(40), primary_key=True),
    sa.Column("question", sa.String(64), primary_key=True),
    sa.Column("annotator", sa.String(40), primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
)
"""One row of each annotator with a confusion matrix; the row of nobody holds the classes and their shares."""


class Known(NamedTuple):
    """What is believed of a question's classes and of some annotators."""

    shares: dict[str, float]
    """Class → how frequent it is; empty where nothing was resolved."""
    people: dict[str, list[list[float]]]
    """Annotator → confusion matrix, in the order of the classes."""


def replace(
    db: Connection,
    campaign: str,
    question: str,
    found: tuple[Sequence[str], Sequence[float], Mapping[str, Sequence[Sequence[float]]]],
) -> None:
    """Put what is believed in the place of what was believed before."""
    db.execute(trust.delete().where(trust.c.campaign_id == campaign, trust.c.question == question))
    values, shares, people = found
    if not values:
        return
    same = {"campaign_id": campaign, "question": question}
    bodies: dict[str, object] = {"": dict(zip(values, shares, strict=True))}
    bodies |= {name: [list(row) for row in table] for name, table in people.items()}
    db.execute(trust.insert(), [{**same, "annotator": name, "body": body} for name, body in bodies.items()])


def of(db: Connection, campaign: str, annotators: Sequence[str]) -> dict[str, Known]:
    """Return what is believed, by question."""
    query = sa.select(trust.c.question, trust.c.annotator, trust.c.body).where(
        trust.c.campaign_id == campaign, trust.c.annotator.in_(["", *annotators])
    )
    found: dict[str, Known] = {}
    for question, annotator, body in db.execute(query):
        known = found.setdefault(question, Known({}, {}))
        if annotator:
            known.people[annotator] = body
        else:
            known.shares.update(body)
    return found
