"""What is said about answers, on pages: threads of a campaign, and the reply."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from headwater.annotation import comments, queries
from headwater.governance.authority import may
from headwater.governance.model import Decision
from headwater.sourcing import queries as sourcing
from headwater.web.session import Visitor, back, page

router = APIRouter(prefix="/p/{program}/campaigns/{campaign}/comments")
SHOWN = 30
EXCERPT = 200


@router.get("")
def listing(visitor: Visitor, campaign: str, before: str = "") -> Response:
    """Show what is said about answers: all of it to those who review or accept the work, to others about their own."""
    with visitor.reading() as ctx:
        found = comments.threads(ctx, campaign, before=before, limit=SHOWN + 1)
        rows = found[:SHOWN]
        texts = sourcing.present(ctx, sorted({row.record_id for row in rows}))
        sees_all = comments.sees_all(ctx)
        return page(
            visitor,
            ctx,
            "annotation/comments.html",
            active="campaigns" if sees_all else "workspace",
            campaign=queries.campaign(ctx, campaign),
            rows=rows,
            sees_all=sees_all,
            checks=may(ctx, Decision.ANNOTATION_REVIEW),
            texts={identifier: record.text[:EXCERPT] for identifier, record in texts.items()},
            older=rows[-1].comments[-1].id if len(found) > SHOWN else "",
        )


@router.post("/{answer}")
def write(visitor: Visitor, campaign: str, answer: str, text: Annotated[str, Form()]) -> Response:
    """Comment on an answer; the other side gets a notice."""
    with visitor.acting() as ctx:
        comments.write(ctx, campaign, answer, text=text)
    return back(visitor, f"campaigns/{campaign}/comments")
