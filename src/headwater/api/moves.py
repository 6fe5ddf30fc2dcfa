"""Moving a campaign to another version of its schema."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.annotation import moves
from headwater.annotation.model import Campaign
from headwater.annotation.moves import Preview
from headwater.api.session import Caller

router = APIRouter(prefix="/programs/{program}/campaigns/{campaign}", tags=["annotation"])


class MoveForm(BaseModel):
    """Under which version a campaign goes on."""

    schema_id: str
    reopen: bool = Field(default=False, description="Give out again what has answers that do not stand.")


@router.get("/schema")
def preview(campaign: str, to: str, caller: Caller) -> Preview:
    """Say what becomes of a campaign's answers when it goes on under version `to`; for those who run it."""
    with caller.reading() as ctx:
        return moves.preview(ctx, campaign, to)


@router.post("/schema", response_model=Campaign)
def move(campaign: str, body: MoveForm, caller: Caller) -> Campaign | Response:
    """Move a campaign to another published version of its schema; no answer is lost."""
    return caller.write(lambda ctx: moves.move(ctx, campaign, body.schema_id, reopen=body.reopen))
