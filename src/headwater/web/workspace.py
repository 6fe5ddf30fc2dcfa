"""The annotation workspace: a page, and the small JSON protocol its element speaks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from headwater.annotation import comment_model, enquiries, history, images, pace, tasks, wording
from headwater.annotation import queries as annotation
from headwater.annotation.agenda import agenda
from headwater.annotation.deadline_model import due_of
from headwater.annotation.enquiry_model import LONGEST
from headwater.annotation.handouts import Why
from headwater.annotation.submissions import Submission
from headwater.core.canonical import plain
from headwater.governance import queries as governance
from headwater.governance.model import Decision, Involvement
from headwater.web.documents import panel
from headwater.web.session import Visitor, back, page

if TYPE_CHECKING:
    from headwater.context import Context

router = APIRouter(prefix="/p/{program}/workspace")
SHOWN = 50
_BEAT_S = 60
"""How often a page says that its tasks are being worked on, at least: thrice in the time of a lease."""


_CLOSED = {
    Why.STOPPED: "Operations have stopped your work; your inbox says why.",
    Why.UNAVAILABLE: "You said that you are not available; change it under Workforce.",
    Why.UNSKILLED: "It asks for a skill that you have not shown.",
    Why.FAILED: "You did not pass its calibration round; those who run it were told.",
}


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
    note: str = Field(default="", max_length=comment_model.LONGEST)
    holding: list[str] = []


class Held(BaseModel):
    """A task at hand."""

    lease_id: str
    token: str
    reason: str = ""
    holding: list[str] = []


class Beat(BaseModel):
    """Tasks still worked on: token by lease."""

    leases: dict[str, str]


class Question(BaseModel):
    """A question about a task at hand."""

    lease_id: str
    token: str
    text: str = Field(min_length=1, max_length=LONGEST)
    section: str = ""


@router.get("")
def choose(visitor: Visitor) -> Response:
    """Show the campaigns that are open, the most urgent first, with the visitor's own work in each."""
    with visitor.reading() as ctx:
        rows = []
        for entry in agenda(ctx):
            mine = annotation.my_progress(ctx, entry.campaign.id)
            rows.append((entry, mine, pace.pace(ctx, entry.campaign.id, since=ctx.clock.now())))
        asked = _runners(ctx)
        return page(
            visitor, ctx, "annotation/workspaces.html", active="workspace", rows=rows, asked=asked, closed=_CLOSED
        )


@router.get("/{campaign}")
def bench(visitor: Visitor, campaign: str) -> Response:
    """Show the workspace of a campaign with its guideline beside the task."""
    with visitor.reading() as ctx:
        found = annotation.campaign(ctx, campaign)
        guideline = annotation.guideline(ctx, found.guideline_id)
        asked = annotation.schema(ctx, found.schema_id).questions
        return page(
            visitor,
            ctx,
            "annotation/workspace.html",
            active="workspace",
            campaign=found,
            kinds=sorted({question.kind.value for question in asked}),
            beat=min(_BEAT_S, found.plan.lease_minutes * 60 / 3),
            asked=_runners(ctx),
            **panel(ctx, visitor, guideline),
        )


@router.get("/{campaign}/answers")
def my_answers(visitor: Visitor, campaign: str, before: str = "") -> Response:
    """Show what the visitor answered in a campaign, newest first."""
    with visitor.reading() as ctx:
        rows = history.mine(ctx, campaign, before=before, limit=SHOWN + 1)
        return page(
            visitor,
            ctx,
            "annotation/my_answers.html",
            active="workspace",
            campaign=annotation.campaign(ctx, campaign),
            rows=rows[:SHOWN],
            older=rows[SHOWN - 1].id if len(rows) > SHOWN else "",
            summary=wording.summary,
        )


@router.get("/{campaign}/guide/{guideline}")
def guide(visitor: Visitor, campaign: str, guideline: str) -> Response:
    """Give the panel of a version of a guideline: the one a task is answered under."""
    del campaign
    with visitor.reading() as ctx:
        found = annotation.guideline(ctx, guideline)
        return page(visitor, ctx, "annotation/guide.html", **panel(ctx, visitor, found))


@router.get("/{campaign}/image/{lease}")
def image(visitor: Visitor, campaign: str, lease: str) -> Response:
    """Give the image of a task the visitor holds."""
    del campaign
    with visitor.reading() as ctx:
        found = images.of_lease(ctx, lease)
    return Response(found.data, media_type=found.media_type, headers=images.SEALED)


