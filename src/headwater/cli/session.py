"""What every command shares: the open workspace, who acts, in which program, and how results are shown."""

from __future__ import annotations

import json
import math
import sys
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from headwater.app import collector
from headwater.app.application import App, open_app
from headwater.app.job_rights import permit
from headwater.app.seats import Seat
from headwater.cli.console import chosen, err, out
from headwater.core.canonical import plain
from headwater.core.errors import ForbiddenError, InvalidError
from headwater.governance import queries as governance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

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


def show(value: object, columns: Sequence[str] | Mapping[str, Callable[[Any], object]], as_json: bool = False) -> None:
    """Print a record or a list of records, as a table or as JSON.

    Args:
        value: A dataclass, a mapping, or an iterable of them; JSON prints every field.
        columns: Names of fields to print, dotted for nested ones; or a mapping from heading to a function of the row.
        as_json: Print JSON.
    """
    if as_json:
        out.print_json(json.dumps(plain(to_dict(value))))
        return
    if is_dataclass(value) or isinstance(value, dict):
        _show_one(value, columns)
        return
    rows = list(value)  # type: ignore[call-overload]
    getters = columns if isinstance(columns, dict) else {name: _getter(name) for name in columns}
    if not rows:
        out.print("Nothing here yet.", style="dim")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in getters:
        table.add_column(heading.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(_text(get(row)) for get in getters.values()))
    out.print(table)


def _show_one(value: object, columns: Sequence[str] | Mapping[str, Callable[[Any], object]]) -> None:
    getters = columns if isinstance(columns, dict) else {name: _getter(name) for name in columns}
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for heading, get in getters.items():
        table.add_row(heading.replace("_", " "), _text(get(value)))
    out.print(table)


def _getter(name: str) -> Callable[[Any], object]:
    def get(row: Any) -> object:  # noqa: ANN401 -- any record
        for part in name.split("."):
            row = row.get(part) if isinstance(row, dict) else getattr(row, part)
        return row

    return get


def to_dict(value: object) -> object:
    """Return dataclasses, enums, sets and paths as what JSON has."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_dict(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): to_dict(item) for key, item in value.items()}
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, str | bytes) or not hasattr(value, "__iter__"):
        return value
    return [to_dict(item) for item in value]


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10_000 and math.isfinite(value) else f"{value:.4g}"  # noqa: PLR2004
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(item)}" for name, item in value.items())
    if isinstance(value, tuple | list | set | frozenset):
        return ", ".join(_text(item) for item in value)
    moment = getattr(value, "isoformat", None)
    return str(value) if moment is None else moment(sep=" ", timespec="seconds").replace("+00:00", "Z")


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
