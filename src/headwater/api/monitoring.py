"""Watching campaigns: charts, alarms, decisions, the health of gold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.annotation import gold as marks
from headwater.annotation import queries as annotation
from headwater.api.session import Caller, Listing
from headwater.app import computing
from headwater.quality import gold, monitoring, queries, remedies
from headwater.quality.gold import GoldHealth, GoldPlan
from headwater.quality.model import Alarm, Remedy, Watch
from headwater.stats.gold.sizing import Method
from headwater.stats.interval import Estimate

if TYPE_CHECKING:
    from headwater.context import Context

router = APIRouter(prefix="/programs/{program}", tags=["monitoring"])


class WatchForm(BaseModel):
    """What is to be watched."""

    question: str = ""


class DecisionForm(BaseModel):
    """A decision on an alarm."""

    remedy: Remedy
    reason: str = Field(min_length=1, max_length=500)


class CorrectionForm(BaseModel):
    """Another right answer for a gold task."""

    question: str
    value: str
    reason: str = Field(min_length=1, max_length=500)


class ReasonForm(BaseModel):
    """Why."""

    reason: str = Field(min_length=1, max_length=500)


class ChartView(BaseModel):
    """A control chart, point by point."""

    metric: str
    scope: str
    method: str
    run_length: float
    unit: str
    limit: float
    rate: Estimate
    false_alarms: float
    moments: list[int]
    values: list[float]
    alarm_at: int | None
    change_at: int | None


@router.post("/campaigns/{campaign}/monitor", response_model=list[Alarm])
def monitor(campaign: str, body: WatchForm, caller: Caller) -> list[Alarm] | Response:
    """Follow the charts, make the checks that are due, and return the new alarms."""
    return caller.settle(lambda: computing.monitor(caller, campaign, question=body.question))


@router.get("/campaigns/{campaign}/watches")
def list_watches(campaign: str, caller: Caller) -> list[Watch]:
    """List how a campaign is watched, by question."""
    with caller.reading() as ctx:
        return queries.watches(ctx, annotation.campaign(ctx, campaign).id)


@router.get("/campaigns/{campaign}/charts")
def list_charts(campaign: str, caller: Caller, question: str = "") -> list[ChartView]:
    """List the control charts of a campaign; moments are microseconds since 1970."""
    with caller.reading() as ctx:
        identifier = annotation.campaign(ctx, campaign).id
        rows = queries.charts(ctx, identifier, question=question or annotation.first_closed(ctx, identifier))
    return [
        ChartView(
            metric=row.metric,
            scope=row.scope,
            method=row.method,
            run_length=row.run_length,
            unit=row.unit,
            limit=row.limit,
            rate=row.rate,
            false_alarms=row.false_alarms,
            moments=row.moments.tolist(),
            values=row.values.tolist(),
            alarm_at=row.signal.noticed if row.signal else None,
            change_at=row.signal.since if row.signal else None,
        )
        for row in rows
    ]


@router.get("/alarms")
def list_alarms(caller: Caller, listing: Listing, campaign: str = "", undecided: bool = False) -> list[Alarm]:
    """List alarms, newest first."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: queries.alarms(ctx, campaign=campaign, undecided=undecided, part=part))


@router.get("/alarms/{alarm}")
def show(alarm: str, caller: Caller) -> Alarm:
    """Return an alarm."""
    with caller.reading() as ctx:
        return queries.alarm(ctx, alarm)


@router.post("/alarms/{alarm}/acknowledge", response_model=Alarm)
def acknowledge(alarm: str, caller: Caller) -> Alarm | Response:
    """Say that the caller looks into an alarm."""
    return caller.write(lambda ctx: monitoring.acknowledge(ctx, alarm))


@router.post("/alarms/{alarm}/decide", response_model=Alarm)
def decide(alarm: str, body: DecisionForm, caller: Caller) -> Alarm | Response:
    """Decide on an alarm and carry the decision out."""
    return caller.write(lambda ctx: remedies.decide(ctx, alarm, body.remedy, reason=body.reason))


@router.get("/campaigns/{campaign}/gold/health")
def health(campaign: str, caller: Caller, question: str = "", interval: Method = Method.WILSON) -> GoldHealth:
    """Return how gold is answered, by team, slice and stratum too; which is questioned and which seems to leak."""
    with caller.reading() as ctx:
        return gold.health(ctx, campaign, question=question, interval=interval)


@router.get("/campaigns/{campaign}/gold/plan")
def plan(
    campaign: str, caller: Caller, accuracy: float = 0.9, half_width: float = 0.05, annotators: int = 0
) -> GoldPlan:
    """Return how much gold a wanted precision needs."""
    with caller.reading() as ctx:
        return gold.plan(ctx, campaign, accuracy=accuracy, half_width=half_width, annotators=annotators)


@router.post("/campaigns/{campaign}/gold/{task}/correct", status_code=204)
def correct(campaign: str, task: str, body: CorrectionForm, caller: Caller) -> None:
    """Give a gold task another right answer."""

    def act(ctx: Context) -> None:
        identifier = annotation.campaign(ctx, campaign).id
        gold.correct(ctx, identifier, task, body.value, question=body.question, reason=body.reason)

    caller.write(act)


@router.post("/campaigns/{campaign}/gold/{task}/retire", status_code=204)
def retire(campaign: str, task: str, body: ReasonForm, caller: Caller) -> None:
    """Give a gold task out no more."""
    caller.write(lambda ctx: marks.retire(ctx, annotation.campaign(ctx, campaign).id, task, reason=body.reason))
