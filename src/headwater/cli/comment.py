"""`headwater comment`: what is said about answers."""

from __future__ import annotations

from typing import Annotated

import typer

from headwater.annotation import comments
from headwater.cli.session import Json, acting, done, reading, show

cli = typer.Typer(help="Comments on answers: notes of annotators, and what reviewers say.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name or id of the campaign.")]


@cli.command("list")
def listing(
    name: Name,
    before: Annotated[str, typer.Option(help="Last comment of the last thread shown before.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="Most threads.")] = 50,
    as_json: Json = False,
) -> None:
    """List what is said about answers, the newest first; about your own unless you review or accept the work."""
    with reading() as ctx:
        rows = comments.threads(ctx, name, before=before, limit=limit)
    columns = {
        "answer": lambda row: row.answer_id,
        "record": lambda row: row.record_id,
        "said": lambda row: "\n".join(f"{each.speaker}: {each.text}" for each in row.comments),
        "last": lambda row: row.comments[-1].written_at,
    }
    show(rows, columns, as_json)


@cli.command("write")
def write(
    name: Name,
    answer: Annotated[str, typer.Argument(help="Id of the answer.")],
    text: Annotated[str, typer.Argument(help="What you say about it.")],
) -> None:
    """Comment on an answer, your own or as a reviewer anybody's; the other side gets a notice."""
    with acting() as ctx:
        comments.write(ctx, name, answer, text=text)
    done("Said; the other side gets a notice.")
