"""Releases: built, proposed, approved, published, withdrawn; their gates, differences and files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from headwater.api.session import Caller, Listing
from headwater.release import preview as previews
from headwater.release import queries, service
from headwater.release.model import Difference, Gate, Release, Selection
from headwater.storage.jobs import JobStatus

router = APIRouter(prefix="/programs/{program}", tags=["releases"])


class Build(BaseModel):
    """A release to build."""

    dataset: str = Field(min_length=1, max_length=80)
    question: str
    where: str = ""
    minimum_confidence: float = Field(default=0.0, ge=0, le=1)


class Because(BaseModel):
    """Why a decision is taken."""

    reason: str = Field(min_length=1)


@router.get("/releases")
def list_releases(caller: Caller, listing: Listing, dataset: str = "") -> list[Release]:
    """List releases, newest first."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: queries.releases(ctx, dataset=dataset, part=part))


@router.post("/releases", status_code=201, response_model=Release)
def build(body: Build, caller: Caller) -> Release | Response:
    """Build the next version of a dataset from what is accepted now."""
    selection = Selection(question=body.question, where=body.where, minimum_confidence=body.minimum_confidence)
    return caller.write(lambda ctx: service.build(ctx, dataset=body.dataset, selection=selection))


@router.post("/releases/builds", status_code=202)
def start_build(body: Build, caller: Caller, response: Response) -> JobStatus:
    """Build the next version as a durable job; its progress is under `jobs`."""
    return caller.start("release build", body.model_dump(), response)


@router.post("/releases/{release}/exports", status_code=202)
def start_export(release: str, caller: Caller, response: Response) -> JobStatus:
    """Pack a release into one archive as a durable job; get it from the job's `file`."""
    with caller.reading() as ctx:
        found = queries.release(ctx, release)
    return caller.start("release export", {"release": found.id}, response)


@router.get("/releases/preview")
def preview(
    caller: Caller,
    dataset: Annotated[str, Query(min_length=1, max_length=80)],
    question: str,
    where: str = "",
    minimum_confidence: Annotated[float, Query(ge=0, le=1)] = 0.0,
) -> previews.Preview:
    """Tell what the next version would hold, its gates, what stays out and why; nothing is built."""
    selection = Selection(question=question, where=where, minimum_confidence=minimum_confidence)
    with caller.reading() as ctx:
        return previews.preview(ctx, dataset=dataset, selection=selection)


@router.get("/releases/{release}")
def show(release: str, caller: Caller) -> Release:
    """Show a release."""
    with caller.reading() as ctx:
        return queries.release(ctx, release)


@router.get("/releases/{release}/gates")
def gates(release: str, caller: Caller) -> list[Gate]:
    """List the gates of a release with the waivers that are live now."""
    with caller.reading() as ctx:
        return queries.gates_now(ctx, queries.release(ctx, release))


@router.get("/releases/{old}/diff/{new}")
def diff(old: str, new: str, caller: Caller) -> Difference:
    """Return what changed from one release to another."""
    with caller.reading() as ctx:
        return queries.diff(ctx, old, new)


@router.get("/releases/{release}/files/{name}")
def file(release: str, name: str, caller: Caller) -> Response:
    """Return one file of a release."""
    with caller.reading() as ctx:
        return Response(queries.file(ctx, release, name), media_type="application/octet-stream")


@router.post("/releases/{release}/proposal", status_code=204)
def propose(release: str, caller: Caller) -> None:
    """Put a candidate before the Accountable."""
    caller.write(lambda ctx: service.propose(ctx, release))


@router.post("/releases/{release}/approval", response_model=Release)
def approve(release: str, body: Because, caller: Caller) -> Release | Response:
    """Approve and sign a candidate as the Accountable."""
    return caller.write(lambda ctx: service.approve(ctx, release, reason=body.reason))


@router.post("/releases/{release}/publication", status_code=204)
def propose_publication(release: str, caller: Caller) -> None:
    """Ask the Accountable to make an approved release available for training."""
    caller.write(lambda ctx: service.propose_publication(ctx, release))


@router.post("/releases/{release}/withdrawal", status_code=204)
def propose_yank(release: str, body: Because, caller: Caller) -> None:
    """Ask the Accountable to withdraw a release: its bytes stay and still verify, new runs may not use it."""
    caller.write(lambda ctx: service.propose_yank(ctx, release, summary=body.reason))
