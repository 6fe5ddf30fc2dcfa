"""`headwater quality monitor`, `headwater alarm`, `headwater gold`: charts, alarms, and the health of gold."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from headwater.annotation import boards
from headwater.annotation import gold as marks
from headwater.annotation import queries as annotation
from headwater.annotation.personal_model import Only, Order
from headwater.app import computing
from headwater.cli import names as called
from headwater.cli.session import Json, acting, done, reading, seated, show
from headwater.cli.tables import percent
from headwater.governance import queries as governance
from headwater.quality import advice, monitoring, queries, remedies
from headwater.quality import gold as health
from headwater.quality.model import Alarm, Remedy
from headwater.stats.gold.sizing import Method

alarm = typer.Typer(help="Quality alarms: what went wrong, since when, because of what; decide.", no_args_is_help=True)
gold = typer.Typer(help="Gold: how much, how it is answered, whether it leaks or is wrong.", no_args_is_help=True)
Campaign = Annotated[str, typer.Argument(help="Name or id of the campaign.")]
Question = Annotated[str, typer.Option(help="The question; the schema's first with one closed answer by default.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]
Id = Annotated[str, typer.Argument(help="Id of the alarm.")]
Task = Annotated[str, typer.Argument(help="Id of the gold task.")]
_SECOND = timedelta(seconds=1)
"""The command line tells moments to the second."""


def monitor(campaign: Campaign, question: Question = "", as_json: Json = False) -> None:
    """Follow the charts of a campaign, make the checks that are due and raise what is new."""
    with seated() as doors:
        found = computing.monitor(doors, campaign, question=question)
        with doors.reading() as ctx:
            names = called.everything(ctx)
    if found or as_json:
        _show(found, names, as_json)
    if not as_json:
        done(f"{len(found)} new alarms. See all with: headwater alarm list")


def charts(campaign: Campaign, question: Question = "", as_json: Json = False) -> None:
    """Show where every control chart of a campaign stands, with its limit and how often it errs."""
    with reading() as ctx:
        identifier = annotation.campaign(ctx, campaign).id
        rows = queries.charts(ctx, identifier, question=question or annotation.first_closed(ctx, identifier))
        names = governance.names(ctx)
    found = [
        {
            "metric": row.metric,
            "scope": advice.place(row.scope, names).removeprefix(", ") or "campaign",
            "points": len(row.values),
            "now": float(row.values[-1]) if len(row.values) else 0.0,
            "limit": row.limit,
            "alarms": int(row.signal is not None),
            "run_length": row.run_length,
            "unit": row.unit,
            "method": row.method,
        }
        for row in rows
    ]
    show(found, ("metric", "scope", "points", "now", "limit", "alarms", "run_length", "unit"), as_json)


@alarm.command("list")
def list_alarms(
    campaign: Annotated[str, typer.Option(help="Only this campaign, by name or id.")] = "",
    undecided: Annotated[bool, typer.Option("--undecided", help="Only those that wait for a decision.")] = False,
    as_json: Json = False,
) -> None:
    """List alarms, newest first."""
    with reading() as ctx:
        only = annotation.campaign(ctx, campaign).id if campaign else ""
        found, names = queries.alarms(ctx, campaign=only, undecided=undecided), called.everything(ctx)
    _show(found, names, as_json)


@alarm.command("show")
def show_alarm(identifier: Id, as_json: Json = False) -> None:
    """Show an alarm with its rule, its causes and the suggested next step."""
    with reading() as ctx:
        found = queries.alarm(ctx, identifier)
        names = called.everything(ctx)
        crew = boards.crew(ctx, found.campaign_id, advice.team_of(found))
        campaign = annotation.campaign(ctx, found.campaign_id).name
    columns = {
        "what": lambda row: advice.headline(row, names),
        "question": lambda row: f"{row.question} of campaign {campaign}",
        "state": lambda row: row.state.value,
        "since": lambda row: f"{row.since:%Y-%m-%d %H:%M} ({row.since_low:%Y-%m-%d %H:%M} to {row.since_high:%H:%M})",
        "before": lambda row: row.before,
        "after": lambda row: row.after,
        "rule": lambda row: row.rule,
        "causes": lambda row: [
            f"{advice.because(each.kind, each.name, names)} ({each.inside.value:.1%} of {each.inside.n}, "
            f"{each.outside.value:.1%} elsewhere, p {each.adjusted:.2g})"
            for each in row.explanations
        ],
        "next step": lambda row: row.advice,
        "answers": lambda row: "\n".join(_command(row, each, names) for each in advice.leads(row, crew)) or None,
        "decision": lambda row: f"{row.remedy.value}: {row.reason}" if row.remedy else None,
    }
    show(found, columns, as_json)


def _command(row: Alarm, lead: advice.Lead, names: dict[str, str]) -> str:
    """The command that reads the answers a lead is about."""
    wanted = lead.wanted
    words = ["headwater quality answers", row.campaign_id, names.get(lead.person, lead.person)]
    words += [f"--question {wanted.question}"]
    words += [f"--since {wanted.since:%Y-%m-%dT%H:%M:%S}"] if wanted.since else []
    words += [f"--until {wanted.until + _SECOND:%Y-%m-%dT%H:%M:%S}"] if wanted.until else []
    words += [f"--only {wanted.only.value}"] if wanted.only is not Only.ALL else []
    words += [f"--order {wanted.order.value}"] if wanted.order is not Order.GIVEN else []
    words += [f"--beside {names.get(wanted.beside, wanted.beside)}"] if wanted.beside else []
    return " ".join(words)


@alarm.command("acknowledge")
def acknowledge(identifier: Id) -> None:
    """Say that you look into an alarm."""
    with acting() as ctx:
        monitoring.acknowledge(ctx, identifier)
    done("Acknowledged.")


@alarm.command("decide")
def decide(
    identifier: Id, remedy: Annotated[Remedy, typer.Argument(help="What is to be done.")], reason: Reason
) -> None:
    """Decide on an alarm and carry the decision out."""
    with acting() as ctx:
        remedies.decide(ctx, identifier, remedy, reason=reason)
    done(f"Decided: {remedy.value}.")


@gold.command("plan")
def plan(
    campaign: Campaign,
    accuracy: Annotated[float, typer.Option(help="Expected accuracy.")] = 0.9,
    half_width: Annotated[float, typer.Option(help="Wanted half-width of each annotator's 95 % interval.")] = 0.05,
    exposures: Annotated[int, typer.Option(help="How often one annotator may meet the same gold.")] = 1,
    annotators: Annotated[int, typer.Option(help="How many share the work; those who answered by default.")] = 0,
    as_json: Json = False,
) -> None:
    """Say how many gold answers and which gold rate a wanted precision needs."""
    with reading() as ctx:
        found = health.plan(
            ctx,
            campaign,
            accuracy=accuracy,
            half_width=half_width,
            exposures_allowed=exposures,
            annotators=annotators,
        )
    shown = {
        "tasks": lambda row: row.tasks,
        "gold answers needed of each": lambda row: row.injection.needed,
        "gold rate needed": percent("injection.rate"),
        "gold tasks needed": lambda row: row.injection.pool,
        "half-width reached": lambda row: f"{row.injection.reached:.3f}",
        "note": lambda row: row.injection.note or None,
        f"answers, all right, that show over {accuracy:.0%}": lambda row: row.zero_error,
        "gold rate now": percent("rate_now"),
        "gold tasks now": lambda row: row.pool_now,
    }
    show(found, shown, as_json)


@gold.command("health")
def show_health(
    campaign: Campaign,
    question: Question = "",
    interval: Annotated[Method, typer.Option(help="How 95 % intervals of shares are made.")] = Method.WILSON,
    as_json: Json = False,
) -> None:
    """Show how gold is answered; what people disagree with and what seems to be known comes first."""
    with reading() as ctx:
        found = health.health(ctx, campaign, question=question, interval=interval)
    if as_json:
        show(found, (), as_json)
        return
    groups = (("team", found.teams), ("slice", found.slices), ("all tasks, weighed by", found.tasks))
    right = {"all gold answers": found.accuracy} | {
        f"{what} {name}": value for what, named in groups for name, value in named.items()
    }
    notes = {name: value.note for name, value in right.items() if value.defined and value.note}
    show([{"of": name, "right": value} for name, value in right.items()], ("of", "right"))
    for name, note in notes.items():
        done(f"{name}: {note}")
    if found.exposed:
        done(f"Whether answers get better once the team has met the gold: exact one-sided p {found.exposure_p:.2g}.")
    done("\nGold tasks")
    rows = [
        {
            "task": row.task_id,
            "known": row.known,
            "answers": ", ".join(f"{value} {count}" for value, count in row.counts.items()),
            "questioned": f"p {row.doubt.adjusted:.2g}" if row.doubt else None,
            "leaked": f"p {row.leak.adjusted:.2g}" if row.leak else None,
        }
        for row in found.items
    ]
    show(rows, ("task", "known", "answers", "questioned", "leaked"))


@gold.command("correct")
def correct(
    campaign: Campaign,
    task: Task,
    value: Annotated[str, typer.Argument(help="The right answer.")],
    reason: Reason,
    question: Question = "",
) -> None:
    """Give a gold task another right answer; all its answers are judged by it."""
    with acting() as ctx:
        identifier = annotation.campaign(ctx, campaign).id
        asked = question or annotation.first_closed(ctx, identifier)
        health.correct(ctx, identifier, task, value, question=asked, reason=reason)
    done("Corrected.")


@gold.command("retire")
def retire(campaign: Campaign, task: Task, reason: Reason) -> None:
    """Give a gold task out no more."""
    with acting() as ctx:
        marks.retire(ctx, annotation.campaign(ctx, campaign).id, task, reason=reason)
    done("Retired.")


def _show(found: list[Alarm], names: dict[str, str], as_json: bool) -> None:
    columns = {
        "alarm": lambda row: row.id,
        "state": lambda row: row.remedy.value if row.remedy else row.state.value,
        "what": lambda row: advice.headline(row, names),
        "question": lambda row: row.question,
        "next step": lambda row: row.advice,
    }
    show(found, columns, as_json, empty="No alarm.")
