"""Annotators, cohorts, qualifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, Field

from headwater.annotation import calibration
from headwater.api.session import Caller, Listing, etag
from headwater.workforce import qualifications, queries, service
from headwater.workforce.model import UNTRAINED, Affiliation, Annotator, Cohort, Qualification

if TYPE_CHECKING:
    from headwater.context import Context

router = APIRouter(prefix="/programs/{program}", tags=["workforce"])


class Enrolment(BaseModel):
    """A person's part in the workforce."""

    team: str = Field(min_length=1, max_length=64)
    training: str = UNTRAINED
    skills: list[str] = []
    affiliation: Affiliation = Affiliation.IN_HOUSE


class Availability(BaseModel):
    """Whether a person wants tasks."""

    available: bool
    back_at: AwareDatetime | None = Field(default=None, description="When they want some again by themselves.")


class Reason(BaseModel):
    """Why; the person reads it."""

    reason: str = Field(min_length=1, max_length=500)


class Again(Reason):
    """A qualification that is asked for again."""

    subject: str = Field(min_length=1, max_length=64, description="A guideline version by id or name, or a skill.")


class Grant(Again):
    """A person whom operations vouch for."""

    person: str
    expires_at: AwareDatetime | None = None


class Test(BaseModel):
    """The outcome of a test made elsewhere."""

    subject: str = Field(min_length=1, max_length=64, description="A guideline version by id or name, or a skill.")
    right: int = Field(ge=0)
    total: int = Field(ge=1)
    bar: float = Field(gt=0, le=1, description="Smallest share right that passes.")
    expires_at: AwareDatetime | None = None


@router.get("/annotators")
def list_annotators(caller: Caller, listing: Listing) -> list[Annotator]:
    """List everybody who was enrolled or may answer, by team; who never was is at version 0."""
    with caller.reading() as ctx:
        return listing.part(queries.annotators(ctx), key=lambda row: row.person)


@router.get("/annotators/{person}")
def show_annotator(person: str, caller: Caller, response: Response) -> Annotator:
    """Show a person's part in the workforce; its `ETag` goes into `If-Match`."""
    with caller.reading() as ctx:
        found = queries.annotator(ctx, person)
    response.headers["ETag"] = etag(found.version)
    return found


@router.put("/annotators/{person}", response_model=Annotator)
def enrol(person: str, body: Enrolment, caller: Caller) -> Annotator | Response:
    """Put a member of the program into a team, or move them."""

    def act(ctx: Context) -> Annotator:
        caller.match(queries.annotator(ctx, person).version)
        return service.enrol(
            ctx,
            person,
            team=body.team,
            training=body.training,
            skills=body.skills,
            affiliation=body.affiliation,
        )

    return caller.write(act)


@router.put("/annotators/{person}/availability", response_model=Annotator)
def set_availability(person: str, body: Availability, caller: Caller) -> Annotator | Response:
    """Say whether a person wants tasks at present."""

    def act(ctx: Context) -> Annotator:
        caller.match(queries.annotator(ctx, person).version)
        return service.set_availability(ctx, person, available=body.available, back_at=body.back_at)

    return caller.write(act)


@router.put("/annotators/{person}/stop", response_model=Annotator)
def stop(person: str, body: Reason, caller: Caller) -> Annotator | Response:
    """Give a person no tasks, whatever they say, until the stop is lifted."""

    def act(ctx: Context) -> Annotator:
        caller.match(queries.annotator(ctx, person).version)
        return service.stop(ctx, person, reason=body.reason)

    return caller.write(act)


@router.post("/annotators/{person}/readmission", response_model=Annotator)
def readmit(person: str, body: Reason, caller: Caller) -> Annotator | Response:
    """Lift a stop; never one's own."""
    return caller.write(lambda ctx: service.readmit(ctx, person, reason=body.reason))


@router.post("/qualifications", response_model=Qualification)
def grant(body: Grant, caller: Caller) -> Qualification | Response:
    """Vouch for a person without a test; it holds at once, also for somebody who failed."""
    return caller.write(
        lambda ctx: qualifications.grant(
            ctx,
            body.person,
            subject=calibration.subject(ctx, body.subject),
            reason=body.reason,
            expires_at=body.expires_at,
        )
    )


@router.post("/annotators/{person}/tests", response_model=Qualification)
def record_test(person: str, body: Test, caller: Caller) -> Qualification | Response:
    """Record a test that was made elsewhere."""
    return caller.write(
        lambda ctx: qualifications.record_test(
            ctx,
            person,
            subject=calibration.subject(ctx, body.subject),
            right=body.right,
            total=body.total,
            bar=body.bar,
            expires_at=body.expires_at,
        )
    )


@router.post("/annotators/{person}/requalification", response_model=Qualification)
def ask_again(person: str, body: Again, caller: Caller) -> Qualification | Response:
    """Let a person show anew what they were qualified for, or have another try after they failed."""
    return caller.write(lambda ctx: calibration.ask_again(ctx, person, what=body.subject, reason=body.reason))


@router.get("/cohorts")
def list_cohorts(caller: Caller, listing: Listing, batch: str = "") -> list[Cohort]:
    """List the cohorts whose work can be told apart."""
    with caller.reading() as ctx:
        return listing.part(queries.cohorts(ctx, batch_id=batch))


@router.get("/qualifications")
def list_qualifications(caller: Caller, listing: Listing, person: str = "", subject: str = "") -> list[Qualification]:
    """List what was decided on qualifications, newest first: one's own, or everybody's for those who run campaigns."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: queries.qualifications(ctx, person=person, subject=subject, part=part))
