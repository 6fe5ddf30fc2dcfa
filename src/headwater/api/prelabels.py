"""Answers proposed by models: taken in, counted, and what seeing them does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from headwater.annotation import fetching, prelabels, queries
from headwater.annotation.fetch_model import Failure, Fetched
from headwater.annotation.prelabels import Anchoring, Proposal
from headwater.api.session import Caller, Listing, Page, Pages, page_of
from headwater.app import models
from headwater.app.models import KnownModel
from headwater.core.errors import InvalidError
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.storage.jobs import JobStatus

if TYPE_CHECKING:
    from headwater.context import Context

router = APIRouter(prefix="/programs/{program}", tags=["annotation"])


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


Stretch = Annotated[int, Query(ge=2, le=1000, description="Tasks in a stretch, each from another region.")]


class Ordered(BaseModel):
    """How many open tasks were put in order."""

    ordered: int


@router.post("/campaigns/{campaign}/prelabels", status_code=201, response_model=Added)
def add(campaign: str, body: PrelabelForm, caller: Caller) -> Added | Response:
    """Take in what a model proposes; shown to annotators where the campaign's plan says so."""
    wanted = [Proposal(record=each.record, values=each.values, score=each.score) for each in body.proposals]

    def act(ctx: Context) -> Added:
        return Added(added=prelabels.add(ctx, campaign, wanted, model=body.model))

    return caller.write(act)


class FetchForm(BaseModel):
    """What a model is asked about."""

    model: str = Field(min_length=1, max_length=64, description="A model of the settings, by its name there.")
    where: str = Field(default="", max_length=2000, description="Only records in this slice.")
    only_open: bool = Field(default=False, description="Only tasks that still want answers.")
    again: bool = Field(default=False, description="Also tasks this model answered already.")
    limit: int = Field(default=0, ge=0, le=10**9, description="Most records; 0 for all.")


@router.get("/predictors")
def list_models(caller: Caller) -> list[KnownModel]:
    """List the models of the settings that may be asked, never their keys."""
    with caller.reading() as ctx:
        require(ctx, Decision.AUTOMATION_CHANGE)
    return models.known(caller.app.settings)


@router.post("/campaigns/{campaign}/prelabels/fetches", status_code=202)
def fetch(campaign: str, body: FetchForm, caller: Caller, response: Response) -> JobStatus:
    """Ask a model about the records of a campaign; a job does it, and its progress is under `jobs`.

    With an `Idempotency-Key` a repeat finds the same job.
    """
    wanted = {"campaign": campaign} | body.model_dump(exclude={"model"})
    with caller.reading() as ctx:
        fetching.permit(ctx, fetching.Wanted(**wanted))
        models.predictor(caller.app.settings, body.model)
    return caller.start("fetch", {"model": body.model, "wanted": wanted}, response)


@router.get("/campaigns/{campaign}/prelabels/fetches")
def fetches(campaign: str, caller: Caller, listing: Listing) -> list[Fetched]:
    """List when which model was asked, how far it is and what it took, newest first."""
    with caller.reading() as ctx:
        return listing.part(fetching.standings(ctx, campaign), lambda row: row.fetch.id)


@router.get("/campaigns/{campaign}/prelabels/fetches/{fetch}/failures")
def failures(campaign: str, fetch: str, caller: Caller, pages: Pages) -> Page[Failure]:
    """List the records of a fetch that got no answer, with the reasons."""
    with caller.reading() as ctx:
        queries.campaign(ctx, campaign)
        after = _place(pages.after)
        rows = fetching.failures(ctx, fetch, after=after, limit=pages.limit + 1)
        return page_of(rows, pages.limit, lambda row: str(row.place))


def _place(after: str | None) -> int:
    if after is not None and not after.isdigit():
        raise InvalidError(f"'{after}' is not a cursor of this list.", remedy="Begin again without `after`.")
    return int(after or 0)


@router.post("/campaigns/{campaign}/prelabels/order", response_model=Ordered)
def order(campaign: str, caller: Caller, varied: bool = False, stretch: Stretch = 32) -> Ordered | Response:
    """Give out first what the model is least sure of, or also what is unlike what came before."""
    first: list[str] = []
    if varied:
        with caller.reading() as ctx:
            first = prelabels.varied(ctx, campaign, stretch=stretch)
    return caller.write(lambda ctx: Ordered(ordered=prelabels.order(ctx, campaign, first=first)))


@router.get("/campaigns/{campaign}/anchoring")
def anchoring(campaign: str, caller: Caller) -> Anchoring:
    """Show how far annotators are drawn to proposals, against those from whom they were kept by lot."""
    with caller.reading() as ctx:
        return prelabels.anchoring(ctx, campaign)
