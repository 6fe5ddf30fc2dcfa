"""`headwater audit`: the ledger, verified, listed, exported."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headwater.cli.session import Json, reading, show, to_dict
from headwater.cli.tables import called, columns
from headwater.governance import chain, ledger, queries
from headwater.governance.model import BrokenEntryError

if TYPE_CHECKING:
    from headwater.governance.chain import Audit, Checkpoint

cli = typer.Typer(help="The ledger: verify, list, export, checkpoint.", no_args_is_help=True)


@cli.command("verify")
def verify(
    file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="An exported chain instead of the workspace's.")
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="A checkpoint kept elsewhere, as JSON; may be repeated."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Walk every chain again; names the first entry that does not hold and exits with 7."""
    kept = [chain.kept_checkpoint(path.read_text(encoding="utf-8")) for path in against or ()]
    slugs: dict[str, str] = {}
    if file is None:
        with reading(in_program=False) as ctx:
            audits = ledger.verify_all(ctx, against=kept)
            slugs = {each.id: f"program {each.slug}" for each in queries.programs(ctx)}
    else:
        audits = [_verify_file(file, kept)]
    rows = [to_dict(audit) | {"verified": audit.verified} for audit in audits]  # type: ignore[operator]
    show(rows, columns(("scope", "entries", "verified", "problem"), scope=called(slugs, "scope")), as_json)
    if not all(audit.verified for audit in audits):
        raise typer.Exit(7)


def _verify_file(file: Path, against: list[Checkpoint]) -> Audit:
    scope = ""
    with file.open("rb") as lines, suppress(BrokenEntryError):  # a broken first line is named below
        scope = next((entry.scope for entry in chain.read(lines)), "")
    with file.open("rb") as lines:
        audit = chain.follow(scope, chain.read(lines))
    if not audit.verified or not against:
        return audit
    with file.open("rb") as lines:
        hashes = [entry.hash for entry in chain.read(lines)]
    problems = [chain.contradiction(kept, hashes, kept.public_key) for kept in against if kept.scope == scope]
    problem = next(filter(None, problems), "")
    return replace(audit, broken=len(hashes), problem=problem) if problem else audit


@cli.command("list")
def list_entries(
    words: Annotated[str, typer.Option(help="Only entries whose event or subject holds this.")] = "",
    before: Annotated[int, typer.Option(help="Only entries before this place.")] = 0,
    limit: Annotated[int, typer.Option(help="Most entries to list.")] = 50,
    as_json: Json = False,
) -> None:
    """List entries of the program's chain, newest first."""
    with reading() as ctx:
        rows, people = queries.entries(ctx, before=before, words=words, limit=limit), queries.names(ctx)
    show(rows, columns(("seq", "at", "actor", "event", "subject"), actor=called(people, "actor")), as_json)


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
