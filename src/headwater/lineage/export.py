"""The provenance graph in the languages of others: W3C PROV-JSON and OpenLineage run events.

One activity is what one person did at one moment under one name; it used everything upstream of the edges recorded
then, and generated everything downstream. People stay pseudonymous. Nothing is lost but the labels of activities,
which neither language needs.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from headwater.core.canonical import canonical_json, digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from headwater.lineage.model import Edge, Graph, Node

PRODUCER = "urn:headwater"
_RUN_EVENT = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
_VERSION = "https://openlineage.io/spec/facets/1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet"
_OWN_FACET = "urn:headwater:schema:thing"


class Format(StrEnum):
    """A language lineage is exported in."""

    PROV = "prov"
    """One W3C PROV-JSON document."""
    OPENLINEAGE = "openlineage"
    """OpenLineage run events, oldest first."""


MEDIA_TYPES = {Format.PROV: "application/json", Format.OPENLINEAGE: "application/jsonl"}


class _Activity(NamedTuple):
    name: str
    agent: str
    at: datetime
    edges: list[Edge]

    @property
    def id(self) -> str:
        """The same at every export, so that a receiver recognises what it has."""
        return f"act_{digest([self.name, self.agent, self.at.isoformat()]).removeprefix('sha256:')[:32]}"


def lines(graph: Graph, wanted: Format, *, program: str) -> Iterator[bytes]:
    """Yield the lines of an export: one PROV-JSON document, or one event to a line."""
    found = [prov(graph)] if wanted is Format.PROV else openlineage(graph, namespace=f"headwater/{program}")
    for each in found:
        yield canonical_json(each) + b"\n"


def prov(graph: Graph) -> dict[str, Any]:
    """Return a PROV-JSON document (W3C Member Submission of 24 April 2013) of a graph."""
    entities = {
        f"hw:{node.id}": {
            "prov:label": node.label,
            "prov:type": {"$": f"hw:{node.kind}", "type": "prov:QUALIFIED_NAME"},
        }
        | ({"hw:digest": node.digest} if node.digest else {})
        for node in graph.nodes
    }
    relations: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    agents: dict[str, dict[str, object]] = {}
    activities: dict[str, dict[str, str]] = {}

    def relate(kind: str, **ends: str) -> None:
        relations[kind][f"_:{kind}{len(relations[kind])}"] = {f"prov:{name}": f"hw:{end}" for name, end in ends.items()}

    for activity in _activities(graph):
        activities[f"hw:{activity.id}"] = {"prov:label": activity.name, "prov:endTime": activity.at.isoformat()}
        for source in _unique(edge.source for edge in activity.edges):
            relate("used", activity=activity.id, entity=source)
        for target in _unique(edge.target for edge in activity.edges):
            relate("wasGeneratedBy", entity=target, activity=activity.id)
        for edge in activity.edges:
            relate("wasDerivedFrom", generatedEntity=edge.target, usedEntity=edge.source, activity=activity.id)
        if activity.agent:
            person = "prov:SoftwareAgent" if activity.agent == "system" else "prov:Person"
            agents[f"hw:{activity.agent}"] = {"prov:type": {"$": person, "type": "prov:QUALIFIED_NAME"}}
            relate("wasAssociatedWith", activity=activity.id, agent=activity.agent)
    found = {"prefix": {"hw": f"{PRODUCER}:"}, "entity": entities, "activity": activities, "agent": agents}
    return found | dict(relations)


def openlineage(graph: Graph, *, namespace: str) -> list[dict[str, Any]]:
    """Return one completed run event (OpenLineage 2-0-2) for each activity of a graph, oldest first.

    Args:
        graph: The graph.
        namespace: Of its jobs and datasets, such as `headwater/support`.
    """
    nodes = {node.id: node for node in graph.nodes}

    def datasets(identifiers: list[str]) -> list[dict[str, Any]]:
        return [_dataset(nodes[identifier], namespace) for identifier in identifiers]

    return [
        {
            "eventType": "COMPLETE",
            "eventTime": activity.at.isoformat(),
            "producer": PRODUCER,
            "schemaURL": _RUN_EVENT,
            "run": {"runId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{PRODUCER}:{namespace}:{activity.id}"))},
            "job": {"namespace": namespace, "name": activity.name},
            "inputs": datasets(_unique(edge.source for edge in activity.edges)),
            "outputs": datasets(_unique(edge.target for edge in activity.edges)),
        }
        for activity in _activities(graph)
    ]


def _dataset(node: Node, namespace: str) -> dict[str, Any]:
    own = {"_producer": PRODUCER, "_schemaURL": _OWN_FACET, "kind": node.kind, "label": node.label}
    version = {"_producer": PRODUCER, "_schemaURL": _VERSION, "datasetVersion": node.digest}
    facets = {"headwater_thing": own} | ({"version": version} if node.digest else {})
    return {"namespace": namespace, "name": node.id, "facets": facets}


def _activities(graph: Graph) -> list[_Activity]:
    grouped: dict[tuple[datetime, str, str], list[Edge]] = defaultdict(list)
    known = {node.id for node in graph.nodes}
    for edge in graph.edges:
        if {edge.source, edge.target} <= known:
            grouped[edge.at, edge.activity, edge.agent].append(edge)
    return [
        _Activity(name, agent, at, sorted(edges, key=lambda edge: (edge.source, edge.target)))
        for (at, name, agent), edges in sorted(grouped.items())
    ]


def _unique(values: Any) -> list[str]:  # noqa: ANN401 -- any iterable of ids
    return list(dict.fromkeys(values))
