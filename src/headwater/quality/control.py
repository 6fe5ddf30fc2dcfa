"""Control charts of a campaign: gold accuracy by CUSUM, agreement and label mix by EWMA, from answers in time order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from headwater.quality.model import OWN_WINDOW, WINDOW
from headwater.stats.drift import causes as reasons
from headwater.stats.drift import cusum, ewma
from headwater.stats.drift.changepoint import change_point
from headwater.stats.drift.scores import mix_scores, rate_score, rate_scores, windows
from headwater.stats.interval import Estimate, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.quality.model import Watch
    from headwater.quality.timeline import Frame
    from headwater.stats.drift.causes import Cause

WEIGHT, OWN_WEIGHT = 0.2, 0.4
"""λ of the charts of campaigns and teams, which see small shifts, and of an annotator, which must see soon."""
LEAST_GAIN = 5.0
"""Log-likelihood, in nats, below which no change is located: then it was so from the start. Of sequences of up
to 200 without a change one in twenty gains more, of 1,000 one in twelve."""

APART = 0.05
"""Probability that somebody is named who errs as everybody does, once the whole campaign has changed."""

Starts = dict[tuple[str, str], int]
"""Metric and scope → the moment, in microseconds since 1970, of the last decision there: the chart starts afresh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart since the last decision about it."""

    metric: str
    scope: str
    method: str
    run_length: float
    """In-control average run length, in `unit`."""
    unit: str
    limit: float
    moments: NDArray[np.int64]
    """When each point was made, in microseconds since 1970."""
    values: NDArray[np.float64]
    bad: NDArray[np.int64]
    """Errors, or disputes, behind each point; empty for a label mix."""
    n: NDArray[np.int64]
    """Answers, or tasks, behind each point."""
    signal: Signal | None
    """Its first alarm."""

    @property
    def rate(self) -> Estimate:
        """Share of errors or disputes over the whole chart."""
        return wilson(int(self.bad.sum()), int(self.n.sum()))

    @property
    def false_alarms(self) -> float:
        """Expected false alarms over its length so far, were nothing wrong."""
        return len(self.values) / self.run_length


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A chart or check that went off; moments are in microseconds since 1970."""

    metric: str
    scope: str
    noticed: int
    since: int
    low: int
    high: int
    before: Estimate | None
    after: Estimate
    rule: str
    causes: tuple[Cause, ...] = ()


def charts(frame: Frame, watch: Watch, starts: Starts) -> list[Chart]:
    """Return every chart of a campaign: gold by campaign, team and annotator, agreement, label mix."""
    found = gold_charts(frame, watch, starts)
    first, second = frame.firsts()
    found += _agreement(frame, watch, starts, first, second)
    found += _mix(frame, watch, starts, first)
    return found


def gold_charts(frame: Frame, watch: Watch, starts: Starts) -> list[Chart]:
    """Return the charts of gold accuracy: of the campaign, each team, each annotator."""
    given = frame.given
    order = frame.in_order[frame.known[frame.in_order]]
    design = gold_design(watch)
    scopes = {"": order}
    for name in sorted({frame.teams[code] for code in np.unique(frame.team[order])}):
        scopes[f"team:{name}"] = order[frame.team[order] == frame.teams.index(name)]
    for code in np.unique(given.annotator[order]):
        scopes[f"annotator:{given.annotator_ids[code]}"] = order[given.annotator[order] == code]
    wrong = given.value != given.gold_value
    found = []
    for scope, every in scopes.items():
        rows = every[given.submitted_at[every] > starts.get(("gold.accuracy", scope), -1)]
        course = cusum.follow(design, wrong[rows])
        signal = None
        if course.alarms.size:
            last = int(course.alarms[0])
            rule = (
                f"{design.method}; one false alarm in {design.run_length(watch.good):,.0f} gold answers while the "
                f"error rate is {watch.good:g}; {watch.bad:g} after {design.run_length(watch.bad):,.0f} on average"
            )
            signal = _signal(frame, ("gold.accuracy", scope), rows[: last + 1], wrong, rule)
            signal = _explain(frame, signal, order, wrong)
        found.append(
            Chart(
                metric="gold.accuracy",
                scope=scope,
                method=design.method,
                run_length=design.run_length(watch.good),
                unit="gold answers",
                limit=float(design.threshold),
                moments=given.submitted_at[rows],
                values=course.score.astype(np.float64),
                bad=wrong[rows].astype(np.int64),
                n=np.ones(rows.size, np.int64),
                signal=signal,
            )
        )
    return found


