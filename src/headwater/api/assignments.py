"""Open tasks handed to somebody, and tasks that were passed on."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.annotation import assignments
from headwater.annotation.assignment_model import Assigned, Place, Skip, SkipReason, Target
from headwater.annotation.assignments import MOST
from headwater.api.session import Caller, Page, Pages, page_of

router = APIRouter(prefix="/programs/{program}/campaigns/{campaign}", tags=["boards"])


class AssignmentForm(BaseModel):
    """What is handed to whom."""

    tasks: list[str] = Field(min_length=1, max_length=MOST)
    person: str = Field(default="", description="Id of an annotator.")
    skill: str = Field(default="", description="A skill; everybody when neither is named.")
    reason: str = Field(min_length=1, max_length=500, description="The person reads it.")
    take_away: bool = Field(default=False, description="Take the tasks from those who work on them.")


@router.get("/assignments")
def waiting(campaign: str, caller: Caller, pages: Pages, handed: bool = False) -> Page[Place]:
    """List open tasks that may be handed over, or only those that were; for those who run the campaign."""
    with caller.reading() as ctx:
        rows = assignments.open_tasks(ctx, campaign, handed=handed, after=pages.after or "", limit=pages.limit + 1)
    return page_of(rows, pages.limit, lambda row: row.id)


@router.post("/assignments", response_model=Assigned)
def assign(campaign: str, body: AssignmentForm, caller: Caller) -> Assigned | Response:
    """Hand open tasks to one annotator, to those who have a skill, or back to everybody."""
    target = Target(person=body.person, skill=body.skill)
    return caller.write(
        lambda ctx: assignments.assign(ctx, campaign, body.tasks, target, reason=body.reason, take_away=body.take_away)
    )


@router.get("/skips")
def skips(campaign: str, caller: Caller, pages: Pages) -> Page[Skip]:
    """List tasks that annotators passed on, with their reasons, newest first."""
    with caller.reading() as ctx:
        rows = assignments.skips(ctx, campaign, before=pages.after or "", limit=pages.limit + 1)
    return page_of(rows, pages.limit, lambda row: row.id)


@router.get("/skips/reasons")
def reasons(campaign: str, caller: Caller) -> list[SkipReason]:
    """List the commonest reasons for passing tasks on."""
    with caller.reading() as ctx:
        return assignments.skip_reasons(ctx, campaign)
