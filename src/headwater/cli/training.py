"""`headwater run`: training runs and the models they made."""

from __future__ import annotations

from typing import Annotated

import typer

from headwater.cli import names
from headwater.cli.session import Json, acting, done, reading, show
from headwater.cli.tables import called, columns
from headwater.training import queries, service

cli = typer.Typer(help="Training runs and the models they made.", no_args_is_help=True)


@cli.command("register")
def register(
    release: Annotated[str, typer.Argument(help="Id, version, or dataset@version.")],
    name: Annotated[str, typer.Option(help="Name of the kind of model.")],
    seed: Annotated[int, typer.Option(help="Seed of the training.")] = 0,
    digest: Annotated[str, typer.Option(help="Digest of the model's bytes.")] = "",
) -> None:
    """Register a training run on an approved release."""
    with acting() as ctx:
        row = service.register(ctx, release=release, name=name, seed=seed, model_digest=digest)
    done(f"Registered {row.id}; its model is {row.model_id}.")


@cli.command("list")
def list_runs(as_json: Json = False) -> None:
    """List training runs, newest first."""
    with reading() as ctx:
        rows, known = queries.runs(ctx), names.releases(ctx)
    fields = ("id", "name", "seed", "release", "model_id", "registered_at")
    show(rows, columns(fields, release=called(known, "release_id")), as_json, empty="No run was registered yet.")


@cli.command("show")
def show_run(run: Annotated[str, typer.Argument(help="Id of a run or of its model.")], as_json: Json = False) -> None:
    """Show a training run."""
    with reading() as ctx:
        row, known = queries.run(ctx, run), names.releases(ctx)
    fields = ("id", "model_id", "release", "name", "seed", "params", "metrics", "model_digest", "registered_at")
    show(row, columns(fields, release=called(known, "release_id")), as_json)
