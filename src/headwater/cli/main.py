"""`headwater`: the options of the whole, the commands of the parts, and errors turned into exit codes."""

from __future__ import annotations

import functools
import importlib
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from headwater.cli.console import chosen, err
from headwater.core import errors

COMMANDS = {
    "init": "workspace:init",
    "serve": "workspace:serve",
    "demo": "demo:demo",
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
    "enquiry": "enquiry:cli",
    "annotator": "workforce:cli",
    "campaign": "campaign:cli",
    "assignment": "assignment:cli",
    "board": "board:cli",
    "comment": "comment:cli",
    "deadline": "deadline:cli",
    "feedback": "feedback:cli",
    "prelabel": "prelabel:cli",
    "automation": "automation:cli",
    "vendor": "vendor:cli",
    "quality": "quality:cli",
    "alarm": "monitoring:alarm",
    "gold": "monitoring:gold",
    "agreement": "agreement:cli",
    "release": "release:cli",
    "run": "training:cli",
    "evaluation": "evaluation:evaluation",
    "finding": "evaluation:finding",
    "diagnosis": "remediation:diagnosis",
    "brief": "remediation:brief",
    "job": "job:cli",
}
"""Commands and groups and where each is: `module:attribute` under `headwater.cli`."""

OUTLINE = {
    "init": "Make a workspace: settings, keys, a migrated database, an administrator.",
    "serve": "Serve the pages and the API of the workspace.",
    "demo": "Run the whole loop once on a real corpus; interrupted, it goes on where it was.",
    "program": "AI programs and their charters.",
    "charter": "The charter: purpose, targets, standards, critical slices.",
    "raci": "Decision rights: the RACI chart.",
    "decision": "Proposals and decisions.",
    "inbox": "What happened and what waits for you.",
    "waiver": "Gates opened by the Accountable.",
    "delegation": "Rights lent to another member between two dates.",
    "person": "People, their roles and how they sign in.",
    "token": "Personal API tokens.",
    "audit": "The ledger: verify, list, export, checkpoint.",
    "lineage": "Provenance: trace up, impact down, export.",
    "source": "Sources: register, propose, approve.",
    "intake": "Intakes: run, list, look at rejects.",
    "record": "Records: list, search, show.",
    "schema": "Label schemas: write, propose, approve, compare.",
    "guideline": "Guidelines: write, propose, approve, compare, search.",
    "enquiry": "Enquiries: questions about guidelines, and replies.",
    "annotator": "Annotators: teams, training, skills, qualifications.",
    "campaign": "Campaigns: plan, fill, open, follow, export.",
    "assignment": "Assignments: hand open tasks to somebody, see what was passed on.",
    "board": "Boards of those who run the work: forecast, cohorts, tasks, review queue.",
    "comment": "Comments on answers: notes of annotators, and what reviewers say.",
    "deadline": "Deadlines of campaigns: what is urgent, what will be missed, more time.",
    "feedback": "Feedback on answers, appeals against it, rulings.",
    "prelabel": "Prelabels: answers proposed by models, and what seeing them does.",
    "automation": "Automation: decide who answers where, certify models, let them answer, audit them.",
    "vendor": "Vendors: onboard, issue packages, take deliveries in, score.",
    "alarm": "Quality alarms: what went wrong, since when, because of what; decide.",
    "gold": "Gold: how much, how it is answered, whether it leaks or is wrong.",
    "quality": "Agreement, gold, labels, acceptance of batches.",
    "agreement": "Agreement of annotators: measure, compare, explore, forecast.",
    "release": "Releases: build, approve, publish, yank, verify, export.",
    "run": "Training runs and the models they made.",
    "evaluation": "Results of models, sample by sample.",
    "finding": "Statistically supported weaknesses.",
    "diagnosis": "The data deficits behind findings.",
    "brief": "Authorised orders to repair data.",
    "job": "Durable jobs: list, follow, cancel, resume.",
}
"""The first line of each command's help, so that `headwater --help` need not load them all."""

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


class _Commands(TyperGroup):
    """Loads a command when it is called, not before: the program starts in a moment."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 -- the framework's, as below
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            self.commands[cmd_name] = _load(cmd_name)
        return super().get_command(ctx, cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        for name, line in OUTLINE.items():
            self.commands.setdefault(name, TyperGroup(name=name, help=line))
        super().format_help(ctx, formatter)


cli = typer.Typer(
    cls=_Commands,
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


@functools.cache  # mounted once: a second time would double every command
def build() -> typer.Typer:
    """Return the command line with the commands of every part mounted at once."""
    for name in COMMANDS:
        found = _find(name)
        if isinstance(found, typer.Typer):
            cli.add_typer(found, name=name)
        else:
            cli.command(name)(found)
    return cli


def _find(name: str) -> Any:  # noqa: ANN401 -- a group or the function of a command
    module, attribute = COMMANDS[name].split(":")
    return getattr(importlib.import_module(f"headwater.cli.{module}"), attribute)


def _load(name: str) -> Any:  # noqa: ANN401 -- the framework's command
    found = _find(name)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(name)(found)
        found = alone
    command = typer.main.get_command(found)
    command.name = name
    return command


def main() -> None:
    """Run the command line; print an error as one line on standard error and exit with its code."""
    try:
        cli()
    except errors.HeadwaterError as error:
        err.print("Error:", style="red", end=" ")
        err.print(str(error))
        raise SystemExit(exit_code(error)) from None


def exit_code(error: errors.HeadwaterError) -> int:
    """Return the exit code of an error: that of its nearest class in `EXIT_CODES`, else 1."""
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), 1)
