"""The quality front page: agreement, gold, cohorts, acceptance of batches."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Response

from headwater.annotation import queries as annotation
from headwater.annotation.model import BatchKind
from headwater.governance import queries as governance
from headwater.quality import acceptance, assessments, labels, queries
from headwater.sourcing import queries as sourcing
from headwater.web.session import Visitor, back, page

router = APIRouter(prefix="/p/{program}/quality")
AQL = 4.0


@router.post("/assess")
def assess(visitor: Visitor, campaign: Annotated[str, Form()], question: Annotated[str, Form()]) -> Response:
    """Measure a campaign and resolve its labels."""
    with visitor.acting() as ctx:
        assessments.assess(ctx, campaign, question=question)
        labels.resolve(ctx, campaign, question=question)
    return back(visitor, "quality")


@router.post("/batches/{batch}/draw")
def draw(visitor: Visitor, batch: str, question: Annotated[str, Form()]) -> Response:
    """Draw the sample of a batch."""
    with visitor.acting() as ctx:
        acceptance.draw(ctx, batch, question=question, aql=AQL, seed=secrets.randbits(31))
    return back(visitor, f"quality/batches/{batch}")


@router.get("/batches/{batch}")
def batch(visitor: Visitor, batch: str) -> Response:
    """Show the sample of a batch with a form for the inspector."""
    with visitor.reading() as ctx:
        row = queries.inspection(ctx, batch)
        given = {item.task_id: item for item in queries.labels(ctx, batches=[batch])}
        records = sourcing.take(ctx, [given[task].record_id for task in row.sample])
        values = sorted({item.value for item in given.values()})
        return page(
            visitor,
            ctx,
            "quality/batch.html",
            active="quality",
            inspection=row,
            name=annotation.batch(ctx, batch).name,
            rows=[(task, given[task], record) for task, record in zip(row.sample, records, strict=True)],
            values=values,
            proposals=governance.proposals(ctx, subject=batch),
        )


@router.post("/batches/{batch}/judge")
def judge(visitor: Visitor, batch: str) -> Response:
    """Take in what the inspector found."""
    truth = {key: value for key, value in visitor.form.items() if key.startswith("tsk_")}
    with visitor.acting() as ctx:
        acceptance.judge(ctx, batch, truth=truth)
    return back(visitor, f"quality/batches/{batch}")


@router.post("/batches/{batch}/propose")
def propose(visitor: Visitor, batch: str) -> Response:
    """Put an inspected batch before the Accountable."""
    with visitor.acting() as ctx:
        acceptance.propose(ctx, batch)
    return back(visitor, f"quality/batches/{batch}")


@router.get("")
def front(visitor: Visitor) -> Response:
    """Show what was measured, cohort by cohort, and how batches fared."""
    with visitor.reading() as ctx:
        measures = queries.latest(ctx)
        campaigns = annotation.campaigns(ctx)
        return page(
            visitor,
            ctx,
            "quality/front.html",
            active="quality",
            campaigns={campaign.id: campaign.name for campaign in campaigns},
            questions={campaign.id: annotation.schema(ctx, campaign.schema_id).questions for campaign in campaigns},
            work=[
                (batch, annotation.schema(ctx, campaign.schema_id).questions[0].name)
                for campaign in campaigns
                for batch in annotation.batches(ctx, campaign.id)
                if batch.kind is not BatchKind.CALIBRATION
            ],
            decided={item.batch_id for item in queries.inspections(ctx)},
            overall=[item for item in measures if item.scope == "" or item.scope.startswith("question:")],
            cohorts=[item for item in measures if item.scope.startswith("cohort:")],
            annotators=[item for item in measures if item.scope.startswith("annotator:")],
            batches={item.scope.removeprefix("batch:"): item for item in measures if item.scope.startswith("batch:")},
            names={batch.id: batch.name for campaign in campaigns for batch in annotation.batches(ctx, campaign.id)},
            inspections=queries.inspections(ctx),
            standards=governance.program(ctx).charter.standards,
        )
