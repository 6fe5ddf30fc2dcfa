"""`headwater run`: training runs and the models they made."""

from __future__ import annotations

from typing import Annotated

import typer

from headwater.cli.session import Json, acting, done, reading, show
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
        show(queries.runs(ctx), ("id", "name", "seed", "release_id", "model_id", "registered_at"), as_json)


@cli.command("show")
def show_run(run: Annotated[str, typer.Argument(help="Id of a run or of its model.")], as_json: Json = False) -> None:
    """Show a training run."""
    with reading() as ctx:
        row = queries.run(ctx, run)
    columns = ("id", "model_id", "release_id", "name", "seed", "params", "metrics", "model_digest", "registered_at")
    show(row, columns, as_json)
