"""`headwater assignment`: open tasks handed to somebody, and tasks that were passed on."""

from __future__ import annotations

from typing import Annotated

import typer

from headwater.annotation import assignments, history, queries, tasks, wording
from headwater.annotation.assignment_model import Target
from headwater.cli.session import Json, acting, done, reading, show
from headwater.governance import queries as governance

cli = typer.Typer(help="Assignments: hand open tasks to somebody, see what was passed on.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name or id of the campaign.")]
Limit = Annotated[int, typer.Option(min=1, max=500, help="Most rows.")]


@cli.command("make")
def make(
    name: Name,
    task: Annotated[list[str], typer.Argument(help="Ids of the tasks.")],
    reason: Annotated[str, typer.Option(help="Why; the person reads it.")],
    to: Annotated[str, typer.Option(help="Handle of an annotator.")] = "",
    skill: Annotated[str, typer.Option(help="A skill; without it and --to, everybody.")] = "",
    take_away: Annotated[bool, typer.Option(help="Take the tasks from those who work on them.")] = False,
) -> None:
    """Hand open tasks to one annotator, to those who have a skill, or back to everybody."""
    with acting() as ctx:
        person = governance.person_by_handle(ctx, to).id if to else ""
        target = Target(person=person, skill=skill)
        made = assignments.assign(ctx, name, task, target, reason=reason, take_away=take_away)
    whom = to or (f"those with the skill {skill}" if skill else "everybody")
    also = f"; {made.taken_away:,} were taken from others" if made.taken_away else ""
    done(f"{made.tasks:,} tasks stand before {whom}{also}.")


@cli.command("list")
def waiting(
    name: Name,
    handed: Annotated[bool, typer.Option(help="Only those that were handed to somebody.")] = False,
    after: Annotated[str, typer.Option(help="Task of the last row shown before.")] = "",
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List open tasks that may be handed over, oldest first."""
    with reading() as ctx:
        rows = assignments.open_tasks(ctx, name, handed=handed, after=after, limit=limit)
        names = governance.names(ctx)
    columns = {
        "id": lambda row: row.id,
        "record_id": lambda row: row.record_id,
        "open": lambda row: row.need,
        "answers": lambda row: f"{row.answers} of {row.wanted}",
        "before": lambda row: names.get(row.annotator, row.annotator) or row.skill or "everybody",
    }
    show(rows, columns, as_json)


@cli.command("return")
def give_back(name: Name) -> None:
    """Give back every task you hold in a campaign; others get them first."""
    with acting() as ctx:
        count = tasks.give_back_all(ctx, queries.campaign(ctx, name).id)
    done(f"{count:,} tasks go behind the other work of {name}.")


@cli.command("skips")
def skips(
    name: Name,
    reasons: Annotated[bool, typer.Option(help="Count the reasons instead.")] = False,
    before: Annotated[str, typer.Option(help="Id of the last row shown before.")] = "",
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List tasks that annotators passed on, with their reasons, newest first."""
    with reading() as ctx:
        if reasons:
            show(assignments.skip_reasons(ctx, name), ("reason", "tasks", "people"), as_json)
            return
        rows = assignments.skips(ctx, name, before=before, limit=limit)
        names = governance.names(ctx)
    columns = {
        "task_id": lambda row: row.task_id,
        "record_id": lambda row: row.record_id,
        "annotator": lambda row: names.get(row.annotator, row.annotator),
        "reason": lambda row: row.reason,
        "given_at": lambda row: row.given_at,
        "id": lambda row: row.id,
    }
    show(rows, columns, as_json)


@cli.command("answered")
def answered(
    name: Name,
    before: Annotated[str, typer.Option(help="Id of the last row shown before.")] = "",
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List what you answered in a campaign, newest first."""
    with reading() as ctx:
        rows = history.mine(ctx, name, before=before, limit=limit)
    columns = {
        "id": lambda row: row.id,
        "given": lambda row: row.given_at,
        "record": lambda row: row.excerpt,
        "answer": lambda row: "; ".join(wording.summary(value) for value in row.values.values()),
        "in force": lambda row: row.is_in_force,
    }
    show(rows, columns, as_json)
