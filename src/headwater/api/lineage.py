"""Provenance: trace up, impact down."""

from __future__ import annotations

from fastapi import APIRouter, Response

from headwater.api.session import Caller
from headwater.app.relations import RELATIONS
from headwater.lineage import export, queries
from headwater.lineage.export import Format
from headwater.lineage.model import Graph

router = APIRouter(prefix="/programs/{program}/lineage", tags=["lineage"])


@router.get("/export", response_class=Response)
def export_graph(program: str, caller: Caller, format: Format = Format.PROV) -> Response:  # noqa: A002 -- its name outside
    """Return all of it as a W3C PROV-JSON document, or as OpenLineage events, one to a line."""
    with caller.reading() as ctx:
        graph = queries.whole(ctx)
    return Response(b"".join(export.lines(graph, format, program=program)), media_type=export.MEDIA_TYPES[format])


@router.get("/{identifier}/trace")
def trace(identifier: str, caller: Caller) -> Graph:
    """Return everything a thing came from."""
    with caller.reading() as ctx:
        return queries.trace(ctx, identifier, RELATIONS)


@router.get("/{identifier}/impact")
def impact(identifier: str, caller: Caller) -> Graph:
    """Return everything that came of a thing."""
    with caller.reading() as ctx:
        return queries.impact(ctx, identifier, RELATIONS)
