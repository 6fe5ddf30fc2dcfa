"""Diagnoses and briefs."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.api.session import Caller, Listing
from headwater.lineage.model import Node
from headwater.remediation import briefs, diagnosis, drafts, queries, works
from headwater.remediation.model import Brief, BriefType, Diagnosis

router = APIRouter(prefix="/programs/{program}", tags=["remediation"])


class Subject(BaseModel):
    """Whose failures to explain."""

    release: str
    eval_set: str


class NewBrief(BaseModel):
    """A brief to propose; what is left out stays as the diagnosis suggests."""

    diagnosis: str
    kind: BriefType | None = None
    volume: int = Field(default=0, ge=0, description="Records or tasks; as suggested when 0.")
    instructions: str = Field(default="", max_length=4000)
    eval_set: str = Field(default="", description="The set the effect is measured on; the finding's by default.")
    gain: float = Field(default=0.05, ge=0, le=1, description="Rise over other slices that counts as effective.")
    alpha: float = Field(default=0.05, ge=0.001, le=0.5, description="Chance of a false verdict.")
    fewest_samples: int = Field(default=5, ge=1)
    retrains: int = Field(default=3, ge=3)


class Because(BaseModel):
    """Why a decision is taken."""

    reason: str = Field(min_length=1)


class Work(BaseModel):
    """What carries a brief out."""

    work: str = Field(min_length=1, description="A campaign's name or id, an intake's id, or a release.")


class Later(BaseModel):
    """The release made after a brief's work."""

    release: str = Field(min_length=1)


@router.get("/diagnoses")
def list_diagnoses(caller: Caller, listing: Listing, release: str = "") -> list[Diagnosis]:
    """List diagnoses, newest first."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: queries.diagnoses(ctx, release=release, part=part))


@router.get("/diagnoses/{diagnosis_id}")
def show_diagnosis(diagnosis_id: str, caller: Caller) -> Diagnosis:
    """Show a diagnosis with its evidence."""
    with caller.reading() as ctx:
        return queries.diagnosis(ctx, diagnosis_id)


@router.post("/diagnoses", response_model=list[Diagnosis])
def diagnose(body: Subject, caller: Caller) -> list[Diagnosis] | Response:
    """Diagnose a release's open findings and its cohorts."""
    return caller.write(lambda ctx: diagnosis.diagnose(ctx, body.release, eval_set=body.eval_set))


@router.get("/diagnoses/{diagnosis_id}/draft")
def draft(diagnosis_id: str, caller: Caller, eval_set: str = "") -> drafts.Draft:
    """Return the brief that a diagnosis suggests, with its baseline."""
    with caller.reading() as ctx:
        return drafts.draft(ctx, diagnosis_id, eval_set=eval_set)


@router.get("/briefs")
def list_briefs(caller: Caller, listing: Listing, release: str = "") -> list[Brief]:
    """List briefs, newest first."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: queries.briefs(ctx, release=release, part=part))


@router.post("/briefs", status_code=201, response_model=Brief)
def propose(body: NewBrief, caller: Caller) -> Brief | Response:
    """Propose a brief from a diagnosis; its acceptance test never changes afterwards."""
    order = drafts.Order(**body.model_dump(exclude={"diagnosis"}))
    return caller.write(lambda ctx: drafts.propose(ctx, body.diagnosis, order))


@router.get("/briefs/{brief}")
def show(brief: str, caller: Caller) -> Brief:
    """Show a brief."""
    with caller.reading() as ctx:
        return queries.brief(ctx, brief)


@router.get("/briefs/{brief}/works")
def list_works(brief: str, caller: Caller, listing: Listing) -> list[Node]:
    """List the campaigns, intakes and releases that carried a brief out or were measured for it."""
    with caller.reading() as ctx:
        return listing.part(queries.works(ctx, queries.brief(ctx, brief)))


@router.post("/briefs/{brief}/authorisation", response_model=Brief)
def authorise(brief: str, body: Because, caller: Caller) -> Brief | Response:
    """Authorise a brief as the Accountable."""
    return caller.write(lambda ctx: briefs.authorise(ctx, brief, reason=body.reason))


@router.post("/briefs/{brief}/works", status_code=201, response_model=Node)
def carry_out(brief: str, body: Work, caller: Caller) -> Node | Response:
    """Record that a campaign, an intake or a release carries a brief out."""
    return caller.write(lambda ctx: works.carry_out(ctx, brief, body.work))


@router.post("/briefs/{brief}/verification", response_model=Brief)
def verify(brief: str, body: Later, caller: Caller) -> Brief | Response:
    """Measure the effect of a brief on a later release, beside slices that no brief touched."""
    return caller.write(lambda ctx: works.verify(ctx, brief, release=body.release))


@router.post("/briefs/{brief}/closing", status_code=204)
def propose_close(brief: str, caller: Caller) -> None:
    """Put a verified brief before the Accountable for closing."""
    caller.write(lambda ctx: briefs.propose_close(ctx, brief))


@router.post("/briefs/{brief}/closure", response_model=Brief)
def close(brief: str, body: Because, caller: Caller) -> Brief | Response:
    """Close a verified brief as the Accountable."""
    return caller.write(lambda ctx: briefs.close(ctx, brief, reason=body.reason))
