"""`headwater quality`: measure campaigns, resolve labels, inspect and accept batches."""

from __future__ import annotations

from typing import Annotated

import typer

from headwater.cli import acceptance, label_errors, monitoring
from headwater.cli.session import Json, acting, done, reading, show
from headwater.quality import assessments, labels, queries

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
        resolved = labels.resolve(ctx, campaign, question=question)
    show([row for row in rows if not row.scope.startswith("annotator:")], ("metric", "scope", "estimate"))
    done(f"Resolved {len(resolved):,} labels by {resolved[0].method if resolved else 'nothing'}.")


@cli.command("measures")
def measures(
    campaign: Annotated[str, typer.Option(help="Only this campaign, by id.")] = "", as_json: Json = False
) -> None:
    """List the latest measures."""
    with reading() as ctx:
        show(queries.latest(ctx, campaign=campaign), ("metric", "scope", "estimate", "measured_at"), as_json)