@router.get("/{campaign}/pace")
def my_pace(visitor: Visitor, campaign: str, since: datetime) -> Response:
    """Give how the visitor's own work goes, since their day began."""
    with visitor.reading() as ctx:
        found = pace.pace(ctx, campaign, since=since)
        due = due_of(annotation.campaign(ctx, campaign), ctx.clock.now())
    share = found.accuracy
    told = {"value": share.value, "low": share.low, "high": share.high, "n": share.n} if share else None
    words = {"words": due.words, "is_near": due.is_near, "at": due.at.isoformat()} if due else None
    reply = {"today": found.today, "last_hour": found.last_hour, "left": found.left, "accuracy": told, "due": words}
    return JSONResponse(reply)


@router.get("/{campaign}/enquiries")
def asked(visitor: Visitor, campaign: str) -> Response:
    """Give what the visitor asked in the campaign, with the replies, and what was published about its guideline."""
    with visitor.reading() as ctx:
        rows = enquiries.mine(ctx, campaign)
        published = enquiries.published(ctx, annotation.campaign(ctx, campaign).guideline_id)
    told = ("id", "section", "text", "reply", "replied_at", "published_at")
    given = {"mine": rows, "published": published}
    reply = {key: [{name: plain(getattr(row, name)) for name in told} for row in part] for key, part in given.items()}
    return JSONResponse(reply)


@router.post("/{campaign}/ask")
def ask(visitor: Visitor, campaign: str, body: Question) -> Response:
    """Put a question about a task at hand to the owners of the guideline."""
    with visitor.acting() as ctx:
        made = enquiries.ask(ctx, campaign, **body.model_dump())
    return JSONResponse({"id": made.id})


@router.post("/{campaign}/claim")
def claim(visitor: Visitor, campaign: str, body: Claim) -> Response:
    """Give the visitor a task."""
    with visitor.acting() as ctx:
        found = tasks.claim(ctx, campaign, holding=body.holding)
    return JSONResponse(found.as_data())


@router.post("/{campaign}/submit")
def submit(visitor: Visitor, campaign: str, body: Answer) -> Response:
    """Record an answer and give the next task with the reply."""
    given = body.model_dump()
    holding = given.pop("holding")
    with visitor.acting() as ctx:
        receipt = tasks.submit(ctx, campaign, Submission(**given), holding=holding)
    return JSONResponse(receipt.as_data())


@router.post("/{campaign}/skip")
def skip(visitor: Visitor, campaign: str, body: Held) -> Response:
    """Pass a task to others, with a reason."""
    with visitor.acting() as ctx:
        found = tasks.skip(
            ctx, campaign, lease_id=body.lease_id, token=body.token, reason=body.reason, holding=body.holding
        )
    return JSONResponse(found.as_data())


@router.post("/{campaign}/return")
def give_back(visitor: Visitor, campaign: str, body: Held) -> Response:
    """Put a task behind the other work, without a reason."""
    with visitor.acting() as ctx:
        found = tasks.give_back(ctx, campaign, lease_id=body.lease_id, token=body.token, holding=body.holding)
    return JSONResponse(found.as_data())


@router.post("/{campaign}/return-all")
def give_back_all(visitor: Visitor, campaign: str) -> Response:
    """Give back everything the visitor holds in a campaign."""
    with visitor.acting() as ctx:
        tasks.give_back_all(ctx, campaign)
    return back(visitor, "workspace")


@router.post("/{campaign}/undo")
def undo(visitor: Visitor, campaign: str, body: Held) -> Response:
    """Take the last answer back while its lease runs."""
    with visitor.acting() as ctx:
        found = tasks.undo(ctx, campaign, lease_id=body.lease_id, token=body.token)
    return JSONResponse(found.as_data())


@router.post("/{campaign}/heartbeat")
def heartbeat(visitor: Visitor, campaign: str, body: Beat) -> Response:
    """Keep tasks at hand from lapsing."""
    with visitor.acting() as ctx:
        until = tasks.heartbeat(ctx, campaign, leases=body.leases)
    return JSONResponse({"until": until.isoformat()})


def _runners(ctx: Context) -> list[str]:
    """Return who runs campaigns, by handle."""
    known = governance.names(ctx)
    return [known[each] for each in governance.involved(ctx, Decision.CAMPAIGN_OPEN, Involvement.RESPONSIBLE)]
