"""`headwater board`: what managers look at."""

from __future__ import annotations

from typing import Annotated

import typer

from headwater.annotation import boards, forecasts, tracking, waiting, wording
from headwater.annotation.tracking_model import Progress
from headwater.annotation.waiting import Filter, Sort
from headwater.cli.session import Json, reading, show
from headwater.governance import queries as governance

cli = typer.Typer(
    help="Boards of those who run the work: forecast, cohorts, tasks, review queue.", no_args_is_help=True
)
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


@cli.command("reviews")
def reviews(
    sort: Annotated[Sort, typer.Option(help="What waits.")] = Sort.REVIEW,
    campaign: Annotated[str, typer.Option(help="Only of this campaign.")] = "",
    team: Annotated[str, typer.Option(help="Only answers of this team.")] = "",
    days: Annotated[float, typer.Option(min=0, help="Only what waits at least so many days.")] = 0.0,
    after: Annotated[str, typer.Option(help="The cursor of the last row shown before.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="Most rows.")] = 50,
    as_json: Json = False,
) -> None:
    """List what waits for reviewers and experts in the order in which it is given out."""
    wanted = Filter(sort=sort, campaign=campaign, team=team, days=days)
    with reading() as ctx:
        rows = waiting.cases(ctx, wanted, after=after, limit=limit)
    show(rows, ("campaign", "record_id", "cohort", "since", "cursor"), as_json, empty="Nothing waits.")


@cli.command("waiting")
def counts(as_json: Json = False) -> None:
    """List how much waits, by campaign and group, the longest waiting first."""
    with reading() as ctx:
        rows = waiting.counts(ctx)
    show(rows, ("sort", "campaign", "cohort", "count", "oldest"), as_json, empty="Nothing waits.")


@cli.command("tasks")
def tasks(
    name: Name,
    progress: Annotated[Progress | None, typer.Option(help="Only tasks that are so far.")] = None,
    batch: Annotated[str, typer.Option(help="Only tasks of this batch.")] = "",
    after: Annotated[str, typer.Option(help="Task of the last row shown before.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="Most rows.")] = 50,
    as_json: Json = False,
) -> None:
    """List a campaign's tasks, oldest first, with how far each is."""
    with reading() as ctx:
        rows = tracking.lines(ctx, name, progress=progress, batch=batch, after=after, limit=limit)
    columns = {
        "id": lambda row: row.id,
        "record_id": lambda row: row.record_id,
        "batch": lambda row: row.batch,
        "answers": lambda row: row.answers,
        "state": lambda row: row.progress.value,
        "stands as": lambda row: row.kind,
    }
    show(rows, columns, as_json)


@cli.command("task")
def task(name: Name, task: Annotated[str, typer.Argument(help="Id of the task.")], as_json: Json = False) -> None:
    """Tell who answered a task, what, under which guideline, and what became of it."""
    with reading() as ctx:
        found = tracking.story(ctx, name, task)
        names = governance.names(ctx)
    if as_json:
        show(found, (), as_json)
        return
    columns = {
        "annotator": lambda row: names.get(row.answer.annotator, row.answer.annotator),
        "answer": lambda row: "; ".join(wording.summary(value) for value in row.answer.values.values()),
        "guideline": lambda row: row.guideline,
        "given": lambda row: row.answer.submitted_at,
        "in force": lambda row: row.answer.superseded_at is None,
        "reviewed": lambda row: ", ".join(each.verdict.value for each in row.reviews),
    }
    show(found.given, columns, as_json)
