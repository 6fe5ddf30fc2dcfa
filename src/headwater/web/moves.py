"""Moving a campaign to the published version of its schema."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from headwater.annotation import moves
from headwater.web.session import Visitor, back, page

router = APIRouter(prefix="/p/{program}/campaigns/{campaign}/schema")


@router.get("")
def preview(visitor: Visitor, campaign: str) -> Response:
    """Show what becomes of a campaign's answers when it is moved to the published version of its schema."""
    with visitor.reading() as ctx:
        found = moves.preview(ctx, campaign, moves.newest(ctx, campaign).id)
        return page(
            visitor, ctx, "annotation/move_schema.html", active="campaigns", found=found, campaign=found.campaign
        )


@router.post("")
def move(
    visitor: Visitor,
    campaign: str,
    schema_id: Annotated[str, Form()],
    seen: Annotated[int, Form()],
    reopen: Annotated[bool, Form()] = False,
) -> Response:
    """Move a campaign to a published version of its schema."""
    with visitor.acting() as ctx:
        moves.move(ctx, campaign, schema_id, reopen=reopen, seen_version=seen)
    return back(visitor, f"campaigns/{campaign}")
