"""Reads of the workforce for other parts and for the edges."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.governance import queries as governance
from headwater.governance.authority import require
from headwater.governance.model import Decision, Involvement, NotYoursError, PersonId
from headwater.storage.database import WHOLE, Part
from headwater.workforce import store
from headwater.workforce.model import (
    IN_HOUSE,
    UNTRAINED,
    Affiliation,
    Annotator,
    Cohort,
    CohortId,
    NotEnrolledError,
    Qualification,
    UnknownCohortError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headwater.context import Context


def annotator(ctx: Context, person: str = "") -> Annotator:
    """Return a person's part in the workforce; the actor's by default.

    Somebody who was never enrolled stands, untrained and available, in the default in-house team.
    """
    person = person or ctx.actor
    found = store.get(ctx.db, ctx.program, person)
    if found is not None:
        found = _present(ctx, found)
        return found if found.stop is None or found.person == ctx.actor or runs(ctx) else _discreet(found)
    return Annotator(
        person=PersonId(person),
        team=IN_HOUSE,
        affiliation=Affiliation.IN_HOUSE,
        training=UNTRAINED,
        skills=frozenset(),
        is_available=True,
        back_at=None,
        stop=None,
        version=0,
        updated_at=None,
    )


def annotators(ctx: Context) -> list[Annotator]:
    """Return everybody who was enrolled or may answer, by team; why others were stopped is for those who run campaigns.

    Somebody else who may answer and was never enrolled is listed for those who run campaigns alone.
    """
    found = [_present(ctx, row) for row in store.everyone(ctx.db, ctx.program)]
    answering = governance.involved(ctx, Decision.ANNOTATION_ANSWER, Involvement.RESPONSIBLE)
    known, all_seen = {row.person for row in found}, runs(ctx)
    found += [annotator(ctx, each) for each in answering if each not in known and (all_seen or each == ctx.actor)]
    found.sort(key=lambda row: (row.team, row.person))
    return found if all_seen else [row if row.person == ctx.actor else _discreet(row) for row in found]


def runs(ctx: Context) -> bool:
    """Return whether the actor runs campaigns, and so sees what concerns others."""
    try:
        require(ctx, Decision.CAMPAIGN_OPEN)
    except NotYoursError:
        return False
    return True


def cohorts(ctx: Context, *, ids: Sequence[str] | None = None, batch_id: str = "") -> list[Cohort]:
    """Return the program's cohorts: those with the given ids (no ids, no cohorts), those of a batch, or all."""
    return store.cohorts(ctx.db, ctx.program, ids=ids, batch_id=batch_id)


def kin(ctx: Context, identifier: str) -> list[str]:
    """Return the ids of the cohorts that differ from one in the batch alone, itself among them."""
    return store.kin(ctx.db, identifier)


def ahead(ctx: Context) -> None:
    """Ask the database ahead for what `annotator` will want of it for the actor."""
    store.get_ahead(ctx.db, ctx.program, ctx.actor)


def cohort_of(ctx: Context, member: Annotator, *, guideline_id: str, batch_id: str) -> Cohort | None:
    """Return the cohort of an annotator's work in a batch under a guideline version; None before the first answer."""
    return store.find_cohort(ctx.db, ctx.program, _wanted(member, guideline_id, batch_id))


def cohort_ahead(ctx: Context, member: Annotator, *, guideline_id: str, batch_id: str) -> None:
    """Ask the database ahead for what `cohort_of` will want of it."""
    store.find_cohort_ahead(ctx.db, ctx.program, _wanted(member, guideline_id, batch_id))


def cohort(ctx: Context, identifier: str) -> Cohort:
    """Return a cohort by id.

    Raises:
        UnknownCohortError: There is none.
    """
    found = store.cohorts(ctx.db, ctx.program, ids=[identifier])
    if not found:
        raise UnknownCohortError(f"There is no cohort '{identifier}' in this program.")
    return found[0]


def qualifications(ctx: Context, *, person: str = "", subject: str = "", part: Part = WHOLE) -> list[Qualification]:
    """Return what was decided on qualifications, newest first; others' only for those who run campaigns.

    Of nobody in particular it is of everybody for them, and one's own for others.
    """
    if not person and not runs(ctx):
        person = ctx.actor
    if person != ctx.actor:
        require(ctx, Decision.CAMPAIGN_OPEN)
    return store.qualifications(ctx.db, ctx.program, person=person, subject=subject, part=part)


def skills_of(ctx: Context, person: str) -> frozenset[str]:
    """Return the skills a person was enrolled with."""
    found = store.get(ctx.db, ctx.program, person)
    return found.skills if found else frozenset()


def qualification(ctx: Context, subject: str, person: str = "") -> Qualification | None:
    """Return what was decided last about a person and a subject; about the actor by default."""
    return store.newest(ctx.db, ctx.program, person or ctx.actor, subject)


def skills(ctx: Context, member: Annotator, asked: Iterable[str]) -> set[str]:
    """Return which of some skills a person has.

    Where a skill was tested, vouched for or asked for again, the newest of these decides; else the enrolment does.
    """
    found = {skill: store.newest(ctx.db, ctx.program, member.person, skill) for skill in set(asked)}
    now = ctx.clock.now()
    return {skill for skill, row in found.items() if (row.holds(now) if row else skill in member.skills)}


def holders(ctx: Context, skill: str) -> list[PersonId]:
    """Return who may answer tasks and has a skill, stopped or not (see `skills`); for those who run campaigns."""
    require(ctx, Decision.CAMPAIGN_OPEN)
    now = ctx.clock.now()
    newest: dict[PersonId, Qualification] = {}
    for row in store.qualifications(ctx.db, ctx.program, subject=skill):
        newest.setdefault(row.person, row)
    found = {row.person for row in store.everyone(ctx.db, ctx.program) if skill in row.skills} - newest.keys()
    found |= {person for person, row in newest.items() if row.holds(now)}
    answering = governance.involved(ctx, Decision.ANNOTATION_ANSWER, Involvement.RESPONSIBLE)
    return [each for each in answering if each in found]


def ensure_member(ctx: Context, person: str) -> None:
    """Return when a person has a role in the program.

    Raises:
        NotEnrolledError: They have none.
    """
    if person not in {member.id for member, _ in governance.members(ctx)}:
        raise NotEnrolledError(
            f"'{person}' has no role in this program.",
            remedy="Assign one first, for example: headwater person assign HANDLE annotator",
        )


def _wanted(member: Annotator, guideline_id: str, batch_id: str) -> Cohort:
    place = {"guideline_id": guideline_id, "batch_id": batch_id}
    return Cohort(id=CohortId(""), team=member.team, training=member.training, **place)


def _present(ctx: Context, row: Annotator) -> Annotator:
    """The annotator as of now: whoever was away until a moment that has passed is back."""
    if row.is_available or row.back_at is None or row.back_at > ctx.clock.now():
        return row
    return replace(row, is_available=True, back_at=None)


def _discreet(row: Annotator) -> Annotator:
    return replace(row, stop=row.stop and replace(row.stop, reason=""))
