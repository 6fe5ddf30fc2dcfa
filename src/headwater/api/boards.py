"""What managers look at: forecast and cohorts of a campaign, the review queue."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from headwater.annotation import boards, forecasts, waiting
from headwater.annotation.boards import CohortLine
from headwater.annotation.forecasts import Forecast
from headwater.annotation.waiting import Count, Filter, Item, Sort
from headwater.api.session import Caller, Page, Pages, page_of

router = APIRouter(prefix="/programs/{program}", tags=["boards"])


@router.get("/campaigns/{campaign}/forecast")
def forecast(campaign: str, caller: Caller) -> Forecast:
    """Tell when a campaign will be done and whether by its deadline; for those who run or accept the work."""
    with caller.reading() as ctx:
        return forecasts.forecast(ctx, campaign)


@router.get("/campaigns/{campaign}/cohorts")
def cohorts(campaign: str, caller: Caller) -> list[CohortLine]:
    """List what each cohort did, how far it is trusted and how much of its work is reviewed."""
    with caller.reading() as ctx:
        return boards.cohorts(ctx, campaign)


@router.get("/reviews/waiting")
def cases(
    caller: Caller,
    pages: Pages,
    sort: Sort = Sort.REVIEW,
    campaign: str = "",
    team: str = "",
    days: Annotated[float, Query(ge=0, le=3650)] = 0.0,
) -> Page[Item]:
    """List what waits for reviewers and experts in the order in which it is given out."""
    wanted = Filter(sort=sort, campaign=campaign, team=team, days=days)
    with caller.reading() as ctx:
        rows = waiting.cases(ctx, wanted, after=pages.after or "", limit=pages.limit + 1)
    return page_of(rows, pages.limit, lambda row: row.cursor)


@router.get("/reviews/counts")
def counts(caller: Caller) -> list[Count]:
    """List how much waits, by sort, campaign and group, the longest waiting first."""
    with caller.reading() as ctx:
        return waiting.counts(ctx)
