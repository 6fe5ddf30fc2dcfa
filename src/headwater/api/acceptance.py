"""Acceptance of batches: board, plans, samples, judgements, decisions, rework, severity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from headwater.annotation import queries as annotation
from headwater.api.session import Caller, Listing
from headwater.quality import acceptance, lots, queries, rework, severity
from headwater.quality.lots import Card, Lot
from headwater.quality.model import Inspection, Judgement, Standing
from headwater.stats.acceptance import standard, tolerance
from headwater.stats.acceptance.plans import CONSUMER_RISK, Plan, Point, Risks
from headwater.stats.acceptance.tables import Kind, Level, Severity

router = APIRouter(prefix="/programs/{program}", tags=["acceptance"])


class PlanForm(BaseModel):
    """By which plan a batch is to be inspected."""

    question: str
    aql: float = acceptance.AQL
    kind: Kind = Field(
        default=Kind.SINGLE, description="single by ISO 2859-1:1999, double by MIL-STD-105E (1989), or sequential."
    )
    level: Level = Level.II
    ltpd: float = Field(default=0.0, description="Share of wrong labels, in percent, that must not pass; 0 for by AQL.")
    consumer: float = Field(default=CONSUMER_RISK, description="Chance with which a batch at the LTPD may pass.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """For what a plan is looked for."""

    lot: int
    aql: float = acceptance.AQL
    level: Level = Level.II
    strictness: Severity = Severity.NORMAL
    ltpd: Annotated[float, Query(description="Percent wrong that must not pass; 0 for plans by AQL.")] = 0.0
    consumer: Annotated[float, Query(description="Chance with which a lot at the LTPD may pass.")] = CONSUMER_RISK


class JudgementForm(BaseModel):
    """What an inspector says is right."""

    truth: dict[str, str] = Field(description="Right value by task of the sample.")
    reason: str = ""


class ReasonForm(BaseModel):
    """Why; kept with the decision."""

    reason: str = Field(min_length=1, max_length=500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A plan there is for a lot, and what it can do wrong."""

    plan: Plan
    risks: Risks
    consumer_risk: float | None
    """Chance that this very lot passes with as many wrong items as its LTPD; null for plans by AQL."""
    curve: tuple[Point, ...]
    """Operating characteristic, from no wrong item to where hardly any lot passes."""


@router.get("/acceptance")
def show_board(caller: Caller, listing: Listing) -> list[Card]:
    """List every batch with resolved labels, where it stands and what is to be done next."""
    with caller.reading() as ctx:
        return listing.part(lots.board(ctx), key=lambda card: card.batch.id)


@router.get("/acceptance/plans")
def list_plans(wanted: Annotated[Wanted, Depends()], caller: Caller, listing: Listing) -> list[Alternative]:
    """Compare the plans there are for a lot, by AQL or by what must not pass, with their curves."""
    with caller.reading():
        if wanted.ltpd:
            found = tolerance.alternatives(wanted.lot, ltpd=wanted.ltpd, aql=wanted.aql, consumer=wanted.consumer)
        else:
            found = standard.alternatives(wanted.lot, aql=wanted.aql, level=wanted.level, severity=wanted.strictness)
    rows = [
        Alternative(
            plan=plan,
            risks=plan.risks(),
            consumer_risk=plan.consumer_risk if plan.tolerance else None,
            curve=plan.curve(),
        )
        for plan in found
    ]
    return listing.part(rows, key=lambda row: row.plan.kind)


@router.get("/severities")
def list_severities(caller: Caller, listing: Listing) -> list[Standing]:
    """List how severely every team's batches are inspected, and why."""
    with caller.reading() as ctx:
        return listing.part(severity.standings(ctx), key=lambda row: f"{row.campaign_id}:{row.maker}")


@router.post("/campaigns/{campaign}/severities/{maker}/reduce", response_model=Standing)
def allow_reduced(campaign: str, maker: str, body: ReasonForm, caller: Caller) -> Standing | Response:
    """Allow reduced inspection of a team's batches, as the Accountable."""
    return caller.write(
        lambda ctx: severity.reduce(ctx, annotation.campaign(ctx, campaign).id, maker, reason=body.reason)
    )


