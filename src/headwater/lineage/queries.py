"""Reads of lineage: trace up, impact down, the whole graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.core.errors import NotFoundError
from headwater.core.ids import prefix_of
from headwater.lineage import store
from headwater.lineage.model import Edge, Graph, Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.context import Context
    from headwater.lineage.ports import Relations


def trace(ctx: Context, identifier: str, relations: Sequence[Relations] = ()) -> Graph:
    """Return everything a thing came from."""
    return _walk(ctx, identifier, relations, up=True)


def impact(ctx: Context, identifier: str, relations: Sequence[Relations] = ()) -> Graph:
    """Return everything that came of a thing."""
    return _walk(ctx, identifier, relations, up=False)


def graph(ctx: Context, *, limit: int = 300) -> Graph:
    """Return the newest part of the program's graph."""
    nodes, edges = store.everything(ctx.db, ctx.program, limit=limit)
    return Graph(root="", nodes=tuple(nodes), edges=tuple(edges), depth=dict.fromkeys((n.id for n in nodes), 0))


def whole(ctx: Context) -> Graph:
    """Return the program's graph from its beginning."""
    nodes, edges = store.whole(ctx.db, ctx.program)
    return Graph(root="", nodes=tuple(nodes), edges=tuple(edges), depth={})


def node(ctx: Context, identifier: str) -> Node | None:
    """Return one node of the program, or None."""
    return store.get(ctx.db, ctx.program, identifier)


def _walk(ctx: Context, identifier: str, relations: Sequence[Relations], *, up: bool) -> Graph:
    if store.get(ctx.db, ctx.program, identifier) is not None:
        nodes, edges, depth = store.walk(ctx.db, ctx.program, identifier, up=up)
        return Graph(root=identifier, nodes=tuple(nodes), edges=tuple(edges), depth=depth)
    near = [
        other for relation in relations for other in (relation.parents if up else relation.children)(ctx, identifier)
    ]
    if not near:
        raise NotFoundError(f"Nothing is known of '{identifier}' in this program.", remedy="Check the id.")
    root = Node(id=identifier, kind=_KINDS.get(prefix_of(identifier), prefix_of(identifier)), label=identifier)
    found: dict[str, Node] = {identifier: root}
    edges_: dict[tuple[str, str], Edge] = {}
    depth_ = {identifier: 0}
    for other in dict.fromkeys(near):
        ends = (other, identifier) if up else (identifier, other)
        edges_[ends] = Edge(source=ends[0], target=ends[1], activity="member", agent="", at=ctx.clock.now())
        nodes, edges, depth = store.walk(ctx.db, ctx.program, other, up=up)
        found |= {item.id: item for item in nodes}
        edges_ |= {(edge.source, edge.target): edge for edge in edges}
        depth_ |= {key: value + 1 for key, value in depth.items() if key not in depth_}
    return Graph(root=identifier, nodes=tuple(found.values()), edges=tuple(edges_.values()), depth=depth_)


_KINDS = {"rec": "record", "tsk": "task", "ans": "answer"}
