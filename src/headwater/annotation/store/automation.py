"""Certificates of models, and the tasks that were routed under them."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from headwater.annotation.automation_model import Certificate
from headwater.annotation.model import EVERYONE, LaneKind, LeaseState, Tier
from headwater.annotation.store.answers import gold
from headwater.annotation.store.campaigns import lane
from headwater.annotation.store.prelabels import prelabel
from headwater.annotation.store.tasks import lease, task
from headwater.core.canonical import plain
from headwater.stats.interval import restored
from headwater.storage.database import Moment, insert, metadata

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from headwater.storage.database import Connection

certificate = sa.Table(
    "routing_certificate",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("records", sa.Text, key="where", nullable=False),
    sa.Column("schema_id", sa.String(40), nullable=False),
    sa.Column("guideline_id", sa.String(40), nullable=False),
    sa.Column("alpha", sa.Float, nullable=False),
    sa.Column("delta", sa.Float, nullable=False),
    sa.Column("threshold", sa.Float, nullable=False),
    sa.Column("error", sa.JSON, nullable=False),
    sa.Column("share", sa.Float, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("audit_rate", sa.Float, nullable=False),
    sa.Column("author", sa.String(40), nullable=False),
    sa.Column("issued_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("revoked_at", Moment),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("ix_routing_certificate_campaign", "campaign_id", "id"),
)

routed = sa.Table(
    "routed_task",
    metadata,
    sa.Column("task_id", sa.String(40), primary_key=True),
    sa.Column("certificate_id", sa.String(40), nullable=False),
    sa.Column("prelabel", sa.String(40), nullable=False),
    sa.Column("is_audited", sa.Boolean, nullable=False),
    sa.Column("routed_at", Moment, nullable=False),
    sa.Index("ix_routed_task_certificate", "certificate_id", "is_audited"),
    info={"append_only": True},
)
"""Every task that a model could answer under a certificate: answered by it, or drawn by lot for people to check."""


warning = sa.Table(
    "certificate_warning",
    metadata,
    sa.Column("certificate_id", sa.String(40), primary_key=True),
    sa.Column("warned_at", Moment, nullable=False),
    info={"append_only": True},
)
"""Certificates of which people were told that their model answers no more."""


class Standing(NamedTuple):
    """Where an annotators' task stands with models."""

    record_id: str
    is_open: bool
    is_proposed: bool
    by_model: bool
    audited: bool


class Proposed(NamedTuple):
    """A task with what a model proposes for it."""

    task_id: str
    record_id: str
    batch_id: str
    prelabel: str
    values: dict[str, object]
    score: float


def add(db: Connection, program: str, row: Certificate) -> None:
    """Store a certificate."""
    values = {each.name: getattr(row, each.name) for each in fields(row)} | {"error": plain(asdict(row.error))}
    db.execute(certificate.insert().values(values | {"program": program}))


def revoke(db: Connection, identifier: str, *, at: datetime, reason: str) -> None:
    """End a certificate."""
    db.execute(certificate.update().where(certificate.c.id == identifier).values(revoked_at=at, reason=reason))


def select(db: Connection, program: str, *, identifier: str = "", campaign_id: str = "") -> list[Certificate]:
    """Return certificates of a program, newest first."""
    query = sa.select(certificate).where(certificate.c.program == program)
    if identifier:
        query = query.where(certificate.c.id == identifier)
    if campaign_id:
        query = query.where(certificate.c.campaign_id == campaign_id)
    return [_read(row) for row in db.execute(query.order_by(certificate.c.id.desc()))]


def known(db: Connection, campaign_id: str, model: str) -> list[tuple[Proposed, dict[str, object]]]:
    """Return the gold of a campaign for which a model proposes an answer with a score, with what is right."""
    query = (
        _proposed(model)
        .add_columns(gold.c.known)
        .join(gold, gold.c.task_id == task.c.id)
        .where(task.c.campaign_id == campaign_id, gold.c.retired_at.is_(None))
    )
    return [(Proposed(*row[:6]), row.known) for row in db.execute(query.order_by(task.c.id))]


