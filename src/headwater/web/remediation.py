"""Diagnoses and briefs: from a deficit to an authorised order, its work and its measured effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Response
from pydantic import BaseModel, Field

from headwater.annotation import queries as annotation
from headwater.core.errors import HeadwaterError
from headwater.evaluation import queries as evaluation
from headwater.governance import queries as governance
from headwater.release import queries as releases
from headwater.remediation import briefs, drafts, queries, works
from headwater.remediation.model import BriefState, BriefType
from headwater.sourcing import queries as sourcing
from headwater.web.charts import Point, series
from headwater.web.paging import screenful
from headwater.web.session import Visitor, back, page
from headwater.workforce import queries as workforce

if TYPE_CHECKING:
    from headwater.context import Context

router = APIRouter(prefix="/p/{program}")


class NewBrief(BaseModel):
    """The form of a brief."""

    kind: BriefType
    volume: int = Field(ge=1)
    instructions: str = Field(min_length=1, max_length=4000)
    eval_set: str = Field(min_length=1)
    gain: float = Field(ge=0, le=100)
    """In percentage points."""
    alpha: float = Field(ge=0.001, le=0.5)
    fewest_samples: int = Field(ge=1)
    retrains: int = Field(ge=3)


def _teams(ctx: Context) -> dict[str, str]:
    return {cohort.id: cohort.team for cohort in workforce.cohorts(ctx)}


@router.get("/diagnoses/{diagnosis}")
def deficit(visitor: Visitor, diagnosis: str) -> Response:
    """Show a diagnosis with its evidence, and the form of a brief filled with what it suggests."""
    with visitor.reading() as ctx:
        found = queries.diagnosis(ctx, diagnosis)
        suggested, problem = None, ""
        try:
            suggested = drafts.draft(ctx, diagnosis)
        except HeadwaterError as error:
            problem = str(error)
        return page(
            visitor,
            ctx,
            "remediation/diagnosis.html",
            active="findings",
            diagnosis=found,
            release=releases.release(ctx, found.release_id),
            suggested=suggested,
            problem=problem,
            kinds=list(BriefType),
            sets=list(dict.fromkeys(item.eval_set for item in evaluation.evaluations(ctx, release=found.release_id))),
            ordered=[item for item in queries.briefs(ctx, release=found.release_id) if item.diagnosis_id == found.id],
            teams=_teams(ctx),
        )


@router.post("/diagnoses/{diagnosis}/brief")
def propose(visitor: Visitor, diagnosis: str, form: Annotated[NewBrief, Form()]) -> Response:
    """Propose a brief from a diagnosis."""
    order = drafts.Order(**form.model_dump(exclude={"gain"}), gain=form.gain / 100)
    with visitor.acting() as ctx:
        row = drafts.propose(ctx, diagnosis, order)
    return back(visitor, f"briefs/{row.id}")


@router.get("/briefs")
def listing(visitor: Visitor, after: str = "") -> Response:
    """Show briefs with their acceptance tests and measured effects."""
    with visitor.reading() as ctx:
        found = screenful(lambda part: queries.briefs(ctx, part=part), after)
        return page(
            visitor,
            ctx,
            "remediation/briefs.html",
            active="briefs",
            briefs=found.rows,
            more=found.more,
            causes={item.id: item for item in queries.diagnoses(ctx)},
            teams=_teams(ctx),
            proposals=governance.proposals_about(ctx, [item.id for item in found.rows]),
        )


@router.get("/briefs/{brief}")
def one(visitor: Visitor, brief: str) -> Response:
    """Show a brief: evidence, acceptance test, decisions, work, measured effect."""
    with visitor.reading() as ctx:
        row = queries.brief(ctx, brief)
        known = {item.id: f"{item.dataset}@{item.version}" for item in releases.releases(ctx)}
        is_open = row.state is BriefState.AUTHORISED
        course = [Point(name, figure) for name, figure in queries.course(ctx, row)]
        effect = [Point("effect", row.measured)] if row.measured else []
        return page(
            visitor,
            ctx,
            "remediation/brief.html",
            active="briefs",
            brief=row,
            cause=queries.diagnosis(ctx, row.diagnosis_id),
            releases=known,
            works=queries.works(ctx, row),
            touched=queries.touched(ctx, row),
            campaigns=annotation.campaigns(ctx) if is_open else [],
            intakes=sourcing.intakes(ctx) if is_open else [],
            later=[key for key in known if key != row.release_id] if is_open else [],
            course=series(course, title="Share of right samples in the slice, by retrain"),
            effect=series(effect, title="Measured effect; the line is what was asked", reference=row.acceptance.gain),
            proposals=governance.proposals(ctx, subject=row.id),
            teams=_teams(ctx),
        )


@router.post("/briefs/{brief}/work")
def carry_out(visitor: Visitor, brief: str, work: Annotated[str, Form()]) -> Response:
    """Record that a campaign or an intake carries a brief out."""
    with visitor.acting() as ctx:
        works.carry_out(ctx, brief, work)
    return back(visitor, f"briefs/{brief}")


@router.post("/briefs/{brief}/verify")
def verify(visitor: Visitor, brief: str, release: Annotated[str, Form()]) -> Response:
    """Measure the effect of a brief on a later release."""
    with visitor.acting() as ctx:
        works.verify(ctx, brief, release=release)
    return back(visitor, f"briefs/{brief}")


@router.post("/briefs/{brief}/close")
def close(visitor: Visitor, brief: str) -> Response:
    """Put a verified brief before the Accountable for closing."""
    with visitor.acting() as ctx:
        briefs.propose_close(ctx, brief)
    return back(visitor, f"briefs/{brief}")
