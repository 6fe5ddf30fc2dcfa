"""Answers proposed by models: taken in, counted, and what seeing them does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.annotation import prelabels
from headwater.annotation.prelabels import Anchoring, Proposal
from headwater.api.session import Caller

if TYPE_CHECKING:
    from headwater.context import Context

router = APIRouter(prefix="/programs/{program}/campaigns/{campaign}", tags=["annotation"])


class Proposed(BaseModel):
    """What a model proposes for a record."""

    record: str
    values: dict[str, Any] = Field(min_length=1, description="Question → answer.")
    score: float | None = Field(default=None, ge=0, le=1, description="The model's own confidence.")


class PrelabelForm(BaseModel):
    """Answers a model proposes."""

    model: str = Field(min_length=1, max_length=200, description="Name and version.")
    proposals: list[Proposed] = Field(min_length=1, max_length=10_000)


class Added(BaseModel):
    """How many proposals were taken in."""

    added: int


class Ordered(BaseModel):
    """How many open tasks were put in order."""

    ordered: int


@router.post("/prelabels", status_code=201, response_model=Added)
def add(campaign: str, body: PrelabelForm, caller: Caller) -> Added | Response:
    """Take in what a model proposes; shown to annotators where the campaign's plan says so."""
    wanted = [Proposal(record=each.record, values=each.values, score=each.score) for each in body.proposals]

    def act(ctx: Context) -> Added:
        return Added(added=prelabels.add(ctx, campaign, wanted, model=body.model))

    return caller.write(act)


@router.post("/prelabels/order", response_model=Ordered)
def order(campaign: str, caller: Caller) -> Ordered | Response:
    """Give out first what the model is least sure of."""
    return caller.write(lambda ctx: Ordered(ordered=prelabels.order(ctx, campaign)))


@router.get("/anchoring")
def anchoring(campaign: str, caller: Caller) -> Anchoring:
    """Show how far annotators are drawn to proposals, against those from whom they were kept by lot."""
    with caller.reading() as ctx:
        return prelabels.anchoring(ctx, campaign)
