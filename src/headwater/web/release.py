"""Releases: gates, members, differences, approval, files."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Form, Response

from headwater.app.job_rights import permit
from headwater.core.errors import HeadwaterError
from headwater.governance import queries as governance
from headwater.governance.authority import may, require
from headwater.governance.model import Decision
from headwater.quality import queries as quality
from headwater.release import preview as previews
from headwater.release import queries, service
from headwater.release.model import Selection
from headwater.training import queries as training
from headwater.web.paging import screenful
from headwater.web.session import Visitor, back, page
from headwater.workforce import queries as workforce

router = APIRouter(prefix="/p/{program}")
FILES = (
    "manifest.json",
    "members.parquet",
    "labels.parquet",
    "README.md",
    "DATASHEET.md",
    "croissant.json",
    "provenance.json",
    "dps.json",
    "spdx.json",
    "SHA256SUMS",
    "attestation.dsse",
)


@router.get("/releases")
def listing(visitor: Visitor, after: str = "") -> Response:
    """Show releases, newest first."""
    with visitor.reading() as ctx:
        found = screenful(lambda part: queries.releases(ctx, part=part), after)
        return page(
            visitor,
            ctx,
            "release/releases.html",
            active="releases",
            releases=found.rows,
            more=found.more,
            builds=may(ctx, Decision.RELEASE_BUILD),
        )


@router.get("/releases/preview")
def preview(
    visitor: Visitor, dataset: str = "", question: str = "", where: str = "", minimum_confidence: float = 0.0
) -> Response:
    """Show what the next release would hold, its gates, what stays out and why; with the button that builds it."""
    with visitor.reading() as ctx:
        require(ctx, Decision.RELEASE_BUILD)
        found, problem = None, ""
        selection = Selection(question=question, where=where, minimum_confidence=minimum_confidence)
        if dataset and question:
            try:
                found = previews.preview(ctx, dataset=dataset, selection=selection)
            except HeadwaterError as error:
                problem = f"{error} {error.remedy}"
        known = queries.releases(ctx)
        return page(
            visitor,
            ctx,
            "release/preview.html",
            active="releases",
            preview=found,
            problem=problem,
            selection=selection,
            dataset=dataset or (known[0].dataset if known else ""),
            datasets=list(dict.fromkeys(item.dataset for item in known)),
            questions=quality.labelled_questions(ctx),
            teams={cohort.id: cohort.team for cohort in workforce.cohorts(ctx)},
        )


@router.post("/releases/builds")
def build(
    visitor: Visitor,
    dataset: Annotated[str, Form(min_length=1, max_length=80)],
    question: Annotated[str, Form(min_length=1)],
    where: Annotated[str, Form()] = "",
    minimum_confidence: Annotated[float, Form(ge=0, le=1)] = 0.0,
) -> Response:
    """Build a release as a durable job; its page shows the progress."""
    with visitor.acting() as ctx:
        permit(ctx, "release build")
        actor, program = ctx.actor, ctx.program
    args = {"dataset": dataset, "question": question, "where": where, "minimum_confidence": minimum_confidence}
    return back(visitor, f"jobs/{visitor.app.jobs.start('release build', args, program=program, actor=actor)}")


@router.get("/releases/{release}")
def one(visitor: Visitor, release: str) -> Response:
    """Show a release: gates, counts, what changed, files, decisions."""
    with visitor.reading() as ctx:
        found = queries.release(ctx, release)
        manifest = json.loads(queries.file(ctx, found.id, "manifest.json"))
        proposals = governance.proposals(ctx, subject=found.id)
        return page(
            visitor,
            ctx,
            "release/release.html",
            active="releases",
            release=found,
            gates=queries.gates_now(ctx, found),
            counts=manifest["counts"],
            teams={cohort.id: cohort.team for cohort in workforce.cohorts(ctx)},
            selection=manifest["selection"]["text"],
            difference=queries.diff(ctx, found.parent, found.id) if found.parent else None,
            files=[name for name in FILES if ctx.objects.exists(f"{found.path}/{name}")],
            proposals=proposals,
            proposed={item.decision for item in proposals if item.decided_at is None},
            approve=Decision.RELEASE_APPROVE,
            publish=Decision.RELEASE_PUBLISH,
            yank=Decision.RELEASE_YANK,
            runs=training.runs(ctx, release=found.id),
        )


@router.post("/releases/{release}/propose")
def propose(visitor: Visitor, release: str) -> Response:
    """Put a candidate before the Accountable."""
    with visitor.acting() as ctx:
        service.propose(ctx, release)
    return back(visitor, f"releases/{release}")


@router.post("/releases/{release}/publish")
def publish(visitor: Visitor, release: str) -> Response:
    """Ask the Accountable to make an approved release available for training."""
    with visitor.acting() as ctx:
        service.propose_publication(ctx, release)
    return back(visitor, f"releases/{release}")


@router.post("/releases/{release}/yank")
def yank(visitor: Visitor, release: str, reason: Annotated[str, Form()]) -> Response:
    """Ask the Accountable to withdraw a release."""
    with visitor.acting() as ctx:
        service.propose_yank(ctx, release, summary=reason)
    return back(visitor, f"releases/{release}")


@router.get("/releases/{release}/files/{name}")
def file(visitor: Visitor, release: str, name: str) -> Response:
    """Give one file of a release."""
    with visitor.reading() as ctx:
        data = queries.file(ctx, release, name)
    return Response(
        data,
        media_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
