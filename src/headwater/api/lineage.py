"""Provenance: trace up, impact down."""

from __future__ import annotations

from fastapi import APIRouter

from headwater.api.session import Caller
from headwater.app.relations import RELATIONS
from headwater.lineage import queries
from headwater.lineage.model import Graph

router = APIRouter(prefix="/programs/{program}/lineage", tags=["lineage"])


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
