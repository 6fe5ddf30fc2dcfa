"""Watching a campaign: charts and checks raise alarms, people are told, and a person decides."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from headwater.annotation import folding
from headwater.annotation import queries as annotation
from headwater.core.errors import InvalidError
from headwater.core.ids import new_id
from headwater.governance import ledger, notices
from headwater.governance import queries as governance
from headwater.governance.authority import require
from headwater.governance.model import Decision, Involvement
from headwater.quality import advice, control, integrity, queries
from headwater.quality.frames import frame_of
from headwater.quality.model import (
    LEVEL,
    Alarm,
    AlarmState,
    AlarmStateError,
    Explanation,
    NotAssessableError,
    Watch,
)
from headwater.quality.store import alarms as store

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headwater.annotation.answers import Answers
    from headwater.context import Context
    from headwater.quality.breakdowns import Groups
    from headwater.quality.control import Signal

DEFAULT_GOOD = 0.1
"""Error rate on gold that is in control where the charter has no standard for it."""
FEWEST_GOLD = 100
"""Gold answers a campaign is planned for at least."""


def begin(ctx: Context, campaign_id: str, *, question: str, good: float = 0.0, bad: float = 0.0) -> Watch:
    """Begin watching a campaign's answers to a question, or return how they are watched already.

    The charts' run lengths are fixed here from what the campaign plans, so that a campaign without fault has 0.1 false
    alarms up to its planned end, over everything that is watched.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        question: The question.
        good: Error rate on gold that is in control; by default what the standard `gold.accuracy` allows, else 0.1.
        bad: Error rate that is to be found soon; three times the good one by default.

    Raises:
        InvalidError: The rates are not 0 < good < bad < 1.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    row = _watch(ctx, campaign_id, question=question, good=good, bad=bad)
    if store.watch_of(ctx.db, row.campaign_id, question) is None:
        store.begin_watch(ctx.db, row)
        body = {"question": question, "good": row.good, "bad": row.bad, "level": row.level, "gold": row.gold_planned}
        ledger.append(ctx, "quality.watched", subject=row.campaign_id, body=body)
    return row


def _watch(ctx: Context, campaign_id: str, *, question: str, good: float = 0.0, bad: float = 0.0) -> Watch:
    """How a question is watched, or would be if that began now."""
    campaign = annotation.campaign(ctx, campaign_id)
    annotation.schema(ctx, campaign.schema_id).question(question)
    before = store.watch_of(ctx.db, campaign.id, question)
    if before is not None:
        return before
    good = good or _allowed(ctx, question)
    bad = bad or min(3 * good, (1 + good) / 2)
    if not 0 < good < bad < 1:
        raise InvalidError(f"Error rates {good:g} and {bad:g} make no chart.", remedy="Use 0 < good < bad < 1.")
    planned = annotation.progress(ctx, campaign.id).tasks
    rate = campaign.plan.gold_rate
    gold = round(planned * campaign.plan.overlap * rate / (1 - rate))
    return Watch(
        campaign_id=campaign.id,
        question=question,
        good=good,
        bad=bad,
        gold_planned=max(gold, FEWEST_GOLD),
        tasks_planned=max(planned, 1),
        level=LEVEL,
        looks=0,
        started_at=ctx.clock.now(),
        watched_at=ctx.clock.now(),
        answers=0,
    )


def monitor(ctx: Context, campaign_id: str, *, question: str = "") -> list[Alarm]:
    """Follow every chart, make the checks that are due and raise what is new; returns the new alarms.

    Doing so again without new answers changes nothing. While an alarm waits for a decision nothing else is raised
    about the same thing; after a decision its chart starts afresh.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        question: The question; the schema's first with one closed answer by default.

    Raises:
        NotAssessableError: The schema has no question with one closed answer.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    question = watchable(ctx, campaign_id, question=question)
    folding.fold(ctx, campaign_id, question=question)
    return settle(ctx, look(ctx, campaign_id, question=question))


def watchable(ctx: Context, campaign_id: str, *, question: str = "") -> str:
    """Return the question to watch: the one that is asked for, else the schema's first with one closed answer.

    Raises:
        NotAssessableError: The schema has no question with one closed answer.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    campaign = annotation.campaign(ctx, campaign_id)
    question = question or annotation.first_closed(ctx, campaign.id)
    if not question:
        raise NotAssessableError(f"Campaign '{campaign.name}' asks no question with one closed answer.")
    return question


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look at a campaign's charts and checks found, before anything is told."""

    watch: Watch
    """How the question is watched, or will be from now on."""
    signals: list[Signal]
    looks: int
    """How many checks were due up to now."""
    answers: int
    """How many answers the campaign had before they were read; what came since counts as unwatched."""


