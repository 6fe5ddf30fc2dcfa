"""`headwater quality answers`: read the answers of one person, or write them to a file."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer

from headwater.annotation import personal, personal_files
from headwater.annotation.personal_files import Form
from headwater.annotation.personal_model import Only, Order, Wanted
from headwater.cli.session import Json, done, reading, show, whoami, workspace
from headwater.governance import queries as governance

EXCERPT = 100
Moment = datetime | None


def answers(
    campaign: Annotated[str, typer.Argument(help="Name or id of the campaign.")],
    person: Annotated[str, typer.Argument(help="Handle of the person.")],
    question: Annotated[str, typer.Option(help="The question; the schema's first closed one by default.")] = "",
    since: Annotated[Moment, typer.Option(help="From this moment on, UTC.")] = None,
    until: Annotated[Moment, typer.Option(help="Up to this moment, UTC.")] = None,
    value: Annotated[str, typer.Option(help="Only this answer; `cannot_decide` for those.")] = "",
    only: Annotated[Only, typer.Option(help="Which of the answers.")] = Only.ALL,
    order: Annotated[Order, typer.Option(help="In which order.")] = Order.GIVEN,
    seed: Annotated[int, typer.Option(min=0, help="Of the random order.")] = 0,
    beside: Annotated[str, typer.Option(help="Handle of somebody whose answers stand first beside.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="Most answers.")] = 25,
    after: Annotated[str, typer.Option(help="Id of the last answer shown before.")] = "",
    form: Annotated[
        Form | None, typer.Option("--format", help="Print all that is wanted as such a file, under pseudonyms.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read the answers of a person beside their records, what others said, and gold."""
    with reading() as ctx:
        who = governance.person_by_handle(ctx, person).id
        other = governance.person_by_handle(ctx, beside).id if beside else ""
        names = governance.names(ctx)
    wanted = Wanted(
        question=question,
        since=since.replace(tzinfo=UTC) if since else None,
        until=until.replace(tzinfo=UTC) if until else None,
        value=value,
        only=only,
        order=order,
        seed=seed,
        beside=other,
    )
    if form:
        with workspace() as app:
            opened = partial(app.read_as, *whoami(app))
            for block in personal_files.write(opened, campaign, who, wanted, form):
                sys.stdout.buffer.write(block)
        return
    with reading() as ctx:
        found = personal.read(ctx, campaign, who, wanted, after=after, limit=limit)
    if as_json:
        show(found, (), as_json)
        return
    columns = {
        "given": lambda row: row.given_at,
        "seconds": lambda row: f"{row.seconds:.1f}",
        "text": lambda row: "erased" if row.is_erased else row.text[:EXCERPT],
        "answer": lambda row: row.said,
        "others": lambda row: [f"{names.get(each.person, each.person)}: {each.said}" for each in row.others],
        "gold": lambda row: row.known_said or None,
        "as before": lambda row: row.equals_before,
        "guideline": lambda row: row.guideline,
    }
    show(found.rows, columns)
    if order is Order.RANDOM:
        done(f"Drawn at random with seed {seed}.")
    if found.more:
        done(f"{found.looked:,} answers were looked through. Go on with: --after {found.more}")
