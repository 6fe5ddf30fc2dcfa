"""Proposals, consultations, decisions and notices."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.governance.model import (
    Consultation,
    Decision,
    DecisionRecord,
    Notice,
    PersonId,
    ProgramId,
    Proposal,
    ProposalId,
    ProposalState,
)
from headwater.storage.database import WHOLE, Moment, Part, metadata, newest_first

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from headwater.storage.database import Connection

proposal = sa.Table(
    "proposal",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("decision", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("proposer", sa.String(40), nullable=False),
    sa.Column("author", sa.String(40), nullable=False),
    sa.Column("solo", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("decided_by", sa.String(40)),
    sa.Column("decided_at", Moment),
    sa.Column("reason", sa.Text, nullable=False),
    sa.CheckConstraint(
        "state <> 'approved' OR solo OR (decided_by <> proposer AND decided_by <> author)", name="four_eyes"
    ),
    sa.Index(None, "program", "state", "created_at"),
    sa.Index(None, "subject", "decision"),
    info={"frozen": ("program", "decision", "subject", "digest", "proposer", "author", "solo")},
)
"""A thing put before the Accountable; that nobody approves their own is a constraint of the database."""

consultation = sa.Table(
    "consultation",
    metadata,
    sa.Column("proposal", sa.String(40), sa.ForeignKey("proposal.id"), primary_key=True),
    sa.Column("person", sa.String(40), primary_key=True),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("closes_at", Moment, nullable=False),
    sa.Column("answered_at", Moment),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("supports", sa.Boolean),
)

decision_record = sa.Table(
    "decision_record",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("decision", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("actor", sa.String(40), nullable=False),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("proposal", sa.String(40), nullable=False),
    sa.Column("behalf", sa.String(40), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index(None, "program", "at"),
    info={"append_only": True},
)

notice = sa.Table(
    "notice",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("person", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("url", sa.String(200), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("read_at", Moment),
    sa.Index(None, "person", "read_at", "id"),
)


def add(db: Connection, row: Proposal) -> None:
    """Store a proposal with those it consults."""
    values = asdict(row)
    asked = values.pop("consultations")
    db.execute(proposal.insert().values(**values))
    if asked:
        db.execute(consultation.insert(), [{**item, "proposal": row.id} for item in asked])


def get(db: Connection, identifier: str) -> Proposal | None:
    """Return a proposal by id."""
    found = _proposals(db, sa.select(proposal).where(proposal.c.id == identifier))
    return found[0] if found else None


def pending(db: Connection, program: str, decision: Decision, subject: str) -> Proposal | None:
    """Return the open proposal about a subject, locked for deciding."""
    query = (
        sa.select(proposal)
        .where(
            proposal.c.program == program,
            proposal.c.decision == decision.value,
            proposal.c.subject == subject,
            proposal.c.state == ProposalState.OPEN.value,
        )
        .order_by(proposal.c.created_at.desc())
        .limit(1)
        .with_for_update()
    )
    found = _proposals(db, query)
    return found[0] if found else None


def search(
    db: Connection,
    program: str,
    *,
    state: ProposalState | None = None,
    subjects: Sequence[str] | None = None,
    part: Part = WHOLE,
) -> list[Proposal]:
    """Return proposals, newest first, about some things when named."""
    query = sa.select(proposal).where(proposal.c.program == program)
    if state:
        query = query.where(proposal.c.state == state.value)
    if subjects is not None:
        query = query.where(proposal.c.subject.in_(subjects))
    return _proposals(db, newest_first(query, proposal.c.id, part))


def close(db: Connection, identifier: str, state: ProposalState, *, by: str, at: datetime, reason: str) -> None:
    """Close a proposal."""
    values = {"state": state.value, "decided_by": by, "decided_at": at, "reason": reason}
    db.execute(proposal.update().where(proposal.c.id == identifier).values(values))


def answer(db: Connection, identifier: str, person: str, *, supports: bool, comment: str, at: datetime) -> bool:
    """Store a consulted person's answer; False when they were not asked."""
    key = (consultation.c.proposal == identifier, consultation.c.person == person)
    values = {"supports": supports, "comment": comment, "answered_at": at}
    return db.execute(consultation.update().where(*key).values(values)).rowcount == 1


def record(db: Connection, row: DecisionRecord) -> None:
    """Store a decision that was taken."""
    db.execute(decision_record.insert().values(asdict(row)))


def records(db: Connection, program: str, *, subject: str = "", part: Part = WHOLE) -> list[DecisionRecord]:
    """Return decisions, newest first."""
    query = sa.select(decision_record).where(decision_record.c.program == program)
    if subject:
        query = query.where(decision_record.c.subject == subject)
    return [
        DecisionRecord(
            **{
                **row,
                "decision": Decision(row["decision"]),
                "program": ProgramId(row["program"]),
                "actor": PersonId(row["actor"]),
            }
        )
        for row in db.execute(newest_first(query, decision_record.c.id, part)).mappings()
    ]


def notify(db: Connection, rows: Sequence[Notice]) -> None:
    """Store notices."""
    if rows:
        db.execute(notice.insert(), [asdict(row) for row in rows])


def notices(
    db: Connection, person: str, *, program: str = "", unread: bool = False, part: Part = WHOLE
) -> list[Notice]:
    """Return a person's notices, newest first."""
    query = sa.select(notice).where(notice.c.person == person)
    if program:
        query = query.where(notice.c.program == program)
    if unread:
        query = query.where(notice.c.read_at.is_(None))
    return [Notice(**row) for row in db.execute(newest_first(query, notice.c.id, part)).mappings()]


def unread(db: Connection, person: str) -> int:
    """Return how many notices a person has not read."""
    query = sa.select(sa.func.count()).where(notice.c.person == person, notice.c.read_at.is_(None))
    return int(db.execute(query).scalar_one())


def mark_read(db: Connection, person: str, identifiers: Sequence[str], at: datetime) -> None:
    """Give receipt for notices; all of the person's when none are named."""
    query = notice.update().where(notice.c.person == person, notice.c.read_at.is_(None)).values(read_at=at)
    db.execute(query.where(notice.c.id.in_(identifiers)) if identifiers else query)


def _proposals(db: Connection, query: Any) -> list[Proposal]:  # noqa: ANN401 -- a select
    rows = list(db.execute(query).mappings())
    asked: dict[str, list[Consultation]] = {row["id"]: [] for row in rows}
    wanted = sa.select(consultation).where(consultation.c.proposal.in_(list(asked))).order_by(consultation.c.person)
    for row in db.execute(wanted).mappings() if rows else ():
        asked[row["proposal"]].append(Consultation(**{name: row[name] for name in row if name != "proposal"}))
    return [
        Proposal(
            **{name: row[name] for name in row if name not in ("decision", "state", "id", "program")},
            id=ProposalId(row["id"]),
            program=ProgramId(row["program"]),
            decision=Decision(row["decision"]),
            state=ProposalState(row["state"]),
            consultations=tuple(asked[row["id"]]),
        )
        for row in rows
    ]
