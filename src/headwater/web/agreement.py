"""Agreement on pages: a question in every group, heat maps, disputed examples, cards of teams and annotators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Query, Response
from markupsafe import Markup
from pydantic import BaseModel

from headwater.annotation import content
from headwater.annotation import queries as annotation
from headwater.annotation.markdown import render
from headwater.governance import queries as governance
from headwater.governance.authority import decides, may
from headwater.governance.model import Decision
from headwater.quality import cards, explorer, forecasts, measuring, queries, requested
from headwater.quality.panels import measured_kind
from headwater.quality.yardsticks import METRICS, Coefficient, Distance, Yardstick
from headwater.sourcing import queries as sourcing
from headwater.web.charts import Point, series
from headwater.web.drawings import VOICES, overlay
from headwater.web.session import Visitor, back, page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.context import Context
    from headwater.quality.concerns import Concern
    from headwater.quality.habits import Habit
    from headwater.quality.model import Assessment, Between, Measure
    from headwater.quality.requested import Reading
    from headwater.stats.interval import Estimate

router = APIRouter(prefix="/p/{program}/quality")
SHOWN_ANNOTATORS, SHOWN_LABELS, SHOWN_EXAMPLES = 24, 30, 5
KINDS = (
    ("label", "Labels", "this label or another one"),
    ("cohort", "Teams", "inside each team"),
    ("guideline", "Guideline versions", "answers given under the same version"),
    ("batch", "Batches", "tasks of each batch"),
    ("slice", "Slices", "tasks whose record is in the slice, against the chance disagreement of all answers"),
)


class _Chosen(BaseModel):
    """By what agreement is to be measured from now on."""

    coefficient: Coefficient
    distance: Distance
    reason: str
    where: str = "campaign"


class Cell(NamedTuple):
    """One cell of a heat map."""

    text: str
    heat: int
    """0 to 9; darker is worse."""
    title: str


class Heat(NamedTuple):
    """A table whose cells are darker where it is worse."""

    names: tuple[str, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    left_out: int
    """Names for which there is no place."""


@router.get("/agreement/{campaign}/{question}")
def one(
    visitor: Visitor,
    campaign: str,
    question: str,
    target: Annotated[float, Query(gt=0, lt=1)] = 0.9,
) -> Response:
    """Show agreement on a question: by group, over time, who with whom, which labels, and what more would buy."""
    with visitor.reading() as ctx:
        found = annotation.campaign(ctx, campaign)
        asked = annotation.schema(ctx, found.schema_id).question(question)
        whole = next(iter(queries.assessments(ctx, campaign=found.id, question=question)), None)
        measures = [row for row in queries.latest(ctx, campaign=found.id) if row.question == question]
        metric = whole.metric if whole else queries.yardstick(ctx, found.id, asked).metric
        alphas = [row for row in measures if row.metric == metric]
        standards = [
            each
            for each in governance.program(ctx).charter.standards
            if each.metric in METRICS and each.scope in ("", question)
        ]
        wanted = [each.value for each in standards if each.metric == metric]
        times = [Point(_name(row), row.estimate) for row in alphas if row.scope.startswith("time:")]
        return page(
            visitor,
            ctx,
            "quality/agreement.html",
            active="quality",
            campaign=found,
            question=asked,
            whole=whole,
            measurable=measured_kind(asked),
            metric=metric,
            options=queries.options(ctx, found.id, question=question),
            standards=standards,
            chooses=decides(ctx, Decision.BATCH_ACCEPT),
            overall=[row for row in measures if row.scope == f"question:{question}"],
            groups=[(title, text, kind, rows) for kind, title, text in KINDS if (rows := _of_kind(alphas, kind))],
            names=queries.scope_names(ctx, [row.scope for row in alphas]),
            times=times if len(times) > 1 else [],
            chart=series(times, title="Agreement over time", reference=wanted[0] if wanted else None),
            confusions=_confusions(whole) if whole else None,
            people=_people(whole, governance.names(ctx)) if whole and whole.pairs else None,
            forecast=forecasts.overlap(ctx, found.id, question=question, target=target) if whole else None,
            manages=may(ctx, Decision.BATCH_ACCEPT),
            explores=may(ctx, Decision.ANNOTATION_REVIEW) or may(ctx, Decision.BATCH_ACCEPT),
        )


@router.get("/agreement/{campaign}/{question}/by")
def by_measure(visitor: Visitor, campaign: str, question: str, measure: str = "", distance: str = "") -> Response:
    """Show what any measure says of a question and of every group of answers."""
    with visitor.reading() as ctx:
        campaign_of = annotation.campaign(ctx, campaign)
        wanted = Distance(distance) if distance in set(Distance) else None
        found = requested.by_measure(ctx, campaign_of.id, question=question, measure=measure, distance=wanted)
        titles = (("question", "Whole"), *((kind, title) for kind, title, _ in KINDS), ("time", "Windows of time"))
        groups = [(title, kind, [row for row in found.readings if row.scope.startswith(f"{kind}:")])
                  for kind, title in titles]  # fmt: skip
        times = [Point(_name(row), row.estimate) for row in found.readings if row.scope.startswith("time:")]
        return page(
            visitor,
            ctx,
            "quality/by.html",
            active="quality",
            campaign=campaign_of,
            question=annotation.schema(ctx, campaign_of.schema_id).question(question),
            found=found,
            distances=queries.options(ctx, campaign_of.id, question=question).distances,
            groups=[each for each in groups if each[2]],
            names=queries.scope_names(ctx, [row.scope for row in found.readings])
            | {f"question:{question}": "all answers"},
            chart=series(times, title=f"{found.measure} over time") if len(times) > 1 else None,
        )


@router.post("/agreement/{campaign}/{question}/yardstick")
def choose(visitor: Visitor, campaign: str, question: str, form: Annotated[_Chosen, Form()]) -> Response:
    """Choose by what agreement is measured from now on: here, or wherever the program asks this question."""
    with visitor.acting() as ctx:
        scope = "" if form.where == "program" else campaign
        yardstick = Yardstick(coefficient=form.coefficient, distance=form.distance)
        measuring.choose(ctx, yardstick, question=question, campaign_id=scope, reason=form.reason)
    return back(visitor, f"quality/agreement/{campaign}/{quote(question, safe='')}#yardstick")


@router.get("/agreement/{campaign}/{question}/disputes")
def disputes(
    visitor: Visitor,
    campaign: str,
    question: str,
    label: Annotated[list[str], Query()] = [],  # noqa: B006 -- never changed
    offset: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """Show the most disputed examples, answers side by side, beside the guideline about their labels."""
    with visitor.reading() as ctx:
        wanted = tuple(each for each in label if each)
        found = explorer.explore(ctx, campaign, question=question, labels=wanted, offset=offset, limit=SHOWN_EXAMPLES)
        whole = queries.assessments(ctx, campaign=found.campaign_id, question=question)[0]
        records = sourcing.present(ctx, [example.dispute.record_id for example in found.examples])
        shown = {key: content.of_record(record) for key, record in records.items()}
        return page(
            visitor,
            ctx,
            "quality/disputes.html",
            active="quality",
            campaign=annotation.campaign(ctx, campaign),
            found=found,
            rules=[(rule, Markup(render(rule.section.text)) if rule.section else "") for rule in found.rules],  # noqa: S704 -- cleaned by render
            contents=shown,
            colours=VOICES,
            drawn={
                each.dispute.task_id: overlay(shown[each.dispute.record_id].size, [said.marks for said in each.voices])
                for each in found.examples
                if each.dispute.record_id in shown
            },
            labels=sorted({each for row in whole.disputed for each in row.answers}),
            chosen=wanted,
            reviews=may(ctx, Decision.ANNOTATION_REVIEW),
            reads=may(ctx, Decision.BATCH_ACCEPT),
            offset=offset,
            step=SHOWN_EXAMPLES,
            more=urlencode([("label", each) for each in wanted]),
        )


@router.get("/annotators/{person}")
def annotator(visitor: Visitor, person: str) -> Response:
    """Show the card of an annotator: one's own, or anybody's to those who run the program."""
    with visitor.reading() as ctx:
        card = cards.annotator(ctx, person)
        return _card(visitor, ctx, card, governance.names(ctx).get(person, person))


@router.get("/cohorts/{team}")
def cohort(visitor: Visitor, team: str) -> Response:
    """Show the card of a team to those who run the program."""
    with visitor.reading() as ctx:
        return _card(visitor, ctx, cards.cohort(ctx, team), team)


def link(concern: Concern, *, manages: bool, checks: bool) -> str:
    """Return where, under the program's quality pages, a concern is looked into by those who run or check the work."""
    kind, _, name = concern.subject.partition(":")
    here = f"agreement/{concern.campaign_id}/{quote(concern.question, safe='')}"
    if kind == "annotator" or (kind in ("cohort", "alarm") and manages):
        return f"{kind}s/{quote(name, safe='')}"
    if kind == "watch":
        return f"campaigns/{concern.campaign_id}/charts"
    if kind == "gold" and manages:
        return f"campaigns/{concern.campaign_id}/gold"
    if kind == "label" and checks:
        return f"{here}/disputes?{urlencode({'label': name})}"
    return here


