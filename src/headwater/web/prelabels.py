"""Prelabels of a campaign: asking a model, how far it is, what failed, what seeing a proposal does."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Response

from headwater.annotation import fetching, prelabels, queries
from headwater.app import models
from headwater.core.errors import NotFoundError
from headwater.governance.authority import may, require
from headwater.governance.model import Decision
from headwater.web.session import Visitor, back, page

if TYPE_CHECKING:
    from headwater.storage.jobs import JobStatus

router = APIRouter(prefix="/p/{program}/campaigns/{campaign}/prelabels")
SHOWN = 50
READINGS = (
    ("Answers as the model proposed", "shown", "blinded", "difference"),
    ("Right on gold", "right_shown", "right_blinded", "right_difference"),
    ("Wrong proposals repeated, on gold", "misled_shown", "misled_blinded", "misled_difference"),
)


@router.get("")
def show(visitor: Visitor, campaign: str, fetch: str = "") -> Response:
    """Show what models proposed, when they were asked, what failed and how far people are drawn to it."""
    with visitor.reading() as ctx:
        found = queries.campaign(ctx, campaign)
        rows = fetching.standings(ctx, found.id)
        anchoring = prelabels.anchoring(ctx, found.id)
        jobs: dict[str, JobStatus] = {each.id: each for each in visitor.app.jobs.all(ctx.program)}
        begun = {row.fetch.id for row in rows}
        chosen = next((row.fetch.id for row in rows if row.fetch.id == fetch), "")
        chosen = chosen or next((row.fetch.id for row in rows if row.failed), "")
        asked = [job for job in jobs.values() if job.kind == "fetch" and job.id not in begun and not job.result]
        wanted = visitor.app.jobs.args([job.id for job in asked])
        here = [job for job in asked if wanted[job.id]["wanted"]["campaign"] in (found.id, found.name)]
        return page(
            visitor,
            ctx,
            "annotation/prelabels.html",
            active="campaigns",
            campaign=found,
            rows=[(row, jobs.get(row.fetch.id)) for row in rows],
            unbegun=[(job, wanted[job.id]["model"], wanted[job.id]["wanted"]) for job in here[:5]],
            running=any(not job.ended for job in jobs.values() if job.kind == "fetch"),
            failures=fetching.failures(ctx, chosen, limit=SHOWN) if chosen else [],
            chosen=chosen,
            known=models.known(visitor.app.settings),
            sources=prelabels.sources(ctx, found.id),
            readings=[
                (text, *(getattr(anchoring, name) for name in (shown, blind, apart)))
                for text, shown, blind, apart in READINGS
            ],
            asks=may(ctx, Decision.AUTOMATION_CHANGE),
            runs=may(ctx, Decision.CAMPAIGN_OPEN),
        )


@router.post("/fetch")
def fetch(  # noqa: PLR0913, PLR0917 -- the fields of the form
    visitor: Visitor,
    campaign: str,
    model: Annotated[str, Form()],
    where: Annotated[str, Form()] = "",
    limit: Annotated[int, Form()] = 0,
    only_open: Annotated[bool, Form()] = False,
    again: Annotated[bool, Form()] = False,
) -> Response:
    """Ask a model about the campaign's records, as a durable job."""
    wanted = fetching.Wanted(campaign=campaign, where=where, only_open=only_open, again=again, limit=limit)
    with visitor.acting() as ctx:
        fetching.permit(ctx, wanted)
        models.predictor(visitor.app.settings, model)
        actor, program = ctx.actor, ctx.program
    visitor.app.jobs.start("fetch", {"model": model, "wanted": asdict(wanted)}, program=program, actor=actor)
    return back(visitor, f"campaigns/{campaign}/prelabels")


@router.post("/order")
def order(visitor: Visitor, campaign: str, varied: Annotated[bool, Form()] = False) -> Response:
    """Put the open tasks in order."""
    first: list[str] = []
    if varied:
        with visitor.reading() as ctx:
            first = prelabels.varied(ctx, campaign)
    with visitor.acting() as ctx:
        prelabels.order(ctx, campaign, first=first)
    return back(visitor, f"campaigns/{campaign}/prelabels")


@router.post("/jobs/{job}/{act}")
def steer(visitor: Visitor, campaign: str, job: str, act: str) -> Response:
    """Cancel or resume a fetch."""
    with visitor.acting() as ctx:
        require(ctx, Decision.AUTOMATION_CHANGE)
        status = visitor.app.jobs.get(job)
        if status.program != ctx.program or status.kind != "fetch" or act not in {"cancel", "resume"}:
            raise NotFoundError(f"There is no fetch '{job}' to {act} in this program.")
    getattr(visitor.app.jobs, act)(job)
    return back(visitor, f"campaigns/{campaign}/prelabels")
