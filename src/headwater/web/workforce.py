"""The workforce: who answers, in which team, with which skills; the cohorts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Response

from headwater.annotation import calibration
from headwater.annotation import queries as annotation
from headwater.annotation.model import Standing
from headwater.governance import queries as governance
from headwater.governance.authority import may
from headwater.governance.model import Decision
from headwater.web.session import Visitor, back, page
from headwater.workforce import qualifications, queries, service
from headwater.workforce.model import Affiliation

router = APIRouter(prefix="/p/{program}/workforce")


@router.get("")
def front(visitor: Visitor) -> Response:
    """Show annotators by team, and the cohorts."""
    with visitor.reading() as ctx:
        runs = may(ctx, Decision.CAMPAIGN_OPEN)
        guidelines = annotation.guidelines(ctx)
        return page(
            visitor,
            ctx,
            "workforce/front.html",
            active="campaigns",
            annotators=queries.annotators(ctx),
            cohorts=queries.cohorts(ctx),
            qualifications=queries.qualifications(ctx) if runs else queries.qualifications(ctx, person=ctx.actor),
            members=list({person.id: person for person, _ in governance.members(ctx)}.values()),
            affiliations=list(Affiliation),
            runs=runs,
            now=ctx.clock.now(),
            guidelines=[row for row in guidelines if row.standing is Standing.PUBLISHED],
            called={row.id: f"{row.name} v{row.version}" for row in guidelines},
            batches={
                row.id: row.name for each in annotation.campaigns(ctx) for row in annotation.batches(ctx, each.id)
            },
        )


@router.post("")
def enrol(
    visitor: Visitor,
    person: Annotated[str, Form()],
    team: Annotated[str, Form()],
    training: Annotated[str, Form()] = "none",
    skills: Annotated[str, Form()] = "",
    affiliation: Annotated[Affiliation, Form()] = Affiliation.IN_HOUSE,
) -> Response:
    """Put a person into a team."""
    with visitor.acting() as ctx:
        service.enrol(
            ctx, person, team=team, training=training, skills=skills.replace(",", " ").split(), affiliation=affiliation
        )
    return back(visitor, "workforce")


@router.post("/{person}/availability")
def availability(
    visitor: Visitor,
    person: str,
    available: Annotated[bool, Form()],
    back_at: Annotated[datetime | None, Form()] = None,
) -> Response:
    """Say whether a person wants tasks, and from which day they do again; the day begins in UTC."""
    back_at = back_at.replace(tzinfo=UTC) if back_at and back_at.tzinfo is None else back_at
    with visitor.acting() as ctx:
        service.set_availability(ctx, person, available=available, back_at=back_at)
    return back(visitor, "workforce")


@router.post("/{person}/stop")
def stop(visitor: Visitor, person: str, reason: Annotated[str, Form()]) -> Response:
    """Give a person no tasks until the stop is lifted."""
    with visitor.acting() as ctx:
        service.stop(ctx, person, reason=reason)
    return back(visitor, "workforce")


@router.post("/{person}/readmission")
def readmit(visitor: Visitor, person: str, reason: Annotated[str, Form()]) -> Response:
    """Lift a stop."""
    with visitor.acting() as ctx:
        service.readmit(ctx, person, reason=reason)
    return back(visitor, "workforce")


@router.post("/qualifications")
def decide(
    visitor: Visitor,
    person: Annotated[str, Form()],
    subject: Annotated[str, Form()],
    act: Annotated[str, Form()],
    reason: Annotated[str, Form()],
    days: Annotated[float, Form(ge=0, le=3650)] = 0.0,
) -> Response:
    """Vouch for a person, or ask them for a qualification again."""
    with visitor.acting() as ctx:
        what = calibration.subject(ctx, subject)
        if act == "grant":
            until = ctx.clock.now() + timedelta(days=days) if days else None
            qualifications.grant(ctx, person, subject=what, reason=reason, expires_at=until)
        else:
            calibration.ask_again(ctx, person, what=what, reason=reason)
    return back(visitor, "workforce")
