"""`headwater audit`: the ledger, verified, listed, exported."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from headwater.cli.session import Json, reading, show
from headwater.governance import ledger, queries

cli = typer.Typer(help="The ledger: verify, list, export, checkpoint.", no_args_is_help=True)


@cli.command("verify")
def verify(as_json: Json = False) -> None:
    """Walk every chain again; names the first entry that does not hold and exits with 7."""
    with reading(in_program=False) as ctx:
        audits = ledger.verify_all(ctx)
    show(audits, ("scope", "entries", "verified", "problem"), as_json)
    if not all(audit.verified for audit in audits):
        raise typer.Exit(7)


@cli.command("list")
def list_entries(
    words: Annotated[str, typer.Option(help="Only entries whose event or subject holds this.")] = "",
    before: Annotated[int, typer.Option(help="Only entries before this place.")] = 0,
    limit: Annotated[int, typer.Option(help="Most entries to list.")] = 50,
    as_json: Json = False,
) -> None:
    """List entries of the program's chain, newest first."""
    with reading() as ctx:
        show(
            queries.entries(ctx, before=before, words=words, limit=limit),
            ("seq", "at", "actor", "event", "subject"),
            as_json,
        )


@cli.command("checkpoint")
def checkpoint(as_json: Json = False) -> None:
    """Print a signed checkpoint of the program's chain, to be kept in a second place."""
    with reading() as ctx:
        show(ledger.checkpoint(ctx), ("scope", "size", "root", "head", "at", "public_key", "signature"), as_json)


@cli.command("export")
def export() -> None:
    """Write the program's chain to standard output as JSON lines."""
    with reading() as ctx:
        for line in ledger.export(ctx):
            sys.stdout.buffer.write(line)
