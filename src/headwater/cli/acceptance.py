"""`headwater quality`: plan, sample, judge, accept, reject and rework batches."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from headwater.annotation import queries as annotation
from headwater.cli import names
from headwater.cli.session import Json, acting, done, reading, show
from headwater.cli.tables import columns, percent
from headwater.core.errors import InvalidError
from headwater.quality import acceptance, lots, queries, rework, severity
from headwater.sourcing import queries as sourcing
from headwater.stats.acceptance import standard, tolerance
from headwater.stats.acceptance.plans import CONSUMER_RISK, Plan
from headwater.stats.acceptance.tables import Kind, Level, Severity

cli = typer.Typer()
Batch = Annotated[str, typer.Argument(help="Id of the batch.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]
Aql = Annotated[float, typer.Option(help="Acceptance quality limit, in percent nonconforming.")]
Ltpd = Annotated[float, typer.Option(help="Percent wrong that must not pass; without it the plan is by AQL.")]
Consumer = Annotated[float, typer.Option(help="Chance with which a lot at the LTPD may pass.")]
LevelOption = Annotated[Level, typer.Option(help="Inspection level: I, II, III, S-1 to S-4.")]
KindOption = Annotated[Kind, typer.Option(help="By ISO 2859-1:1999; double by MIL-STD-105E (1989).")]
Question = Annotated[str, typer.Option(help="The question; the first with one closed answer by default.")]
Campaign = Annotated[str, typer.Argument(help="Name or id of the campaign.")]
Maker = Annotated[str, typer.Argument(help="The team whose batches are inspected.")]


@cli.command("board")
def board(as_json: Json = False) -> None:
    """List every batch with resolved labels: where it stands and what is to be done next."""
    with reading() as ctx:
        cards = lots.board(ctx)
    shown = {
        "batch": lambda card: card.batch.id,
        "name": lambda card: card.batch.name,
        "campaign": lambda card: card.campaign,
        "column": lambda card: card.column.value,
        "labels": lambda card: card.labels,
        "plan": lambda card: _words(card.inspection.plan) if card.inspection else None,
        "errors": lambda card: len(card.inspection.errors) if card.inspection else None,
        "next": lambda card: card.step,
    }
    show(cards, shown, as_json)


@cli.command("plans")
def plans(
    lot: Annotated[int, typer.Argument(help="Items in the lot.")],
    aql: Aql = acceptance.AQL,
    level: LevelOption = Level.II,
    strictness: Annotated[Severity, typer.Option("--severity", help="Normal, tightened or reduced.")] = Severity.NORMAL,
    ltpd: Ltpd = 0.0,
    consumer: Consumer = CONSUMER_RISK,
    as_json: Json = False,
) -> None:
    """Compare the plans there are for a lot, with their risks in both directions; as JSON with their curves."""
    found = standard.alternatives(lot, aql=aql, level=level, severity=strictness) if not ltpd else ()
    found = found or tolerance.alternatives(lot, ltpd=ltpd, aql=aql, consumer=consumer)
    rows = [
        {
            "kind": plan.kind,
            "plan": _words(plan),
            "standard": plan.standard,
            "most": plan.size,
            "average": plan.risks().asn,
            "false_alarm": plan.risks().producer,
            "ltpd": plan.risks().ltpd,
            "aoql": plan.risks().aoql,
            "consumer_risk": plan.consumer_risk if plan.tolerance else None,
            "curve": [asdict(point) for point in plan.curve()],
        }
        for plan in found
    ]
    shares = ["false_alarm", "ltpd", "aoql", *(["consumer_risk"] if ltpd else [])]
    said = {"average": lambda row: f"{row['average']:.1f}"} | {name: percent(name) for name in shares}
    show(rows, columns(["kind", "plan", "most", "average", *shares], **said), as_json)
    if not as_json:
        for each in found:
            done(f"{each.kind}: {each.standard}")


@cli.command("plan")
def plan(
    batch: Batch,
    question: Question = "",
    aql: Aql = acceptance.AQL,
    kind: KindOption = Kind.SINGLE,
    level: LevelOption = Level.II,
    ltpd: Ltpd = 0.0,
    consumer: Consumer = CONSUMER_RISK,
) -> None:
    """Record the plan of a batch: the switching rules choose its severity, the ledger entry its sample."""
    with acting() as ctx:
        question = names.asked(ctx, annotation.batch(ctx, batch).campaign_id, question)
        row = acceptance.plan(
            ctx, batch, question=question, aql=aql, kind=kind, level=level, ltpd=ltpd, consumer=consumer
        )
    risks = row.plan.risks()
    done(f"{row.plan.severity.capitalize()} {row.plan.kind} plan: {_words(row.plan)}.")
    done(f"Source: {row.plan.standard}.")
    done(
        f"A batch at AQL {aql:g} % is rejected with a chance of {risks.producer:.1%}; one with {risks.ltpd:.1%} errors"
    )
    done(f"is accepted with a chance of 10 %. Next: headwater quality draw {batch}")


@cli.command("draw")
def draw(
    batch: Batch,
    question: Annotated[str, typer.Option(help="Plan it first by the usual plan, for this question.")] = "",
    aql: Aql = acceptance.AQL,
) -> None:
    """Draw the sample of a planned batch, before anybody looks at it."""
    with acting() as ctx:
        if question:
            acceptance.plan(ctx, batch, question=question, aql=aql)
        row = acceptance.sample(ctx, batch)
    done(f"Inspect {row.due} of {row.plan.lot} labels: {_words(row.plan)}.")
    done(f"See them with: headwater quality sample {batch}")


@cli.command("sample")
def sample(batch: Batch, as_json: Json = False) -> None:
    """Show the tasks of the sample that are to be judged by now, with their labels."""
    with reading() as ctx:
        row = queries.inspection(ctx, batch)
        judged = queries.judgements(ctx, row)
        asked = row.sample[: row.due]
        given = {item.task_id: item for item in queries.labels(ctx, question=row.question, batches=[batch])}
        texts = sourcing.take(ctx, [given[task].record_id for task in asked])
    rows = [
        {
            "task": task,
            "label": given[task].value,
            "judged": judged[task].value if task in judged else None,
            "text": record.text,
        }
        for task, record in zip(asked, texts, strict=True)
    ]
    show(rows, ("task", "label", "judged", "text"), as_json)


@cli.command("judge")
def judge(
    batch: Batch,
    file: Annotated[Path | None, typer.Argument(help="JSON: right value by task; what is missing is right.")] = None,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "",
) -> None:
    """Record what the inspector found: corrections by task, everything else that is asked for is right."""
    try:
        corrections = json.loads(file.read_text(encoding="utf-8")) if file else {}
    except (OSError, ValueError) as error:
        raise InvalidError(f"'{file}' is not JSON: {error}.", remedy='Write {"tsk_…": "right value"}.') from error
    with acting() as ctx:
        row = acceptance.confirm(ctx, batch)
        judged = queries.judgements(ctx, row)
        given = {item.task_id: item.value for item in queries.labels(ctx, question=row.question, batches=[batch])}
        left = {task: given[task] for task in row.sample[: row.due] if task not in judged}
        row = acceptance.judge(ctx, batch, truth=left | corrections, reason=reason) if left | corrections else row
    if row.passed is None:
        done(
            f"{len(row.errors)} errors in {row.inspected} do not decide: {row.due - row.inspected} more are asked for."
        )
        done(f"See them with: headwater quality sample {batch}")
    else:
        verdict = "passed" if row.passed else "failed"
        done(f"{len(row.errors)} errors in {row.inspected}: {verdict}. Next: headwater quality propose {batch}")


@cli.command("inspection")
def inspection(batch: Batch, as_json: Json = False) -> None:
    """Show every inspection of a batch: plan, count, decision, rework."""
    with reading() as ctx:
        rows = queries.rounds(ctx, batch)
    shown = {
        "round": lambda row: row.round,
        "severity": lambda row: row.plan.severity.value,
        "plan": lambda row: _words(row.plan),
        "seed": lambda row: row.seed,
        "inspected": lambda row: row.inspected,
        "errors": lambda row: len(row.errors),
        "passed": lambda row: row.passed,
        "verdict": lambda row: row.verdict.value if row.verdict else None,
        "reason": lambda row: row.reason,
    }
    show(rows, shown, as_json)


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
    done(f"The batch is rejected. Open its tasks again with: headwater quality rework {batch}")


@cli.command("rework")
def rework_(batch: Batch) -> None:
    """Open the tasks of a rejected batch again; annotators read why it was rejected."""
    with acting() as ctx:
        rework.rework(ctx, batch)
    done("Its tasks are given out again. When they are answered, resolve the labels and plan the batch once more.")


@cli.command("severity")
def severities(as_json: Json = False) -> None:
    """Show how severely every team's batches are inspected, and why."""
    with reading() as ctx:
        rows = severity.standings(ctx)
        names = {campaign.id: campaign.name for campaign in annotation.campaigns(ctx)}
    shown = {
        "campaign": lambda row: names.get(row.campaign_id, row.campaign_id),
        "team": lambda row: row.maker,
        "severity": lambda row: row.state.severity.value,
        "because": lambda row: row.state.because,
        "score": lambda row: row.state.score,
        "since": lambda row: row.at,
    }
    show(rows, shown, as_json)


@cli.command("reduce")
def reduce(campaign: Campaign, maker: Maker, reason: Reason) -> None:
    """Allow reduced inspection of a team's batches, as the Accountable; needs a switching score of 30."""
    with acting() as ctx:
        severity.reduce(ctx, annotation.campaign(ctx, campaign).id, maker, reason=reason)
    done("The next batches are inspected reduced.")


@cli.command("resume")
def resume(campaign: Campaign, maker: Maker, reason: Reason) -> None:
    """Begin tightened inspection again after it was discontinued, as the Accountable."""
    with acting() as ctx:
        severity.resume(ctx, annotation.campaign(ctx, campaign).id, maker, reason=reason)
    done("The next batches are inspected tightened.")


def _words(plan: Plan) -> str:
    made = f"AQL {plan.aql:g}" + (f", LTPD {plan.tolerance:g} % at {plan.consumer:.3g}" if plan.tolerance else "")
    if plan.kind is Kind.SEQUENTIAL:
        return f"item by item, at most {plan.size}, {made}"
    parts = [f"{stage.size} with at most {stage.accept} wrong" for stage in plan.stages if stage.accept >= 0]
    return f"{', else '.join(parts)}, {made}"
