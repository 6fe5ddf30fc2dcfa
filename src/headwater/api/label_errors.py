"""Searches for label errors, and relabelling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.api.session import Caller, Listing
from headwater.app import searching
from headwater.quality import label_errors
from headwater.quality.doubts import ErrorSearch
from headwater.stats.label_errors import Prune, Score

if TYPE_CHECKING:
    from headwater.context import Context

router = APIRouter(prefix="/programs/{program}/label-errors", tags=["label errors"])


class SearchForm(BaseModel):
    """What is searched, and how."""

    question: str
    campaign_id: str = ""
    prune: Prune = Prune.NOISE_RATE
    score: Score = Score.SELF_CONFIDENCE
    predictions: dict[str, dict[str, float]] | None = Field(
        default=None, description="Record → label → out-of-sample probability; predicted from the text by default."
    )
    seed: int = Field(default=0, ge=0)


class RelabelForm(BaseModel):
    """Which labels are given again, and where."""

    most: int = Field(default=0, ge=0, description="Only so many of the surest; 0 for all.")
    tasks: list[str] = []
    into: str = Field(default="", description="Another campaign; opened again in place by default.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What relabelling opened."""

    tasks: int
    batches: list[str]


@router.post("", status_code=201, response_model=ErrorSearch)
def find(body: SearchForm, caller: Caller) -> ErrorSearch | Response:
    """Search the labels of a question for errors by confident learning."""
    what = label_errors.Search(
        question=body.question,
        campaign_id=body.campaign_id,
        prune=body.prune,
        score=body.score,
        predictions=body.predictions,
        seed=body.seed,
    )
    return caller.settle(lambda: searching.find_errors(caller, what))


@router.get("")
def list_searches(caller: Caller, listing: Listing) -> list[ErrorSearch]:
    """List searches, newest first."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: label_errors.searches(ctx, part=part))


@router.get("/{search}")
def show(search: str, caller: Caller) -> ErrorSearch:
    """Show what a search found, the surest errors first."""
    with caller.reading() as ctx:
        return label_errors.search(ctx, search)


@router.post("/{search}/relabel", response_model=Opened)
def relabel(search: str, body: RelabelForm, caller: Caller) -> Opened | Response:
    """Have doubtful labels given again."""

    def act(ctx: Context) -> Opened:
        reach = label_errors.relabel(ctx, search, most=body.most, tasks=body.tasks or None, into=body.into)
        return Opened(tasks=reach.tasks, batches=list(reach.batches))

    return caller.write(act)
