"""Evaluations, comparisons of releases, findings with their diagnosis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile

from headwater.core.errors import TooLargeError
from headwater.evaluation import comparisons, findings, queries, service
from headwater.evaluation.model import FindingState
from headwater.release import queries as releases
from headwater.remediation import diagnosis
from headwater.remediation import queries as remediation
from headwater.training import queries as training
from headwater.web.charts import Point, series
from headwater.web.paging import screenful
from headwater.web.session import Visitor, back, page
from headwater.workforce import queries as workforce

if TYPE_CHECKING:
    from markupsafe import Markup

    from headwater.context import Context
    from headwater.evaluation.model import Comparison

router = APIRouter(prefix="/p/{program}")
PAGE = 50


def _names(ctx: Context) -> dict[str, str]:
    return {item.id: f"{item.dataset}@{item.version}" for item in releases.releases(ctx)}


@router.get("/evaluations")
def listing(visitor: Visitor, after: str = "") -> Response:
    """Show evaluations, newest first; forms that compare two releases and take results in."""
    with visitor.reading() as ctx:
        found = screenful(lambda part: queries.evaluations(ctx, part=part), after)
        pairs = queries.evaluated(ctx)
        return page(
            visitor,
            ctx,
            "evaluation/evaluations.html",
            active="evaluations",
            evaluations=found.rows,
            more=found.more,
            names=_names(ctx),
            evaluated=list(dict.fromkeys(release for release, _ in pairs)),
            sets=list(dict.fromkeys(eval_set for _, eval_set in pairs)),
            runs=training.runs(ctx),
        )


@router.post("/evaluations")
def take_in(
    visitor: Visitor,
    run: Annotated[str, Form()],
    eval_set: Annotated[str, Form()],
    file: Annotated[UploadFile, File()],
) -> Response:
    """Take in a file of results."""
    most = visitor.app.settings.max_upload_mb
    if (file.size or 0) > most * 1_000_000:
        raise TooLargeError(
            f"The file is longer than {most:g} MB.", remedy="Use: headwater evaluation import FILE, on the machine."
        )
    samples = service.parse_samples(file.file, file.filename or "the file")
    with visitor.acting() as ctx:
        row = service.import_results(ctx, run=run, eval_set=eval_set, samples=samples)
    return back(visitor, f"evaluations/{row.id}")


@router.get("/evaluations/{evaluation}")
def one(visitor: Visitor, evaluation: str, after: str = "", failed: bool = True) -> Response:
    """Show an evaluation sample by sample; failures first."""
    with visitor.reading() as ctx:
        found = queries.evaluation(ctx, evaluation)
        rows = queries.samples(ctx, evaluation, failed=failed, after=after, limit=PAGE + 1)
        return page(
            visitor,
            ctx,
            "evaluation/evaluation.html",
            active="evaluations",
            evaluation=found,
            run=training.run(ctx, found.run_id),
            release=_names(ctx).get(found.release_id, found.release_id),
            samples=rows[:PAGE],
            more=rows[PAGE - 1].sample_id if len(rows) > PAGE else "",
            failed=failed,
        )


@router.get("/comparisons")
def compared(visitor: Visitor, old: str, new: str, eval_set: str) -> Response:
    """Show how two releases compare on an evaluation set, overall, by slice and by retrain."""
    with visitor.reading() as ctx:
        before, after = releases.release(ctx, old), releases.release(ctx, new)
        found = comparisons.compare(ctx, before.id, after.id, eval_set=eval_set)
        return page(
            visitor,
            ctx,
            "evaluation/comparison.html",
            active="evaluations",
            comparison=found,
            names=_names(ctx),
            retrains=_retrains(ctx, found),
            chart=series(
                [Point(str(place or "all"), row.change) for place, row in enumerate((found.overall, *found.slices))],
                title="Change of accuracy by slice",
                reference=0.0,
            ),
        )


def _retrains(ctx: Context, found: Comparison) -> Markup:
    points = [
        Point(f"{name} {number}", row.accuracy)
        for release, name in ((found.old, "old"), (found.new, "new"))
        for number, row in enumerate(reversed(queries.evaluations(ctx, release=release, eval_set=found.eval_set)), 1)
    ]
    return series(points, title="Accuracy of every retrain")


@router.get("/findings")
def weaknesses(visitor: Visitor, after: str = "") -> Response:
    """Show findings with the deficit behind each, cohorts found noisy, and a form that searches for more."""
    with visitor.reading() as ctx:
        diagnoses = remediation.diagnoses(ctx)
        found = screenful(lambda part: queries.findings(ctx, part=part), after)
        return page(
            visitor,
            ctx,
            "evaluation/findings.html",
            active="findings",
            findings=found.rows,
            more=found.more,
            after=after,
            causes={item.finding_id: item for item in diagnoses if item.finding_id},
            cohorts=[item for item in diagnoses if not item.finding_id],
            names=_names(ctx),
            teams={cohort.id: cohort.team for cohort in workforce.cohorts(ctx)},
            evaluated=queries.evaluated(ctx),
        )


@router.post("/findings")
def look(visitor: Visitor, where: Annotated[str, Form()], act: Annotated[str, Form()]) -> Response:
    """Search an evaluated release for weaknesses, or diagnose those that are open.

    `where` names the release and the evaluation set, with a space between.
    """
    release, _, eval_set = where.partition(" ")
    with visitor.acting() as ctx:
        if act == "diagnose":
            diagnosis.diagnose(ctx, release, eval_set=eval_set)
        else:
            findings.search(ctx, release, eval_set=eval_set)
    return back(visitor, "findings")


@router.get("/findings/{finding}")
def weakness(visitor: Visitor, finding: str) -> Response:
    """Show a finding: its size, its examples, the deficit behind it, and what becomes of it."""
    with visitor.reading() as ctx:
        found = queries.finding(ctx, finding)
        return page(
            visitor,
            ctx,
            "evaluation/finding.html",
            active="findings",
            finding=found,
            release=_names(ctx).get(found.release_id, found.release_id),
            examples=queries.examples(ctx, found),
            causes=[
                item for item in remediation.diagnoses(ctx, release=found.release_id) if item.finding_id == finding
            ],
            states=[state for state in FindingState if state is not found.state],
            teams={cohort.id: cohort.team for cohort in workforce.cohorts(ctx)},
        )


@router.post("/findings/{finding}/triage")
def triage(
    visitor: Visitor, finding: str, state: Annotated[FindingState, Form()], reason: Annotated[str, Form()]
) -> Response:
    """Say what becomes of a finding, with the reason."""
    with visitor.acting() as ctx:
        service.triage(ctx, finding, state=state, reason=reason)
    return back(visitor, f"findings/{finding}")
