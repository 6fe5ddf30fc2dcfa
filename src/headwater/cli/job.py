"""`headwater job`: durable jobs, listed, followed, cancelled and resumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from headwater.app.job_rights import commanded
from headwater.cli.session import Json, done, follow, show, whoami, workspace
from headwater.core.errors import NotFoundError

if TYPE_CHECKING:
    from headwater.app.application import App

cli = typer.Typer(help="Durable jobs: list, follow, cancel, resume.", no_args_is_help=True)
JobId = Annotated[str, typer.Argument(help="A job's id, from `headwater job list`.")]
COLUMNS = ("id", "kind", "state", "done", "total", "unit", "rate", "eta_s", "message", "error")


@cli.command("list")
def list_jobs(as_json: Json = False) -> None:
    """List the jobs of the program, newest first."""
    with workspace() as app:
        _, program = whoami(app)
        show(app.jobs.all(program), COLUMNS, as_json)


@cli.command("show")
def show_job(job: JobId, as_json: Json = False) -> None:
    """Show one job with its progress, result or error."""
    with workspace() as app:
        _, program = whoami(app)
        status = app.jobs.get(job)
        if status.program != program:
            raise NotFoundError(f"There is no job '{job}' in this program.", remedy="See: headwater job list")
        show(status, (*COLUMNS, "result"), as_json)


@cli.command("resume")
def resume(job: JobId) -> None:
    """Continue a job that was cancelled or cut off, and follow it to its end."""
    with workspace(run_jobs=True) as app:
        _command(app, job)
        app.jobs.resume(job)
        done(f"{job}: {follow(app, job).state}")


@cli.command("cancel")
def cancel(job: JobId) -> None:
    """Ask a job to stop after the step it is in."""
    with workspace() as app:
        _command(app, job)
        app.jobs.cancel(job)
        done(f"{job}: cancelled. Continue with: headwater job resume {job}")


def _command(app: App, job: str) -> None:
    with app.read_as(*whoami(app)) as ctx:
        commanded(ctx, app.jobs.get(job))
