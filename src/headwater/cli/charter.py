"""`headwater charter`, `raci`: what a program holds itself to, and who decides what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import yaml

from headwater.cli import files
from headwater.cli.session import Json, acting, done, out, reading, show
from headwater.governance import charter_text, charters, queries
from headwater.governance.model import Decision, Involvement

charter = typer.Typer(help="The charter: purpose, targets, standards, critical slices.", no_args_is_help=True)
raci = typer.Typer(help="Decision rights: the RACI chart.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="YAML or JSON, as `export` prints it.")]
Summary = Annotated[str, typer.Option(help="The change in a few words, for the inboxes.")]


@charter.command("show")
def show_charter(as_json: Json = False) -> None:
    """Show the charter in force."""
    with reading() as ctx:
        found = queries.program(ctx)
    row = charter_text.charter_data(found.charter) | {"version": found.charter.version}
    row["critical_slices"] = [f"{item.name} (at least {item.minimum})" for item in found.charter.critical_slices]
    show(found if as_json else row, ("version", *charter_text.FIELDS), as_json)


@charter.command("export")
def export_charter() -> None:
    """Print the charter in force without its chart, to be edited and proposed."""
    with reading() as ctx:
        _print(charter_text.charter_data(queries.program(ctx).charter))


@charter.command("propose")
def propose_charter(file: File, summary: Summary = "") -> None:
    """Propose a new version of the charter; what the file leaves out stays as it is."""
    written = files.read(file)
    with acting() as ctx, written.blamed():
        wanted = charter_text.charter_of(written.data, queries.program(ctx).charter)
        made = charters.propose(ctx, wanted, summary=summary)
    done(f"Proposed. The Accountable approves with: headwater --as HANDLE decision approve {made.id} --reason WHY")


@raci.command("show")
def show_chart(as_json: Json = False) -> None:
    """Show who is Responsible, Accountable, Consulted, Informed for every decision."""
    with reading() as ctx:
        handles = queries.names(ctx)
        rows = [
            {"decision": which.value}
            | {how.value: [handles[who] for who in queries.involved(ctx, which, how)] for how in Involvement}
            for which in Decision
        ]
    show(rows, ("decision", *(how.value for how in Involvement)), as_json)


@raci.command("lint")
def lint(as_json: Json = False) -> None:
    """List the holes of the chart; exits with 4 when there are some."""
    with reading() as ctx:
        problems = queries.chart_problems(ctx)
    if not problems and not as_json:
        done("The chart has no holes.")
        return
    show(problems, ("decision", "message", "remedy"), as_json)
    if problems:
        raise typer.Exit(4)


@raci.command("export")
def export_chart() -> None:
    """Print the chart in force, roles by name and people as @handle, to be edited and proposed."""
    with reading() as ctx:
        _print(charter_text.chart_data(queries.program(ctx).charter.chart, queries.names(ctx)))


@raci.command("propose")
def propose_chart(file: File, summary: Summary = "") -> None:
    """Propose a new chart: the whole of it."""
    written = files.read(file)
    with acting() as ctx, written.blamed():
        ids = {person.handle: str(person.id) for person in queries.everyone(ctx)}
        made = charters.propose_chart(ctx, charter_text.chart_of(written.data, ids), summary=summary)
    done(f"Proposed. The Accountable approves with: headwater --as HANDLE decision approve {made.id} --reason WHY")


@raci.command("reset")
def reset(reason: Annotated[str, typer.Option(help="Why; kept with the decision and told to every member.")]) -> None:
    """Put the default chart in force, as administrator, when nobody can change the chart any more."""
    with acting() as ctx:
        made = charters.reset_chart(ctx, reason=reason)
    done(f"The default chart is in force, as charter version {made.version}.")


def _print(data: object) -> None:
    out.print(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), markup=False, end="")
