"""Annotators, cohorts, qualifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.api.session import Caller, Listing, etag
from headwater.workforce import queries, service
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


class Reason(BaseModel):
    """Why; the person reads it."""

    reason: str = Field(min_length=1, max_length=500)


@router.get("/annotators")
def list_annotators(caller: Caller, listing: Listing) -> list[Annotator]:
    """List everybody enrolled, by team."""
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
    return caller.write(lambda ctx: service.set_availability(ctx, person, available=body.available))


@router.put("/annotators/{person}/stop", response_model=Annotator)
def stop(person: str, body: Reason, caller: Caller) -> Annotator | Response:
    """Give a person no tasks, whatever they say, until the stop is lifted."""
    return caller.write(lambda ctx: service.stop(ctx, person, reason=body.reason))


@router.post("/annotators/{person}/readmission", response_model=Annotator)
def readmit(person: str, body: Reason, caller: Caller) -> Annotator | Response:
    """Lift a stop; never one's own."""
    return caller.write(lambda ctx: service.readmit(ctx, person, reason=body.reason))


@router.get("/cohorts")
def list_cohorts(caller: Caller, listing: Listing, batch: str = "") -> list[Cohort]:
    """List the cohorts whose work can be told apart."""
    with caller.reading() as ctx:
        return listing.part(queries.cohorts(ctx, batch_id=batch))


@router.get("/qualifications")
def list_qualifications(caller: Caller, listing: Listing, person: str = "", subject: str = "") -> list[Qualification]:
    """List outcomes of calibration rounds and tests: one's own, or everybody's for those who run campaigns."""
    with caller.reading() as ctx:
        return listing.part(queries.qualifications(ctx, person=person, subject=subject))
