"""Relations that parts keep in their own tables, for walking the provenance graph from a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.release.queries import Relations as ReleaseRelations
from headwater.sourcing.queries import Relations as RecordRelations

if TYPE_CHECKING:
    from headwater.lineage.ports import Relations

RELATIONS: tuple[Relations, ...] = (RecordRelations(), ReleaseRelations())
