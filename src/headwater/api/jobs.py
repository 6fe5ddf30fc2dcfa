"""Durable jobs: listed, shown, cancelled, resumed."""

from __future__ import annotations

from fastapi import APIRouter

from headwater.api.session import Caller, Listing
from headwater.core.errors import NotFoundError
from headwater.storage.jobs import JobStatus

router = APIRouter(prefix="/programs/{program}/jobs", tags=["jobs"])


@router.get("")
def list_jobs(caller: Caller, listing: Listing) -> list[JobStatus]:
    """List the program's jobs, newest first."""
    with caller.reading() as ctx:
        return listing.part(caller.app.jobs.all(ctx.program))


@router.get("/{job}")
def show(job: str, caller: Caller) -> JobStatus:
    """Show one job: progress, rate, time left, result or error."""
    return _own(job, caller)


@router.post("/{job}/cancel")
def cancel(job: str, caller: Caller) -> JobStatus:
    """Ask a job to stop after the step it is in."""
    _own(job, caller)
    caller.app.jobs.cancel(job)
    return caller.app.jobs.get(job)


@router.post("/{job}/resume")
def resume(job: str, caller: Caller) -> JobStatus:
    """Continue a job that was cancelled or cut off."""
    _own(job, caller)
    caller.app.jobs.resume(job)
    return caller.app.jobs.get(job)


def _own(job: str, caller: Caller) -> JobStatus:
    with caller.reading() as ctx:
        status = caller.app.jobs.get(job)
        if status.program != ctx.program:
            raise NotFoundError(f"There is no job '{job}' in this program.")
    return status
