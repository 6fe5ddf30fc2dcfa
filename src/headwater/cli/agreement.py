"""`headwater agreement`: what is wrong, who agrees with whom, what is disputed, what more overlap would buy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from headwater.annotation import queries as annotation
from headwater.app import computing
from headwater.cli import figures, names, tables
from headwater.cli.session import Json, acting, done, reading, seated, show
from headwater.cli.tables import columns
from headwater.governance import queries as governance
from headwater.quality import cards, concerns, explorer, forecasts, measuring, queries, requested
from headwater.quality.model import NotAssessableError
from headwater.quality.yardsticks import Coefficient, Distance, Yardstick

if TYPE_CHECKING:
    from headwater.context import Context
    from headwater.quality.model import Assessment
    from headwater.stats.agreement.overlap import Step

cli = typer.Typer(help="Agreement of annotators: measure, compare, explore, forecast.", no_args_is_help=True)
Campaign = Annotated[str, typer.Argument(help="Name or id of the campaign.")]
Question = Annotated[str, typer.Option(help="The question; the first with one closed answer by default.")]
SEVERITIES = {"bad": "wrong", "attention": "look"}
"""What concerns are called."""
ALONE = "No task has answers of two people, whom agreement compares. Give tasks more overlap, or wait."
NO_DISPUTE = "No task was answered differently when the campaign was last measured."
Limit = Annotated[int, typer.Option(help="Most rows.")]


@cli.command("measure")
def measure(
    campaign: Campaign,
    question: Question = "",
    where: Annotated[list[str] | None, typer.Option("--slice", help="A slice of records; repeat for more.")] = None,
    seed: Annotated[int, typer.Option(help="Of the bootstrap; kept.")] = 0,
    as_json: Json = False,
) -> None:
    """Measure agreement by label, team, batch, guideline version, time and slice."""
    with seated() as doors:
        with doors.reading() as ctx:
            question = names.asked(ctx, campaign, question)
        rows = computing.assess(doors, campaign, question=question, seed=seed, slices=where or ())
        with doors.reading() as ctx:
            remark, shown = _newest(ctx, campaign, question).remark, figures.measures(ctx, rows)
    show([row for row in rows if not row.scope.startswith("annotator:")], shown, as_json, empty=ALONE)
    if remark and not as_json:
        done(remark)


@cli.command("by")
def by(
    campaign: Campaign,
    question: Question = "",
    measure: Annotated[str, typer.Option(help="What to measure by; what counts for the question by default.")] = "",
    distance: Annotated[Distance | None, typer.Option(help="How far apart two answers are taken to be.")] = None,
    where: Annotated[list[str] | None, typer.Option("--slice", help="A slice of records; repeat for more.")] = None,
    as_json: Json = False,
) -> None:
    """Show what another measure says of the question and of every group of answers; nothing is kept."""
    with reading() as ctx:
        question = names.asked(ctx, campaign, question)
        found = requested.by_measure(
            ctx, campaign, question=question, measure=measure, distance=distance, slices=where or ()
        )
        scope = figures.scope_of(ctx, found.readings)
    if as_json:
        show([found], ("question",), as_json)
        return
    show(list(found.readings), columns(("scope", "estimate"), scope=scope), empty=ALONE)
    done("Also: " + ", ".join(each.name for each in found.offers if not each.against and each.name != found.measure))


@cli.command("yardstick")
def show_yardstick(campaign: Campaign, question: Question = "", as_json: Json = False) -> None:
    """Show by which coefficient and distance agreement is measured, what else makes sense, and what does not."""
    with reading() as ctx:
        found = queries.options(ctx, campaign, question=names.asked(ctx, campaign, question))
        people = governance.names(ctx)
    if as_json:
        show([found], ("question",), as_json)
        return
    rows = [
        {
            "of": of,
            "name": each.name,
            "now": "yes" if each.name == now else "",
            "says": f"not here: {each.against}" if each.against else each.means,
        }
        for of, now, offers in (
            ("coefficient", found.yardstick.coefficient, found.coefficients),
            ("distance", found.yardstick.distance, found.distances),
        )
        for each in offers
    ]
    show(rows, ("of", "name", "now", "says"))
    if found.choice:
        where = "this campaign" if found.choice.campaign_id else "the whole program"
        done(f"Chosen for {where} by {people.get(found.choice.by)}: {found.choice.reason}")


@cli.command("choose")
def choose(
    question: Annotated[str, typer.Option(help="The question.")],
    coefficient: Annotated[Coefficient, typer.Option(help="What agreement by chance is taken to be.")],
    distance: Annotated[Distance, typer.Option(help="How far apart two answers are taken to be.")],
    reason: Annotated[str, typer.Option(help="Why; stands beside the figures.")],
    campaign: Annotated[str, typer.Option(help="One campaign; all of the program without it.")] = "",
) -> None:
    """Choose by what agreement is measured from now on, as the Accountable for accepting batches."""
    yardstick = Yardstick(coefficient=coefficient, distance=distance)
    with acting() as ctx:
        row = measuring.choose(ctx, yardstick, question=question, campaign_id=campaign, reason=reason)
    done(f"'{question}' is measured by {row.yardstick.metric}, {distance.value}. Measure again to see it.")


@cli.command("concerns")
def list_concerns(as_json: Json = False) -> None:
    """List what is wrong, worst first: since when, because of whom or which rule, what to do."""
    with reading() as ctx:
        found = concerns.concerns(ctx)
    shown = columns(("severity", "what", "since", "because", "next"), severity=lambda row: SEVERITIES[row.severity])
    show(found, shown, as_json, empty="Nothing that was measured is wrong.")


@cli.command("pairs")
def pairs(campaign: Campaign, question: Question = "", limit: Limit = 50, as_json: Json = False) -> None:
    """List how every two annotators agree, the worst first; for those who run the program."""
    with reading() as ctx:
        whole, people = _newest(ctx, campaign, question), governance.names(ctx)
    rows = sorted(whole.pairs, key=lambda each: each.kappa.value if each.kappa.defined else 2.0)[:limit]
    found = [
        {
            "first": people.get(each.first),
            "second": people.get(each.second),
            "percent": each.percent,
            "kappa": each.kappa,
        }
        for each in rows
    ]
    said = {"same_answer": lambda row: row["percent"]}
    show(found, columns(("first", "second", "same_answer", "kappa"), **said), as_json, empty=ALONE)


@cli.command("confusions")
def confusions(campaign: Campaign, question: Question = "", limit: Limit = 20, as_json: Json = False) -> None:
    """List which labels are given in each other's place, the most confused first."""
    with reading() as ctx:
        whole = _newest(ctx, campaign, question)
    show(list(whole.confusions[:limit]), ("given", "instead", "share"), as_json, empty=NO_DISPUTE)


