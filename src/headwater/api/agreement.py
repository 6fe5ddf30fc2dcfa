"""Agreement: assessments, measures, what is wrong, disputed examples, cards, what more overlap would buy."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from headwater.api.session import Caller, Listing
from headwater.app import computing
from headwater.quality import cards, concerns, explorer, forecasts, measuring, queries, requested
from headwater.quality.cards import Card
from headwater.quality.concerns import Concern
from headwater.quality.explorer import Exploration
from headwater.quality.forecasts import Forecast
from headwater.quality.model import Assessment, Measure
from headwater.quality.requested import Requested
from headwater.quality.yardsticks import Choice, Coefficient, Distance, Options, Yardstick

router = APIRouter(prefix="/programs/{program}", tags=["agreement"])


class AssessmentForm(BaseModel):
    """What to measure."""

    campaign: str = Field(min_length=1, description="Name or id.")
    question: str = Field(min_length=1)
    seed: int = Field(default=0, ge=0, description="Of the bootstrap; kept.")
    slices: list[str] = Field(default=[], max_length=50, description="Slices of records to measure as well.")


class YardstickForm(BaseModel):
    """By what agreement on a question is to be measured."""

    question: str = Field(min_length=1)
    campaign: str = Field(default="", description="Name or id; empty for every campaign without a choice of its own.")
    coefficient: Coefficient
    distance: Distance
    reason: str = Field(min_length=1, max_length=500, description="Why; stands beside the figures.")


@router.post("/assessments", status_code=201, response_model=list[Measure])
def assess(body: AssessmentForm, caller: Caller) -> list[Measure] | Response:
    """Measure a campaign's answers to a question in every group, and keep the measures."""
    return caller.settle(
        lambda: computing.assess(
            caller, body.campaign, question=body.question, seed=body.seed, slices=tuple(body.slices)
        )
    )


@router.get("/assessments")
def list_assessments(caller: Caller, campaign: str = "", question: str = "") -> list[Assessment]:
    """List the newest assessments: confusions, pairs of annotators for managers, most disputed tasks."""
    with caller.reading() as ctx:
        return queries.assessments(ctx, campaign=campaign, question=question)


@router.get("/measures")
def list_measures(caller: Caller, listing: Listing, campaign: str = "", metric: str = "") -> list[Measure]:
    """List the latest measures; those of single annotators only to their manager or to themselves."""
    with caller.reading() as ctx:
        return listing.part(queries.latest(ctx, campaign=campaign, metric=metric))


@router.get("/concerns")
def list_concerns(caller: Caller) -> list[Concern]:
    """List what is wrong with the quality, worst first: since when, because of what, what to do."""
    with caller.reading() as ctx:
        return concerns.concerns(ctx)


@router.get("/assessments/{campaign}/{question}/disputes")
def explore_disputes(
    campaign: str,
    question: str,
    caller: Caller,
    label: Annotated[list[str], Query(description="Only examples in which all of these were answered.")] = [],  # noqa: B006 -- never changed
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> Exploration:
    """Show the most disputed examples with their answers, beside the guideline's sections."""
    with caller.reading() as ctx:
        return explorer.explore(ctx, campaign, question=question, labels=tuple(label), offset=offset, limit=limit)


@router.get("/assessments/{campaign}/{question}/yardstick")
def show_yardstick(campaign: str, question: str, caller: Caller) -> Options:
    """Show by which coefficient and distance agreement is measured, what else makes sense, and what does not."""
    with caller.reading() as ctx:
        return queries.options(ctx, campaign, question=question)


@router.get("/assessments/{campaign}/{question}/by")
def measure_by(
    campaign: str,
    question: str,
    caller: Caller,
    measure: str = "",
    distance: Distance | None = None,
    where: Annotated[list[str] | None, Query(alias="slice", max_length=50)] = None,
) -> Requested:
    """Show what any measure says of a question and of every group of answers; nothing is kept."""
    with caller.reading() as ctx:
        return requested.by_measure(
            ctx, campaign, question=question, measure=measure, distance=distance, slices=where or ()
        )


@router.get("/yardsticks")
def list_yardsticks(caller: Caller, listing: Listing, question: str = "") -> list[Choice]:
    """List every choice of what agreement is measured by, oldest first; the newest of a scope counts."""
    with caller.reading() as ctx:
        rows = queries.choices(ctx, question=question)
    return listing.part(rows, key=lambda row: f"{row.at:%Y-%m-%dT%H:%M:%S.%f}:{row.campaign_id}:{row.question}")


@router.post("/yardsticks", status_code=201, response_model=Choice)
def choose_yardstick(body: YardstickForm, caller: Caller) -> Choice | Response:
    """Choose by what agreement is measured from now on, as the Accountable for accepting batches."""
    yardstick = Yardstick(coefficient=body.coefficient, distance=body.distance)
    return caller.write(
        lambda ctx: measuring.choose(
            ctx, yardstick, question=body.question, campaign_id=body.campaign, reason=body.reason
        )
    )


@router.get("/assessments/{campaign}/{question}/overlap")
def forecast_overlap(
    campaign: str,
    question: str,
    caller: Caller,
    target: Annotated[float, Query(gt=0, lt=1, description="Wanted reliability.")] = 0.9,
    most: Annotated[int, Query(ge=1, le=25)] = 9,
) -> Forecast:
    """Say what more answers per task would buy."""
    with caller.reading() as ctx:
        return forecasts.overlap(ctx, campaign, question=question, target=target, most=most)


@router.get("/annotators/{person}/card")
def show_annotator(person: str, caller: Caller) -> Card:
    """Show what was measured about an annotator: yourself, or anybody if you run the program."""
    with caller.reading() as ctx:
        return cards.annotator(ctx, person)


@router.get("/cohorts/{team}/card")
def show_cohort(team: str, caller: Caller) -> Card:
    """Show what was measured about a team, if you run the program."""
    with caller.reading() as ctx:
        return cards.cohort(ctx, team)
