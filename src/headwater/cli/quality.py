"""`headwater quality`: measure campaigns, resolve labels, inspect and accept batches."""

from __future__ import annotations

from typing import Annotated

import typer

from headwater.annotation import queries as annotation
from headwater.cli import acceptance, label_errors, monitoring
from headwater.cli.session import Json, acting, done, reading, show
from headwater.quality import assessments, labels, queries
from headwater.quality.outcomes import resolvable

cli = typer.Typer(help="Agreement, gold, labels, acceptance of batches.", no_args_is_help=True)
cli.add_typer(acceptance.cli)
cli.command("monitor")(monitoring.monitor)
cli.command("charts")(monitoring.charts)
cli.add_typer(label_errors.cli, name="errors")
Campaign = Annotated[str, typer.Argument(help="Name or id of the campaign.")]
Question = Annotated[str, typer.Option(help="The question.")]


@cli.command("assess")
def assess(campaign: Campaign, question: Question) -> None:
    """Measure agreement and gold accuracy, and resolve the labels of a campaign."""
    with acting() as ctx:
        rows = assessments.assess(ctx, campaign, question=question)
        asked = annotation.schema(ctx, annotation.campaign(ctx, campaign).schema_id).question(question)
        resolved = labels.resolve(ctx, campaign, question=question) if resolvable(asked) else []
    show([row for row in rows if not row.scope.startswith("annotator:")], ("metric", "scope", "estimate"))
    if resolvable(asked):
        done(f"Resolved {len(resolved):,} labels by {resolved[0].method if resolved else 'nothing'}.")
    else:
        done(f"Resolved no labels: those of {'questions per turn' if asked.per_turn else asked.kind} have none.")


@cli.command("resolve")
def resolve(
    campaign: Campaign,
    question: Question,
    method: Annotated[str, typer.Option(help="A name listed by `quality methods`, or auto to choose.")] = "auto",
    as_json: Json = False,
) -> None:
    """Resolve the labels of a campaign: the likeliest answer of every task, with its probability."""
    with acting() as ctx:
        labels.resolve(ctx, campaign, question=question, method=method)
        (row,) = queries.resolutions(ctx, campaign=annotation.campaign(ctx, campaign).id, question=question)
    if as_json:
        show([row], ("question",), as_json)
        return
    done(f"Resolved {row.labels:,} labels by {row.method}; {row.doubtful:,} are doubtful. {row.reason}".rstrip())
    for each in row.warnings:
        done(f"Beware: {each}")


@cli.command("methods")
def methods(campaign: Campaign, question: Question, as_json: Json = False) -> None:
    """Compare every method of resolving labels on gold and answers that were hidden from it."""
    with reading() as ctx:
        rows = labels.compare(ctx, campaign, question=question)
    show(rows, ("method", "gold", "held_out", "changed"), as_json)
    if not as_json:
        done(
            "gold: share found while hidden; held_out: log-likelihood of hidden answers; changed: against the majority."
        )


@cli.command("resolutions")
def resolutions(as_json: Json = False) -> None:
    """List how labels were resolved the last time: by which method, why, how sure."""
    with reading() as ctx:
        rows = queries.resolutions(ctx)
    show(rows, ("campaign_id", "question", "method", "labels", "confidence", "doubtful", "resolved_at"), as_json)


@cli.command("measures")
def measures(
    campaign: Annotated[str, typer.Option(help="Only this campaign, by id.")] = "", as_json: Json = False
) -> None:
    """List the latest measures."""
    with reading() as ctx:
        show(queries.latest(ctx, campaign=campaign), ("metric", "scope", "estimate", "measured_at"), as_json)
