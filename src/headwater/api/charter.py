"""Programs, their charters and RACI charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.api.session import Caller, Listing
from headwater.app import steps
from headwater.app.steps import Step
from headwater.governance import charter_text, charters, programs, queries
from headwater.governance.chart import ChartProblem
from headwater.governance.model import Cell, CriticalSlice, Decision, Involvement, PersonId, Program, Proposal, Role

if TYPE_CHECKING:
    from headwater.context import Context

router = APIRouter(tags=["governance"])
IN = "/programs/{program}"
Party = Annotated[str, Field(pattern=f"^(per_|role:({'|'.join(Role)})$)", description="A person's id, or `role:lead`.")]


class NewProgram(BaseModel):
    """A program to make."""

    slug: str = Field(max_length=60)
    name: str = Field(max_length=200)
    purpose: str = ""
    solo: bool = False


class CharterChange(BaseModel):
    """What a charter is to become; what is left out stays as it is."""

    purpose: str | None = None
    targets: list[str] | None = None
    standards: list[str] | None = Field(None, description="Each as `agreement.alpha >= 0.75 on intent`.")
    critical_slices: list[CriticalSlice] | None = None
    solo: bool | None = None
    summary: str = Field("", description="The change in a few words, for the inboxes.")


class Entry(BaseModel):
    """One entry of a chart."""

    decision: Decision
    involvement: Involvement
    party: Party


class ChartChange(BaseModel):
    """What the chart is to become: the whole of it."""

    chart: list[Entry]
    summary: str = ""


class Reset(BaseModel):
    """Why the default chart is put in force."""

    reason: str = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Rights:
    """The people a chart means for one decision, roles resolved."""

    decision: Decision
    responsible: list[PersonId]
    accountable: list[PersonId]
    consulted: list[PersonId]
    informed: list[PersonId]


@router.get("/programs")
def list_programs(caller: Caller, listing: Listing) -> list[Program]:
    """List the programs you may see."""
    with caller.reading() as ctx:
        return listing.part(queries.programs_of(ctx, ctx.actor))


@router.post("/programs", status_code=201, response_model=Program)
def create_program(body: NewProgram, caller: Caller) -> Program | Response:
    """Make a program, as administrator."""
    return caller.write(lambda ctx: programs.create(ctx, **body.model_dump()))


@router.get(IN)
def show_program(caller: Caller) -> Program:
    """Show a program with its charter in force."""
    with caller.reading() as ctx:
        return queries.program(ctx)


@router.get(IN + "/steps")
def first_steps(caller: Caller) -> list[Step]:
    """List the first steps of a program, each with its command and whether it is done."""
    with caller.reading() as ctx:
        return steps.first_steps(ctx)


@router.post(IN + "/charter/proposals", status_code=201, response_model=Proposal)
def propose_charter(body: CharterChange, caller: Caller) -> Proposal | Response:
    """Propose a new version of the charter."""
    data = body.model_dump(exclude={"summary"}, exclude_none=True)
    return caller.write(
        lambda ctx: charters.propose(
            ctx, charter_text.charter_of(data, queries.program(ctx).charter), summary=body.summary
        )
    )


@router.get(IN + "/raci")
def chart(caller: Caller) -> list[Cell]:
    """Show the entries of the RACI chart."""
    with caller.reading() as ctx:
        return list(queries.program(ctx).charter.chart)


@router.get(IN + "/raci/people")
def rights(caller: Caller) -> list[Rights]:
    """Show whom the chart means, decision by decision."""
    with caller.reading() as ctx:
        return [Rights(which, *(queries.involved(ctx, which, how) for how in Involvement)) for which in Decision]


@router.get(IN + "/raci/problems")
def problems(caller: Caller) -> list[ChartProblem]:
    """List the holes of the chart."""
    with caller.reading() as ctx:
        return queries.chart_problems(ctx)


@router.post(IN + "/raci/proposals", status_code=201, response_model=Proposal)
def propose_chart(body: ChartChange, caller: Caller) -> Proposal | Response:
    """Propose a new RACI chart: the whole of it."""
    cells = [Cell(**entry.model_dump()) for entry in body.chart]
    return caller.write(lambda ctx: charters.propose_chart(ctx, cells, summary=body.summary))


@router.post(IN + "/raci/reset", response_model=Program)
def reset_chart(body: Reset, caller: Caller) -> Program | Response:
    """Put the default chart in force, as administrator, when nobody can change the chart any more."""

    def act(ctx: Context) -> Program:
        charters.reset_chart(ctx, reason=body.reason)
        return queries.program(ctx)

    return caller.write(act)
