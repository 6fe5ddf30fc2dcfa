"""Watching campaigns: control charts, alarms with the form to decide, the health of gold."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import numpy as np
from fastapi import APIRouter, Form, Response

from headwater.annotation import boards
from headwater.annotation import gold as marks
from headwater.annotation import queries as annotation
from headwater.annotation.questions import Kind, Question
from headwater.annotation.responses import ResponseError
from headwater.app import computing
from headwater.governance import queries as governance
from headwater.quality import advice, gold, monitoring, queries, remedies
from headwater.quality.model import AlarmState, Remedy
from headwater.sourcing import queries as sourcing
from headwater.stats.gold.sizing import Method
from headwater.web.paging import screenful
from headwater.web.personal import query_of
from headwater.web.session import Visitor, back, page

if TYPE_CHECKING:
    from headwater.quality.control import Chart

router = APIRouter(prefix="/p/{program}/quality")
WIDTH, HEIGHT, EDGE = 720.0, 160.0, 8.0
MOST_POINTS = 600
MOST_GOLD = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A control chart as it is drawn: x is the place of the answer, y the score."""

    chart: Chart
    title: str
    line: str
    """Points of the curve."""
    limit: float
    """y of the limit."""
    zero: float
    """y of nothing unusual."""
    change: tuple[float, float, float] | None
    """x of the change and of the ends of its interval."""
    alarm: tuple[float, float] | None
    """Where the alarm is."""
    first: datetime | None
    last: datetime | None


@router.get("/alarms")
def alarms(visitor: Visitor, undecided: str = "", after: str = "") -> Response:
    """List alarms, those that wait for a decision first."""
    with visitor.reading() as ctx:
        shown = screenful(lambda part: queries.alarms(ctx, undecided=bool(undecided), part=part), after)
        found = shown.rows
        names = governance.names(ctx)
        campaigns = annotation.campaigns(ctx)
        return page(
            visitor,
            ctx,
            "quality/alarms.html",
            active="quality",
            alarms=sorted(found, key=lambda each: each.state is AlarmState.DECIDED),
            more=shown.more,
            undecided=undecided,
            headlines={each.id: advice.headline(each, names) for each in found},
            campaigns=campaigns,
            campaign_names={each.id: each.name for each in campaigns},
            watches={each.id: queries.watches(ctx, each.id) for each in campaigns},
        )


@router.get("/alarms/{alarm}")
def alarm(visitor: Visitor, alarm: str) -> Response:
    """Show an alarm: what, since when, because of what, what to do; with the form to decide."""
    with visitor.reading() as ctx:
        found = queries.alarm(ctx, alarm)
        names = governance.names(ctx)
        crew = boards.crew(ctx, found.campaign_id, advice.team_of(found))
        return page(
            visitor,
            ctx,
            "quality/alarm.html",
            active="quality",
            alarm=found,
            campaign=annotation.campaign(ctx, found.campaign_id),
            headline=advice.headline(found, names),
            charted=found.metric in advice.CHARTED,
            because=[(advice.because(each.kind, each.name, names), each) for each in found.explanations],
            remedies=list(Remedy),
            log=governance.decided(ctx, subject=found.id),
            leads=[(each, query_of(found.campaign_id, each.wanted)) for each in advice.leads(found, crew)],
        )


@router.post("/alarms/{alarm}/acknowledge")
def acknowledge(visitor: Visitor, alarm: str) -> Response:
    """Say that the visitor looks into it."""
    with visitor.acting() as ctx:
        monitoring.acknowledge(ctx, alarm)
    return back(visitor, f"quality/alarms/{alarm}")


@router.post("/alarms/{alarm}/decide")
def decide(
    visitor: Visitor, alarm: str, remedy: Annotated[Remedy, Form()], reason: Annotated[str, Form(max_length=500)]
) -> Response:
    """Decide on an alarm."""
    with visitor.acting() as ctx:
        remedies.decide(ctx, alarm, remedy, reason=reason)
    return back(visitor, f"quality/alarms/{alarm}")


@router.post("/campaigns/{campaign}/monitor")
def monitor(visitor: Visitor, campaign: str) -> Response:
    """Follow the charts now."""
    computing.monitor(visitor, campaign)
    return back(visitor, f"quality/campaigns/{campaign}/charts")


@router.get("/campaigns/{campaign}/charts")
def charts(visitor: Visitor, campaign: str, question: str = "") -> Response:
    """Show the control charts of a campaign."""
    with visitor.reading() as ctx:
        found = annotation.campaign(ctx, campaign)
        watches = {each.question: each for each in queries.watches(ctx, found.id)}
        asked = question or next(iter(watches), "")
        rows = queries.charts(ctx, found.id, question=asked) if asked else []
        undecided = queries.alarms(ctx, campaign=found.id, undecided=True) if asked else []
        waiting = [each for each in undecided if each.question == asked]
        names = governance.names(ctx)
        return page(
            visitor,
            ctx,
            "quality/charts.html",
            active="quality",
            campaign=found,
            watch=watches.get(asked),
            groups=_grouped([draw(row, names) for row in sorted(rows, key=_first_alarms)]),
            size=(WIDTH, HEIGHT),
            waiting=waiting,
            headlines={each.id: advice.headline(each, names) for each in waiting},
            expected=sum(row.false_alarms for row in rows),
        )


