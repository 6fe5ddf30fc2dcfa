"""The review queue as a list: what waits, where and for how long."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from headwater.annotation import queries, waiting
from headwater.annotation.model import Tier
from headwater.annotation.waiting import Filter, Sort
from headwater.governance.authority import may
from headwater.governance.model import Decision
from headwater.sourcing import queries as sourcing
from headwater.web.session import Visitor, page
from headwater.workforce import queries as people

router = APIRouter(prefix="/p/{program}")
SHOWN = 50


@router.get("/reviews")
def listing(
    visitor: Visitor,
    sort: Sort = Sort.REVIEW,
    campaign: str = "",
    team: str = "",
    days: Annotated[float, Query(ge=0, le=3650)] = 0.0,
    after: str = "",
) -> Response:
    """Show what waits for reviewers and experts, and what piles up where."""
    with visitor.reading() as ctx:
        wanted = Filter(sort=sort, campaign=campaign, team=team, days=days)
        rows = waiting.cases(ctx, wanted, after=after, limit=SHOWN + 1)
        found = sourcing.present(ctx, [row.record_id for row in rows[:SHOWN]])
        return page(
            visitor,
            ctx,
            "annotation/reviews.html",
            active="campaigns",
            wanted=wanted,
            sorts=list(Sort),
            rows=rows[:SHOWN],
            texts={identifier: record.text[:160] for identifier, record in found.items()},
            next=rows[SHOWN - 1].cursor if len(rows) > SHOWN else "",
            counts=waiting.counts(ctx),
            campaigns=queries.campaigns(ctx),
            teams=sorted({row.team for row in people.cohorts(ctx)}),
            tiers={
                Sort.REVIEW: Tier.REVIEW if may(ctx, Decision.ANNOTATION_REVIEW) else None,
                Sort.DISPUTE: Tier.ADJUDICATE if may(ctx, Decision.ANNOTATION_ADJUDICATE) else None,
                Sort.RETURNED: None,
            },
        )
