"""Tables and SQL of quality: labels, measures, inspections of batches."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.core.canonical import plain
from headwater.quality.model import (
    Assessment,
    Between,
    Confused,
    Disputed,
    Inspection,
    Label,
    Measure,
    MeasureId,
    Verdict,
)
from headwater.stats.interval import restored
from headwater.storage.database import Moment, insert, metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from headwater.storage.database import Connection

label = sa.Table(
    "label",
    metadata,
    sa.Column("task_id", sa.String(40), primary_key=True),
    sa.Column("question", sa.String(64), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("record_id", sa.String(80), nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("method", sa.String(40), nullable=False),
    sa.Column("answers", sa.Integer, nullable=False),
    sa.Column("batch_id", sa.String(40), nullable=False),
    sa.Column("cohort_id", sa.String(80), nullable=False),
    sa.Column("guideline_id", sa.String(40), nullable=False),
    sa.Column("resolved_at", Moment, nullable=False),
    sa.Index(None, "batch_id"),
    sa.Index(None, "program", "record_id", "question"),
)
"""The resolved answer of every task, as it stands now; releases keep what it was."""

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

inspection = sa.Table(
    "inspection",
    metadata,
    sa.Column("batch_id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("question", sa.String(64), nullable=False),
    sa.Column("plan", sa.JSON, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("sample", sa.JSON, nullable=False),
    sa.Column("errors", sa.JSON, nullable=False),
    sa.Column("judged", sa.Boolean, nullable=False),
    sa.Column("passed", sa.Boolean, nullable=False),
    sa.Column("verdict", sa.String(20)),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("inspected_at", Moment, nullable=False),
    sa.Index(None, "program", "verdict"),
)
"""The acceptance of a batch; the plan and the sample are there before anybody looks."""


def replace_labels(db: Connection, program: str, campaign: str, rows: Sequence[Label]) -> None:
    """Put labels in the place of those of the same tasks and questions."""
    if not rows:
        return
    stale = label.delete().where(label.c.task_id == sa.bindparam("t"), label.c.question == sa.bindparam("q"))
    db.execute(stale, [{"t": row.task_id, "q": row.question} for row in rows])
    db.execute(label.insert(), [{**asdict(row), "program": program, "campaign_id": campaign} for row in rows])


def labels(db: Connection, program: str, *, question: str = "", batches: Iterable[str] | None = None) -> list[Label]:
    """Return labels by record and task."""
    query = sa.select(label).where(label.c.program == program)
    if question:
        query = query.where(label.c.question == question)
    if batches is not None:
        query = query.where(label.c.batch_id.in_(list(batches)))
    rows = db.execute(query.order_by(label.c.record_id, label.c.resolved_at, label.c.task_id)).mappings()
    return [Label(**{name: row[name] for name in row if name not in ("program", "campaign_id")}) for row in rows]


def label_counts(db: Connection, batch: str, question: str) -> dict[str, int]:
    """Return how often each value was resolved in a batch."""
    query = sa.select(label.c.value, sa.func.count()).where(label.c.batch_id == batch, label.c.question == question)
    return {row[0]: int(row[1]) for row in db.execute(query.group_by(label.c.value))}


def add_measures(db: Connection, program: str, rows: Sequence[Measure]) -> None:
    """Store measures."""
    if rows:
        values = [{**asdict(row), "estimate": plain(asdict(row.estimate)), "program": program} for row in rows]
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
    body = plain(asdict(row))
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


def add_inspection(db: Connection, program: str, question: str, row: Inspection) -> None:
    """Store a drawn sample, in the place of an earlier one that nobody decided on."""
    db.execute(inspection.delete().where(inspection.c.batch_id == row.batch_id, inspection.c.verdict.is_(None)))
    values = asdict(row) | {"program": program, "question": question, "judged": False}
    db.execute(inspection.insert().values(plain_lists(values)))


def judge(db: Connection, batch: str, errors: Sequence[str], *, passed: bool) -> None:
    """Store what inspecting the sample found."""
    values = {"errors": list(errors), "passed": passed, "judged": True}
    db.execute(inspection.update().where(inspection.c.batch_id == batch).values(values))


def decide(db: Connection, batch: str, verdict: Verdict, reason: str) -> None:
    """Store what was decided about a batch."""
    values = {"verdict": verdict.value, "reason": reason}
    db.execute(inspection.update().where(inspection.c.batch_id == batch).values(values))


def inspections(db: Connection, program: str, *, batch: str = "") -> list[tuple[Inspection, str, bool]]:
    """Return inspections with their question and whether the sample was judged."""
    query = sa.select(inspection).where(inspection.c.program == program)
    if batch:
        query = query.where(inspection.c.batch_id == batch)
    return [
        (_inspection(row), row["question"], row["judged"])
        for row in db.execute(query.order_by(inspection.c.inspected_at)).mappings()
    ]


def plain_lists(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with tuples as lists, as JSON columns want them."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


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


def _inspection(row: Any) -> Inspection:  # noqa: ANN401 -- a row mapping
    return Inspection(
        batch_id=row["batch_id"],
        plan=row["plan"],
        seed=row["seed"],
        sample=tuple(row["sample"]),
        errors=tuple(row["errors"]),
        passed=row["passed"],
        verdict=Verdict(row["verdict"]) if row["verdict"] else None,
        reason=row["reason"],
        inspected_at=row["inspected_at"],
    )
