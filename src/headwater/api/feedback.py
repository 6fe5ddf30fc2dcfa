"""What comes back to annotators, and their appeals."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.annotation import appeals
from headwater.annotation.appeal_model import Appeal, AppealState, ReviewerLine
from headwater.annotation.appeals import Entry
from headwater.api.session import Caller, Page, Pages, page_of

router = APIRouter(prefix="/programs/{program}", tags=["feedback"])


class Objection(BaseModel):
    """Why an annotator objects; whoever rules reads it."""

    reason: str = Field(min_length=1, max_length=500)


class Judged(BaseModel):
    """A ruling on an appeal; author and reviewer read the reason."""

    upheld: bool
    reason: str = Field(min_length=1, max_length=500)


@router.get("/feedback")
def mine(caller: Caller, pages: Pages) -> Page[Entry]:
    """List what was said about one's own answers, newest first."""
    with caller.reading() as ctx:
        rows = appeals.mine(ctx, before=pages.after or "", limit=pages.limit + 1)
    return page_of(rows, pages.limit, lambda row: row.feedback.id)


@router.post("/feedback/{feedback}/appeal", response_model=Appeal)
def appeal(feedback: str, body: Objection, caller: Caller) -> Appeal | Response:
    """Object to a correction or return of one's own answer, once and within seven days."""
    return caller.write(lambda ctx: appeals.appeal(ctx, feedback, reason=body.reason))


@router.get("/appeals")
def listing(caller: Caller, pages: Pages, state: AppealState = AppealState.OPEN) -> Page[Appeal]:
    """List appeals, oldest first; for those who rule on them."""
    with caller.reading() as ctx:
        rows = appeals.appeals(ctx, state=state, after=pages.after or "", limit=pages.limit + 1)
    return page_of(rows, pages.limit, lambda row: row.id)


@router.post("/appeals/{appeal}/ruling", response_model=Appeal)
def rule(appeal: str, body: Judged, caller: Caller) -> Appeal | Response:
    """Uphold or dismiss an appeal, as somebody who is neither its author nor the reviewer."""
    return caller.write(lambda ctx: appeals.rule(ctx, appeal, upheld=body.upheld, reason=body.reason))


@router.get("/campaigns/{campaign}/reviewers")
def reviewers(campaign: str, caller: Caller) -> list[ReviewerLine]:
    """List what each reviewer decided and how it fared on appeal; for those who accept the work."""
    with caller.reading() as ctx:
        return appeals.reviewers(ctx, campaign)
