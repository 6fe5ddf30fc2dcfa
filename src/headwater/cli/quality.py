"""`headwater quality`: measure campaigns, resolve labels, inspect and accept batches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from headwater.cli.session import Json, acting, done, reading, show
from headwater.core.errors import InvalidError
from headwater.quality import acceptance, assessments, labels, queries
from headwater.sourcing import queries as sourcing

cli = typer.Typer(help="Agreement, gold, labels, acceptance of batches.", no_args_is_help=True)
Campaign = Annotated[str, typer.Argument(help="Name or id of the campaign.")]
Batch = Annotated[str, typer.Argument(help="Id of the batch.")]
Question = Annotated[str, typer.Option(help="The question.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]


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


@cli.command("draw")
def draw(
    batch: Batch,
    question: Question,
    aql: Annotated[float, typer.Option(help="Acceptance quality limit, in percent.")] = 4.0,
    seed: Annotated[int, typer.Option(help="Chooses the sample; kept.")] = 0,
) -> None:
    """Draw the sample of a batch by ISO 2859-1, before anybody looks at it."""
    with acting() as ctx:
        row = acceptance.draw(ctx, batch, question=question, aql=aql, seed=seed)
    done(f"Inspect {len(row.sample)} of {row.plan['lot']} labels; at most {row.plan['accept']} may be wrong.")
    done(f"See them with: headwater quality sample {batch}")


@cli.command("sample")
def sample(batch: Batch, as_json: Json = False) -> None:
    """Show the sample of a batch with its labels, for the inspector."""
    with reading() as ctx:
        row = queries.inspection(ctx, batch)
        given = {item.task_id: item for item in queries.labels(ctx, batches=[batch])}
        texts = sourcing.take(ctx, [given[task].record_id for task in row.sample])
    rows = [
        {"task": task, "label": given[task].value, "text": record.text}
        for task, record in zip(row.sample, texts, strict=True)
    ]
    show(rows, ("task", "label", "text"), as_json)


@cli.command("judge")
def judge(
    batch: Batch,
    file: Annotated[Path | None, typer.Argument(help="JSON: right value by task; what is missing is right.")] = None,
) -> None:
    """Take in what the inspector found: corrections by task, everything else is right."""
    try:
        corrections = json.loads(file.read_text(encoding="utf-8")) if file else {}
    except (OSError, ValueError) as error:
        raise InvalidError(f"'{file}' is not JSON: {error}.", remedy='Write {"tsk_…": "right value"}.') from error
    with acting() as ctx:
        row = queries.inspection(ctx, batch)
        given = {item.task_id: item.value for item in queries.labels(ctx, batches=[batch])}
        truth = {task: given[task] for task in row.sample} | corrections
        judged = acceptance.judge(ctx, batch, truth=truth)
    verdict = "passed" if judged.passed else "failed"
    done(f"{len(judged.errors)} errors in {len(judged.sample)}: {verdict}. Next: headwater quality propose {batch}")


@cli.command("propose")
def propose(batch: Batch) -> None:
    """Put an inspected batch before the Accountable."""
    with acting() as ctx:
        acceptance.propose(ctx, batch)
    done("Proposed.")


@cli.command("accept")
def accept(batch: Batch, reason: Reason) -> None:
    """Accept a batch as the Accountable; one that failed is waived, and shows it."""
    with acting() as ctx:
        row = acceptance.accept(ctx, batch, reason=reason)
    done(f"The batch is {row.verdict.value if row.verdict else 'open'}.")


@cli.command("reject")
def reject(batch: Batch, reason: Reason) -> None:
    """Reject a batch as the Accountable; it goes to rework."""
    with acting() as ctx:
        acceptance.reject(ctx, batch, reason=reason)
    done("The batch is rejected.")
