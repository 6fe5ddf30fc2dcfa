"""Tasks and answers coming in from other tools, and going out to them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from headwater.annotation import exports, imports
from headwater.annotation.exchange.formats import CODECS, Format
from headwater.api.session import Caller, UnreadCaller
from headwater.api.uploads import BODY, received
from headwater.core.canonical import digest_file
from headwater.storage.jobs import JobStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from headwater.context import Context

router = APIRouter(prefix="/programs/{program}", tags=["annotation"])


@router.get("/campaigns/{campaign}/export", response_class=StreamingResponse)
def export_campaign(
    campaign: str,
    caller: Caller,
    form: Annotated[Format, Query(alias="format", description="File format.")] = Format.JSONL,
    unanswered: Annotated[bool, Query(description="Also tasks without an answer.")] = False,
) -> StreamingResponse:
    """Stream a campaign's tasks and answers as they stand now, annotators under pseudonyms."""
    with caller.reading() as ctx:
        wanted = exports.scope(ctx, campaign, unanswered=unanswered)
        opened = partial(caller.app.read_as, ctx.actor, ctx.program)
    codec = CODECS[form]
    name = f"{wanted.campaign.id}.{codec.suffix}"
    return StreamingResponse(
        codec.write(exports.items(opened, wanted), wanted.schema.questions),
        media_type=codec.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@router.post("/campaigns/{campaign}/exports", status_code=202)
def start_export(
    campaign: str,
    caller: Caller,
    response: Response,
    form: Annotated[Format, Query(alias="format", description="File format.")] = Format.JSONL,
    unanswered: Annotated[bool, Query(description="Also tasks without an answer.")] = False,
) -> JobStatus:
    """Write a campaign's tasks and answers as a durable job; get them from the job's `file`."""
    with caller.reading() as ctx:
        found = exports.scope(ctx, campaign).campaign
    args = {"campaign": found.id, "format": form.value, "unanswered": unanswered}
    return caller.start("campaign export", args, response)


@router.post("/campaigns/{campaign}/import", status_code=201, response_model=imports.Imported, openapi_extra=BODY)
async def import_tasks(
    campaign: str,
    caller: UnreadCaller,
    source: Annotated[str, Query(description="Approved source that the records are from.")],
    form: Annotated[Format, Query(alias="format", description="File format.")] = Format.JSONL,
    batch: Annotated[str, Query(min_length=1, max_length=120, description="Name of the new batch.")] = "imported",
    suggestions: Annotated[
        Literal["priors", "prelabels"], Query(alias="as", description="What a model's suggestions become besides.")
    ] = "priors",
) -> imports.Imported | Response:
    """Take tasks in from another tool, with the answers they came with, as a new batch; the body is the file."""
    origin = imports.Origin(
        path=Path(),
        codec=CODECS[form],
        source=source,
        batch=batch,
        name=batch,
        as_prelabels=suggestions == "prelabels",
    )
    act = await run_in_threadpool(_permit_import, caller, campaign, origin)
    path = await received(caller, f"{batch}.{CODECS[form].suffix}")
    try:
        run = partial(imports.run, act, caller.app.database, campaign, replace(origin, path=path))
        return await run_in_threadpool(lambda: caller.settle(run, body=digest_file(path)))
    finally:
        path.unlink(missing_ok=True)


def _permit_import(
    caller: UnreadCaller, campaign: str, origin: imports.Origin
) -> Callable[[], AbstractContextManager[Context]]:
    with caller.acting() as ctx:
        imports.permit(ctx, campaign, origin)
        return partial(caller.app.act_as, ctx.actor, ctx.program)
