"""The quality front page: agreement, gold, cohorts, acceptance of batches."""

from __future__ import annotations

from fastapi import APIRouter, Response

from headwater.annotation import queries as annotation
from headwater.governance import queries as governance
from headwater.quality import queries
from headwater.web.session import Visitor, page

router = APIRouter(prefix="/p/{program}/quality")


@router.get("")
def front(visitor: Visitor) -> Response:
    """Show what was measured, cohort by cohort, and how batches fared."""
    with visitor.reading() as ctx:
        measures = queries.latest(ctx)
        campaigns = annotation.campaigns(ctx)
        return page(
            visitor,
            ctx,
            "quality/front.html",
            active="quality",
            campaigns={campaign.id: campaign.name for campaign in campaigns},
            overall=[item for item in measures if item.scope == "" or item.scope.startswith("question:")],
            cohorts=[item for item in measures if item.scope.startswith("cohort:")],
            annotators=[item for item in measures if item.scope.startswith("annotator:")],
            batches={item.scope.removeprefix("batch:"): item for item in measures if item.scope.startswith("batch:")},
            names={batch.id: batch.name for campaign in campaigns for batch in annotation.batches(ctx, campaign.id)},
            inspections=queries.inspections(ctx),
            standards=governance.program(ctx).charter.standards,
        )
