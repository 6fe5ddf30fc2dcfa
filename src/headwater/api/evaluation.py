"""Evaluations, comparisons, findings."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.api.session import Caller, Listing, Page, Pages, page_of
from headwater.evaluation import comparisons, findings, queries, service
from headwater.evaluation.model import Comparison, Evaluation, Finding, FindingState, Sample

router = APIRouter(prefix="/programs/{program}", tags=["evaluation"])


class Results(BaseModel):
    """Results of a model, sample by sample."""

    run: str
    eval_set: str = Field(min_length=1, max_length=120)
    samples: list[Sample] = Field(min_length=1)


class Search(BaseModel):
    """Where to look for weaknesses."""

    release: str
    eval_set: str


class Triage(BaseModel):
    """What becomes of a finding."""

    state: FindingState
    reason: str = Field(min_length=1)


@router.get("/evaluations")
def list_evaluations(caller: Caller, listing: Listing, release: str = "", eval_set: str = "") -> list[Evaluation]:
    """List evaluations, newest first."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: queries.evaluations(ctx, release=release, eval_set=eval_set, part=part))


@router.post("/evaluations", status_code=201, response_model=Evaluation)
def import_results(body: Results, caller: Caller) -> Evaluation | Response:
    """Take in the results of a run's model."""
    return caller.write(
        lambda ctx: service.import_results(ctx, run=body.run, eval_set=body.eval_set, samples=body.samples)
    )


@router.get("/evaluations/{evaluation}")
def show_evaluation(evaluation: str, caller: Caller) -> Evaluation:
    """Show an evaluation."""
    with caller.reading() as ctx:
        return queries.evaluation(ctx, evaluation)


@router.get("/evaluations/{evaluation}/samples")
def samples(evaluation: str, caller: Caller, paging: Pages, failed: bool = False) -> Page[Sample]:
    """List samples by id."""
    with caller.reading() as ctx:
        rows = queries.samples(ctx, evaluation, failed=failed, after=paging.after or "", limit=paging.limit + 1)
    return page_of(rows, paging.limit, lambda row: row.sample_id)


@router.get("/comparisons/{old}/{new}")
def compare(old: str, new: str, eval_set: str, caller: Caller) -> Comparison:
    """Compare two releases over their retrains."""
    with caller.reading() as ctx:
        return comparisons.compare(ctx, old, new, eval_set=eval_set)


@router.get("/findings")
def list_findings(caller: Caller, listing: Listing, release: str = "") -> list[Finding]:
    """List findings, newest first."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: queries.findings(ctx, release=release, part=part))


@router.post("/findings/search", response_model=list[Finding])
def search(body: Search, caller: Caller) -> list[Finding] | Response:
    """Find the slices in which a release's models fail, and keep them."""
    return caller.write(lambda ctx: findings.search(ctx, body.release, eval_set=body.eval_set))


@router.get("/findings/{finding}")
def show_finding(finding: str, caller: Caller) -> Finding:
    """Show a finding."""
    with caller.reading() as ctx:
        return queries.finding(ctx, finding)


@router.post("/findings/{finding}/triage", response_model=Finding)
def triage(finding: str, body: Triage, caller: Caller) -> Finding | Response:
    """Say what becomes of a finding, with the reason."""
    return caller.write(lambda ctx: service.triage(ctx, finding, state=body.state, reason=body.reason))
