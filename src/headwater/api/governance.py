"""Programs, people, decision rights, proposals, notices, waivers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from headwater.api.session import Caller, Page, Pages, page_of
from headwater.app import approvals
from headwater.core.errors import NotFoundError
from headwater.governance import decisions, notices, programs, queries, waivers
from headwater.governance.chart import ChartProblem
from headwater.governance.model import Cell, DecisionRecord, Notice, Program, Proposal, ProposalState, Waiver

if TYPE_CHECKING:
    from headwater.context import Context

router = APIRouter(tags=["governance"])
IN = "/programs/{program}"


class NewProgram(BaseModel):
    """A program to make."""

    slug: str = Field(max_length=60)
    name: str = Field(max_length=200)
    purpose: str = ""
    solo: bool = False


class Opinion(BaseModel):
    """A consulted person's answer."""

    supports: bool
    comment: str = ""


class Verdict(BaseModel):
    """The Accountable's decision."""

    approve: bool
    reason: str = Field(min_length=1)


class WaiverRequest(BaseModel):
    """A gate to be opened."""

    standard: str
    reason: str = Field(min_length=1)
    expires_at: datetime


@router.get("/programs")
def list_programs(caller: Caller) -> list[Program]:
    """List the programs you may see."""
    with caller.reading() as ctx:
        return queries.programs_of(ctx, ctx.actor)


@router.post("/programs", status_code=201, response_model=Program)
def create_program(body: NewProgram, caller: Caller) -> Program | Response:
    """Make a program, as administrator."""
    return caller.write(lambda ctx: programs.create(ctx, **body.model_dump()))


@router.get(IN)
def show_program(caller: Caller) -> Program:
    """Show a program with its charter in force."""
    with caller.reading() as ctx:
        return queries.program(ctx)


@router.get(IN + "/raci")
def chart(caller: Caller) -> list[Cell]:
    """Show the RACI chart."""
    with caller.reading() as ctx:
        return list(queries.program(ctx).charter.chart)


@router.get(IN + "/raci/problems")
def problems(caller: Caller) -> list[ChartProblem]:
    """List the holes of the chart."""
    with caller.reading() as ctx:
        return queries.chart_problems(ctx)


@router.get(IN + "/proposals")
def list_proposals(
    caller: Caller, state: ProposalState | None = None, subject: Annotated[str, Query()] = ""
) -> list[Proposal]:
    """List proposals, newest first."""
    with caller.reading() as ctx:
        return queries.proposals(ctx, state=state, subject=subject)


@router.get(IN + "/proposals/{proposal}")
def show_proposal(proposal: str, caller: Caller) -> Proposal:
    """Show a proposal with the opinions on it."""
    with caller.reading() as ctx:
        return _known(queries.proposal(ctx, proposal), proposal)


@router.post(IN + "/proposals/{proposal}/opinion", response_model=Proposal)
def give_opinion(proposal: str, body: Opinion, caller: Caller) -> Proposal | Response:
    """Answer as a consulted person."""

    def act(ctx: Context) -> Proposal:
        decisions.answer(ctx, proposal, supports=body.supports, comment=body.comment)
        return _known(queries.proposal(ctx, proposal), proposal)

    return caller.write(act)


@router.post(IN + "/proposals/{proposal}/decision", response_model=Proposal)
def decide(proposal: str, body: Verdict, caller: Caller) -> Proposal | Response:
    """Approve or refuse as the Accountable; the thing itself moves with the decision."""

    def act(ctx: Context) -> Proposal:
        found = _known(queries.proposal(ctx, proposal), proposal)
        (approvals.approve if body.approve else approvals.refuse)(ctx, found, reason=body.reason)
        return _known(queries.proposal(ctx, proposal), proposal)

    return caller.write(act)


@router.get(IN + "/decisions")
def list_decisions(caller: Caller, paging: Pages, subject: str = "") -> Page[DecisionRecord]:
    """List decisions that were taken, newest first."""
    with caller.reading() as ctx:
        rows = queries.decided(ctx, subject=subject, before=paging.after or "", limit=paging.limit + 1)
    return page_of(rows, paging.limit, lambda row: row.id)


@router.get(IN + "/notices")
def list_notices(caller: Caller, unread: bool = False) -> list[Notice]:
    """List your notices, newest first."""
    with caller.reading() as ctx:
        return queries.notices(ctx, unread=unread)


@router.post(IN + "/notices/receipt", status_code=204)
def receive(caller: Caller) -> None:
    """Give receipt for all your notices."""
    caller.write(notices.receive)


@router.get(IN + "/waivers")
def list_waivers(caller: Caller) -> list[Waiver]:
    """List waivers, newest first."""
    with caller.reading() as ctx:
        return queries.waivers(ctx)


@router.post(IN + "/waivers", status_code=201, response_model=Waiver)
def request_waiver(body: WaiverRequest, caller: Caller) -> Waiver | Response:
    """Ask the Accountable to open a gate."""
    return caller.write(lambda ctx: waivers.request(ctx, **body.model_dump()))


def _known(found: Proposal | None, name: str) -> Proposal:
    if found is None:
        raise NotFoundError(f"There is no proposal '{name}'.")
    return found
