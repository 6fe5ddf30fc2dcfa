"""Comments on answers: notes of annotators, what reviewers say to them, and replies."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.annotation import comments
from headwater.annotation.comment_model import LONGEST
from headwater.api.session import Caller, Listing

if TYPE_CHECKING:
    from headwater.annotation.comment_model import Comment, Thread
    from headwater.context import Context

router = APIRouter(prefix="/programs/{program}/campaigns/{campaign}", tags=["work"])


class CommentForm(BaseModel):
    """What is said about an answer."""

    text: str = Field(min_length=1, max_length=LONGEST)


class CommentView(BaseModel):
    """A comment; nobody is named."""

    id: str
    by: str = Field(description="`annotator` or `reviewer`.")
    is_mine: bool
    text: str
    written_at: datetime


class ThreadView(BaseModel):
    """What is said about one annotator's answer; task and record are named to those who review or accept the work."""

    answer_id: str
    is_mine: bool = Field(description="Whether it is about an answer of yours.")
    comments: list[CommentView]
    task_id: str = ""
    record_id: str = ""


@router.get("/comments")
def list_threads(campaign: str, caller: Caller, listing: Listing) -> list[ThreadView]:
    """List what is said about answers, the newest first.

    Those who review or accept the work see all of it, others what is about their own answers.
    """
    with caller.reading() as ctx:
        sees_all = comments.sees_all(ctx)
        rows = listing.fetch(
            lambda part: comments.threads(ctx, campaign, before=part.after, limit=part.limit),
            key=lambda row: row.comments[-1].id,
        )
        return [_thread(ctx, row, sees_all=sees_all) for row in rows]


@router.post("/answers/{answer}/comments", status_code=201, response_model=CommentView)
def write(campaign: str, answer: str, body: CommentForm, caller: Caller) -> CommentView | Response:
    """Comment on an answer, your own or as a reviewer anybody's; the other side gets a notice."""
    return caller.write(lambda ctx: _view(ctx, comments.write(ctx, campaign, answer, text=body.text)))


def _thread(ctx: Context, row: Thread, *, sees_all: bool) -> ThreadView:
    return ThreadView(
        answer_id=row.answer_id,
        is_mine=row.annotator == ctx.actor,
        comments=[_view(ctx, each) for each in row.comments],
        task_id=row.task_id if sees_all else "",
        record_id=row.record_id if sees_all else "",
    )


def _view(ctx: Context, row: Comment) -> CommentView:
    return CommentView(
        id=row.id, by=row.speaker, is_mine=row.author == ctx.actor, text=row.text, written_at=row.written_at
    )
