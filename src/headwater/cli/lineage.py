"""`headwater lineage`: where things came from and what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from headwater.app.relations import RELATIONS
from headwater.cli.session import Json, lines, reading, show
from headwater.governance import queries as governance
from headwater.lineage import export, queries
from headwater.lineage.export import Format

if TYPE_CHECKING:
    from headwater.lineage.model import Graph

cli = typer.Typer(help="Provenance: trace up, impact down, export.", no_args_is_help=True)
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


@cli.command("export")
def export_graph(
    wanted: Annotated[
        Format, typer.Option("--format", help="`prov` for a W3C PROV-JSON document, `openlineage` for run events.")
    ] = Format.PROV,
) -> None:
    """Write all of the program's provenance to standard output, for other tools to read."""
    with reading() as ctx:
        graph, program = queries.whole(ctx), governance.program(ctx).slug
    lines(line.decode().rstrip() for line in export.lines(graph, wanted, program=program))


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
            "label": lambda node: node.label if node.label != node.id else None,
            "id": lambda node: node.id,
        },
    )
