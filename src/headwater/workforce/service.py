"""Changes to the workforce: enrolment, availability, stops, cohorts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.core.errors import InvalidError, StaleError
from headwater.core.ids import new_id
from headwater.governance import ledger, notices
from headwater.governance.authority import require
from headwater.governance.model import Decision, FourEyesError, PersonId
from headwater.workforce import queries, store
from headwater.workforce.model import (
    UNTRAINED,
    Affiliation,
    Annotator,
    Cohort,
    CohortId,
    NotStoppedError,
    Stop,
    checked_name,
    checked_reason,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from headwater.context import Context


def enrol(  # noqa: PLR0913 -- the facts of an enrolment
    ctx: Context,
    person: str,
    *,
    team: str,
    training: str = UNTRAINED,
    skills: Iterable[str] = (),
    affiliation: Affiliation = Affiliation.IN_HOUSE,
    seen_version: int | None = None,
) -> Annotator:
    """Put a member of the program into a team with a training class and skills, or move them.

    Answers given before keep the cohort they were given in.

    Raises:
        NotEnrolledError: The person has no role in the program.
        BadNameError: A name is not usable.
        StaleError: The enrolment is no longer at `seen_version`.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    queries.ensure_member(ctx, person)
    before = queries.annotator(ctx, person)
    if seen_version is not None and seen_version != before.version:
        raise StaleError(f"The enrolment of '{person}' is now at version {before.version}, not {seen_version}.")
    row = Annotator(
        person=PersonId(person),
        team=checked_name(team, "team"),
        affiliation=affiliation,
        training=checked_name(training, "training class"),
        skills=frozenset(checked_name(skill, "skill") for skill in skills),
        is_available=before.is_available,
        back_at=before.back_at,
        stop=before.stop,
        version=before.version,
        updated_at=None,
    )
    row = _save(ctx, row)
    body = {"team": row.team, "training": row.training, "skills": row.skills, "affiliation": affiliation}
    ledger.append(ctx, "annotator.enrolled", subject=person, body=body)
    return row


def set_availability(ctx: Context, person: str, *, available: bool, back_at: datetime | None = None) -> Annotator:
    """Say whether a person wants tasks at present; tasks they hold stay theirs until the lease ends.

    Whoever operations stopped gets none either way: see `stop`.

    Args:
        ctx: The context.
        person: The person; others than the actor only for those who run campaigns.
        available: Whether they want tasks.
        back_at: When they want some again by themselves, if they want none; in a time zone and not passed.

    Raises:
        InvalidError: The moment has passed, is in no time zone, or is given for somebody who is available.
    """
    require(ctx, Decision.ANNOTATION_ANSWER)
    if person != ctx.actor:
        require(ctx, Decision.CAMPAIGN_OPEN)
    before = queries.annotator(ctx, person)
    if back_at is not None and (available or back_at.tzinfo is None or back_at <= ctx.clock.now()):
        raise InvalidError(
            f"Nobody is away until {back_at.isoformat()}.",
            remedy="Name a moment to come, such as 2027-01-31T08:00Z, for somebody who is not available.",
        )
    row = _save(ctx, replace(before, is_available=available, back_at=back_at))
    ledger.append(ctx, "annotator.availability", subject=person, body={"available": available, "back_at": back_at})
    return row


def stop(ctx: Context, person: str, *, reason: str) -> Annotator:
    """Give a person no tasks until `readmit`, whatever they say; tasks they hold stay theirs until the lease ends.

    The person is told why. Somebody who is stopped already is stopped for the new reason.

    Raises:
        InvalidError: There is no reason.
        NotEnrolledError: The person has no role in the program.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    why = checked_reason(reason, "To stop a person")
    queries.ensure_member(ctx, person)
    said = Stop(by=PersonId(ctx.actor), at=ctx.clock.now(), reason=why)
    row = _save(ctx, replace(queries.annotator(ctx, person), stop=said))
    notices.send(ctx, [person], kind="stopped", subject=person, text=f"You are given no tasks for now: {why}")
    ledger.append(ctx, "annotator.stopped", subject=person, body={"reason": why})
    return row


def readmit(ctx: Context, person: str, *, reason: str) -> Annotator:
    """Lift a stop: the person is given tasks again when they want some.

    Raises:
        FourEyesError: The actor is the one who was stopped.
        NotStoppedError: Nobody stopped them.
        InvalidError: There is no reason.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    why = checked_reason(reason, "To lift a stop")
    before = queries.annotator(ctx, person)
    if before.stop is None:
        raise NotStoppedError(f"'{person}' is not stopped.", remedy="They may be unavailable by their own word.")
    if person == ctx.actor:
        raise FourEyesError("Nobody lifts their own stop.", remedy="Have somebody else in operations do so.")
    row = _save(ctx, replace(before, stop=None))
    notices.send(ctx, [person], kind="stopped", subject=person, text=f"You are given tasks again: {why}")
    ledger.append(ctx, "annotator.readmitted", subject=person, body={"reason": why})
    return row


def cohort(ctx: Context, annotator: Annotator, *, guideline_id: str, batch_id: str) -> Cohort:
    """Return the cohort an annotator's next answer in a batch belongs to, making it when it is the first."""
    require(ctx, Decision.ANNOTATION_ANSWER)
    return store.cohort_of(
        ctx.db,
        ctx.program,
        Cohort(
            id=CohortId(new_id("coh")),
            team=annotator.team,
            training=annotator.training,
            guideline_id=guideline_id,
            batch_id=batch_id,
        ),
    )


def model_cohort(ctx: Context, *, model: str, guideline_id: str, batch_id: str) -> Cohort:
    """Return the cohort of a model's answers in a batch, making it at the first; a model has no training class."""
    require(ctx, Decision.AUTOMATION_CHANGE)
    identifier = CohortId(new_id("coh"))
    team = f"model {model}"[:64]
    row = Cohort(id=identifier, team=team, training="model", guideline_id=guideline_id, batch_id=batch_id)
    return store.cohort_of(ctx.db, ctx.program, row)


def vendor_cohort(ctx: Context, *, team: str, package: str, guideline_id: str, batch_id: str) -> Cohort:
    """Return the cohort of a vendor's accepted work on a package, making it at the first delivery.

    In place of a training class stands the package: it is what the vendor's people were told.
    """
    require(ctx, Decision.DELIVERY_ACCEPT)
    identifier = CohortId(new_id("coh"))
    row = Cohort(id=identifier, team=team, training=package, guideline_id=guideline_id, batch_id=batch_id)
    return store.cohort_of(ctx.db, ctx.program, row)


def _save(ctx: Context, row: Annotator) -> Annotator:
    row = replace(row, version=row.version + 1, updated_at=ctx.clock.now())
    store.save(ctx.db, ctx.program, row)
    return row
