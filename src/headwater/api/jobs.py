"""Durable jobs: listed, shown, cancelled, resumed; the files they wrote."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from headwater.api.session import Caller, Listing
from headwater.app import exports
from headwater.app.job_rights import commanded
from headwater.core.errors import NotFoundError
from headwater.storage.jobs import JobStatus

router = APIRouter(prefix="/programs/{program}/jobs", tags=["jobs"])


@router.get("")
def list_jobs(caller: Caller, listing: Listing) -> list[JobStatus]:
    """List the program's jobs, newest first."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: caller.app.jobs.all(ctx.program, part=part))


@router.get("/{job}")
def show(job: str, caller: Caller) -> JobStatus:
    """Show one job: progress, rate, time left, result or error."""
    return _own(job, caller)


@router.post("/{job}/cancel", response_model=JobStatus)
def cancel(job: str, caller: Caller) -> JobStatus | Response:
    """Ask a job to stop after the step it is in: one's own, or one whose work is one's to do."""
    _commanded(job, caller)

    def act() -> JobStatus:
        caller.app.jobs.cancel(job)
        return caller.app.jobs.get(job)

    return caller.settle(act)


@router.post("/{job}/resume", response_model=JobStatus)
def resume(job: str, caller: Caller) -> JobStatus | Response:
    """Continue a job that was cancelled or cut off: one's own, or one whose work is one's to do."""
    _commanded(job, caller)

    def act() -> JobStatus:
        caller.app.jobs.resume(job)
        return caller.app.jobs.get(job)

    return caller.settle(act)


@router.get("/{job}/file", response_class=FileResponse)
def file(job: str, caller: Caller) -> FileResponse:
    """Return the file that an export wrote; it is there for a week."""
    with caller.reading() as ctx:
        status = commanded(ctx, caller.app.jobs.get(job))
    path = exports.of_job(caller.app.settings.directory, status)
    return FileResponse(path, filename=path.name, headers={"Cache-Control": "no-store"})


def _own(job: str, caller: Caller) -> JobStatus:
    with caller.reading() as ctx:
        status = caller.app.jobs.get(job)
        if status.program != ctx.program:
            raise NotFoundError(f"There is no job '{job}' in this program.")
    return status


def _commanded(job: str, caller: Caller) -> JobStatus:
    with caller.acting() as ctx:
        return commanded(ctx, caller.app.jobs.get(job))
