"""Diagnoses and briefs."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel

from headwater.api.session import Caller, Listing
from headwater.remediation import diagnosis, queries
from headwater.remediation.model import Brief, Diagnosis

router = APIRouter(prefix="/programs/{program}", tags=["remediation"])


class Subject(BaseModel):
    """Whose failures to explain."""

    release: str
    eval_set: str


@router.get("/diagnoses")
def list_diagnoses(caller: Caller, listing: Listing, release: str = "") -> list[Diagnosis]:
    """List diagnoses, newest first."""
    with caller.reading() as ctx:
        return listing.part(queries.diagnoses(ctx, release=release))


@router.get("/diagnoses/{diagnosis_id}")
def show_diagnosis(diagnosis_id: str, caller: Caller) -> Diagnosis:
    """Show a diagnosis with its evidence."""
    with caller.reading() as ctx:
        return queries.diagnosis(ctx, diagnosis_id)


@router.post("/diagnoses", response_model=list[Diagnosis])
def diagnose(body: Subject, caller: Caller) -> list[Diagnosis] | Response:
    """Diagnose a release's open findings and its cohorts."""
    return caller.write(lambda ctx: diagnosis.diagnose(ctx, body.release, eval_set=body.eval_set))


@router.get("/briefs")
def list_briefs(caller: Caller, listing: Listing, release: str = "") -> list[Brief]:
    """List briefs, newest first."""
    with caller.reading() as ctx:
        return listing.part(queries.briefs(ctx, release=release))
