"""What every command shares: the open workspace, who acts, in which program, and how results are shown."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from headwater.app import collector
from headwater.app.application import App, open_app
from headwater.app.job_rights import permit
from headwater.app.seats import Seat
from headwater.cli.console import chosen, err, out
from headwater.cli.tables import show, to_dict
from headwater.core.errors import ForbiddenError, InvalidError
from headwater.governance import queries as governance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from headwater.context import Context
    from headwater.storage.jobs import JobStatus

__all__ = [
    "Detach",
    "Json",
    "acting",
    "bar",
    "chosen",
    "done",
    "err",
    "follow",
    "lines",
    "out",
    "reading",
    "show",
    "to_dict",
]
__all__ += ["run_job", "seated", "whoami", "workspace"]

Detach = Annotated[bool, typer.Option("--detach/--wait", help="Only ask for it; a process that runs jobs does it.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@contextmanager
def workspace(*, run_jobs: bool = False) -> Iterator[App]:
    """Open the chosen workspace."""
    with open_app(chosen.workspace, run_jobs=run_jobs) as app:
        yield app


@contextmanager
def acting(*, in_program: bool = True) -> Iterator[Context]:
    """Open a write transaction as the chosen person in the chosen program."""
    with workspace() as app:
        actor, program = whoami(app, in_program=in_program)
        with app.act_as(actor, program) as ctx:
            yield ctx


@contextmanager
def reading(*, in_program: bool = True) -> Iterator[Context]:
    """Open a read transaction as the chosen person in the chosen program."""
    with workspace() as app:
        actor, program = whoami(app, in_program=in_program)
        with app.read_as(actor, program) as ctx:
            yield ctx


@contextmanager
def seated() -> Iterator[Seat]:
    """Open the workspace for what has transactions of its own, as the chosen person in the chosen program."""
    with workspace() as app:
        yield Seat(app, *whoami(app))


def whoami(app: App, *, in_program: bool = True) -> tuple[str, str]:
    """Return the ids of the chosen person and program.

    Raises:
        ForbiddenError: The person has left.
        InvalidError: There are several programs and none was chosen, or there is none.
        UnknownPersonError: No person has that handle.
        UnknownProgramError: No program has that slug.
    """
    with app.read_as() as ctx:
        person = governance.person_by_handle(ctx, chosen.handle) if chosen.handle else governance.first_admin(ctx)
        if not person.is_active:
            raise ForbiddenError(f"{person.handle} has left.", remedy="Act as somebody else with --as HANDLE.")
        if not in_program:
            return person.id, ""
        if chosen.program:
            return person.id, governance.program_by_slug(ctx, chosen.program).id
        programs = governance.programs(ctx)
    if not programs:
        raise InvalidError(
            "This workspace has no program yet.", remedy="Make one with: headwater program create SLUG --name NAME"
        )
    if len(programs) > 1:
        raise InvalidError(
            f"There are {len(programs)} programs: {', '.join(program.slug for program in programs)}.",
            remedy="Choose one with --program SLUG before the command, or HEADWATER_PROGRAM.",
        )
    return person.id, programs[0].id


def follow(app: App, job_id: str) -> JobStatus:
    """Show a durable job's progress until it ends; Ctrl-C leaves it to be resumed."""
    with bar() as progress:
        task = progress.add_task("starting", total=None)

        def on_progress(status: JobStatus) -> None:
            progress.update(
                task, description=status.message or status.kind, completed=status.done, total=status.total or None
            )

        try:
            return app.jobs.wait(job_id, on_progress)
        except KeyboardInterrupt:
            err.print(f"Interrupted. Continue with: headwater job resume {job_id}")
            raise typer.Exit(130) from None


def run_job(kind: str, args: dict[str, Any], *, detach: bool = False) -> JobStatus | None:
    """Ask for a durable job and follow it to its end.

    Args:
        kind: Its kind.
        args: What it is to do.
        detach: Only ask: a process that runs jobs, such as `headwater serve`, does it.

    Returns:
        How it ended; None when it was only asked for.
    """
    with workspace(run_jobs=not detach) as app:
        collector.calm()
        actor, program = whoami(app)
        with app.read_as(actor, program) as ctx:
            permit(ctx, kind)
        job = app.jobs.start(kind, args, program=program, actor=actor)
        if not detach:
            return follow(app, job)
    done(f"{job}: queued. `headwater serve` runs it; follow it with: headwater job show {job}")
    return None


def bar() -> Progress:
    """Return a progress display with counts and the time left; silent when output is not a terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=err,
        disable=not sys.stderr.isatty(),
    )


def done(message: str) -> None:
    """Say on standard output what was done."""
    out.print(message)


def lines(values: Iterable[str]) -> None:
    """Print plain lines, fit for pipes."""
    for value in values:
        typer.echo(value)