@cli.command("disputes")
def disputes(
    campaign: Campaign,
    question: Question = "",
    label: Annotated[list[str] | None, typer.Option(help="Only examples with this answer; repeat for more.")] = None,
    limit: Limit = 10,
    as_json: Json = False,
) -> None:
    """Show the most disputed examples and the sections of the guideline about their labels."""
    with reading() as ctx:
        question = names.asked(ctx, campaign, question)
        found = explorer.explore(ctx, campaign, question=question, labels=tuple(label or ()), limit=limit)
    if as_json:
        show([found], ("question",), as_json)
        return
    rows = [
        {"distance": f"{each.dispute.distance:.2f}", "answers": each.dispute.answers, "text": each.text}
        for each in found.examples
    ]
    show(rows, ("distance", "answers", "text"), empty=NO_DISPUTE)
    for rule in found.rules:
        text = rule.section.text.strip() if rule.section else "The guideline has no section about it."
        done(f"{rule.label}: {text}")


@cli.command("overlap")
def overlap(
    campaign: Campaign,
    question: Question = "",
    target: Annotated[float, typer.Option(help="Wanted reliability, between 0 and 1.")] = 0.9,
    most: Annotated[int, typer.Option(help="Largest number of answers per task looked at.")] = 9,
    as_json: Json = False,
) -> None:
    """Say what more answers per task would buy."""
    with reading() as ctx:
        question = names.asked(ctx, campaign, question)
        found = forecasts.overlap(ctx, campaign, question=question, target=target, most=most)
    steps = list(found.steps)
    show(steps if as_json else [_uncounted(each) for each in steps], ("answers", "reliability", "stability"), as_json)
    if not as_json:
        wanted = tables.brief(found.needed)
        done(f"Now {found.overlap:.1f} answers per task. For a reliability of {target:g}: {wanted}.")
        done(tables.note(found.needed))


@cli.command("annotator")
def annotator(handle: Annotated[str, typer.Argument(help="Whose card.")], as_json: Json = False) -> None:
    """Show what was measured about an annotator: yourself, or anybody if you run the program."""
    with reading() as ctx:
        rows = [each.mine for each in cards.annotator(ctx, governance.person_by_handle(ctx, handle).id).figures]
        shown = figures.measures(ctx, rows, named="question") | columns(("measured_at",))
    show(rows, shown, as_json, empty="Nothing was measured yet.")


@cli.command("cohort")
def cohort(team: Annotated[str, typer.Argument(help="Which team.")], as_json: Json = False) -> None:
    """Show what was measured about a team, if you run the program."""
    with reading() as ctx:
        rows = [each.mine for each in cards.cohort(ctx, team).figures]
        shown = figures.measures(ctx, rows, named="question") | columns(("measured_at",))
    show(rows, shown, as_json, empty="Nothing was measured yet.")


def _uncounted(step: Step) -> Step:
    """Return a step whose methods do not say the number of answers, which its row says."""
    reliability = replace(step.reliability, method=step.reliability.method.replace(f" for {step.answers} answers", ""))
    stability = replace(
        step.stability, method=step.stability.method.replace(f"majority of {step.answers},", "majority,")
    )
    return replace(step, reliability=reliability, stability=stability)


def _newest(ctx: Context, campaign: str, question: str) -> Assessment:
    question = names.asked(ctx, campaign, question)
    found = queries.assessments(ctx, campaign=annotation.campaign(ctx, campaign).id, question=question)
    if not found:
        raise NotAssessableError(f"'{question}' was not assessed yet.", remedy="Measure the campaign first.")
    return found[0]
