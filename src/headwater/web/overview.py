"""The front page of a program: the loop as a live diagram."""

from __future__ import annotations

from fastapi import APIRouter, Response

from headwater.app import overview, steps
from headwater.governance import queries as governance
from headwater.governance.authority import may
from headwater.governance.model import Decision, ProposalState
from headwater.quality import queries as quality
from headwater.web.session import Visitor, page

router = APIRouter(prefix="/p/{program}")


@router.get("/")
def front(visitor: Visitor) -> Response:
    """Show the loop with the state and the worst gap of every stage, holes of the chart on top."""
    with visitor.reading() as ctx:
        first = steps.first_steps(ctx)
        return page(
            visitor,
            ctx,
            "overview.html",
            active="overview",
            steps=[] if all(step.done for step in first) else first,
            stages=overview.stages(ctx),
            standards=overview.standards(ctx),
            problems=governance.chart_problems(ctx),
            waiting=governance.proposals(ctx, state=ProposalState.OPEN),
            alarms=quality.open_alarms(ctx) if may(ctx, Decision.BATCH_ACCEPT) else 0,
            recent=governance.entries(ctx, limit=8),
        )


@router.get("/compliance")
@router.get("/inspection")
def coming(visitor: Visitor) -> Response:
    """Say what comes in a part that is not there yet."""
    with visitor.reading() as ctx:
        part = visitor.request.url.path.rpartition("/")[2]
        return page(visitor, ctx, "coming.html", active=part, part=part)
