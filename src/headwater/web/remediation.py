"""Briefs: authorised orders to repair data."""

from __future__ import annotations

from fastapi import APIRouter, Response

from headwater.governance import queries as governance
from headwater.remediation import queries
from headwater.web.session import Visitor, page
from headwater.workforce import queries as workforce

router = APIRouter(prefix="/p/{program}")


@router.get("/briefs")
def briefs(visitor: Visitor) -> Response:
    """Show briefs with their acceptance tests and measured effects."""
    with visitor.reading() as ctx:
        return page(
            visitor,
            ctx,
            "remediation/briefs.html",
            active="briefs",
            briefs=queries.briefs(ctx),
            causes={item.id: item for item in queries.diagnoses(ctx)},
            teams={cohort.id: cohort.team for cohort in workforce.cohorts(ctx)},
            proposals={item.subject: item for item in governance.proposals(ctx)},
        )
