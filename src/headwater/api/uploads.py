"""Files sent to be taken in: streamed to disk, then settled by a durable job."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from headwater.annotation import filling
from headwater.annotation.batches import LONGEST_NAME
from headwater.api.session import UnreadCaller
from headwater.app.uploads import Upload, discard, hand_over
from headwater.sourcing import intakes, reading
from headwater.storage.jobs import JobStatus

if TYPE_CHECKING:
    from pathlib import Path

router = APIRouter(prefix="/programs/{program}/sources/{source}/intakes", tags=["sourcing"])
_BLOCK = 1_000_000
BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}


class Wanted(BaseModel):
    """What is sent, and the recipe it is taken in by."""

    name: str = Field(min_length=1, max_length=200, description="The file's name; its ending says the format.")
    language: list[str] = Field(default=[], description="Languages to keep (ISO 639-1); all by default.")
    personal_data: Literal["mask", "reject", "keep"] = Field(
        default="mask", description="What becomes of personal data."
    )
    near_duplicate: float = Field(
        default=0.75, ge=0, description="Least similarity of a near duplicate; 2 switches it off."
    )
    campaign: str = Field(default="", description="A campaign that is to ask about what the file holds.")
    batch: str = Field(default="", max_length=LONGEST_NAME, description="Name of its new batch; the file's by default.")
    priority: int = Field(default=5, ge=0, le=1000, description="The batch's; lower is given out first.")
    skill: str = Field(default="", max_length=64, description="Skill annotators need for the batch.")


@router.post("", status_code=202, openapi_extra=BODY)
async def take_in(
    source: str, wanted: Annotated[Wanted, Query()], caller: UnreadCaller, response: Response
) -> JobStatus:
    """Send a JSONL, CSV or text file, or a ZIP archive of pictures; a job takes it in, see `jobs` for its progress.

    With a campaign, what the file holds becomes a batch of its tasks. The file is on disk when the answer comes. With
    an `Idempotency-Key` a repeat finds the same job.
    """
    actor, program, fills = await run_in_threadpool(_permit, caller, source, wanted)
    key = f"upload:{actor}:{caller.idempotency_key}" if caller.idempotency_key else ""
    path = await received(caller, wanted.name, key=key)
    args = {
        "source": source,
        "path": str(path),
        "origin": wanted.name,
        "languages": wanted.language,
        "personal_data": wanted.personal_data,
        "near_duplicate": wanted.near_duplicate,
        "fills": fills,
    }
    status = await run_in_threadpool(_start, caller, args, program=program, actor=actor, key=key)
    response.headers["Location"] = f"/api/v1/programs/{caller.request.path_params['program']}/jobs/{status.id}"
    return status


async def received(caller: UnreadCaller, name: str, *, key: str = "") -> Path:
    """Stream the body to disk, a block at a time, and return where it is.

    Raises:
        TooLargeError, UnreadableFileError: See `Upload`.
    """
    block = bytearray()
    with await run_in_threadpool(Upload, caller.app.settings, name, key=key) as upload:
        async for chunk in caller.request.stream():
            block += chunk
            if len(block) >= _BLOCK:
                await run_in_threadpool(upload.write, bytes(block))
                block.clear()
        await run_in_threadpool(upload.write, bytes(block))
        return await run_in_threadpool(upload.finish)


def _permit(caller: UnreadCaller, source: str, wanted: Wanted) -> tuple[str, str, dict[str, object] | None]:
    with caller.acting() as ctx:
        intakes.permit(ctx, source)
        reading.check_format(wanted.name)
        fills = None
        if wanted.campaign:
            name = wanted.batch or wanted.name[:LONGEST_NAME]
            fills = asdict(filling.plan(ctx, wanted.campaign, name=name, priority=wanted.priority, skill=wanted.skill))
        return ctx.actor, ctx.program, fills


def _start(caller: UnreadCaller, args: dict[str, Any], *, program: str, actor: str, key: str) -> JobStatus:
    job = hand_over(caller.app.jobs, "intake", args, program=program, actor=actor, key=key or None)
    status = caller.app.jobs.get(job)
    if status.ended:
        discard(args)
    return status
