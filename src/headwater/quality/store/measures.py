"""Measures of campaigns over time, and what their newest assessments found."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.core.canonical import plain
from headwater.quality.model import Assessment, Between, Confused, Disputed, Measure, MeasureId
from headwater.quality.store.labels import label
from headwater.stats.interval import restored
from headwater.storage.database import Moment, insert, metadata

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from headwater.storage.database import Connection

measure = sa.Table(
    "measure",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("metric", sa.String(60), nullable=False),
    sa.Column("scope", sa.String(200), nullable=False),
    sa.Column("estimate", sa.JSON, nullable=False),
    sa.Column("measured_at", Moment, nullable=False),
    sa.Column("question", sa.String(64), nullable=False),
    sa.Index(None, "program", "campaign_id", "metric", "scope", "question", "id"),
    info={"append_only": True},
)

assessment = sa.Table(
    "assessment",
    metadata,
    sa.Column("campaign_id", sa.String(40), primary_key=True),
    sa.Column("question", sa.String(64), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("assessed_at", Moment, nullable=False),
)
"""What the newest assessment of a question found beyond the measures: pages read it instead of the answers."""


def add_measures(db: Connection, program: str, rows: Sequence[Measure]) -> None:
    """Store measures."""
    if rows:
        values = [{**_shallow(row), "estimate": _written(row.estimate), "program": program} for row in rows]
        db.execute(measure.insert(), values)


def measures(
    db: Connection, program: str, *, campaign: str = "", metric: str = "", batches: Sequence[str] = ()
) -> list[Measure]:
    """Return the latest measure of every campaign, metric and scope; those of the campaigns of some batches."""
    newest = sa.select(sa.func.max(measure.c.id)).where(measure.c.program == program)
    if campaign:
        newest = newest.where(measure.c.campaign_id == campaign)
    if metric:
        newest = newest.where(measure.c.metric == metric)
    if batches:
        owners = sa.select(label.c.campaign_id).where(label.c.batch_id.in_(batches))
        newest = newest.where(measure.c.campaign_id.in_(owners))
    newest = newest.group_by(measure.c.campaign_id, measure.c.metric, measure.c.scope, measure.c.question)
    order = (measure.c.metric, measure.c.question, measure.c.scope)
    rows = db.execute(sa.select(measure).where(measure.c.id.in_(newest)).order_by(*order)).mappings()
    return [_measure(row) for row in rows]


def keep_assessment(db: Connection, program: str, row: Assessment) -> None:
    """Put an assessment in the place of the one before."""
    body = _written(row)
    values = {"program": program, "body": body, "assessed_at": row.assessed_at}
    statement = insert(db, assessment).values(campaign_id=row.campaign_id, question=row.question, **values)
    db.execute(statement.on_conflict_do_update(index_elements=["campaign_id", "question"], set_=values))


def assessments(db: Connection, program: str, *, campaign: str = "", question: str = "") -> list[Assessment]:
    """Return the newest assessment of every question, newest first."""
    query = sa.select(assessment).where(assessment.c.program == program)
    if campaign:
        query = query.where(assessment.c.campaign_id == campaign)
    if question:
        query = query.where(assessment.c.question == question)
    rows = db.execute(query.order_by(assessment.c.assessed_at.desc(), assessment.c.question)).mappings()
    return [_assessment(row["body"], row["assessed_at"]) for row in rows]


def history(db: Connection, program: str, campaign: str, metric: str, scope: str) -> list[Measure]:
    """Return all measures of one thing, oldest first."""
    query = sa.select(measure).where(
        measure.c.program == program,
        measure.c.campaign_id == campaign,
        measure.c.metric == metric,
        measure.c.scope == scope,
    )
    return [_measure(row) for row in db.execute(query.order_by(measure.c.id)).mappings()]


def _shallow(row: Measure) -> dict[str, Any]:
    return {each.name: getattr(row, each.name) for each in fields(row)}


def _written(value: object) -> Any:  # noqa: ANN401 -- what JSON has
    """The same as JSON, without the copies that `asdict` makes of thousands of estimates."""
    if is_dataclass(value):
        return {each.name: _written(getattr(value, each.name)) for each in fields(value)}
    return [_written(each) for each in value] if isinstance(value, tuple) else plain(value)


def _measure(row: Any) -> Measure:  # noqa: ANN401 -- a row mapping
    return Measure(
        id=MeasureId(row["id"]),
        campaign_id=row["campaign_id"],
        metric=row["metric"],
        scope=row["scope"],
        estimate=restored(row["estimate"]),
        measured_at=row["measured_at"],
        question=row["question"],
    )


def _assessment(body: dict[str, Any], at: datetime) -> Assessment:
    kept = {**body, "assessed_at": at, "alpha": restored(body["alpha"])}
    kept["confusions"] = tuple(Confused(**{**each, "share": restored(each["share"])}) for each in body["confusions"])
    kept["pairs"] = tuple(
        Between(**{**each, "percent": restored(each["percent"]), "kappa": restored(each["kappa"])})
        for each in body["pairs"]
    )
    kept["disputed"] = tuple(Disputed(**each) for each in body["disputed"])
    return Assessment(**kept)
