"""Quality: how labels are resolved, by which method, and how the methods compare."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.annotation import queries as annotation
from headwater.api.session import Caller, Listing
from headwater.app import computing
from headwater.quality import labels, queries
from headwater.quality.habits import Habit
from headwater.quality.model import Label
from headwater.quality.resolutions import Resolution
from headwater.stats.inference.choose import Candidate

router = APIRouter(prefix="/programs/{program}", tags=["quality"])


class ResolutionForm(BaseModel):
    """Which labels to resolve, and how."""

    campaign: str = Field(min_length=1, description="Name or id.")
    question: str = Field(min_length=1)
    method: str = Field(default="auto", max_length=40, description="A name from the comparison, or `auto` to choose.")


@router.post("/resolutions", status_code=201, response_model=Resolution)
def resolve(body: ResolutionForm, caller: Caller) -> Resolution | Response:
    """Resolve the labels of a campaign: the likeliest answer of every task, with its probability."""

    def act() -> Resolution:
        computing.resolve(caller, body.campaign, question=body.question, method=body.method)
        with caller.reading() as ctx:
            campaign = annotation.campaign(ctx, body.campaign)
            return queries.resolutions(ctx, campaign=campaign.id, question=body.question)[0]

    return caller.settle(act)


@router.get("/resolutions")
def list_resolutions(caller: Caller, listing: Listing, campaign: str = "", question: str = "") -> list[Resolution]:
    """List how labels were resolved the last time: by which method, why, how sure, what is doubtful."""
    with caller.reading() as ctx:
        rows = queries.resolutions(ctx, campaign=campaign, question=question)
    return listing.part(rows, key=lambda row: f"{row.campaign_id}:{row.question}")


@router.get("/resolutions/{campaign}/{question}/methods")
def compare_methods(campaign: str, question: str, caller: Caller) -> list[Candidate]:
    """Compare every method on gold and answers that were hidden from it; for those who accept the work."""
    with caller.reading() as ctx:
        return labels.compare(ctx, campaign, question=question)


@router.get("/resolutions/{campaign}/{question}/labels")
def list_labels(campaign: str, question: str, caller: Caller, listing: Listing) -> list[Label]:
    """List labels with what else they may be, least sure first; for those who accept the work."""
    with caller.reading() as ctx:
        found = annotation.campaign(ctx, campaign)
        return listing.fetch(
            lambda part: queries.doubtful(ctx, found.id, question=question, part=part), key=queries.place_of
        )


@router.get("/resolutions/{campaign}/{question}/habits")
def list_habits(campaign: str, question: str, caller: Caller) -> list[Habit]:
    """List how annotators and teams answer, what they mix up: all to those who run the program, else your own."""
    with caller.reading() as ctx:
        return queries.habits(ctx, campaign=annotation.campaign(ctx, campaign).id, question=question)
