"""Files sent to be taken in: streamed to disk, then settled by a durable job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from headwater.api.session import UnreadCaller
from headwater.app.uploads import Upload
from headwater.sourcing import intakes
from headwater.storage.jobs import JobStatus

if TYPE_CHECKING:
    from pathlib import Path

router = APIRouter(prefix="/programs/{program}/sources/{source}/intakes", tags=["sourcing"])
_BLOCK = 1_000_000
_BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}


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


@router.post("", status_code=202, openapi_extra=_BODY)
async def take_in(
    source: str, wanted: Annotated[Wanted, Query()], caller: UnreadCaller, response: Response
) -> JobStatus:
    """Send a JSONL, CSV or text file as the body; a job takes it in, and its progress is under `jobs`.

    The file is on disk when the answer comes. With an `Idempotency-Key` a repeat finds the same job.
    """
    actor, program = await run_in_threadpool(_permit, caller, source)
    key = f"upload:{actor}:{caller.idempotency_key}" if caller.idempotency_key else ""
    block = bytearray()
    with await run_in_threadpool(Upload, caller.app.settings, wanted.name, key=key) as upload:
        async for chunk in caller.request.stream():
            block += chunk
            if len(block) >= _BLOCK:
                await run_in_threadpool(upload.write, bytes(block))
                block.clear()
        await run_in_threadpool(upload.write, bytes(block))
        path = await run_in_threadpool(upload.finish)
    args = {
        "source": source,
        "path": str(path),
        "origin": wanted.name,
        "languages": wanted.language,
        "personal_data": wanted.personal_data,
        "near_duplicate": wanted.near_duplicate,
    }
    status = await run_in_threadpool(_start, caller, args, program=program, actor=actor, key=key)
    response.headers["Location"] = f"/api/v1/programs/{caller.request.path_params['program']}/jobs/{status.id}"
    return status


def _permit(caller: UnreadCaller, source: str) -> tuple[str, str]:
    with caller.acting() as ctx:
        intakes.permit(ctx, source)
        return ctx.actor, ctx.program


def _start(caller: UnreadCaller, args: dict[str, object], *, program: str, actor: str, key: str) -> JobStatus:
    path: Path = caller.app.settings.directory / str(args["path"])
    try:
        status = caller.app.jobs.get(
            caller.app.jobs.start("intake", args, program=program, actor=actor, key=key or None)
        )
    except Exception:
        path.unlink(missing_ok=True)
        raise
    if status.ended:
        path.unlink(missing_ok=True)
    return status
