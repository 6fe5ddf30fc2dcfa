"""`headwater run`, `evaluation`, `finding`, `brief`: the way back from models to data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from headwater.cli.session import Json, acting, done, reading, show
from headwater.evaluation import comparisons, findings, queries, service
from headwater.remediation import briefs, diagnosis
from headwater.remediation import queries as remediation
from headwater.training import queries as training
from headwater.training import service as runs

run = typer.Typer(help="Training runs and the models they made.", no_args_is_help=True)
evaluation = typer.Typer(help="Results of models, sample by sample.", no_args_is_help=True)
finding = typer.Typer(help="Statistically supported weaknesses.", no_args_is_help=True)
brief = typer.Typer(help="Authorised orders to repair data.", no_args_is_help=True)

Release = Annotated[str, typer.Argument(help="A release's id.")]
EvalSet = Annotated[str, typer.Option(help="Name of the evaluation set.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]


@run.command("register")
def register(
    release: Annotated[str, typer.Argument(help="Id, version, or dataset@version.")],
    name: Annotated[str, typer.Option(help="Name of the kind of model.")],
    seed: Annotated[int, typer.Option(help="Seed of the training.")] = 0,
    digest: Annotated[str, typer.Option(help="Digest of the model's bytes.")] = "",
) -> None:
    """Register a training run on an approved release."""
    with acting() as ctx:
        row = runs.register(ctx, release=release, name=name, seed=seed, model_digest=digest)
    done(f"Registered {row.id}; its model is {row.model_id}.")


@run.command("list")
def list_runs(as_json: Json = False) -> None:
    """List training runs, newest first."""
    with reading() as ctx:
        show(training.runs(ctx), ("id", "name", "seed", "release_id", "model_id", "registered_at"), as_json)


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


@finding.command("diagnose")
def diagnose(release: Release, eval_set: EvalSet) -> None:
    """Diagnose a release's open findings and its cohorts."""
    with acting() as ctx:
        found = diagnosis.diagnose(ctx, release, eval_set=eval_set)
    show(found, ("deficit", "predicate", "cohort_id", "evidence"))


@brief.command("list")
def list_briefs(as_json: Json = False) -> None:
    """List briefs, newest first."""
    with reading() as ctx:
        show(remediation.briefs(ctx), ("id", "type", "state", "predicate", "cohort_id", "volume", "effect"), as_json)


@brief.command("authorise")
def authorise(brief_id: Annotated[str, typer.Argument(help="A brief's id.")], reason: Reason) -> None:
    """Authorise a brief as the Accountable."""
    with acting() as ctx:
        briefs.authorise(ctx, brief_id, reason=reason)
    done("Authorised.")


@brief.command("verify")
def verify(
    brief_id: Annotated[str, typer.Argument(help="A brief's id.")],
    release: Annotated[str, typer.Option(help="The release made after its work.")],
) -> None:
    """Measure the effect of a brief on a later release."""
    with acting() as ctx:
        row = briefs.verify(ctx, brief_id, release=release)
    done(f"{row.effect}: {row.measured}")
