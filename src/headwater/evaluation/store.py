"""Tables and SQL of evaluation."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.core.canonical import plain
from headwater.evaluation.model import Evaluation, EvaluationId, Finding, FindingId, FindingState, Sample
from headwater.stats.interval import restored
from headwater.storage.database import WHOLE, Moment, Part, metadata, newest_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.storage.database import Connection

evaluation = sa.Table(
    "evaluation",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("run_id", sa.String(40), nullable=False),
    sa.Column("model_id", sa.String(40), nullable=False),
    sa.Column("release_id", sa.String(40), nullable=False),
    sa.Column("eval_set", sa.String(120), nullable=False),
    sa.Column("eval_set_version", sa.String(80), nullable=False),
    sa.Column("accuracy", sa.JSON, nullable=False),
    sa.Column("imported_by", sa.String(40), nullable=False),
    sa.Column("imported_at", Moment, nullable=False),
    sa.UniqueConstraint("run_id", "eval_set", "eval_set_version"),
    sa.Index(None, "program", "imported_at"),
    sa.Index(None, "release_id", "eval_set"),
    info={"append_only": True},
)

sample = sa.Table(
    "evaluation_sample",
    metadata,
    sa.Column("evaluation_id", sa.String(40), sa.ForeignKey("evaluation.id"), primary_key=True),
    sa.Column("sample_id", sa.String(120), primary_key=True),
    sa.Column("input", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("output", sa.Text, nullable=False),
    sa.Column("passed", sa.Boolean, nullable=False),
    sa.Column("slices", sa.JSON, nullable=False),
    sa.Column("scores", sa.JSON, nullable=False),
    sa.Column("failure_category", sa.String(80), nullable=False),
    sa.Column("error", sa.Text, nullable=False),
)

finding = sa.Table(
    "finding",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("release_id", sa.String(40), nullable=False),
    sa.Column("eval_set", sa.String(120), nullable=False),
    sa.Column("predicate", sa.Text, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("rate", sa.JSON, nullable=False),
    sa.Column("overall", sa.Float, nullable=False),
    sa.Column("q", sa.Float, nullable=False),
    sa.Column("candidates", sa.Integer, nullable=False),
    sa.Column("examples", sa.JSON, nullable=False),
    sa.Column("found_at", Moment, nullable=False),
    sa.Index(None, "program", "state", "found_at"),
)
finding.info["frozen"] = tuple(each.name for each in finding.columns if each.name != "state")


def add(db: Connection, row: Evaluation, program: str, samples: Sequence[Sample]) -> None:
    """Store an evaluation with its samples."""
    values = asdict(row) | {"program": program, "accuracy": plain(asdict(row.accuracy))}
    db.execute(evaluation.insert().values(values))
    db.execute(sample.insert(), [{**asdict(item), "evaluation_id": row.id} for item in samples])


def evaluations(
    db: Connection,
    program: str,
    *,
    identifier: str = "",
    release: str = "",
    eval_set: str = "",
    part: Part = WHOLE,
) -> list[Evaluation]:
    """Return evaluations, newest first."""
    query = sa.select(evaluation).where(evaluation.c.program == program)
    for column, value in (("id", identifier), ("release_id", release), ("eval_set", eval_set)):
        if value:
            query = query.where(evaluation.c[column] == value)
    rows = db.execute(newest_first(query, evaluation.c.id, part)).mappings()
    return [
        Evaluation(
            **{name: row[name] for name in row if name not in ("program", "id", "accuracy")},
            id=EvaluationId(row["id"]),
            accuracy=restored(row["accuracy"]),
        )
        for row in rows
    ]


def evaluated(db: Connection, program: str) -> list[tuple[str, str]]:
    """Return each release with each set it was evaluated on, newest first."""
    pair = (evaluation.c.release_id, evaluation.c.eval_set)
    query = sa.select(*pair).where(evaluation.c.program == program).group_by(*pair)
    return [(row[0], row[1]) for row in db.execute(query.order_by(sa.func.max(evaluation.c.id).desc()))]


def samples(
    db: Connection,
    identifier: str,
    *,
    failed: bool = False,
    after: str = "",
    among: Sequence[str] | None = None,
    limit: int = 1_000_000,
) -> list[Sample]:
    """Return samples of an evaluation by id: those after one, those that failed, those among some."""
    query = sa.select(sample).where(sample.c.evaluation_id == identifier, sample.c.sample_id > after)
    if failed:
        query = query.where(sa.not_(sample.c.passed))
    if among is not None:
        query = query.where(sample.c.sample_id.in_(among))
    rows = db.execute(query.order_by(sample.c.sample_id).limit(limit)).mappings()
    return [Sample(**{name: row[name] for name in row if name != "evaluation_id"}) for row in rows]


def add_findings(db: Connection, program: str, rows: Sequence[Finding]) -> None:
    """Store findings."""
    if rows:
        values = [
            {**asdict(row), "program": program, "rate": plain(asdict(row.rate)), "examples": list(row.examples)}
            for row in rows
        ]
        db.execute(finding.insert(), values)


def findings(
    db: Connection, program: str, *, identifier: str = "", release: str = "", part: Part = WHOLE
) -> list[Finding]:
    """Return findings, newest first."""
    query = sa.select(finding).where(finding.c.program == program)
    if identifier:
        query = query.where(finding.c.id == identifier)
    if release:
        query = query.where(finding.c.release_id == release)
    rows = db.execute(newest_first(query, finding.c.id, part)).mappings()
    return [
        Finding(
            **{name: row[name] for name in row if name not in ("program", "id", "state", "rate", "examples")},
            id=FindingId(row["id"]),
            state=FindingState(row["state"]),
            rate=restored(row["rate"]),
            examples=tuple(row["examples"]),
        )
        for row in rows
    ]


def set_finding_state(db: Connection, identifier: str, state: FindingState) -> None:
    """Move a finding to a state."""
    db.execute(finding.update().where(finding.c.id == identifier).values(state=state.value))
