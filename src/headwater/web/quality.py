"""The quality front page: agreement, gold, cohorts, acceptance of batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

from fastapi import APIRouter, Form, Response

from headwater.annotation import queries as annotation
from headwater.app import computing
from headwater.governance.authority import may
from headwater.governance.model import Decision
from headwater.quality import concerns, queries
from headwater.quality.outcomes import resolvable
from headwater.quality.panels import measured_kind
from headwater.web import agreement
from headwater.web.session import Visitor, back, page

if TYPE_CHECKING:
    from headwater.annotation.model import Campaign
    from headwater.context import Context
    from headwater.quality.model import Measure
    from headwater.stats.interval import Estimate

router = APIRouter(prefix="/p/{program}/quality")


@router.post("/assess")
def assess(visitor: Visitor, what: Annotated[str, Form()]) -> Response:
    """Measure a question of a campaign (`campaign:question`) and resolve its labels where it has any."""
    campaign, _, question = what.partition(":")
    computing.assess(visitor, campaign, question=question)
    with visitor.reading() as ctx:
        asked = annotation.schema(ctx, annotation.campaign(ctx, campaign).schema_id).question(question)
    if resolvable(asked):
        computing.resolve(visitor, campaign, question=question)
    return back(visitor, f"quality/agreement/{campaign}/{question}")


@router.get("")
def front(visitor: Visitor) -> Response:
    """Show what was measured, cohort by cohort, and how batches fared."""
    with visitor.reading() as ctx:
        measures = queries.latest(ctx)
        campaigns = annotation.campaigns(ctx)
        manages = may(ctx, Decision.BATCH_ACCEPT)
        checks = manages or may(ctx, Decision.ANNOTATION_REVIEW)
        wrong = concerns.concerns(ctx)
        whole = queries.assessments(ctx)
        told = {(item.campaign_id, item.question): item.metric for item in whole}
        return page(
            visitor,
            ctx,
            "quality/front.html",
            active="quality",
            concerns=wrong,
            links=[agreement.link(each, manages=manages, checks=checks) for each in wrong],
            checks=checks,
            campaigns={campaign.id: campaign.name for campaign in campaigns},
            measurable=_measurable(ctx, campaigns) if manages else [],
            manages=manages,
            questions=whole,
            agreement={
                (item.campaign_id, item.question): item.estimate
                for item in measures
                if item.metric == told.get((item.campaign_id, item.question))
                and item.scope == f"question:{item.question}"
            },
            gold={
                (item.campaign_id, item.question): item
                for item in measures
                if item.metric == "gold.accuracy" and not item.scope
            },
            cohorts=_lines(measures, "cohort", ("agreement", "gold.accuracy"), told),
            annotators=_lines(measures, "annotator", ("agreement.with_others", "gold.accuracy"), told),
            batches=agreement_of_batches(measures, told),
            names={batch.id: batch.name for campaign in campaigns for batch in annotation.batches(ctx, campaign.id)},
            inspections=queries.inspections(ctx),
        )


def agreement_of_batches(measures: list[Measure], told: dict[tuple[str, str], str]) -> dict[str, Measure]:
    """Return the agreement on each batch by the coefficient of its question, not by one that was given up."""
    return {
        item.scope.removeprefix("batch:"): item
        for item in measures
        if item.scope.startswith("batch:") and item.metric == told.get((item.campaign_id, item.question))
    }


class Line(NamedTuple):
    """The figures of a team or an annotator in one campaign."""

    name: str
    campaign_id: str
    question: str
    figures: tuple[Estimate | None, ...]


def _lines(
    measures: list[Measure], kind: str, metrics: tuple[str, ...], told: dict[tuple[str, str], str]
) -> list[Line]:
    """Return one line per name, campaign and question with some figures; `agreement` is that by its coefficient."""
    found = {
        (item.scope.partition(":")[2], *of, "agreement" if item.metric == told.get(of) else item.metric): item.estimate
        for item in measures
        if item.scope.startswith(f"{kind}:") and (of := (item.campaign_id, item.question))
    }
    keys = dict.fromkeys(key[:3] for key in sorted(found))
    return [Line(*key, tuple(found.get((*key, metric)) for metric in metrics)) for key in keys]


def _measurable(ctx: Context, campaigns: list[Campaign]) -> list[tuple[str, str]]:
    """Return what can be measured, `campaign:question` with its name."""
    return [
        (f"{campaign.id}:{question.name}", f"{question.name} · {campaign.name}")
        for campaign in campaigns
        for question in annotation.schema(ctx, campaign.schema_id).questions
        if measured_kind(question)
    ]
