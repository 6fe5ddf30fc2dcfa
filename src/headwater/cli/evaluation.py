"""`headwater evaluation` and `finding`: what models get wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from headwater.cli.session import Json, acting, done, reading, show
from headwater.evaluation import comparisons, findings, queries, service
from headwater.evaluation.model import FindingState
from headwater.release import queries as releases
from headwater.remediation import diagnosis

evaluation = typer.Typer(help="Results of models, sample by sample.", no_args_is_help=True)
finding = typer.Typer(help="Statistically supported weaknesses.", no_args_is_help=True)

Release = Annotated[str, typer.Argument(help="Id, version, or dataset@version.")]
FindingId = Annotated[str, typer.Argument(help="A finding's id.")]
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
        show(queries.evaluations(ctx), ("id", "eval_set", "release_id", "accuracy", "imported_at"), as_json)


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
    if as_json:
        show({"evaluation": row, "failed": failed}, (), as_json)
        return
    show(row, ("id", "eval_set", "accuracy", "release_id", "run_id", "model_id", "imported_at"))
    show(failed, ("sample_id", "input", "target", "output"))


@evaluation.command("compare")
def compare(old: Release, new: Release, eval_set: EvalSet, as_json: Json = False) -> None:
    """Compare two releases over their retrains, overall and by slice."""
    with reading() as ctx:
        found = comparisons.compare(ctx, old, new, eval_set=eval_set)
    if as_json:
        show(found, (), as_json)
        return
    columns = ("predicate", "before", "after", "change", "verdict")
    show([found.overall, *found.slices], columns)


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
        show(queries.findings(ctx), ("id", "predicate", "rate", "overall", "q", "state"), as_json)


@finding.command("show")
def show_finding(identifier: FindingId, as_json: Json = False) -> None:
    """Show a finding with examples that fail."""
    with reading() as ctx:
        row = queries.finding(ctx, identifier)
        examples = queries.examples(ctx, row)
    if as_json:
        show({"finding": row, "examples": examples}, (), as_json)
        return
    show(row, ("id", "predicate", "state", "rate", "overall", "q", "candidates", "release_id", "eval_set"))
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
    show(found, ("deficit", "predicate", "cohort_id", "evidence"))
