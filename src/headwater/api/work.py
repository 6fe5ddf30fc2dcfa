"""Working on tasks: claim, submit, heartbeat, return, skip, undo; review and adjudication.

A client knows a task by its lease. It keeps an answer until `submit` has replied, and repeats the same request with
the same `client_id` as often as it must: the answer is recorded once.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from headwater.annotation import history, images, pace, reviews, tasks
from headwater.annotation.comment_model import LONGEST
from headwater.annotation.history import OwnAnswer
from headwater.annotation.model import Verdict
from headwater.annotation.pace import Pace
from headwater.annotation.reviews import Opinion
from headwater.annotation.submissions import Submission
from headwater.api.session import Caller, Page, Pages, page_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.annotation.handouts import Handout, Receipt
    from headwater.context import Context

router = APIRouter(prefix="/programs/{program}/campaigns/{campaign}", tags=["work"])
LONGEST_ID = 64


class Holding(BaseModel):
    """Tasks the client has at hand."""

    holding: list[str] = Field(default=[], description="Leases not to hand out again.")


class Held(BaseModel):
    """A task the client holds."""

    lease_id: str
    token: str


class Reasoned(Held):
    """A task the client holds, and why it is given up."""

    reason: str = Field(min_length=1, max_length=500)
    holding: list[str] = []


class Answered(Held):
    """An answer."""

    client_id: str = Field(min_length=8, max_length=LONGEST_ID, description="A UUID, the same with every retry.")
    values: dict[str, Any] = Field(description="Question → answer.")
    lead_time_ms: int = Field(default=0, ge=0)
    note: str = Field(default="", max_length=LONGEST, description="What you say to it; reviewers read it.")
    holding: list[str] = []

    def submission(self) -> Submission:
        """Return it as the use cases take it."""
        return Submission(
            lease_id=self.lease_id,
            token=self.token,
            client_id=self.client_id,
            values=self.values,
            lead_time_ms=self.lead_time_ms,
            note=self.note,
        )


class Reviewed(Answered):
    """What a reviewer says about an answer."""

    values: dict[str, Any] = {}
    verdict: Verdict
    reason: str = ""


class Ruled(Answered):
    """What an expert settles."""

    reason: str = Field(min_length=1)


class GivenAnswer(BaseModel):
    """An answer that a reviewer or expert decides about; who gave it is not told."""

    answer_id: str
    values: dict[str, Any] = Field(description="Question → answer.")


class Beat(BaseModel):
    """Leases to keep, with their tokens."""

    leases: dict[str, str] = Field(min_length=1)


@router.post("/claim")
def claim(campaign: str, body: Holding, caller: Caller) -> Response:
    """Get a task; `task` is null with a reason in `why` when there is none."""
    return _reply(caller, lambda ctx: tasks.claim(ctx, campaign, holding=body.holding))


@router.get("/pace")
def show_pace(campaign: str, since: datetime, caller: Caller) -> Pace:
    """Show how your own work goes since your day began; accuracy is of the days before, where the plan shows it."""
    with caller.reading() as ctx:
        return pace.pace(ctx, campaign, since=since)


@router.get("/answers")
def list_own_answers(campaign: str, caller: Caller, pages: Pages) -> Page[OwnAnswer]:
    """List what you answered in a campaign, newest first; nobody else sees it."""
    with caller.reading() as ctx:
        rows = history.mine(ctx, campaign, before=pages.after or "", limit=pages.limit + 1)
    return page_of(rows, pages.limit, lambda row: row.id)


@router.get("/leases/{lease}/image", response_class=Response)
def image(campaign: str, lease: str, caller: Caller) -> Response:
    """Get the image of a task or case you hold."""
    del campaign
    with caller.reading() as ctx:
        found = images.of_lease(ctx, lease)
    return Response(found.data, media_type=found.media_type, headers=images.SEALED)


@router.get("/leases/{lease}/case")
def show_case(campaign: str, lease: str, caller: Caller) -> list[GivenAnswer]:
    """Show what was answered in the case you hold: the answer under review, or every answer to the disputed task."""
    del campaign
    with caller.reading() as ctx:
        return [GivenAnswer(answer_id=each.id, values=each.values) for each in reviews.case(ctx, lease).answers]


@router.post("/submit")
def submit(campaign: str, body: Answered, caller: Caller) -> Response:
    """Record an answer and get the next task with the reply."""
    return _reply(caller, lambda ctx: tasks.submit(ctx, campaign, body.submission(), holding=body.holding))


@router.post("/heartbeat", response_model=dict[str, str])
def heartbeat(campaign: str, body: Beat, caller: Caller) -> dict[str, str] | Response:
    """Keep leases alive while their tasks are being worked on."""

    def act(ctx: Context) -> dict[str, str]:
        until = tasks.heartbeat(ctx, campaign, leases=body.leases)
        return {"expires_at": until.isoformat().replace("+00:00", "Z")}

    return caller.write(act)


@router.post("/return", status_code=204)
def give_back(campaign: str, body: Held, caller: Caller) -> None:
    """Give a task back unanswered: it goes behind the other work, and others get it first."""
    caller.write(lambda ctx: tasks.release_lease(ctx, campaign, lease_id=body.lease_id, token=body.token))


@router.post("/return/all", response_model=dict[str, int])
def give_back_all(campaign: str, caller: Caller) -> dict[str, int] | Response:
    """Give back every task you hold in a campaign, such as before you leave."""
    return caller.write(lambda ctx: {"returned": tasks.give_back_all(ctx, campaign)})


@router.post("/skip")
def skip(campaign: str, body: Reasoned, caller: Caller) -> Response:
    """Pass a task to others for good, with a reason, and get the next one."""
    return _reply(
        caller,
        lambda ctx: tasks.skip(
            ctx, campaign, lease_id=body.lease_id, token=body.token, reason=body.reason, holding=body.holding
        ),
    )


@router.post("/undo")
def undo(campaign: str, body: Held, caller: Caller) -> Response:
    """Take an answer back while its lease runs, and get its task again."""
    return _reply(caller, lambda ctx: tasks.undo(ctx, campaign, lease_id=body.lease_id, token=body.token))


@router.post("/reviews/claim")
def claim_review(campaign: str, body: Holding, caller: Caller) -> Response:
    """Get an answer to check, as a reviewer."""
    return _reply(caller, lambda ctx: reviews.claim_review(ctx, campaign, holding=body.holding))


@router.post("/reviews/submit")
def review(campaign: str, body: Reviewed, caller: Caller) -> Response:
    """Accept, correct or return an answer, and get the next."""
    opinion = Opinion(verdict=body.verdict, reason=body.reason)
    return _reply(caller, lambda ctx: reviews.decide(ctx, campaign, body.submission(), opinion))


@router.post("/disputes/claim")
def claim_dispute(campaign: str, body: Holding, caller: Caller) -> Response:
    """Get a disputed task, as a domain expert."""
    return _reply(caller, lambda ctx: reviews.claim_dispute(ctx, campaign, holding=body.holding))


@router.post("/disputes/submit")
def adjudicate(campaign: str, body: Ruled, caller: Caller) -> Response:
    """Settle a disputed task for good, and get the next."""
    return _reply(caller, lambda ctx: reviews.adjudicate(ctx, campaign, body.submission(), reason=body.reason))


def _reply(caller: Caller, act: Callable[[Context], Handout | Receipt]) -> Response:
    found = caller.write(lambda ctx: act(ctx).as_data())
    return found if isinstance(found, Response) else JSONResponse(found)


MOST_ASKED = ("/claim", "/submit", "/skip", "/undo")
"""What annotators at work ask all day, served by the short way of `fastpath`."""


def most_asked() -> list[APIRoute]:
    """Return the routes of annotators at work."""
    wanted = {router.prefix + path for path in MOST_ASKED}
    return [route for route in router.routes if isinstance(route, APIRoute) and route.path in wanted]
