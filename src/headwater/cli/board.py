"""`headwater board`: what managers look at."""

from __future__ import annotations

from typing import Annotated

import typer

from headwater.annotation import boards, forecasts
from headwater.cli.session import Json, reading, show

cli = typer.Typer(help="Boards of those who run the work: forecast, cohorts.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name or id of the campaign.")]


@cli.command("forecast")
def forecast(name: Name, as_json: Json = False) -> None:
    """Tell when a campaign will be done and whether by its deadline."""
    with reading() as ctx:
        found = forecasts.forecast(ctx, name)
    known = ("outlook", "left", "per_day", "finish", "earliest", "latest", "deadline", "in_time", "method")
    show(found, ("outlook", "why", "left", "per_day") if found.why else known, as_json)


@cli.command("cohorts")
def cohorts(name: Name, as_json: Json = False) -> None:
    """List what each cohort did, how far it is trusted and how much of its work is reviewed."""
    with reading() as ctx:
        rows = boards.cohorts(ctx, name)
    columns = {
        "team": lambda row: row.cohort.name,
        "guideline": lambda row: row.guideline,
        "batch": lambda row: row.batch,
        "people": lambda row: row.annotators,
        "answers": lambda row: row.answers,
        "right on gold": lambda row: row.accuracy,
        "error": lambda row: row.trust.error,
        "reviewed": lambda row: f"{row.trust.rate:.1%}",
        "rule": lambda row: row.trust.rule,
    }
    show(rows, columns, as_json)
