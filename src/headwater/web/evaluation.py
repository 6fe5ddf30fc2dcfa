"""Evaluations, comparisons, findings with their diagnosis, briefs."""

from __future__ import annotations

from fastapi import APIRouter, Response

from headwater.core.errors import HeadwaterError
from headwater.evaluation import comparisons, queries
from headwater.governance import queries as governance
from headwater.release import queries as releases
from headwater.remediation import queries as remediation
from headwater.web.session import Visitor, page
from headwater.workforce import queries as workforce

router = APIRouter(prefix="/p/{program}")


@router.get("/evaluations")
def listing(visitor: Visitor) -> Response:
    """Show evaluations by release, and how the two newest releases compare."""
    with visitor.reading() as ctx:
        found = queries.evaluations(ctx)
        names = {item.id: f"{item.dataset}@{item.version}" for item in releases.releases(ctx)}
        order = list(dict.fromkeys(item.release_id for item in found))
        comparison = None
        if len(order) > 1:
            try:
                comparison = comparisons.compare(ctx, order[1], order[0], eval_set=found[0].eval_set)
            except HeadwaterError:
                comparison = None  # the two newest releases share no evaluation set
        return page(
            visitor,
            ctx,
            "evaluation/evaluations.html",
            active="evaluations",
            evaluations=found,
            names=names,
            comparison=comparison,
        )


@router.get("/evaluations/{evaluation}")
def one(visitor: Visitor, evaluation: str, after: str = "", failed: bool = True) -> Response:
    """Show an evaluation sample by sample; failures first."""
    with visitor.reading() as ctx:
        found = queries.evaluation(ctx, evaluation)
        rows = queries.samples(ctx, evaluation, failed=failed, after=after, limit=51)
        return page(
            visitor,
            ctx,
            "evaluation/evaluation.html",
            active="evaluations",
            evaluation=found,
            samples=rows[:50],
            more=rows[49].sample_id if len(rows) > 50 else "",  # noqa: PLR2004 -- a page
            failed=failed,
        )


@router.get("/findings")
def findings(visitor: Visitor) -> Response:
    """Show findings with the deficit behind each, and cohorts found noisy."""
    with visitor.reading() as ctx:
        diagnoses = remediation.diagnoses(ctx)
        return page(
            visitor,
            ctx,
            "evaluation/findings.html",
            active="findings",
            findings=queries.findings(ctx),
            causes={item.finding_id: item for item in diagnoses if item.finding_id},
            cohorts=[item for item in diagnoses if not item.finding_id],
            names={item.id: f"{item.dataset}@{item.version}" for item in releases.releases(ctx)},
            teams={cohort.id: cohort.team for cohort in workforce.cohorts(ctx)},
        )


@router.get("/briefs")
def briefs(visitor: Visitor) -> Response:
    """Show briefs with their acceptance tests and measured effects."""
    with visitor.reading() as ctx:
        return page(
            visitor,
            ctx,
            "evaluation/briefs.html",
            active="briefs",
            briefs=remediation.briefs(ctx),
            causes={item.id: item for item in remediation.diagnoses(ctx)},
            teams={cohort.id: cohort.team for cohort in workforce.cohorts(ctx)},
            proposals={item.subject: item for item in governance.proposals(ctx)},
        )
