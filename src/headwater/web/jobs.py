"""Durable jobs: what runs, how far it is, how long it will take; cancelled and resumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, JSONResponse

from headwater.app import exports
from headwater.app.job_rights import commanded
from headwater.core.errors import HeadwaterError, NotFoundError
from headwater.web.formats import duration
from headwater.web.paging import screenful
from headwater.web.session import Visitor, back, page

if TYPE_CHECKING:
    from headwater.context import Context
    from headwater.storage.jobs import JobStatus

router = APIRouter(prefix="/p/{program}/jobs")


@router.get("")
def listing(visitor: Visitor, after: str = "") -> Response:
    """Show the newest jobs of the program."""
    with visitor.reading() as ctx:
        found = screenful(lambda part: visitor.app.jobs.all(ctx.program, part=part), after)
        return page(visitor, ctx, "jobs/jobs.html", active="jobs", jobs=found.rows, more=found.more)


@router.get("/{job}")
def one(visitor: Visitor, job: str) -> Response:
    """Show a job: progress, time left, result or error."""
    with visitor.reading() as ctx:
        status = _of(visitor, ctx, job)
        has_file, is_mine = True, True
        try:
            exports.of_job(visitor.app.settings.directory, status)
        except NotFoundError:
            has_file = False
        try:
            commanded(ctx, status)
        except HeadwaterError:
            is_mine = False
        return page(
            visitor, ctx, "jobs/job.html", active="jobs", job=status, told=_told(status), file=has_file, mine=is_mine
        )


@router.get("/{job}/status")
def status(visitor: Visitor, job: str) -> Response:
    """Tell how far a job is, for its page."""
    with visitor.reading() as ctx:
        found = _of(visitor, ctx, job)
    return JSONResponse(
        {"state": found.state, "done": found.done, "total": found.total, "ended": found.ended, "told": _told(found)}
    )


@router.get("/{job}/file")
def file(visitor: Visitor, job: str) -> Response:
    """Give the file that an export wrote."""
    with visitor.reading() as ctx:
        found = commanded(ctx, visitor.app.jobs.get(job))
    path = exports.of_job(visitor.app.settings.directory, found)
    return FileResponse(path, filename=path.name)


@router.post("/{job}/{act}")
def command(visitor: Visitor, job: str, act: Literal["cancel", "resume"]) -> Response:
    """Cancel or resume a job."""
    with visitor.acting() as ctx:
        commanded(ctx, visitor.app.jobs.get(job))
    if act == "cancel":
        visitor.app.jobs.cancel(job)
    else:
        visitor.app.jobs.resume(job)
    return back(visitor, f"jobs/{job}")


def _of(visitor: Visitor, ctx: Context, job: str) -> JobStatus:
    found = visitor.app.jobs.get(job)
    if found.program != ctx.program:
        raise NotFoundError(f"There is no job '{job}' in this program.")
    return found


def _told(status: JobStatus) -> str:
    """Say in words how far a job is."""
    amount = f"{status.done:,} of {status.total:,} {status.unit}" if status.total else f"{status.done:,} {status.unit}"
    words = [status.message, amount if status.done or status.total else ""]
    if status.state == "queued":
        words.append("waits for a process that runs jobs")
    if status.state == "running" and status.rate:
        words.append(f"{status.rate:,.3g} {status.unit} a second")
    if status.eta_s is not None:
        words.append(f"about {duration(status.eta_s)} left")
    return ", ".join(word for word in words if word.strip())