def look(
    ctx: Context,
    campaign_id: str,
    *,
    question: str,
    given: Answers | None = None,
    slicing: Sequence[Groups] | None = None,
    answers: int | None = None,
) -> Look:
    """Follow every chart and make the checks that are due. Only reads: no writer waits while it computes.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        question: A question with one closed answer.
        given: The question's answers, where they were read already.
        slicing: Its slices that are charted, where they were found already.
        answers: How many answers the campaign had before these were read.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    watch = _watch(ctx, campaign_id, question=question)
    counted = annotation.progress(ctx, watch.campaign_id).answers if answers is None else answers
    frame = frame_of(ctx, watch.campaign_id, question=question, given=given, slicing=slicing)
    starts = queries.starts(store.alarms(ctx.db, ctx.program, campaign=watch.campaign_id, question=question))
    with ThreadPoolExecutor(1, "checks") as beside:
        checking = beside.submit(integrity.due, frame, watch, starts)
        found = [chart.signal for chart in control.charts(frame, watch, starts) if chart.signal is not None]
        found = control.stand_out(frame, found) + checking.result()
    done = max(integrity.looks(int(frame.usable.sum())), watch.looks)
    return Look(watch=watch, signals=sorted(found, key=_order), looks=done, answers=counted)


def settle(ctx: Context, found: Look) -> list[Alarm]:
    """Raise what is new of what a look found, and tell people; returns the new alarms."""
    require(ctx, Decision.BATCH_ACCEPT)
    watch = begin(
        ctx, found.watch.campaign_id, question=found.watch.question, good=found.watch.good, bad=found.watch.bad
    )
    known = store.alarms(ctx.db, ctx.program, campaign=watch.campaign_id, question=watch.question)
    raised = [_raise(ctx, row) for row in _new(ctx, watch, found.signals, known)]
    looks = max(found.looks, watch.looks)
    store.looked(ctx.db, watch, looks, at=ctx.clock.now(), answers=found.answers)
    _tell(ctx, annotation.campaign(ctx, watch.campaign_id).name, raised)
    return raised


def acknowledge(ctx: Context, alarm_id: str) -> Alarm:
    """Say that the actor looks into an alarm.

    Raises:
        AlarmStateError: It was decided on already.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    row = queries.alarm(ctx, alarm_id)
    if row.state is AlarmState.DECIDED:
        raise AlarmStateError(f"Alarm {row.id} was decided on already: {row.reason}")
    store.move_alarm(ctx.db, row.id, state=AlarmState.ACKNOWLEDGED.value)
    ledger.append(ctx, "alarm.acknowledged", subject=row.id, body={"campaign": row.campaign_id})
    return queries.alarm(ctx, row.id)


def _allowed(ctx: Context, question: str) -> float:
    """The error rate that the charter's standard for gold allows."""
    standards = governance.program(ctx).charter.standards
    values = [
        1 - each.value
        for each in standards
        if each.metric == "gold.accuracy" and each.comparison == ">=" and each.scope in ("", question)
    ]
    return min(max(min(values, default=DEFAULT_GOOD), 0.005), 0.4)


def _order(signal: Signal) -> tuple[int, int]:
    return (signal.noticed, len(signal.scope))


def _new(ctx: Context, watch: Watch, signals: Iterable[Signal], known: list[Alarm]) -> list[Alarm]:
    """The alarms that tell something which no alarm before tells already."""
    told = list(known)
    found = []
    for signal in signals:
        row = _alarm(ctx, watch, signal)
        if not any(_covers(each, row) for each in told):
            told.append(row)
            found.append(row)
    return found


def _covers(earlier: Alarm, later: Alarm) -> bool:
    """Whether an alarm is about the same thing, or has the same cause, and is undecided or was decided after it."""
    alike = earlier.scope == later.scope or _cause(earlier) == _cause(later)
    # one of many who all changed: the campaign's alarm tells it
    alike |= not earlier.scope and bool(later.scope and later.explanations) and _cause(later)[1] not in later.scope
    settled = earlier.decided_at is not None and earlier.decided_at < later.noticed_at
    return earlier.metric == later.metric and alike and not settled


def _cause(row: Alarm) -> tuple[str, str]:
    if row.explanations:
        return row.explanations[0].kind, row.explanations[0].name
    kind, _, name = row.scope.partition(":")
    return kind or row.metric, name


def _alarm(ctx: Context, watch: Watch, signal: Signal) -> Alarm:
    explanations = tuple(
        Explanation(
            kind=each.kind.partition(" ")[0],
            name=f"{each.kind.partition(' ')[2]} = '{each.name}'" if each.kind.startswith("slice ") else each.name,
            inside=each.inside,
            outside=each.outside,
            gain=each.gain,
            adjusted=each.adjusted,
        )
        for each in signal.causes
    )
    kind = explanations[0].kind if explanations else signal.scope.partition(":")[0] or "everyone"
    return Alarm(
        id=new_id("alm"),
        campaign_id=watch.campaign_id,
        question=watch.question,
        metric=signal.metric,
        scope=signal.scope,
        state=AlarmState.OPEN,
        since=_moment(signal.since),
        since_low=_moment(signal.low),
        since_high=_moment(signal.high),
        noticed_at=_moment(signal.noticed),
        before=signal.before,
        after=signal.after,
        rule=signal.rule,
        explanations=explanations,
        advice=advice.next_step(signal.metric, kind),
        raised_at=ctx.clock.now(),
        decided_by="",
        remedy=None,
        reason="",
        decided_at=None,
    )


def _raise(ctx: Context, row: Alarm) -> Alarm:
    store.raise_alarm(ctx.db, ctx.program, row)
    body = {"campaign": row.campaign_id, "metric": row.metric, "scope": row.scope, "since": row.since}
    ledger.append(ctx, "alarm.raised", subject=row.id, body=body)
    return row


def _tell(ctx: Context, campaign: str, rows: list[Alarm]) -> None:
    owners = [
        *governance.involved(ctx, Decision.BATCH_ACCEPT, Involvement.RESPONSIBLE),
        *governance.involved(ctx, Decision.BATCH_ACCEPT, Involvement.ACCOUNTABLE),
    ]
    names = governance.names(ctx)
    for row in rows:
        text = f"Quality alarm in '{campaign}': {advice.headline(row, names)}"
        notices.send(ctx, owners, kind="alarm", subject=row.id, text=text)


def _moment(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
