"""`headwater evaluation` and `finding`: what models get wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from headwater.cli import names
from headwater.cli.session import Json, acting, done, reading, show
from headwater.cli.tables import called, columns, percent
from headwater.evaluation import comparisons, findings, queries, service
from headwater.evaluation.model import FindingState
from headwater.release import queries as releases
from headwater.remediation import diagnosis

evaluation = typer.Typer(help="Results of models, sample by sample.", no_args_is_help=True)
finding = typer.Typer(help="Statistically supported weaknesses.", no_args_is_help=True)

Release = Annotated[str, typer.Argument(help="Id, version, or dataset@version.")]
FindingId = Annotated[str, typer.Argument(help="A finding's id.")]
SAID = {"overall": percent("overall"), "q": lambda row: f"{row.q:.2g}"}
EvalSet = Annotated[str, typer.Option(help="Name of the evaluation set.")]


@evaluation.command("import")
def import_results(
    file: Annotated[Path, typer.Argument(help="JSONL with sample_id, input, target, output, passed.")],
    training_run: Annotated[str, typer.Option("--run", help="The run whose model was evaluated.")],
    eval_set: EvalSet,
) -> None:
    """Take in the results of a model."""
    samples = service.read_samples(file)
    with acting() as ctx:
        row = service.import_results(ctx, run=training_run, eval_set=eval_set, samples=samples)
    done(f"{row.id}: accuracy {row.accuracy}")


@evaluation.command("list")
def list_evaluations(as_json: Json = False) -> None:
    """List evaluations, newest first."""
    with reading() as ctx:
        rows, known = queries.evaluations(ctx), names.releases(ctx)
    fields = ("id", "eval_set", "release", "accuracy", "imported_at")
    show(rows, columns(fields, release=called(known, "release_id")), as_json, empty="No results were taken in yet.")


@evaluation.command("show")
def show_evaluation(
    identifier: Annotated[str, typer.Argument(help="An evaluation's id.")],
    limit: Annotated[int, typer.Option(help="Most failed samples to print.", min=0)] = 20,
    as_json: Json = False,
) -> None:
    """Show an evaluation with samples that failed."""
    with reading() as ctx:
        row = queries.evaluation(ctx, identifier)
        failed = queries.samples(ctx, identifier, failed=True, limit=limit) if limit else []
        known = names.releases(ctx)
    if as_json:
        show({"evaluation": row, "failed": failed}, (), as_json)
        return
    fields = ("id", "eval_set", "accuracy", "release", "run_id", "model_id", "imported_at")
    show(row, columns(fields, release=called(known, "release_id")))
    if limit:
        done("\nFailed samples")
        show(failed, ("sample_id", "input", "target", "output"), empty="No sample failed.")


@evaluation.command("compare")
def compare(old: Release, new: Release, eval_set: EvalSet, as_json: Json = False) -> None:
    """Compare two releases over their retrains, overall and by slice."""
    with reading() as ctx:
        found = comparisons.compare(ctx, old, new, eval_set=eval_set)
    if as_json:
        show(found, (), as_json)
        return
    said = {"slice": lambda row: row.predicate or "all samples", "before": percent("before"), "after": percent("after")}
    show([found.overall, *found.slices], columns(("slice", "before", "after", "change", "verdict"), **said))


@finding.command("search")
def search(release: Release, eval_set: EvalSet) -> None:
    """Find the slices in which a release's models fail."""
    with acting() as ctx:
        found = findings.search(ctx, release, eval_set=eval_set)
    done(f"{len(found)} findings.")


@finding.command("list")
def list_findings(as_json: Json = False) -> None:
    """List findings, newest first."""
    with reading() as ctx:
        rows = queries.findings(ctx)
    show(rows, columns(("id", "predicate", "rate", "overall", "q", "state"), **SAID), as_json, empty="No findings yet.")


@finding.command("show")
def show_finding(identifier: FindingId, as_json: Json = False) -> None:
    """Show a finding with examples that fail."""
    with reading() as ctx:
        row = queries.finding(ctx, identifier)
        examples, known = queries.examples(ctx, row), names.releases(ctx)
    if as_json:
        show({"finding": row, "examples": examples}, (), as_json)
        return
    fields = ("id", "predicate", "state", "rate", "overall", "q", "candidates", "release", "eval_set")
    show(row, columns(fields, release=called(known, "release_id"), **SAID))
    done("\nFailed samples")
    show(examples, ("sample_id", "input", "target", "output"))


@finding.command("triage")
def triage(
    identifier: FindingId,
    state: Annotated[FindingState, typer.Argument(help="What becomes of it.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the decision.")],
) -> None:
    """Say what becomes of a finding."""
    with acting() as ctx:
        row = service.triage(ctx, identifier, state=state, reason=reason)
    done(f"{row.predicate} is {row.state.value}.")


@finding.command("diagnose")
def diagnose(release: Release, eval_set: EvalSet) -> None:
    """Diagnose a release's open findings and its cohorts."""
    with acting() as ctx:
        found = diagnosis.diagnose(ctx, releases.release(ctx, release).id, eval_set=eval_set)
        teams = names.teams(ctx)
    shown = columns(("deficit", "predicate", "cohort", "evidence"), cohort=called(teams, "cohort_id"))
    show(found, shown, empty="No deficit was found behind what is open.")
