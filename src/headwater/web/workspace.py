"""The annotation workspace: a page, and the small JSON protocol its element speaks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from headwater.annotation import markdown, tasks
from headwater.annotation import queries as annotation
from headwater.annotation.model import CampaignState
from headwater.annotation.questions import as_data
from headwater.annotation.submissions import Submission
from headwater.core.canonical import plain
from headwater.web.session import Visitor, page

if TYPE_CHECKING:
    from headwater.annotation.handouts import Handout

router = APIRouter(prefix="/p/{program}/workspace")


class Claim(BaseModel):
    """A wish for a task."""

    holding: list[str] = []


class Answer(BaseModel):
    """An answer to a task."""

    lease_id: str
    token: str
    client_id: str = Field(min_length=8, max_length=64)
    values: dict[str, Any]
    lead_time_ms: int = Field(default=0, ge=0)
    holding: list[str] = []


class Held(BaseModel):
    """A task at hand."""

    lease_id: str
    token: str
    reason: str = ""


class Beat(BaseModel):
    """Tasks still worked on: token by lease."""

    leases: dict[str, str]


@router.get("")
def choose(visitor: Visitor) -> Response:
    """Show the campaigns that are open."""
    with visitor.reading() as ctx:
        open_ = [item for item in annotation.campaigns(ctx) if item.state is CampaignState.OPEN]
        return page(visitor, ctx, "annotation/workspaces.html", active="workspace", campaigns=open_)


@router.get("/{campaign}")
def bench(visitor: Visitor, campaign: str) -> Response:
    """Show the workspace of a campaign with its guideline beside the task."""
    with visitor.reading() as ctx:
        found = annotation.campaign(ctx, campaign)
        guideline = annotation.guideline(ctx, found.guideline_id)
        return page(
            visitor,
            ctx,
            "annotation/workspace.html",
            active="workspace",
            campaign=found,
            guideline=guideline,
            sections=[(section.title, markdown.render(section.text)) for section in markdown.sections(guideline.text)],
        )


@router.post("/{campaign}/claim")
def claim(visitor: Visitor, campaign: str, body: Claim) -> Response:
    """Give the visitor a task."""
    with visitor.acting() as ctx:
        return JSONResponse(_handout(tasks.claim(ctx, campaign, holding=body.holding)))


@router.post("/{campaign}/submit")
def submit(visitor: Visitor, campaign: str, body: Answer) -> Response:
    """Record an answer and give the next task with the reply."""
    given = body.model_dump()
    holding = given.pop("holding")
    with visitor.acting() as ctx:
        receipt = tasks.submit(ctx, campaign, Submission(**given), holding=holding)
        following = _handout(receipt.next) if receipt.next else None
        feedback = plain(asdict(receipt.feedback)) if receipt.feedback else None
        reply = {"accepted": True, "replayed": receipt.replayed, "feedback": feedback, "next": following}
    return JSONResponse(reply)


@router.post("/{campaign}/skip")
def skip(visitor: Visitor, campaign: str, body: Held) -> Response:
    """Pass a task to others, with a reason."""
    with visitor.acting() as ctx:
        found = tasks.skip(ctx, campaign, lease_id=body.lease_id, token=body.token, reason=body.reason)
        return JSONResponse(_handout(found))


@router.post("/{campaign}/undo")
def undo(visitor: Visitor, campaign: str, body: Held) -> Response:
    """Take the last answer back while its lease runs."""
    with visitor.acting() as ctx:
        return JSONResponse(_handout(tasks.undo(ctx, campaign, lease_id=body.lease_id, token=body.token)))


@router.post("/{campaign}/heartbeat")
def heartbeat(visitor: Visitor, campaign: str, body: Beat) -> Response:
    """Keep tasks at hand from lapsing."""
    with visitor.acting() as ctx:
        until = tasks.heartbeat(ctx, campaign, leases=body.leases)
    return JSONResponse({"until": until.isoformat()})


def _handout(found: Handout) -> dict[str, Any]:
    task = None
    if found.assignment is not None:
        held = found.assignment
        task = {
            "lease_id": held.lease_id,
            "token": held.token,
            "expires_at": held.expires_at.isoformat(),
            "content": held.content,
            "questions": [as_data(question) for question in held.questions],
            "draft": held.draft,
            "note": held.note,
        }
    return {"task": task, "why": found.why.value, "answered": found.answered}
