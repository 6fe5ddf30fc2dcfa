"""`headwater deadline`: how campaigns stand against theirs, and more time for one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from headwater.annotation import agenda as agendas
from headwater.annotation import deadlines
from headwater.annotation.deadline_model import Due, written
from headwater.annotation.plan import PlanError
from headwater.cli.session import Json, acting, done, reading, show
from headwater.governance import queries as governance

cli = typer.Typer(help="Deadlines of campaigns: what is urgent, what will be missed, more time.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name or id of the campaign.")]


@cli.command("list")
def list_deadlines(as_json: Json = False) -> None:
    """List how every campaign that runs stands against its deadline, the nearest first."""
    with reading() as ctx:
        rows = deadlines.outlooks(ctx)
    columns = {
        "campaign": lambda row: row.name,
        "deadline": lambda row: _told(row.due),
        "verdict": lambda row: row.verdict.value,
        "done": lambda row: f"{row.done:,} of {row.tasks:,}",
        "met in": lambda row: row.in_time,
        "half done by": lambda row: row.finish,
    }
    show(rows, columns, as_json)


@cli.command("extend")
def extend(
    name: Name,
    until: Annotated[str, typer.Argument(help="The new deadline, such as 2027-01-31T18:00Z.")],
    reason: Annotated[str, typer.Option(help="Why; those who answer in the campaign are told.")],
) -> None:
    """Give a campaign more time."""
    try:
        at = datetime.fromisoformat(until)
    except ValueError as error:
        raise PlanError(f"'{until}' is no deadline.", remedy="Write it such as 2027-01-31T18:00Z.") from error
    with acting() as ctx:
        made = deadlines.extend(ctx, name, until=at, reason=reason)
    done(f"{made.name} has until {written(at)}.")


@cli.command("moves")
def moves(name: Name, as_json: Json = False) -> None:
    """List how a campaign's deadline was moved, by whom and why, newest first."""
    with reading() as ctx:
        rows = deadlines.moves(ctx, name)
        names = governance.names(ctx)
    columns = {
        "when": lambda row: row.at,
        "by": lambda row: names.get(row.by, row.by),
        "from": lambda row: row.before,
        "to": lambda row: row.after,
        "reason": lambda row: row.reason,
    }
    show(rows, columns, as_json)


@cli.command("agenda")
def agenda(as_json: Json = False) -> None:
    """List the open campaigns in the order in which you are to work on them, the most urgent first."""
    with reading() as ctx:
        rows = agendas.agenda(ctx)
    columns = {
        "campaign": lambda row: row.campaign.name,
        "priority": lambda row: (
            row.barred.replace("_", " ") or ("nothing for you" if row.priority is None else row.priority)
        ),
        "deadline": lambda row: _told(row.due),
    }
    show(rows, columns, as_json)


def _told(due: Due | None) -> str:
    return f"{written(due.at)}, {due.words}" if due else "none"
