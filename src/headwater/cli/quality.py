"""`headwater quality`: measure campaigns, resolve labels, inspect and accept batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from headwater.annotation import queries as annotation
from headwater.app import computing
from headwater.cli import acceptance, agreement, figures, label_errors, monitoring, names, personal
from headwater.cli.session import Json, done, reading, seated, show
from headwater.cli.tables import columns, percent
from headwater.governance import queries as governance
from headwater.quality import labels, queries
from headwater.quality.outcomes import resolvable
from headwater.sourcing import queries as sourcing
from headwater.storage.database import Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.quality.habits import Habit
    from headwater.quality.model import Label

cli = typer.Typer(help="Agreement, gold, labels, acceptance of batches.", no_args_is_help=True)
cli.add_typer(acceptance.cli)
cli.command("monitor")(monitoring.monitor)
cli.command("charts")(monitoring.charts)
cli.command("answers")(personal.answers)
cli.add_typer(label_errors.cli, name="errors")
Campaign = Annotated[str, typer.Argument(help="Name or id of the campaign.")]
EXCERPT = 60
"""Characters of a text in a list of labels."""
Question = Annotated[str, typer.Option(help="The question; the first with one closed answer by default.")]


@cli.command("assess")
def assess(campaign: Campaign, question: Question = "") -> None:
    """Measure agreement and gold accuracy, and resolve the labels of a campaign."""
    with seated() as doors:
        with doors.reading() as ctx:
            question = names.asked(ctx, campaign, question)
        rows = computing.assess(doors, campaign, question=question)
        with doors.reading() as ctx:
            asked = annotation.schema(ctx, annotation.campaign(ctx, campaign).schema_id).question(question)
            shown = figures.measures(ctx, rows)
        resolved = computing.resolve(doors, campaign, question=question) if resolvable(asked) else []
    show([row for row in rows if not row.scope.startswith("annotator:")], shown, empty=agreement.ALONE)
    if resolvable(asked):
        done(f"Resolved {len(resolved):,} labels by {resolved[0].method if resolved else 'nothing'}.")
    else:
        done(f"Resolved no labels: those of {'questions per turn' if asked.per_turn else asked.kind} have none.")


@cli.command("resolve")
def resolve(
    campaign: Campaign,
    question: Question = "",
    method: Annotated[str, typer.Option(help="A name listed by `quality methods`, or auto to choose.")] = "auto",
    as_json: Json = False,
) -> None:
    """Resolve the labels of a campaign: the likeliest answer of every task, with its probability."""
    with seated() as doors:
        with doors.reading() as ctx:
            question = names.asked(ctx, campaign, question)
        computing.resolve(doors, campaign, question=question, method=method)
        with doors.reading() as ctx:
            (row,) = queries.resolutions(ctx, campaign=annotation.campaign(ctx, campaign).id, question=question)
    if as_json:
        show([row], ("question",), as_json)
        return
    doubtful = f"{row.doubtful:,} {'is' if row.doubtful == 1 else 'are'} doubtful"
    done(f"Resolved {row.labels:,} labels by {row.method}; {doubtful}. {row.reason}".rstrip())
    for each in row.warnings:
        done(f"Beware: {each}")


@cli.command("methods")
def methods(campaign: Campaign, question: Question = "", as_json: Json = False) -> None:
    """Compare every method of resolving labels on gold and answers that were hidden from it."""
    with reading() as ctx:
        rows = labels.compare(ctx, campaign, question=names.asked(ctx, campaign, question))
    show(rows, columns(("method", "gold", "held_out", "changed"), changed=percent("changed")), as_json)
    if not as_json:
        done(
            "gold: share found while hidden; held out: log-likelihood of hidden answers; changed: against the majority."
        )


@cli.command("resolutions")
def resolutions(as_json: Json = False) -> None:
    """List how labels were resolved the last time: by which method, why, how sure."""
    with reading() as ctx:
        rows = queries.resolutions(ctx)
        campaign = figures.campaign_of(ctx)
    fields = ("campaign", "question", "method", "labels", "confidence", "doubtful", "resolved_at")
    said = {"campaign": campaign, "confidence": percent("confidence")}
    show(rows, columns(fields, **said), as_json, empty="No labels were resolved yet.")


@cli.command("labels")
def list_labels(
    campaign: Campaign,
    question: Question = "",
    limit: Annotated[int | None, typer.Option(min=1, help="Most rows; all by default.")] = None,
    as_json: Json = False,
) -> None:
    """List labels with what else they may be, least sure first."""
    with reading() as ctx:
        question = names.asked(ctx, campaign, question)
        rows = queries.doubtful(ctx, annotation.campaign(ctx, campaign).id, question=question, part=Part(limit=limit))
        texts = sourcing.present(ctx, [] if as_json else [row.record_id for row in rows])
    said = {
        "confidence": percent("confidence"),
        "beliefs": _beliefs,
        "text": lambda row: texts[row.record_id].text[:EXCERPT] if row.record_id in texts else None,
    }
    fields = ("record_id", "text", "value", "confidence", "beliefs", "method", "answers")
    show(rows, columns(fields, **said), as_json, empty="No labels were resolved yet.")


def _beliefs(row: Label) -> list[str]:
    """Return what else a label may be, the likeliest first."""
    return [f"{value} {chance:.1%}" for value, chance in sorted(row.beliefs.items(), key=lambda item: -item[1])]


@cli.command("habits")
def list_habits(campaign: Campaign, question: Question = "", as_json: Json = False) -> None:
    """List how annotators and teams answer: how often right, and what they mix up most; your own, or all you manage."""
    with reading() as ctx:
        question = names.asked(ctx, campaign, question)
        rows = queries.habits(ctx, campaign=annotation.campaign(ctx, campaign).id, question=question)
        people = governance.names(ctx)
    if as_json:
        show(rows, ("subject",), as_json)
        return
    empty = "No habits: they are known once labels are resolved, of others to those who run the program."
    show([_habit(row, people) for row in rows], HABITS if any(row.evidence for row in rows) else NUMBERS, empty=empty)


HABITS = ("who", "answers", "skill", "takes_most_often", "for", "how_often")
NUMBERS = ("who", "answers", "skill", "bias", "spread")


def _habit(row: Habit, people: Mapping[str, str]) -> dict[str, object]:
    """Return somebody's habits as a row: what they mix up most, or how they measure."""
    kind, _, name = row.subject.partition(":")
    found = {"who": f"{kind} {people.get(name, name)}", "answers": row.answers, "skill": row.skill}
    table = row.confusion()
    wrong = [(i, j) for i in range(len(table)) for j in range(len(table)) if i != j]
    if not wrong:
        return found | {"bias": row.bias, "spread": row.spread}
    i, j = max(wrong, key=lambda cell: table[cell[0]][cell[1]].value)
    return found | {"takes_most_often": row.values[i], "for": row.values[j], "how_often": table[i][j]}


@cli.command("measures")
def measures(
    campaign: Annotated[str, typer.Option(help="Only this campaign, by id.")] = "", as_json: Json = False
) -> None:
    """List the latest measures."""
    with reading() as ctx:
        rows = queries.latest(ctx, campaign=campaign)
        shown = figures.measures(ctx, rows) | columns(("measured_at",))
    show(rows, shown, as_json, empty="Nothing was measured yet.")