@router.get("/campaigns/{campaign}/gold")
def show_gold(visitor: Visitor, campaign: str, interval: Method = Method.WILSON) -> Response:
    """Show how gold is answered, what is questioned and what seems to leak."""
    with visitor.reading() as ctx:
        found = annotation.campaign(ctx, campaign)
        health = gold.health(ctx, found.id, interval=interval)
        items = health.items[:MOST_GOLD]
        records = sourcing.take(ctx, [each.record_id for each in items])
        values = annotation.schema(ctx, found.schema_id).question(health.question).values if health.question else ()
        return page(
            visitor,
            ctx,
            "quality/gold.html",
            active="quality",
            campaign=found,
            health=health,
            interval=interval,
            intervals=list(Method),
            rows=list(zip(items, records, strict=True)),
            values=values or sorted({value for each in items for value in each.counts}),
            plan=gold.plan(ctx, found.id, accuracy=0.9, half_width=0.05),
            questions=annotation.schema(ctx, found.schema_id).questions,
        )


@router.post("/campaigns/{campaign}/gold")
def mark_gold(  # noqa: PLR0913, PLR0917 -- the fields of the form
    visitor: Visitor,
    campaign: str,
    record: Annotated[str, Form()],
    question: Annotated[str, Form()],
    value: Annotated[str, Form()],
    explanation: Annotated[str, Form(max_length=2000)] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Make the right answer of a record known, as plain text or as JSON for answers that are no text."""
    with visitor.acting() as ctx:
        found = annotation.campaign(ctx, campaign)
        asked = annotation.schema(ctx, found.schema_id).question(question)
        known = {record.strip(): {question: _answer(asked, value)}}
        marks.mark(ctx, found.id, known, explanations={record.strip(): explanation}, reason=reason)
    return back(visitor, f"quality/campaigns/{campaign}/gold")


def _answer(asked: Question, value: str) -> object:
    if asked.kind in (Kind.SINGLE, Kind.REFUSAL, Kind.TEXT) and not asked.per_turn:
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise ResponseError(
            f"'{value}' is no JSON, which answers of kind {asked.kind} are written in.",
            remedy='Write 4 for a rating, ["a", "b"] for some of the options.',
        ) from error


@router.post("/campaigns/{campaign}/gold/{task}")
def change_gold(
    visitor: Visitor,
    campaign: str,
    task: str,
    value: Annotated[str, Form()],
    question: Annotated[str, Form()],
    reason: Annotated[str, Form(max_length=500)],
) -> Response:
    """Correct the right answer of a gold task, or retire it when no value is chosen."""
    with visitor.acting() as ctx:
        if value:
            gold.correct(ctx, campaign, task, value, question=question, reason=reason)
        else:
            marks.retire(ctx, campaign, task, reason=reason)
    return back(visitor, f"quality/campaigns/{campaign}/gold")


def draw(chart: Chart, names: dict[str, str]) -> Drawing:
    """Return a chart as it is drawn."""
    n = len(chart.values)
    low, high = min(float(chart.values.min(initial=0.0)), 0.0), max(float(chart.values.max(initial=0.0)), chart.limit)

    def x(place: float) -> float:
        return round(EDGE + (WIDTH - 2 * EDGE) * place / max(n - 1, 1), 1)

    def y(value: float) -> float:
        return round(HEIGHT - EDGE - (HEIGHT - 3 * EDGE) * (value - low) / (high - low), 1)

    chosen = np.unique(np.linspace(0, max(n - 1, 0), min(n, MOST_POINTS)).astype(np.int64))
    signal, change, alarm = chart.signal, None, None
    if signal:
        ends = np.minimum(np.searchsorted(chart.moments, [signal.since, signal.low, signal.high]), n - 1)
        change = (x(ends[0]), x(ends[1]), x(ends[2]))
        place = min(int(np.searchsorted(chart.moments, signal.noticed)), n - 1)
        alarm = (x(place), y(float(chart.values[place])))
    where = advice.place(chart.scope, names).removeprefix(", ") or "the campaign"
    return Drawing(
        chart=chart,
        title=f"{_NAMES[chart.metric]} of {where}",
        line=" ".join(f"{x(place)},{y(float(chart.values[place]))}" for place in chosen),
        limit=y(chart.limit),
        zero=y(0.0),
        change=change,
        alarm=alarm,
        first=_moment(chart.moments[0]) if n else None,
        last=_moment(chart.moments[-1]) if n else None,
    )


def _grouped(drawings: list[Drawing]) -> list[tuple[str, bool, list[Drawing]]]:
    """Return what went off and the campaign's own charts, then those of teams, slices and people, to be unfolded."""
    kinds = {"": "The campaign", "team": "Teams", "slice": "Slices", "annotator": "Annotators"}
    off = [each for each in drawings if each.chart.signal]
    found = [("Went off", False, off)]
    for kind, title in kinds.items():
        quiet = [each for each in drawings if not each.chart.signal and each.chart.scope.partition(":")[0] == kind]
        found.append((title, bool(kind), quiet))
    return [each for each in found if each[2]]


_NAMES = {"gold.accuracy": "Errors on gold", "agreement": "Disputed tasks", "label.mix": "Label mix"}


def _first_alarms(chart: Chart) -> tuple[bool, int, bool]:
    """Order charts: those that went off first, then the campaign's, then teams' and people's."""
    return (chart.signal is None, len(chart.scope.partition(":")[0]), not len(chart.values))


def _moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(int(microseconds) / 1e6, UTC)