def _card(visitor: Visitor, ctx: Context, card: cards.Card, name: str) -> Response:
    charts = [
        (
            figure,
            series([Point(f"{at.measured_at:%m-%d}", at.estimate) for at in figure.history], title=figure.mine.metric),
        )
        for figure in card.figures
    ]
    campaigns = {campaign.id: campaign.name for campaign in annotation.campaigns(ctx)}
    pairs = sorted(card.pairs, key=lambda each: each[1].percent.value)
    return page(
        visitor,
        ctx,
        "quality/card.html",
        active="quality",
        card=card,
        name=name,
        charts=charts,
        campaigns=campaigns,
        pairs=pairs,
        habits=[(habit, _mixed_up(habit)) for habit in card.habits],
        reads=card.subject.startswith("annotator:") and may(ctx, Decision.BATCH_ACCEPT),
    )


def _of_kind(rows: Sequence[Measure], kind: str) -> list[Measure]:
    mine = [row for row in rows if row.scope.startswith(f"{kind}:")]
    return sorted(mine, key=lambda row: row.estimate.value if row.estimate.defined else 2.0)


def _name(row: Measure | Reading) -> str:
    return row.scope.partition(":")[2]


def _confusions(whole: Assessment) -> Heat | None:
    """Label by label: of the other answers where the row's label was given, the share with the column's."""
    if not whole.confusions:
        return None
    shown = sorted(whole.shares, key=lambda label: -whole.shares[label])[:SHOWN_LABELS]
    cells = {(each.given, each.instead): each.share for each in whole.confusions}
    rows = tuple(
        tuple(None if row == column else _share(cells.get((row, column))) for column in shown) for row in shown
    )
    return Heat(tuple(shown), rows, len(whole.shares) - len(shown))


