"""`headwater intake`: turning raw items into records."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from headwater.annotation import batches, filling, shortages
from headwater.cli.session import Detach, Json, acting, done, err, lines, reading, run_job, show, to_dict
from headwater.cli.shortages import warn
from headwater.core.canonical import plain
from headwater.sourcing import intakes, queries
from headwater.sourcing import reading as files

cli = typer.Typer(help="Intakes: run, list, look at rejects.", no_args_is_help=True)


@cli.command("run")
def run(
    file: Annotated[Path, typer.Argument(help="JSONL, CSV or text file; a folder or ZIP archive of pictures.")],
    source: Annotated[str, typer.Option(help="Name of an approved source.")],
    language: Annotated[list[str] | None, typer.Option(help="Languages to keep (ISO 639-1); all by default.")] = None,
    personal_data: Annotated[str, typer.Option(help="`mask`, `reject` or `keep`.")] = "mask",
    near_duplicate: Annotated[
        float, typer.Option(help="Least similarity of a near duplicate; 2 switches it off.")
    ] = 0.75,
    campaign: Annotated[str, typer.Option(help="A campaign that is to ask about what the file holds.")] = "",
    batch: Annotated[str, typer.Option(help="Name of its new batch; the file's by default.")] = "",
    priority: Annotated[int, typer.Option(help="The batch's; lower is given out first.")] = 5,
    skill: Annotated[str, typer.Option(help="Skill annotators need for the batch.")] = "",
    detach: Detach = False,
) -> None:
    """Take a file in as a durable job with progress; killed at any moment, it goes on where it was.

    With a campaign, what the file holds becomes a batch of its tasks. Of a folder or archive, every picture becomes a
    record, or what the list in it (JSONL or CSV with a field `image`) names.
    """
    files.items(file)
    fills = None
    if campaign:
        with acting() as ctx:
            name = batch or file.name[: batches.LONGEST_NAME]
            fills = asdict(filling.plan(ctx, campaign, name=name, priority=priority, skill=skill))
            lacking = shortages.of_skills(ctx, [skill])
        warn(lacking)
    args = {
        "source": source,
        "path": str(file.resolve()),
        "languages": language or [],
        "personal_data": personal_data,
        "near_duplicate": near_duplicate,
        "fills": fills,
    }
    status = run_job("intake", args, detach=detach)
    if status is None:
        return
    result = status.result or {}
    with reading() as ctx:
        counts = queries.reject_counts(ctx, [result["intake"]])
    done(
        f"Read {result['read']:,}, added {result['added']:,} records, rejected {result['rejected']:,} "
        f"({result['intake']})."
    )
    for reason, count in counts.items():
        done(f"  {reason}: {count:,}")
    if result.get("batch"):
        done(f"Added {result['tasks']:,} tasks to campaign {campaign} as a batch ({result['batch']}).")
    elif fills:
        done(f"Campaign {campaign} asks about all of it already, or was closed: it got no new task.")
    if counts:
        err.print(f"See them with: headwater intake rejects {result['intake']}")


@cli.command("list")
def list_intakes(as_json: Json = False) -> None:
    """List intakes, newest first."""
    with reading() as ctx:
        rows = queries.intakes(ctx)
    fields = ("id", "origin", "state", "read", "added", "rejected", "started_at")
    show(rows, fields, as_json, empty="Nothing was taken in yet.")


@cli.command("show")
def show_intake(intake: Annotated[str, typer.Argument(help="An intake's id.")], as_json: Json = False) -> None:
    """Show an intake: its recipe, its counts, and how many items were rejected for which reason."""
    with reading() as ctx:
        row = queries.intake(ctx, intake)
        counts = queries.reject_counts(ctx, [intake])
    if as_json:
        show({"intake": row, "rejects": counts}, (), as_json)
        return
    facts = {name: getattr(row, name) for name in ("id", "origin", "state", "started_at", "read", "added", "rejected")}
    if counts:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in counts.items())
        facts["rejected"] = f"{row.rejected:,}: {reasons}"
    facts |= intakes.recipe_of(row).told()
    show(facts, tuple(facts))


@cli.command("rejects")
def rejects(
    intake: Annotated[str, typer.Argument(help="An intake's id.")],
    reason: Annotated[str, typer.Option(help="Only this reason.")] = "",
    after: Annotated[int, typer.Option(help="Only items after this place.")] = 0,
    limit: Annotated[int, typer.Option(help="Most rejects to list.")] = 100,
    export: Annotated[bool, typer.Option(help="Write all of them as JSON lines.")] = False,
    as_json: Json = False,
) -> None:
    """List the items that did not become records, with their reasons."""
    with reading() as ctx:
        rows = queries.rejects(ctx, intake, reason=reason, after=after, limit=10_000_000 if export else limit)
    if export:
        lines(json.dumps(plain(to_dict(row)), ensure_ascii=False) for row in rows)
        return
    show(rows, ("place", "reason", "evidence", "excerpt"), as_json, empty="No item was rejected.")
