"""Training runs and the models they made."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.api.session import Caller, Listing
from headwater.training import queries, service
from headwater.training.model import Run

router = APIRouter(prefix="/programs/{program}/runs", tags=["training"])


class NewRun(BaseModel):
    """A training run to register."""

    release: str
    name: str = Field(min_length=1, max_length=120)
    seed: int = 0
    params: dict[str, object] = {}
    model_digest: str = ""
    metrics: dict[str, float] = {}


@router.get("")
def list_runs(caller: Caller, listing: Listing, release: str = "") -> list[Run]:
    """List training runs, newest first."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: queries.runs(ctx, release=release, part=part))


@router.get("/{run}")
def show(run: str, caller: Caller) -> Run:
    """Show a run by its id or its model's."""
    with caller.reading() as ctx:
        return queries.run(ctx, run)


@router.post("", status_code=201, response_model=Run)
def register(body: NewRun, caller: Caller) -> Run | Response:
    """Register a training run on an approved release."""
    return caller.write(lambda ctx: service.register(ctx, **body.model_dump()))
