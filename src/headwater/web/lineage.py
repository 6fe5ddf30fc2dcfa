"""The provenance graph, drawn in layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fastapi import APIRouter, Response

from headwater.app.relations import RELATIONS
from headwater.lineage import export, queries
from headwater.lineage.export import Format
from headwater.web.session import Visitor, page

if TYPE_CHECKING:
    from headwater.lineage.model import Graph, Node

router = APIRouter(prefix="/p/{program}/lineage")
KINDS = (
    "source",
    "intake",
    "record",
    "guideline",
    "cohort",
    "batch",
    "release",
    "run",
    "model",
    "evaluation",
    "finding",
    "diagnosis",
    "brief",
)
WIDTH, HEIGHT, GAP = 118, 34, 12
MOST_IN_COLUMN = 14


class Box(NamedTuple):
    """A node where it is drawn."""

    node: Node
    x: float
    y: float


@router.get("")
def whole(visitor: Visitor) -> Response:
    """Show the newest part of the graph, or what a search leads to."""
    wanted = visitor.request.query_params.get("id", "").strip()
    if wanted:
        return around(visitor, wanted)
    with visitor.reading() as ctx:
        graph = queries.graph(ctx, limit=160)
        return page(visitor, ctx, "lineage/graph.html", active="lineage", root=None, **_drawn(graph))


@router.get("/export/{wanted}")
def download(visitor: Visitor, program: str, wanted: Format) -> Response:
    """Save all of it as PROV-JSON or as OpenLineage events."""
    with visitor.reading() as ctx:
        graph = queries.whole(ctx)
    name = f"{program}-lineage.{'json' if wanted is Format.PROV else 'jsonl'}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    body = b"".join(export.lines(graph, wanted, program=program))
    return Response(body, media_type=export.MEDIA_TYPES[wanted], headers=headers)


@router.get("/{identifier}")
def around(visitor: Visitor, identifier: str) -> Response:
    """Show what a thing came from and what came of it."""
    with visitor.reading() as ctx:
        up = queries.trace(ctx, identifier, RELATIONS)
        down = queries.impact(ctx, identifier, RELATIONS) if queries.node(ctx, identifier) else up
        nodes = {node.id: node for node in (*up.nodes, *down.nodes)}
        edges = {(edge.source, edge.target): edge for edge in (*up.edges, *down.edges)}
        both = type(up)(root=identifier, nodes=tuple(nodes.values()), edges=tuple(edges.values()), depth=up.depth)
        return page(visitor, ctx, "lineage/graph.html", active="lineage", root=identifier, **_drawn(both))


def _drawn(graph: Graph) -> dict[str, Any]:
    columns: dict[str, list[Node]] = {}
    for node in graph.nodes:
        columns.setdefault(node.kind, []).append(node)
    kinds = [kind for kind in (*KINDS, *sorted(columns.keys() - set(KINDS))) if kind in columns]
    boxes: dict[str, Box] = {}
    left_out = 0
    for column, kind in enumerate(kinds):
        rows = sorted(columns[kind], key=lambda node: (node.id != graph.root, node.label))
        left_out += max(0, len(rows) - MOST_IN_COLUMN)
        for row, node in enumerate(rows[:MOST_IN_COLUMN]):
            boxes[node.id] = Box(node, 8 + column * (WIDTH + 34), 26 + row * (HEIGHT + GAP))
    lines = [
        (boxes[edge.source], boxes[edge.target], edge)
        for edge in graph.edges
        if edge.source in boxes and edge.target in boxes
    ]
    height = max((box.y for box in boxes.values()), default=0) + HEIGHT + 12
    return {
        "boxes": list(boxes.values()),
        "lines": lines,
        "kinds": [(kind, 8 + column * (WIDTH + 34)) for column, kind in enumerate(kinds)],
        "size": (max(len(kinds), 1) * (WIDTH + 34) + 8, height),
        "box": (WIDTH, HEIGHT),
        "nodes": sorted(graph.nodes, key=lambda node: (node.kind, node.label)),
        "left_out": left_out,
    }
