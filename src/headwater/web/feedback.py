"""What comes back to an annotator, their appeals, and the page of those who rule on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Response

from headwater.annotation import appeals, queries, wording
from headwater.annotation.appeal_model import APPEAL_WINDOW, AppealState
from headwater.sourcing import queries as sourcing
from headwater.web.session import Visitor, back, page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.annotation.appeal_model import Feedback
    from headwater.context import Context

router = APIRouter(prefix="/p/{program}")
SHOWN = 30


@router.get("/feedback")
def mine(visitor: Visitor, before: str = "") -> Response:
    """Show the visitor what was said about their answers, newest first."""
    with visitor.reading() as ctx:
        rows = appeals.mine(ctx, before=before, limit=SHOWN + 1)
        return page(
            visitor,
            ctx,
            "annotation/feedback.html",
            active="feedback",
            rows=[(row, _told(row.feedback.given), _told(row.feedback.settled)) for row in rows[:SHOWN]],
            older=rows[SHOWN - 1].feedback.id if len(rows) > SHOWN else "",
            counts=appeals.my_counts(ctx),
            accepted=appeals.my_share(ctx),
            names={row.id: row.name for row in queries.campaigns(ctx)},
            texts=_texts(ctx, [row.feedback for row in rows]),
            days=APPEAL_WINDOW.days,
        )


@router.post("/feedback/{feedback}/appeal")
def appeal(visitor: Visitor, feedback: str, reason: Annotated[str, Form()]) -> Response:
    """Object to a correction or return."""
    with visitor.acting() as ctx:
        appeals.appeal(ctx, feedback, reason=reason)
    return back(visitor, "feedback")


@router.get("/appeals")
def listing(visitor: Visitor, state: AppealState = AppealState.OPEN, after: str = "") -> Response:
    """Show appeals, oldest first, with the form for the ruling."""
    with visitor.reading() as ctx:
        rows = appeals.appeals(ctx, state=state, after=after, limit=SHOWN + 1)
        shown = [(row, appeals.contested(ctx, row)) for row in rows[:SHOWN]]
        return page(
            visitor,
            ctx,
            "annotation/appeals.html",
            active="campaigns",
            state=state,
            states=list(AppealState),
            rows=[(row, about, _told(about.given), _told(about.settled)) for row, about in shown],
            next=rows[SHOWN - 1].id if len(rows) > SHOWN else "",
            names={row.id: row.name for row in queries.campaigns(ctx)},
            texts=_texts(ctx, [about for _, about in shown]),
        )


@router.post("/appeals/{appeal}/ruling")
def rule(visitor: Visitor, appeal: str, ruling: Annotated[str, Form()], reason: Annotated[str, Form()]) -> Response:
    """Uphold or dismiss an appeal."""
    with visitor.acting() as ctx:
        appeals.rule(ctx, appeal, upheld=ruling == "uphold", reason=reason)
    return back(visitor, "appeals")


def _told(values: dict[str, object]) -> list[tuple[str, str]]:
    return [(name, wording.summary(value)) for name, value in values.items()]


def _texts(ctx: Context, rows: Sequence[Feedback]) -> dict[str, str]:
    """Return the beginning of the text of each record; an erased one has none."""
    found = sourcing.present(ctx, [row.record_id for row in rows])
    return {identifier: record.text[:300] for identifier, record in found.items()}
