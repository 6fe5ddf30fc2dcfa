"""Releases, training runs, quality measures."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.api.session import Caller, Listing
from headwater.quality import queries as quality
from headwater.quality.model import Measure
from headwater.release import queries, service
from headwater.release.model import Difference, Gate, Release, Selection
from headwater.training import queries as training
from headwater.training import service as runs
from headwater.training.model import Run

router = APIRouter(prefix="/programs/{program}")


class Build(BaseModel):
    """A release to build."""

    dataset: str = Field(min_length=1, max_length=80)
    question: str
    where: str = ""
    minimum_confidence: float = Field(default=0.0, ge=0, le=1)


class Because(BaseModel):
    """Why a decision is taken."""

    reason: str = Field(min_length=1)


class NewRun(BaseModel):
    """A training run to register."""

    release: str
    name: str
    seed: int = 0
    params: dict[str, object] = {}
    model_digest: str = ""
    metrics: dict[str, float] = {}


@router.get("/measures", tags=["quality"])
def measures(caller: Caller, listing: Listing, campaign: str = "", metric: str = "") -> list[Measure]:
    """List the latest measures; those of single annotators only to their manager or to themselves."""
    with caller.reading() as ctx:
        return listing.part(quality.latest(ctx, campaign=campaign, metric=metric))


@router.get("/releases", tags=["releases"])
def list_releases(caller: Caller, listing: Listing, dataset: str = "") -> list[Release]:
    """List releases, newest first."""
    with caller.reading() as ctx:
        return listing.part(queries.releases(ctx, dataset=dataset))


@router.post("/releases", status_code=201, response_model=Release, tags=["releases"])
def build(body: Build, caller: Caller) -> Release | Response:
    """Build the next version of a dataset from what is accepted now."""
    selection = Selection(question=body.question, where=body.where, minimum_confidence=body.minimum_confidence)
    return caller.write(lambda ctx: service.build(ctx, dataset=body.dataset, selection=selection))


@router.get("/releases/{release}", tags=["releases"])
def show(release: str, caller: Caller) -> Release:
    """Show a release."""
    with caller.reading() as ctx:
        return queries.release(ctx, release)


@router.get("/releases/{release}/gates", tags=["releases"])
def gates(release: str, caller: Caller) -> list[Gate]:
    """List the gates of a release with the waivers that are live now."""
    with caller.reading() as ctx:
        return queries.gates_now(ctx, queries.release(ctx, release))


@router.get("/releases/{old}/diff/{new}", tags=["releases"])
def diff(old: str, new: str, caller: Caller) -> Difference:
    """Return what changed from one release to another."""
    with caller.reading() as ctx:
        return queries.diff(ctx, old, new)


@router.get("/releases/{release}/files/{name}", tags=["releases"])
def file(release: str, name: str, caller: Caller) -> Response:
    """Return one file of a release."""
    with caller.reading() as ctx:
        return Response(queries.file(ctx, release, name), media_type="application/octet-stream")


@router.post("/releases/{release}/proposal", status_code=204, tags=["releases"])
def propose(release: str, caller: Caller) -> None:
    """Put a candidate before the Accountable."""
    caller.write(lambda ctx: service.propose(ctx, release))


@router.post("/releases/{release}/approval", response_model=Release, tags=["releases"])
def approve(release: str, body: Because, caller: Caller) -> Release | Response:
    """Approve and sign a candidate as the Accountable."""
    return caller.write(lambda ctx: service.approve(ctx, release, reason=body.reason))


@router.post("/releases/{release}/publication", status_code=204, tags=["releases"])
def propose_publication(release: str, caller: Caller) -> None:
    """Ask the Accountable to make an approved release available for training."""
    caller.write(lambda ctx: service.propose_publication(ctx, release))


@router.post("/releases/{release}/withdrawal", status_code=204, tags=["releases"])
def propose_yank(release: str, body: Because, caller: Caller) -> None:
    """Ask the Accountable to withdraw a release: its bytes stay and still verify, new runs may not use it."""
    caller.write(lambda ctx: service.propose_yank(ctx, release, summary=body.reason))


@router.get("/runs", tags=["training"])
def list_runs(caller: Caller, listing: Listing, release: str = "") -> list[Run]:
    """List training runs, newest first."""
    with caller.reading() as ctx:
        return listing.part(training.runs(ctx, release=release))


@router.post("/runs", status_code=201, response_model=Run, tags=["training"])
def register(body: NewRun, caller: Caller) -> Run | Response:
    """Register a training run on an approved release."""
    return caller.write(lambda ctx: runs.register(ctx, **body.model_dump()))
