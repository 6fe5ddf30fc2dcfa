"""`headwater record`: looking at records."""

from __future__ import annotations

from typing import Annotated

import typer

from headwater.cli.session import Json, err, reading, show
from headwater.cli.tables import called, columns
from headwater.sourcing import queries

cli = typer.Typer(help="Records: list, search, show.", no_args_is_help=True)


@cli.command("list")
def list_records(
    where: Annotated[str, typer.Option(help="A slice, such as \"language = 'en' and length = '1-5'\".")] = "",
    words: Annotated[str, typer.Option(help="Text that must occur.")] = "",
    before: Annotated[int | None, typer.Option(help="Only older records: the `next` of the page before.")] = None,
    limit: Annotated[int, typer.Option(help="Most records to list.")] = 20,
    as_json: Json = False,
) -> None:
    """List records, newest first."""
    with reading() as ctx:
        page = queries.records(ctx, where=where, words=words, before=before, limit=limit)
    fields = ("seq", "id", "language", "text", "attributes")
    show(page.records, fields, as_json, empty="No record is like that.")
    if page.next is not None and not as_json:
        err.print(f"More: --before {page.next}")


@cli.command("show")
def show_record(record: Annotated[str, typer.Argument(help="A record's id.")], as_json: Json = False) -> None:
    """Show a record with its payload and provenance."""
    with reading() as ctx:
        found = queries.record(ctx, record)
        sources = {row.id: row.name for row in queries.sources(ctx)}
    fields = ("id", "kind", "text", "payload", "attributes", "language", "source", "intake_id", "digest")
    show(found, columns(fields, source=called(sources, "source_id")), as_json)