def stand_out(frame: Frame, signals: list[Signal]) -> list[Signal]:
    """Leave out people and teams who err no more than everybody else does since the whole campaign changed.

    When a change meets everybody, who is noticed first is chance. The errors of one are held against those of all
    others since the change by Fisher's exact test, at `APART` over all who are named.
    """
    whole = next((each for each in signals if (each.metric, each.scope) == ("gold.accuracy", "")), None)
    if whole is None:
        return signals
    given = frame.given
    rows = np.flatnonzero(frame.known & (given.submitted_at >= whole.since))
    named = [each for each in signals if each.metric == "gold.accuracy" and each.scope]
    dropped = []
    for each in named:
        kind, _, name = each.scope.partition(":")
        of_team = kind == "team"
        names, codes = (frame.teams, frame.team) if of_team else (given.annotator_ids, given.annotator)
        mine = codes[rows] == names.index(name)
        right = given.value[rows] == given.gold_value[rows]
        of = [[int((right & who).sum()), int((~right & who).sum())] for who in (~mine, mine)]
        if scipy.special.ndtr(-rate_score(*of)) > APART / len(named):
            dropped.append(each)
    return [each for each in signals if each not in dropped]


def gold_design(watch: Watch) -> cusum.Cusum:
    """Return the chart of gold that has the run length a campaign is watched with."""
    return _design(watch.good, watch.bad, watch.gold_run_length)


@lru_cache(maxsize=64)
def _design(good: float, bad: float, run_length: float) -> cusum.Cusum:
    return cusum.design(good, bad, run_length=run_length)


