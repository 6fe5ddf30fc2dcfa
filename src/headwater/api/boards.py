"""What managers look at: forecast, deadlines and cohorts, the review queue; and what comes first for an annotator."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from headwater.annotation import agenda as agendas
from headwater.annotation import boards, deadlines, forecasts, tracking, waiting
from headwater.annotation.boards import CohortLine
from headwater.annotation.deadline_model import Due, Move
from headwater.annotation.deadlines import Outlook
from headwater.annotation.forecasts import Forecast
from headwater.annotation.handouts import Why
from headwater.annotation.model import Campaign
from headwater.annotation.tracking_model import Line, Progress, Story
from headwater.annotation.waiting import Count, Filter, Item, Sort
from headwater.api.session import Caller, Page, Pages, page_of

router = APIRouter(prefix="/programs/{program}", tags=["boards"])


class ExtensionForm(BaseModel):
    """More time for a campaign."""

    until: AwareDatetime = Field(description="Later than the deadline it has, and than now.")
    reason: str = Field(min_length=1, max_length=500)


class AgendaView(BaseModel):
    """An open campaign as the caller is to work on it."""

    campaign_id: str
    name: str
    priority: int | None = Field(description="Of the batch that comes first for the caller; null: nothing for them.")
    due: Due | None
    barred: Why = Field(description="Why the caller is given nothing, whatever is there; empty when they are.")


@router.get("/agenda")
def agenda(caller: Caller) -> list[AgendaView]:
    """List the open campaigns in the order in which you are to work on them, the most urgent first."""
    with caller.reading() as ctx:
        rows = agendas.agenda(ctx)
    return [
        AgendaView(
            campaign_id=row.campaign.id, name=row.campaign.name, priority=row.priority, due=row.due, barred=row.barred
        )
        for row in rows
    ]


@router.get("/deadlines")
def list_deadlines(caller: Caller) -> list[Outlook]:
    """List how every campaign that runs stands against its deadline, the nearest first."""
    with caller.reading() as ctx:
        return deadlines.outlooks(ctx)


@router.get("/campaigns/{campaign}/deadline/moves")
def moves(campaign: str, caller: Caller) -> list[Move]:
    """List how a campaign's deadline was moved, by whom and why, newest first."""
    with caller.reading() as ctx:
        return deadlines.moves(ctx, campaign)


@router.post("/campaigns/{campaign}/deadline", response_model=Campaign)
def extend(campaign: str, body: ExtensionForm, caller: Caller) -> Campaign | Response:
    """Give a campaign more time, with a reason; those who answer in it are told."""
    return caller.write(lambda ctx: deadlines.extend(ctx, campaign, until=body.until, reason=body.reason))


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


@router.get("/campaigns/{campaign}/tasks")
def list_tasks(
    campaign: str,
    caller: Caller,
    pages: Pages,
    progress: Annotated[Progress | None, Query(description="Only tasks that are so far.")] = None,
    batch: Annotated[str, Query(description="Only tasks of this batch.")] = "",
) -> Page[Line]:
    """List a campaign's tasks, oldest first, with how far each is; for those who accept its work."""
    after, limit = pages.after or "", pages.limit + 1
    with caller.reading() as ctx:
        rows = tracking.lines(ctx, campaign, progress=progress, batch=batch, after=after, limit=limit)
    return page_of(rows, pages.limit, lambda row: row.id)


@router.get("/campaigns/{campaign}/tasks/{task}")
def get_task(campaign: str, task: str, caller: Caller) -> Story:
    """Tell everything that happened to a task: answers, reviews, comments, rulings, who passed it on."""
    with caller.reading() as ctx:
        return tracking.story(ctx, campaign, task)
