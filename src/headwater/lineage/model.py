"""Words of lineage, after W3C PROV: entities, activities, and how they relate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A thing with provenance: a source, an intake, a batch, a release, a model, a finding."""

    id: str
    kind: str
    label: str
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One thing came from another."""

    source: str
    """What it came from (upstream)."""
    target: str
    """What came of it (downstream)."""
    activity: str
    """By what, such as `release.build`."""
    agent: str
    """On whose behalf, a pseudonymous id."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Part of the provenance graph around one thing."""

    root: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    depth: dict[str, int]
    """Steps from the root, per node."""

    def of_kind(self, kind: str) -> list[Node]:
        """Return the nodes of a kind, nearest first."""
        found = [node for node in self.nodes if node.kind == kind]
        return sorted(found, key=lambda node: (self.depth[node.id], node.id))
