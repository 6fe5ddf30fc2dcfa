"""Inspections of batches."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.quality.model import Inspection, Verdict
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.storage.database import Connection

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
