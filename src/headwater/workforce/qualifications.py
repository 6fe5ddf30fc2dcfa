"""Qualifications: earned by a test, vouched for by operations, or asked for again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.core.errors import InvalidError
from headwater.core.ids import new_id
from headwater.governance import decisions, ledger, notices
from headwater.governance.authority import require
from headwater.governance.model import Decision, FourEyesError, PersonId
from headwater.workforce import queries, store
from headwater.workforce.model import Outcome, Qualification, QualificationId, checked_name, checked_reason, passes

if TYPE_CHECKING:
    from datetime import datetime

    from headwater.context import Context

GUIDELINE = "gdl_"
"""How the subject of a qualification begins that is for a guideline version; others are skills."""


def record_test(  # noqa: PLR0913 -- the facts of a test
    ctx: Context,
    person: str,
    *,
    subject: str,
    right: int,
    total: int,
    bar: float,
    expires_at: datetime | None = None,
) -> Qualification:
    """Record the outcome of a test that was made elsewhere.

    Args:
        ctx: The context.
        person: Who was tested: somebody else.
        subject: What it qualifies for, a guideline version or a skill.
        right: Tasks right, 0 to `total`.
        total: Tasks judged, at least 1.
        bar: Smallest share that passes, in (0, 1].
        expires_at: From when it must be repeated.

    Raises:
        FourEyesError: Nobody records their own test.
        InvalidError: The numbers cannot be those of a test.
        NotEnrolledError: The person has no role in the program.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    queries.ensure_member(ctx, person)
    if person == ctx.actor:
        raise FourEyesError("Nobody records their own test.", remedy="Have somebody else in operations do so.")
    row = _row(ctx, person, subject, _outcome(right, total, bar), expires_at=expires_at)
    return _keep(ctx, row, right=right, total=total, bar=bar, batch_id="")


def record_round(  # noqa: PLR0913 -- what a round is told by
    ctx: Context,
    *,
    subject: str,
    right: int,
    total: int,
    bar: float,
    batch_id: str,
    expires_at: datetime | None = None,
) -> Qualification:
    """Record how the actor's own calibration round ended, as it was judged here: never what they say of themselves."""
    require(ctx, Decision.ANNOTATION_ANSWER)
    row = _row(ctx, ctx.actor, subject, _outcome(right, total, bar), expires_at=expires_at)
    return _keep(ctx, row, right=right, total=total, bar=bar, batch_id=batch_id)


def _outcome(right: int, total: int, bar: float) -> Outcome:
    if not 0 <= right <= total or total < 1 or not 0 < bar <= 1:
        raise InvalidError(f"{right} right of {total} with a bar of {bar:g} is no test.")
    return Outcome.PASSED if passes(right=right, total=total, bar=bar) else Outcome.FAILED


def grant(ctx: Context, person: str, *, subject: str, reason: str, expires_at: datetime | None = None) -> Qualification:
    """Vouch for a person without a test; it holds at once, also for somebody who failed.

    Raises:
        FourEyesError: Nobody vouches for themselves.
        InvalidError: There is no reason, or it would be over already.
        NotEnrolledError: The person has no role in the program.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    why = checked_reason(reason, "To vouch for a person")
    queries.ensure_member(ctx, person)
    if person == ctx.actor:
        raise FourEyesError("Nobody vouches for themselves.", remedy="Have somebody else in operations do so.")
    if expires_at is not None and expires_at <= ctx.clock.now():
        raise InvalidError(f"A qualification until {expires_at:%Y-%m-%d %H:%M} UTC would be over already.")
    row = _row(ctx, person, subject, Outcome.PASSED, reason=why, expires_at=expires_at)
    decisions.record(ctx, Decision.CAMPAIGN_OPEN, subject=row.id, reason=f"qualified without a test: {why}")
    _tell(ctx, row, "You are qualified for")
    return _keep(ctx, row)


def ask_again(ctx: Context, person: str, *, subject: str, reason: str, called: str = "") -> Qualification:
    """Let a person show anew what they were qualified for, or have another try after they failed.

    For a guideline version that is a calibration round, before any further task of campaigns that ask for one.

    Args:
        ctx: The context.
        person: Who.
        subject: What they qualify for.
        reason: Why; they read it.
        called: What the subject is called to them.

    Raises:
        InvalidError: There is no reason, or it is a skill that nobody said they have.
        NotEnrolledError: The person has no role in the program.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    why = checked_reason(reason, "To ask for a qualification again")
    queries.ensure_member(ctx, person)
    is_skill = not subject.startswith(GUIDELINE)
    if is_skill and not queries.qualification(ctx, subject, person) and subject not in queries.skills_of(ctx, person):
        raise InvalidError(f"Nobody said that they are qualified for '{subject}'.", remedy="Look how it is written.")
    row = _row(ctx, person, subject, Outcome.ASKED_AGAIN, reason=why)
    _tell(ctx, row, "Please show again that you are qualified for", called)
    return _keep(ctx, row)


def _row(
    ctx: Context,
    person: str,
    subject: str,
    outcome: Outcome,
    *,
    reason: str = "",
    expires_at: datetime | None = None,
) -> Qualification:
    return Qualification(
        id=QualificationId(new_id("qua")),
        person=PersonId(person),
        subject=checked_name(subject, "qualification"),
        outcome=outcome,
        batch_id="",
        right=0,
        total=0,
        bar=0.0,
        by=PersonId(ctx.actor),
        reason=reason,
        decided_at=ctx.clock.now(),
        expires_at=expires_at,
    )


def _keep(
    ctx: Context, row: Qualification, *, right: int = 0, total: int = 0, bar: float = 0.0, batch_id: str = ""
) -> Qualification:
    row = replace(row, right=right, total=total, bar=bar, batch_id=batch_id)
    store.add_qualification(ctx.db, ctx.program, row)
    said = {Outcome.PASSED: "qualified", Outcome.FAILED: "failed", Outcome.ASKED_AGAIN: "asked-again"}[row.outcome]
    body = {"qualification": row.id, "subject": row.subject, "bar": bar, "reason": row.reason}
    ledger.append(ctx, f"annotator.{said}", subject=row.person, body=body)
    return row


def _tell(ctx: Context, row: Qualification, text: str, called: str = "") -> None:
    what = called or ("the guideline" if row.subject.startswith(GUIDELINE) else f"'{row.subject}'")
    notices.send(ctx, [row.person], kind="qualification", subject=row.person, text=f"{text} {what}: {row.reason}")
