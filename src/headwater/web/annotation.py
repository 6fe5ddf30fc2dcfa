"""Campaigns, batches, disputes; the acts of those who run them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Response
from pydantic import BaseModel, Field

from headwater.annotation import batches, boards, campaigns, comments, deadlines, forecasts, queries, reviews, shortages
from headwater.annotation.deadline_model import due_of
from headwater.annotation.model import BatchKind, CampaignState, Standing, Tier
from headwater.annotation.plan import Plan
from headwater.core.errors import InvalidError
from headwater.governance import queries as governance
from headwater.governance.authority import may, require
from headwater.governance.model import Decision
from headwater.sourcing import queries as sourcing
from headwater.sourcing.model import SourceState
from headwater.web.paging import screenful
from headwater.web.session import Visitor, back, page

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.annotation.comment_model import Comment
    from headwater.annotation.model import Campaign
    from headwater.annotation.progress import OwnProgress, Progress
    from headwater.context import Context

router = APIRouter(prefix="/p/{program}")
TIERS = {
    Tier.ANNOTATE: Decision.ANNOTATION_ANSWER,
    Tier.REVIEW: Decision.ANNOTATION_REVIEW,
    Tier.ADJUDICATE: Decision.ANNOTATION_ADJUDICATE,
}
SHOWN_DISPUTES = 50


class BatchForm(BaseModel):
    """A batch that is to be added."""

    name: str
    where: str = ""
    limit: int = Field(default=0, ge=0)
    kind: BatchKind = BatchKind.WORK
    priority: int = Field(default=5, ge=0, le=1000)
    skill: str = Field(default="", max_length=64)


@router.get("/campaigns")
def listing(visitor: Visitor, after: str = "") -> Response:
    """Show campaigns, newest first, with schemas and guidelines."""
    with visitor.reading() as ctx:
        found = screenful(lambda part: queries.campaigns(ctx, part=part), after)
        return page(
            visitor,
            ctx,
            "annotation/campaigns.html",
            plan=Plan(overlap=3, gold_rate=0.1, lease_minutes=ctx.settings.lease_minutes),
            active="campaigns",
            campaigns=[(each, _progress(ctx, each.id), due_of(each, ctx.clock.now())) for each in found.rows],
            more=found.more,
            sees=queries.sees_progress(ctx),
            schemas=queries.schemas(ctx),
            guidelines=queries.guidelines(ctx),
            published=Standing.PUBLISHED,
            runs=may(ctx, Decision.CAMPAIGN_OPEN),
            answers=may(ctx, Decision.ANNOTATION_ANSWER),
            reviews=may(ctx, Decision.ANNOTATION_REVIEW) or may(ctx, Decision.CAMPAIGN_OPEN),
            adjudicates=may(ctx, Decision.ANNOTATION_ADJUDICATE),
        )


@router.get("/campaigns/{campaign}")
def one(visitor: Visitor, campaign: str) -> Response:
    """Show a campaign: progress, forecast, batches, cohorts, what is being worked on."""
    with visitor.reading() as ctx:
        found = queries.campaign(ctx, campaign)
        runs = may(ctx, Decision.CAMPAIGN_OPEN)
        accepts = may(ctx, Decision.BATCH_ACCEPT)
        sees = queries.sees_progress(ctx)
        forecast = forecasts.forecast(ctx, found.id) if accepts else None
        return page(
            visitor,
            ctx,
            "annotation/campaign.html",
            active="campaigns",
            campaign=found,
            sees=sees,
            progress=_progress(ctx, found.id),
            forecast=forecast,
            outlook=deadlines.outlook(ctx, found.id, foreseen=forecast) if accepts else None,
            moves=deadlines.moves(ctx, found.id) if accepts else [],
            due=due_of(found, ctx.clock.now()),
            schema=queries.schema(ctx, found.schema_id),
            guideline=queries.guideline(ctx, found.guideline_id),
            cohorts=boards.cohorts(ctx, found.id) if accepts else [],
            leases=queries.leases(ctx, found.id) if runs else [],
            tiers=[tier for tier, decision in TIERS.items() if may(ctx, decision)],
            kinds=list(BatchKind),
            sources=[each for each in sourcing.sources(ctx) if each.state is SourceState.APPROVED] if runs else [],
            shortages=shortages.of_campaign(ctx, found.id) if runs and found.state is not CampaignState.CLOSED else [],
            runs=runs,
            accepts=accepts,
            reviews=may(ctx, Decision.ANNOTATION_REVIEW),
            proposals=governance.proposals(ctx, subject=found.id),
        )


def _progress(ctx: Context, campaign_id: str) -> Progress | OwnProgress:
    sees = queries.sees_progress(ctx)
    return queries.progress(ctx, campaign_id) if sees else queries.my_progress(ctx, campaign_id)


@router.post("/campaigns/{campaign}/batches")
def add_batch(
    visitor: Visitor,
    campaign: str,
    form: Annotated[BatchForm, Form()],
) -> Response:
    """Add the records in a slice as a batch."""
    with visitor.acting() as ctx:
        found = queries.campaign(ctx, campaign)
        records = batches.select(ctx, where=form.where, limit=form.limit or None, campaign_id=found.id)
        if not records:
            raise InvalidError(
                f"No record is in the slice '{form.where}'." if form.where else "There is no record yet."
            )
        given = form.model_dump(include={"name", "kind", "priority", "skill"})
        batches.add(ctx, found.id, records=records, **given)
    return back(visitor, f"campaigns/{campaign}")


@router.post("/campaigns/{campaign}/propose")
def propose(visitor: Visitor, campaign: str) -> Response:
    """Ask the Accountable to open a campaign."""
    return _step(visitor, campaign, campaigns.propose)


@router.post("/campaigns/{campaign}/pause")
def pause(visitor: Visitor, campaign: str) -> Response:
    """Give out no more tasks for now."""
    return _step(visitor, campaign, campaigns.pause)


@router.post("/campaigns/{campaign}/resume")
def resume(visitor: Visitor, campaign: str) -> Response:
    """Give out tasks again."""
    return _step(visitor, campaign, campaigns.resume)


@router.post("/campaigns/{campaign}/close")
def close(visitor: Visitor, campaign: str) -> Response:
    """End a campaign for good."""
    return _step(visitor, campaign, campaigns.close)


def _step(visitor: Visitor, campaign: str, act: Callable[[Context, str], Campaign]) -> Response:
    with visitor.acting() as ctx:
        act(ctx, campaign)
    return back(visitor, f"campaigns/{campaign}")


@router.get("/campaigns/{campaign}/disputes")
def disputes(visitor: Visitor, campaign: str, question: str = "") -> Response:
    """Show the tasks whose annotators disagree, most disputed first."""
    with visitor.reading() as ctx:
        require(ctx, Decision.ANNOTATION_REVIEW)
        found = queries.campaign(ctx, campaign)
        question = question or queries.first_closed(ctx, found.id)
        rows = queries.disagreements(ctx, found.id, question=question, limit=SHOWN_DISPUTES) if question else []
        texts = {record.id: record.text for record in sourcing.take(ctx, [row.record_id for row in rows])}
        return page(
            visitor,
            ctx,
            "annotation/disputes.html",
            active="campaigns",
            campaign=found,
            disputes=rows,
            said=_said(ctx, [row.task_id for row in rows]),
            texts=texts,
            settled=queries.settled(ctx, found.id, question=question),
            question=question,
            questions=[each.name for each in queries.schema(ctx, found.schema_id).questions if each.name != question],
        )


def _said(ctx: Context, tasks: list[str]) -> dict[str, list[list[Comment]]]:
    """Task → the threads about its answers."""
    found: dict[str, list[list[Comment]]] = {}
    for (task, _), thread in comments.beside(ctx, tasks).items():
        found.setdefault(task, []).append(thread)
    return found


@router.post("/campaigns/{campaign}/disputes/adjudication")
def ask_adjudication(
    visitor: Visitor,
    campaign: str,
    task: Annotated[list[str], Form()] = [],  # noqa: B006 -- never changed
) -> Response:
    """Put disputed tasks before the domain experts."""
    with visitor.acting() as ctx:
        reviews.ask_adjudication(ctx, campaign, task)
    return back(visitor, f"campaigns/{campaign}/disputes")
