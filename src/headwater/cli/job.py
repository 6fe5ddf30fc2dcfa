"""`headwater job`: durable jobs, listed, followed, cancelled and resumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from headwater.app.job_rights import commanded
from headwater.cli.session import Json, done, follow, show, whoami, workspace
from headwater.cli.tables import columns
from headwater.core.errors import NotFoundError

if TYPE_CHECKING:
    from headwater.app.application import App

cli = typer.Typer(help="Durable jobs: list, follow, cancel, resume.", no_args_is_help=True)
JobId = Annotated[str, typer.Argument(help="A job's id, from `headwater job list`.")]
SAID = {
    "per_second": lambda row: f"{row.rate:,.1f}" if row.rate else None,
    "seconds_left": lambda row: None if row.eta_s is None else f"{row.eta_s:,.0f}",
}
COLUMNS = columns(("id", "kind", "state", "done", "total", "unit", *SAID, "message", "error"), **SAID)


@cli.command("list")
def list_jobs(as_json: Json = False) -> None:
    """List the jobs of the program, newest first."""
    with workspace() as app:
        _, program = whoami(app)
        show(app.jobs.all(program), COLUMNS, as_json, empty="No job was started yet.")


@cli.command("show")
def show_job(job: JobId, as_json: Json = False) -> None:
    """Show one job with its progress, result or error."""
    with workspace() as app:
        _, program = whoami(app)
        status = app.jobs.get(job)
        if status.program != program:
            raise NotFoundError(f"There is no job '{job}' in this program.", remedy="See: headwater job list")
        show(status, COLUMNS | columns(("result",)), as_json)


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
