"""How labels were resolved: by which method and why, what is doubtful, what every method would find."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from headwater.annotation import queries as annotation
from headwater.annotation.questions import CLOSED
from headwater.governance import queries as governance
from headwater.quality import labels, queries
from headwater.quality.outcomes import resolvable
from headwater.sourcing import queries as sourcing
from headwater.storage.database import Part, next_page
from headwater.web.session import Visitor, page

router = APIRouter(prefix="/p/{program}/quality")
SHOWN = 25


@router.get("/resolutions/{campaign}/{question}")
def one(
    visitor: Visitor,
    campaign: str,
    question: str,
    compare: Annotated[bool, Query()] = False,
    after: str = "",
) -> Response:
    """Show method, reason, warnings, the least sure labels with what else they may be, and who answers how well."""
    with visitor.reading() as ctx:
        found = annotation.campaign(ctx, campaign)
        asked = annotation.schema(ctx, found.schema_id).question(question)
        kept = queries.resolutions(ctx, campaign=found.id, question=question)
        part = Part(after, SHOWN + 1)
        rows, more = next_page(queries.doubtful(ctx, found.id, question=question, part=part), SHOWN)
        closed = asked.kind in CLOSED and not asked.per_turn
        records = {str(record.id): record for record in sourcing.take(ctx, [row.record_id for row in rows])}
        return page(
            visitor,
            ctx,
            "quality/resolution.html",
            active="quality",
            campaign=found,
            question=asked,
            resolvable=resolvable(asked),
            row=kept[0] if kept else None,
            rows=[
                (row, records.get(row.record_id), sorted(row.beliefs.items(), key=lambda each: -each[1]))
                for row in rows
            ],
            comparable=closed,
            candidates=labels.compare(ctx, found.id, question=question) if compare and closed and kept else [],
            habits=queries.habits(ctx, campaign=found.id, question=question),
            handles=governance.names(ctx),
            after=after,
            more=queries.place_of(rows[-1]) if more else "",
        )
