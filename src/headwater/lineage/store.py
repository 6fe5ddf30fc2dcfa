"""Tables and SQL of lineage."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.lineage.model import Edge, Node
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headwater.storage.database import Connection

lineage_node = sa.Table(
    "lineage_node",
    metadata,
    sa.Column("id", sa.String(80), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("label", sa.String(300), nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Index(None, "program", "kind"),
)

lineage_edge = sa.Table(
    "lineage_edge",
    metadata,
    sa.Column("source", sa.String(80), sa.ForeignKey("lineage_node.id"), primary_key=True),
    sa.Column("target", sa.String(80), sa.ForeignKey("lineage_node.id"), primary_key=True),
    sa.Column("activity", sa.String(40), primary_key=True),
    sa.Column("agent", sa.String(40), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index(None, "target"),
)


def add_nodes(db: Connection, program: str, nodes: Sequence[Node], at: object) -> None:
    """Store nodes that are not there yet; a placeholder made by an edge gets its real name."""
    known = {
        row.id: row.label
        for row in db.execute(
            sa.select(lineage_node.c.id, lineage_node.c.label).where(lineage_node.c.id.in_([node.id for node in nodes]))
        )
    }
    for node in nodes:
        if node.id not in known:
            known[node.id] = node.label
            db.execute(lineage_node.insert().values(**asdict(node), program=program, created_at=at))
        elif known[node.id] == node.id != node.label:
            values = {"label": node.label, "digest": node.digest, "kind": node.kind}
            db.execute(lineage_node.update().where(lineage_node.c.id == node.id).values(values))


def add_edges(db: Connection, edges: Iterable[Edge]) -> None:
    """Store edges that are not there yet."""
    for edge in edges:
        key = [lineage_edge.c[name] == getattr(edge, name) for name in ("source", "target", "activity")]
        if db.execute(sa.select(lineage_edge.c.source).where(*key)).first() is None:
            db.execute(lineage_edge.insert().values(asdict(edge)))


def walk(db: Connection, program: str, start: str, *, up: bool) -> tuple[list[Node], list[Edge], dict[str, int]]:
    """Return what can be reached from a node against the stream (up) or with it."""
    near, far = (lineage_edge.c.target, lineage_edge.c.source) if up else (lineage_edge.c.source, lineage_edge.c.target)
    reached = sa.select(sa.literal(start).label("id"), sa.literal(0).label("depth")).cte("reached", recursive=True)
    reached = reached.union(
        sa.select(far, reached.c.depth + 1).join(reached, near == reached.c.id).where(reached.c.depth < 64)  # noqa: PLR2004
    )
    rows = db.execute(sa.select(reached.c.id, sa.func.min(reached.c.depth)).group_by(reached.c.id))
    depth = {row[0]: int(row[1]) for row in rows}
    ids = list(depth)
    nodes = [
        Node(id=row.id, kind=row.kind, label=row.label, digest=row.digest)
        for row in db.execute(
            sa.select(lineage_node).where(lineage_node.c.id.in_(ids), lineage_node.c.program == program)
        )
    ]
    edges = [
        Edge(**row)
        for row in db.execute(
            sa.select(lineage_edge).where(lineage_edge.c.source.in_(ids), lineage_edge.c.target.in_(ids))
        ).mappings()
    ]
    return nodes, edges, depth


def get(db: Connection, program: str, identifier: str) -> Node | None:
    """Return a node of a program."""
    query = sa.select(lineage_node).where(lineage_node.c.id == identifier, lineage_node.c.program == program)
    row = db.execute(query).first()
    return Node(id=row.id, kind=row.kind, label=row.label, digest=row.digest) if row else None


def whole(db: Connection, program: str) -> tuple[list[Node], list[Edge]]:
    """Return all nodes of a program, oldest first, and the edges between them."""
    query = sa.select(lineage_node).where(lineage_node.c.program == program)
    rows = db.execute(query.order_by(lineage_node.c.created_at, lineage_node.c.id))
    nodes = [Node(id=row.id, kind=row.kind, label=row.label, digest=row.digest) for row in rows]
    ours = sa.select(lineage_edge).join(lineage_node, lineage_node.c.id == lineage_edge.c.target)
    return nodes, [Edge(**row) for row in db.execute(ours.where(lineage_node.c.program == program)).mappings()]


def everything(db: Connection, program: str, *, limit: int) -> tuple[list[Node], list[Edge]]:
    """Return the newest nodes of a program and the edges between them."""
    query = sa.select(lineage_node).where(lineage_node.c.program == program)
    rows = db.execute(query.order_by(lineage_node.c.created_at.desc()).limit(limit))
    nodes = [Node(id=row.id, kind=row.kind, label=row.label, digest=row.digest) for row in rows]
    ids = [node.id for node in nodes]
    inside = sa.select(lineage_edge).where(lineage_edge.c.source.in_(ids), lineage_edge.c.target.in_(ids))
    return nodes, [Edge(**row) for row in db.execute(inside).mappings()]
