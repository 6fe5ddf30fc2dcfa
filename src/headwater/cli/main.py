"""`headwater`: the options of the whole, the commands of the parts, and errors turned into exit codes."""

from __future__ import annotations

import importlib
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from headwater.cli import demo, workspace
from headwater.cli.session import chosen, err
from headwater.core import errors

COMMANDS = {
    "program": "governance:program",
    "charter": "charter:charter",
    "raci": "charter:raci",
    "decision": "governance:decision",
    "inbox": "governance:inbox",
    "waiver": "governance:waiver",
    "delegation": "governance:delegation",
    "person": "accounts:person",
    "token": "accounts:token",
    "audit": "audit:cli",
    "lineage": "lineage:cli",
    "source": "source:cli",
    "intake": "intake:cli",
    "record": "record:cli",
    "schema": "schema:cli",
    "guideline": "guideline:cli",
    "annotator": "workforce:cli",
    "campaign": "campaign:cli",
    "quality": "quality:cli",
    "agreement": "agreement:cli",
    "release": "release:cli",
    "run": "evaluation:run",
    "evaluation": "evaluation:evaluation",
    "finding": "evaluation:finding",
    "brief": "evaluation:brief",
    "job": "job:cli",
}
"""Command groups and where each is: `module:attribute` under `headwater.cli`."""

EXIT_CODES: dict[type[errors.HeadwaterError], int] = {
    errors.InvalidError: 2,
    errors.NotFoundError: 3,
    errors.ConflictError: 4,
    errors.ForbiddenError: 5,
    errors.UnauthenticatedError: 5,
    errors.LimitError: 6,
    errors.VerificationError: 7,
    errors.SettingsError: 8,
    errors.UnavailableError: 9,
}

cli = typer.Typer(
    help="The data side of AI programs as one continuous, accountable loop.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@cli.callback(invoke_without_command=True)
def options(
    directory: Annotated[
        Path, typer.Option("--workspace", envvar="HEADWATER_WORKSPACE", help="The workspace folder.")
    ] = Path(),
    handle: Annotated[
        str, typer.Option("--as", envvar="HEADWATER_AS", help="Who acts; the first administrator by default.")
    ] = "",
    program: Annotated[
        str, typer.Option(envvar="HEADWATER_PROGRAM", help="The program; the only one by default.")
    ] = "",
    show_version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Choose workspace, person and program for the command that follows."""
    if show_version:
        typer.echo(f"headwater {version('headwater')}")
        raise typer.Exit
    chosen.workspace, chosen.handle, chosen.program = directory, handle, program


def build() -> typer.Typer:
    """Return the command line with the commands of every part mounted."""
    for name, place in COMMANDS.items():
        module, attribute = place.split(":")
        cli.add_typer(getattr(importlib.import_module(f"headwater.cli.{module}"), attribute), name=name)
    cli.command("init")(workspace.init)
    cli.command("serve")(workspace.serve)
    cli.command("demo")(demo.demo)
    return cli


def main() -> None:
    """Run the command line; print an error as one line on standard error and exit with its code."""
    try:
        build()()
    except errors.HeadwaterError as error:
        err.print(f"[red]Error:[/red] {error}", markup=True)
        raise SystemExit(exit_code(error)) from None


def exit_code(error: errors.HeadwaterError) -> int:
    """Return the exit code of an error: that of its nearest class in `EXIT_CODES`, else 1."""
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), 1)
