"""Acceptance: the board, the plan chooser, the inspection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Form, Response
from pydantic import BaseModel

from headwater.annotation import content
from headwater.annotation import queries as annotation
from headwater.annotation.questions import CLOSED
from headwater.governance import queries as governance
from headwater.governance.authority import decides, may
from headwater.governance.model import Decision
from headwater.quality import acceptance, lots, queries, rework, severity
from headwater.quality.lots import Column
from headwater.sourcing import queries as sourcing
from headwater.stats.acceptance import standard, tolerance
from headwater.stats.acceptance.tables import AQLS, Kind, Level
from headwater.web.curves import operating
from headwater.web.session import Visitor, back, page

if TYPE_CHECKING:
    from headwater.quality.lots import Lot
    from headwater.stats.acceptance.plans import Plan

router = APIRouter(prefix="/p/{program}/quality")
_SMALL = (200, 110)


@router.get("/acceptance")
def board(visitor: Visitor) -> Response:
    """Show every batch where it stands between labelled and accepted."""
    with visitor.reading() as ctx:
        cards, manages = lots.board(ctx), may(ctx, Decision.BATCH_ACCEPT)
        return page(
            visitor,
            ctx,
            "quality/board.html",
            active="quality",
            checks=manages or may(ctx, Decision.ANNOTATION_REVIEW),
            manages=manages,
            decides=decides(ctx, Decision.BATCH_ACCEPT),
            columns={column: [card for card in cards if card.column is column] for column in Column},
            curves={
                card.batch.id: operating([card.inspection.plan], width=_SMALL[0], height=_SMALL[1])
                for card in cards
                if card.inspection
            },
            standings=severity.standings(ctx),
            campaigns={campaign.id: campaign.name for campaign in annotation.campaigns(ctx)},
        )


@router.post("/severities/{step}")
def switch(
    visitor: Visitor,
    step: str,
    campaign: Annotated[str, Form()],
    maker: Annotated[str, Form()],
    reason: Annotated[str, Form()],
) -> Response:
    """Allow reduced inspection, or resume inspection that was discontinued."""
    act = severity.reduce if step == "reduce" else severity.resume
    with visitor.acting() as ctx:
        act(ctx, campaign, maker, reason=reason)
    return back(visitor, "quality/acceptance")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """For what a plan is looked for."""

    question: str = ""
    aql: float = acceptance.AQL
    level: Level = Level.II
    ltpd: float = 0.0
    """In percent; 0 for plans by AQL."""
    consumer: float = 10.0
    """In percent."""


class _Chosen(BaseModel):
    """The plan that was chosen."""

    question: str
    aql: float = acceptance.AQL
    kind: Kind = Kind.SINGLE
    level: Level = Level.II
    ltpd: float = 0.0
    consumer: float = 10.0


@router.get("/batches/{batch}/plan")
def choose(visitor: Visitor, batch: str, wanted: Annotated[_Wanted, Depends()]) -> Response:
    """Compare the plans there are for a batch before one is chosen."""
    with visitor.reading() as ctx:
        row = annotation.batch(ctx, batch)
        asked = annotation.schema(ctx, annotation.campaign(ctx, row.campaign_id).schema_id).questions
        names = [each.name for each in asked if each.kind in CLOSED and not each.per_turn]
        lot = lots.lot(ctx, batch, question=wanted.question or names[0])
        plans = _plans(lot, wanted)
        return page(
            visitor,
            ctx,
            "quality/plan.html",
            active="quality",
            lot=lot,
            questions=names,
            wanted=wanted,
            aql=wanted.aql,
            level=wanted.level,
            levels=list(Level),
            aqls=sorted(AQLS),
            rows=[(plan, plan.risks()) for plan in plans],
            curve=operating(plans, width=560, height=260),
        )


@router.post("/batches/{batch}/draw")
def draw(visitor: Visitor, batch: str, form: Annotated[_Chosen, Form()]) -> Response:
    """Record a plan and draw the sample by it."""
    chosen = form.model_dump() | {"consumer": form.consumer / 100}
    with visitor.acting() as ctx:
        acceptance.plan(ctx, batch, **chosen)
        acceptance.sample(ctx, batch)
    return back(visitor, f"quality/batches/{batch}")


@router.get("/batches/{batch}")
def show(visitor: Visitor, batch: str) -> Response:
    """Show the next task of the sample to its inspector, and what was found before."""
    with visitor.reading() as ctx:
        row = queries.inspection(ctx, batch)
        judged = queries.judgements(ctx, row)
        given = {item.task_id: item for item in queries.labels(ctx, question=row.question, batches=[batch])}
        asked = [task for task in row.sample[: row.due] if task in given]
        records = dict(zip(asked, sourcing.take(ctx, [given[task].record_id for task in asked]), strict=True))
        left = [task for task in asked if task not in judged] if row.passed is None else []
        schema = annotation.schema(ctx, annotation.campaign(ctx, row.campaign_id).schema_id)
        return page(
            visitor,
            ctx,
            "quality/batch.html",
            active="quality",
            inspection=row,
            rounds=queries.rounds(ctx, batch),
            risks=row.plan.risks(),
            curve=operating([row.plan]),
            name=annotation.batch(ctx, batch).name,
            left=left,
            given=given,
            judged=[(judged[task], records[task]) for task in asked if task in judged],
            records=records,
            shown=content.of_record(records[left[0]]) if left else None,
            values=schema.question(row.question).values,
            proposals=governance.proposals(ctx, subject=batch),
        )


@router.post("/batches/{batch}/judge")
def judge(
    visitor: Visitor,
    batch: str,
    task: Annotated[str, Form()],
    value: Annotated[str, Form()],
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Take in what the inspector says about one task."""
    with visitor.acting() as ctx:
        acceptance.judge(ctx, batch, truth={task: value}, reason=reason)
    return back(visitor, f"quality/batches/{batch}")


@router.post("/batches/{batch}/rulings")
def confirm(visitor: Visitor, batch: str) -> Response:
    """Take in the tasks that an expert settled before."""
    with visitor.acting() as ctx:
        acceptance.confirm(ctx, batch)
    return back(visitor, f"quality/batches/{batch}")


@router.post("/batches/{batch}/propose")
def propose(visitor: Visitor, batch: str) -> Response:
    """Put an inspected batch before the Accountable."""
    with visitor.acting() as ctx:
        acceptance.propose(ctx, batch)
    return back(visitor, f"quality/batches/{batch}")


@router.post("/batches/{batch}/rework")
def open_rework(visitor: Visitor, batch: str) -> Response:
    """Open the tasks of a rejected batch again."""
    with visitor.acting() as ctx:
        rework.rework(ctx, batch)
    return back(visitor, "quality/acceptance")


def _plans(lot: Lot, wanted: _Wanted) -> tuple[Plan, ...]:
    """The plans to choose from: by what must not pass where that is said, else by AQL."""
    size = max(lot.size, 2)
    if wanted.ltpd:
        return tolerance.alternatives(size, ltpd=wanted.ltpd, aql=wanted.aql, consumer=wanted.consumer / 100)
    return standard.alternatives(size, aql=wanted.aql, level=wanted.level, severity=lot.severity)