def _agreement(
    frame: Frame, watch: Watch, starts: Starts, first: NDArray[np.int64], second: NDArray[np.int64]
) -> list[Chart]:
    """Chart the share of tasks whose first two answers differ: of all, of each person's, inside teams, of slices."""
    given = frame.given
    begun = np.full(len(given.task_ids), -1)
    begun[given.task[first]] = first
    rows = np.stack([begun[given.task[second]], second], axis=1)
    differ = given.value[rows[:, 0]] != given.value[second]
    pairs = _Pairs(rows, differ.astype(np.int8), given.submitted_at[second])
    every = pairs.column()
    everybody = every.after(starts.get(("agreement", ""), -1))
    found = _windowed(frame, watch, ("agreement", ""), everybody, everybody)
    # every pair stands with both its people, and with each of them in time order
    people = given.annotator[rows].ravel()
    order = np.argsort(people.astype(np.min_scalar_type(people.max(initial=0))), kind="stable")
    edges = np.flatnonzero(np.r_[True, np.diff(people[order]) > 0, True]) if order.size else np.zeros(1, np.int64)
    for start, end in pairwise(edges):
        mine = order[start:end]
        key = ("agreement", f"annotator:{given.annotator_ids[people[mine[0]]]}")
        column = _Column(rows.ravel()[mine], pairs.differ[mine // 2], pairs.moments[mine // 2])
        found += _windowed(frame, watch, key, column.after(starts.get(key, -1)), everybody)
    # inside a team: where two teams differ, neither chart would tell which of them changed
    own = pairs.only(frame.team[rows[:, 0]] == frame.team[second]).column()
    team = frame.team[own.rows]
    for name, code in _teams(frame):
        key = ("agreement", f"team:{name}")
        found += _windowed(frame, watch, key, own.only(team == code).after(starts.get(key, -1)), own)
    for name, held in frame.parts:
        key = ("agreement", f"slice:{name}")
        found += _windowed(frame, watch, key, every.only(held[second]).after(starts.get(key, -1)), everybody)
    return found


def _teams(frame: Frame) -> tuple[tuple[str, int], ...]:
    """Name and code of each team at work; none when there is one alone, whose charts are those of the campaign."""
    return frame.at_work if len(frame.at_work) > 1 else ()


def _mix(frame: Frame, watch: Watch, starts: Starts, first: NDArray[np.int64]) -> list[Chart]:
    """Chart how far the labels of the tasks' first answers are from those before: of all, each team, each slice."""
    given = frame.given
    every = _Column(rows=first, outcome=given.value[first], moments=given.submitted_at[first])
    everybody = every.after(starts.get(("label.mix", ""), -1))
    found = _windowed(frame, watch, ("label.mix", ""), everybody, everybody)
    team = frame.team[first]
    parts = [(f"team:{name}", team == code) for name, code in _teams(frame)]
    for scope, inside in [*parts, *((f"slice:{name}", inside[first]) for name, inside in frame.parts)]:
        key = ("label.mix", scope)
        found += _windowed(frame, watch, key, every.only(inside).after(starts.get(key, -1)), everybody)
    return found


class _Column(NamedTuple):
    """Tasks in time order: the answer that stands for each, its outcome and its moment."""

    rows: NDArray[np.int64]
    outcome: NDArray[np.integer]
    moments: NDArray[np.int64]

    def only(self, kept: NDArray[np.bool_]) -> _Column:
        """Return some of the tasks."""
        places = np.flatnonzero(kept)
        return _Column(self.rows[places], self.outcome[places], self.moments[places])

    def after(self, moment: int) -> _Column:
        """Return the tasks after a moment."""
        return self.only(self.moments > moment) if self.moments.size and self.moments[0] <= moment else self


class _Pairs(NamedTuple):
    """The first two answers of tasks, in the order in which the second was given."""

    rows: NDArray[np.int64]
    """Of both, shape (tasks, 2)."""
    differ: NDArray[np.int8]
    moments: NDArray[np.int64]

    def only(self, kept: NDArray[np.bool_]) -> _Pairs:
        """Return some of the tasks."""
        places = np.flatnonzero(kept)
        return _Pairs(self.rows[places], self.differ[places], self.moments[places])

    def column(self) -> _Column:
        """Return whether the answers differ; the second and the first speak for their task in turn."""
        speaker = self.rows[:, 1].copy()
        speaker[1::2] = self.rows[1::2, 0]
        return _Column(speaker, self.differ, self.moments)


def _windowed(frame: Frame, watch: Watch, key: tuple[str, str], column: _Column, everybody: _Column) -> list[Chart]:
    """Chart each window of tasks against all before it; everybody's tasks tell what a change came with."""
    metric, scope = key
    own = scope.startswith("annotator:")
    size = OWN_WINDOW if own else WINDOW
    agreement = metric == "agreement"
    counts = windows(column.outcome, size=size, kinds=2 if agreement else len(frame.given.values))
    if not len(counts):
        return []
    scores = rate_scores(np.cumsum(counts, axis=0) - counts, counts) if agreement else mix_scores(counts)
    wanted = watch.window_run_length(metric, layers=frame.layers)
    design = ewma.design(run_length=wanted, weight=OWN_WEIGHT if own else WEIGHT)
    # only the upper side alarms, so false alarms come half as often as the run length of both sides says
    run_length = 2 * wanted
    course = ewma.follow(design, scores, upper_only=True)
    signal = None
    if course.alarms.size:
        upto = (int(course.alarms[0]) + 1) * size
        rule = f"{design.method}; one false alarm in {run_length:,.0f} windows of {size} tasks"
        signal = _change(frame, key, rule, column.only(np.arange(column.rows.size) < upto), everybody)
    return [
        Chart(
            metric=metric,
            scope=scope,
            method=design.method,
            run_length=run_length,
            unit=f"windows of {size} tasks",
            limit=design.limit,
            moments=column.moments[size - 1 :: size][: len(counts)],
            values=course.average,
            bad=counts[:, 1] if agreement else np.zeros(len(counts), np.int64),
            n=np.full(len(counts), size),
            signal=signal,
        )
    ]


def _change(frame: Frame, key: tuple[str, str], rule: str, column: _Column, everybody: _Column) -> Signal:
    """Locate the change of windows that went off and ask what it came with."""
    metric, scope = key
    codes, moments = column.outcome, column.moments
    kinds = max(int(codes.max()) + 1, 2)
    place, low, high = _located(codes, kinds, rise=metric == "agreement")
    if metric == "label.mix":
        # the label that rose most stands for the change
        before, after = codes[:place], codes[place:]
        shares = np.bincount(after, minlength=kinds) / max(after.size, 1)
        risen = int((shares - np.bincount(before, minlength=kinds) / max(before.size, 1)).argmax())
        codes = (codes == risen).astype(np.int64)
        everybody = everybody._replace(outcome=(everybody.outcome == risen).astype(np.int64))
        rule = f"{rule}; the rate is that of '{frame.given.values[risen]}', which rose most"
    bad = codes.astype(np.bool_)
    if scope:
        seen = everybody.moments <= moments[-1]
        told = everybody.only(seen)
    else:
        told = column._replace(outcome=codes)
    found = _why(frame, told.rows, told.outcome.astype(np.bool_), told.moments >= moments[place])
    if scope.startswith(("annotator:", "team:")):
        found = _there(frame, column.rows[place:], found)
    return Signal(
        metric=metric,
        scope=scope,
        noticed=int(moments[-1]),
        since=int(moments[place]),
        low=int(moments[low]),
        high=int(moments[high]),
        before=wilson(int(bad[:place].sum()), place) if place else None,
        after=wilson(int(bad[place:].sum()), bad.size - place),
        rule=rule,
        causes=found,
    )


def _there(frame: Frame, rows: NDArray[np.int64], found: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """Leave out people and teams who answered none of the tasks: however they err, it is not why these changed."""
    given = frame.given
    wanted = np.zeros(len(given.task_ids), np.bool_)
    wanted[given.task[rows]] = True
    met = wanted[given.task]
    there = {("annotator", given.annotator_ids[code]) for code in np.unique(given.annotator[met])}
    there |= {("team", frame.teams[code]) for code in np.unique(frame.team[met])}
    return tuple(each for each in found if each.kind not in {"annotator", "team"} or (each.kind, each.name) in there)


def _signal(frame: Frame, key: tuple[str, str], rows: NDArray[np.int64], wrong: NDArray[np.bool_], rule: str) -> Signal:
    """Locate the change in a sequence of right and wrong answers that ends at the alarm."""
    errors, moments = wrong[rows], frame.given.submitted_at[rows]
    place, low, high = _located(errors.astype(np.int64), 2, rise=True)
    return Signal(
        metric=key[0],
        scope=key[1],
        noticed=int(moments[-1]),
        since=int(moments[place]),
        low=int(moments[low]),
        high=int(moments[high]),
        before=wilson(int(errors[:place].sum()), place) if place else None,
        after=wilson(int(errors[place:].sum()), len(errors) - place),
        rule=rule,
    )


def _located(codes: NDArray[np.integer], kinds: int, *, rise: bool) -> tuple[int, int, int]:
    """Where the change is and the ends of its interval; the start when there is none, or no rise where one is meant."""
    found = change_point(codes, kinds=kinds)
    fell = rise and found is not None and codes[: found.place].mean() >= codes[found.place :].mean()
    if found is None or fell or found.gain < LEAST_GAIN:
        return 0, 0, max(codes.size - 1, 0)
    return found.place, found.low, found.high


def _why(
    frame: Frame, rows: NDArray[np.int64], errors: NDArray[np.bool_], late: NDArray[np.bool_]
) -> tuple[Cause, ...]:
    """What a change came with: slices, which are many, share half of the level, so that they do not drown people."""
    groups = frame.groups(rows)
    kinds = [{name: groups[name] for name in groups if name.startswith("slice ") is of} for of in (False, True)]
    found = [cause for each in kinds if each for cause in reasons.causes(errors, late, each, level=0.025)]
    best = {(cause.kind, cause.name): cause for cause in reversed(found)}
    return tuple(sorted(best.values(), key=lambda cause: -round(cause.gain, 9)))


def _explain(frame: Frame, signal: Signal, rows: NDArray[np.int64], wrong: NDArray[np.bool_]) -> Signal:
    """Ask of all gold answers up to the alarm what the change came with."""
    moments = frame.given.submitted_at[rows]
    seen = rows[moments <= signal.noticed]
    late = frame.given.submitted_at[seen] >= signal.since
    found = _why(frame, seen, wrong[seen], late)
    return Signal(**{name: getattr(signal, name) for name in _FIELDS}, causes=found)


_FIELDS = ("metric", "scope", "noticed", "since", "low", "high", "before", "after", "rule")