def candidates(
    db: Connection, campaign_id: str, model: str, *, least: float, limit: int, after: tuple[float, str] | None = None
) -> list[Proposed]:
    """Return untouched open tasks for which a model proposes an answer with at least a score, surest first, locked.

    Those in anybody's hands, with an answer, out at a vendor, handed to somebody, gold or routed before are not among
    them.

    Args:
        db: The open transaction.
        campaign_id: The campaign.
        model: The model.
        least: Lowest score.
        limit: Most tasks.
        after: Score and id of the last one before.
    """
    busy = sa.select(lease.c.task_id).where(lease.c.task_id == task.c.id, lease.c.state == LeaseState.LIVE.value)
    before = sa.select(routed.c.task_id).where(routed.c.task_id == task.c.id)
    query = (
        _proposed(model)
        .join(lane, lane.c.id == task.c.lane_id)
        .where(
            task.c.campaign_id == campaign_id,
            task.c.tier == Tier.ANNOTATE.value,
            task.c.wanted < EVERYONE,
            task.c.need > 0,
            task.c.answers == 0,
            task.c.away == 0,
            lane.c.kind.in_([LaneKind.WORK.value, LaneKind.RETURNS.value]),
            prelabel.c.score >= least,
            ~busy.exists(),
            ~before.exists(),
        )
        .order_by(prelabel.c.score.desc(), task.c.id)
        .limit(limit)
        .with_for_update(of=task, skip_locked=True)
    )
    if after is not None:
        score, last = after
        query = query.where(sa.or_(prelabel.c.score < score, sa.and_(prelabel.c.score == score, task.c.id > last)))
    return [Proposed(*row) for row in db.execute(query)]


def standings(db: Connection, campaign_id: str) -> list[Standing]:
    """Return where the annotators' tasks of a campaign stand with models, without gold and calibration."""
    current = sa.and_(prelabel.c.task_id == task.c.id, prelabel.c.is_current == 1)
    query = (
        sa.select(task.c.record_id, task.c.answers < task.c.wanted, prelabel.c.id, routed.c.is_audited)
        .select_from(task.outerjoin(prelabel, current).outerjoin(routed, routed.c.task_id == task.c.id))
        .where(task.c.campaign_id == campaign_id, task.c.tier == Tier.ANNOTATE.value, task.c.wanted < EVERYONE)
    )
    return [
        Standing(record_id, bool(wants), proposal is not None, audited is False, audited is True)
        for record_id, wants, proposal, audited in db.execute(query)
    ]


def route(db: Connection, certificate_id: str, rows: Sequence[Proposed], *, audited: bool, at: datetime) -> None:
    """Remember what became of tasks under a certificate."""
    known_by = {"certificate_id": certificate_id, "is_audited": audited, "routed_at": at}
    if rows:
        db.execute(routed.insert(), [known_by | {"task_id": each.task_id, "prelabel": each.prelabel} for each in rows])


def want_one(db: Connection, task_ids: Sequence[str]) -> None:
    """Let untouched tasks want a single answer."""
    db.execute(task.update().where(task.c.id.in_(task_ids), task.c.answers == 0).values(wanted=1, need=1))


def audits(db: Connection, certificate_id: str) -> dict[str, dict[str, object]]:
    """Return what was proposed for the tasks drawn by lot, by task, in the order in which they were drawn."""
    query = (
        sa.select(routed.c.task_id, prelabel.c["values"].label("proposed"))
        .join(prelabel, prelabel.c.id == routed.c.prelabel)
        .where(routed.c.certificate_id == certificate_id, routed.c.is_audited.is_(True))
        .order_by(routed.c.routed_at, routed.c.task_id)
    )
    return {row.task_id: row.proposed for row in db.execute(query)}


def is_audited(db: Connection, task_id: str) -> bool:
    """Return whether a task was drawn by lot for people to check a model."""
    query = sa.select(routed.c.task_id).where(routed.c.task_id == task_id, routed.c.is_audited.is_(True))
    return db.execute(query).one_or_none() is not None


def newest_proposal(db: Connection, campaign_id: str, model: str) -> str:
    """Return the id of the newest proposal of a model in a campaign; empty when there is none."""
    query = (
        sa.select(sa.func.max(prelabel.c.id))
        .select_from(prelabel.join(task, task.c.id == prelabel.c.task_id))
        .where(task.c.campaign_id == campaign_id, prelabel.c.model == model)
    )
    return db.execute(query).scalar_one() or ""


def is_told(db: Connection, identifier: str) -> bool:
    """Return whether people were told that a certificate's model answers no more."""
    query = sa.select(warning.c.certificate_id).where(warning.c.certificate_id == identifier)
    return db.execute(query).one_or_none() is not None


def told(db: Connection, identifier: str, at: datetime) -> bool:
    """Remember that people are told of it; returns False when they were before."""
    new = insert(db, warning).values(certificate_id=identifier, warned_at=at).on_conflict_do_nothing()
    return db.execute(new.returning(warning.c.certificate_id)).first() is not None


def _proposed(model: str) -> sa.Select[Any]:
    return (
        sa.select(task.c.id, task.c.record_id, task.c.batch_id, prelabel.c.id, prelabel.c["values"], prelabel.c.score)
        .select_from(task)
        .join(prelabel, sa.and_(prelabel.c.task_id == task.c.id, prelabel.c.is_current == 1))
        .where(prelabel.c.model == model, prelabel.c.score.is_not(None))
    )


def _read(row: sa.Row[tuple[object, ...]]) -> Certificate:
    values = {each.name: row._mapping[certificate.c[each.name]] for each in fields(Certificate)}  # noqa: SLF001 -- public
    return Certificate(**values | {"error": restored(values["error"])})