def _mixed_up(habit: Habit) -> Heat | None:
    """What is given where something else is true; the more often it is wrong, the darker."""
    table = habit.confusion()
    if not table:
        return None
    rows = tuple(
        tuple(_share(cell)._replace(heat=0) if i == j else _share(cell) for j, cell in enumerate(line))
        for i, line in enumerate(table)
    )
    return Heat(habit.values, rows, 0)


def _share(figure: Estimate | None) -> Cell:
    if figure is None:
        return Cell("·", 0, "never")
    title = f"{figure.value:.1%}, {figure.low:.1%} to {figure.high:.1%}, n = {figure.n:,}"
    return Cell(f"{figure.value:.0%}", min(9, int(figure.value * 20)), title)


def _people(whole: Assessment, handles: dict[str, str]) -> Heat:
    """Annotator by annotator: kappa, those who agree least first."""
    sums: dict[str, list[float]] = {}
    for each in whole.pairs:
        for person in (each.first, each.second):
            sums.setdefault(person, []).append(each.percent.value)
    order = sorted(sums, key=lambda person: sum(sums[person]) / len(sums[person]))
    shown = order[:SHOWN_ANNOTATORS]
    cells = {frozenset((each.first, each.second)): each for each in whole.pairs}
    rows = tuple(tuple(_kappa(cells.get(frozenset((row, column)))) for column in shown) for row in shown)
    return Heat(tuple(handles.get(person, person) for person in shown), rows, len(order) - len(shown))


def _kappa(each: Between | None) -> Cell | None:
    if each is None:
        return None
    kappa, percent = each.kappa, each.percent
    alike = f"{percent.value:.0%} alike, n = {percent.n:,}"
    if not kappa.defined:
        return Cell(f"{percent.value:.0%}", min(9, int((1 - percent.value) * 10)), alike)
    title = f"kappa {kappa.value:.2f} [{kappa.low:.2f}, {kappa.high:.2f}], {alike}"
    return Cell(f"{kappa.value:.2f}", min(9, int((1 - max(kappa.value, 0.0)) * 10)), title)