@router.post("/campaigns/{campaign}/severities/{maker}/resume", response_model=Standing)
def resume(campaign: str, maker: str, body: ReasonForm, caller: Caller) -> Standing | Response:
    """Begin tightened inspection again after it was discontinued, as the Accountable."""
    return caller.write(
        lambda ctx: severity.resume(ctx, annotation.campaign(ctx, campaign).id, maker, reason=body.reason)
    )


@router.get("/inspections")
def list_inspections(caller: Caller, listing: Listing) -> list[Inspection]:
    """List the last inspection of every batch."""
    with caller.reading() as ctx:
        return listing.part(queries.inspections(ctx), key=lambda row: row.batch_id)


@router.get("/batches/{batch}/lot")
def show_lot(batch: str, question: str, caller: Caller) -> Lot:
    """Show a batch as a lot: its size, and how severely it is to be inspected and why."""
    with caller.reading() as ctx:
        return lots.lot(ctx, batch, question=question)


@router.get("/batches/{batch}/inspections")
def list_rounds(batch: str, caller: Caller, listing: Listing) -> list[Inspection]:
    """List every inspection of a batch, the first one first."""
    with caller.reading() as ctx:
        return listing.part(queries.rounds(ctx, batch), key=lambda row: str(row.round))


@router.get("/batches/{batch}/judgements")
def list_judgements(batch: str, caller: Caller, listing: Listing) -> list[Judgement]:
    """List what was found in the last inspection of a batch."""
    with caller.reading() as ctx:
        found = list(queries.judgements(ctx, queries.inspection(ctx, batch)).values())
    return listing.part(found, key=lambda row: row.task_id)


@router.post("/batches/{batch}/plan", response_model=Inspection)
def plan(batch: str, body: PlanForm, caller: Caller) -> Inspection | Response:
    """Record by which plan a batch will be inspected; the hash of that ledger entry chooses the sample."""
    return caller.write(
        lambda ctx: acceptance.plan(ctx, batch, question=body.question, **body.model_dump(exclude={"question"}))
    )


@router.post("/batches/{batch}/sample", response_model=Inspection)
def sample(batch: str, caller: Caller) -> Inspection | Response:
    """Draw the sample of a planned batch."""
    return caller.write(lambda ctx: acceptance.sample(ctx, batch))


@router.post("/batches/{batch}/judgements", response_model=Inspection)
def judge(batch: str, body: JudgementForm, caller: Caller) -> Inspection | Response:
    """Record what an inspector says is right for sampled tasks, and count."""
    return caller.write(lambda ctx: acceptance.judge(ctx, batch, truth=body.truth, reason=body.reason))


@router.post("/batches/{batch}/judgements/rulings", response_model=Inspection)
def confirm(batch: str, caller: Caller) -> Inspection | Response:
    """Record the tasks of the sample that an expert had settled as judged by that ruling."""
    return caller.write(lambda ctx: acceptance.confirm(ctx, batch))


@router.post("/batches/{batch}/propose", status_code=204)
def propose(batch: str, caller: Caller) -> Response:
    """Put an inspected batch before the Accountable."""
    caller.write(lambda ctx: acceptance.propose(ctx, batch))
    return Response(status_code=204)


@router.post("/batches/{batch}/accept", response_model=Inspection)
def accept(batch: str, body: ReasonForm, caller: Caller) -> Inspection | Response:
    """Accept a batch as the Accountable; one that failed is waived."""
    return caller.write(lambda ctx: acceptance.accept(ctx, batch, reason=body.reason))


@router.post("/batches/{batch}/reject", response_model=Inspection)
def reject(batch: str, body: ReasonForm, caller: Caller) -> Inspection | Response:
    """Reject a batch as the Accountable; it goes to rework."""
    return caller.write(lambda ctx: acceptance.reject(ctx, batch, reason=body.reason))


@router.post("/batches/{batch}/rework", response_model=Inspection)
def open_rework(batch: str, caller: Caller) -> Inspection | Response:
    """Open the tasks of a rejected batch again; annotators read why it was rejected."""
    return caller.write(lambda ctx: rework.rework(ctx, batch))
