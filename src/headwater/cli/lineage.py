"""`headwater lineage`: where things came from and what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from headwater.app.relations import RELATIONS
from headwater.cli.session import Json, reading, show
from headwater.lineage import queries

if TYPE_CHECKING:
    from headwater.lineage.model import Graph

cli = typer.Typer(help="Provenance: trace up, impact down.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(help="Id of a record, batch, release, model, evaluation, finding, brief…")]


@cli.command("trace")
def trace(identifier: Id, as_json: Json = False) -> None:
    """Show everything a thing came from, nearest first."""
    with reading() as ctx:
        _show(queries.trace(ctx, identifier, RELATIONS), as_json)


@cli.command("impact")
def impact(identifier: Id, as_json: Json = False) -> None:
    """Show everything that came of a thing, nearest first."""
    with reading() as ctx:
        _show(queries.impact(ctx, identifier, RELATIONS), as_json)


def _show(graph: Graph, as_json: bool) -> None:
    if as_json:
        show(graph, (), as_json)
        return
    nodes = sorted(graph.nodes, key=lambda node: (graph.depth.get(node.id, 0), node.kind, node.id))
    show(
        nodes,
        {
            "steps": lambda node: graph.depth.get(node.id, 0),
            "kind": lambda node: node.kind,
            "label": lambda node: node.label,
            "id": lambda node: node.id,
        },
    )
