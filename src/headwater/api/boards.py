"""What managers look at: forecast and cohorts of a campaign."""

from __future__ import annotations

from fastapi import APIRouter

from headwater.annotation import boards, forecasts
from headwater.annotation.boards import CohortLine
from headwater.annotation.forecasts import Forecast
from headwater.api.session import Caller

router = APIRouter(prefix="/programs/{program}/campaigns/{campaign}", tags=["boards"])


@router.get("/forecast")
def forecast(campaign: str, caller: Caller) -> Forecast:
    """Tell when a campaign will be done and whether by its deadline; for those who run or accept the work."""
    with caller.reading() as ctx:
        return forecasts.forecast(ctx, campaign)


@router.get("/cohorts")
def cohorts(campaign: str, caller: Caller) -> list[CohortLine]:
    """List what each cohort did, how far it is trusted and how much of its work is reviewed."""
    with caller.reading() as ctx:
        return boards.cohorts(ctx, campaign)
