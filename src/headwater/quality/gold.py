"""The health of gold: how much is needed, what it measures, whether it leaks, and whether it is right itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation import gold as marks
from headwater.annotation import queries as annotation
from headwater.annotation.model import UnknownTaskError
from headwater.core.errors import InvalidError
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.quality import breakdowns
from headwater.quality.frames import MOST_RECORDS, frame_of
from headwater.stats.gold.accuracy import accuracy_by, stratified
from headwater.stats.gold.doubt import Doubt, doubts
from headwater.stats.gold.exposure import Exposure, Leak, exposure, exposures
from headwater.stats.gold.sizing import Injection, Method, injection, zero_error_size
from headwater.stats.interval import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.context import Context
    from headwater.quality.timeline import Frame

LEVEL = 0.05
"""Probability of questioning any sound gold, and of calling any leaked, each time one looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldItem:
    """One gold task as it was answered."""

    task_id: str
    record_id: str
    known: str
    """The right answer as it is known."""
    accuracy: Estimate
    """Share of its answers that are right."""
    counts: dict[str, int]
    """Answer → how often it was given, most first."""
    doubt: Doubt | None
    """Why it is questioned."""
    leak: Leak | None
    """Why it seems to be known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldHealth:
    """The gold of a campaign for one question."""

    campaign_id: str
    question: str
    items: tuple[GoldItem, ...]
    """Questioned ones first, then leaked ones, then those answered worst."""
    accuracy: Estimate
    """Over all gold answers."""
    teams: dict[str, Estimate]
    slices: dict[str, Estimate]
    """The charter's critical slices, and languages where there are several."""
    tasks: dict[str, Estimate]
    """Accuracy on the campaign's ordinary tasks, by the attribute of records that makes the strata: gold that was not
    drawn in proportion is weighed by how many tasks each value has."""
    exposed: tuple[Estimate, ...]
    """Accuracy by how often somebody of the team had met the gold before, from 0."""
    exposure_p: float
    """Exact probability of so many right answers after exposure, were exposure without effect."""
    rate: float
    """Share of the answers that are to gold."""
    level: float
    """Probability of any false doubt, and of any false leak, at this look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldPlan:
    """How much gold a campaign needs."""

    injection: Injection
    tasks: int
    """Tasks one annotator is given."""
    half_width: float
    expected: float
    """Expected accuracy."""
    zero_error: int
    """Gold answers, all right, that show an error rate below one minus the expected accuracy."""
    rate_now: float
    """The campaign's gold rate."""
    pool_now: int
    """Gold it has."""


def plan(
    ctx: Context,
    campaign_id: str,
    *,
    accuracy: float = 0.9,
    half_width: float = 0.05,
    exposures_allowed: int = 1,
    annotators: int = 0,
) -> GoldPlan:
    """Return how much gold makes the accuracy of each annotator known as precisely as wanted.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        accuracy: Expected accuracy, in [0, 1].
        half_width: Half the length of the wanted 95 % Wilson interval.
        exposures_allowed: How often one annotator may meet the same gold.
        annotators: How many share the work; those who answered so far by default.
    """
    require(ctx, Decision.GOLD_CHANGE)
    campaign = annotation.campaign(ctx, campaign_id)
    progress = annotation.progress(ctx, campaign.id)
    people = annotators or max(progress.annotators, 1)
    ordinary = progress.tasks * campaign.plan.overlap / people
    tasks = max(1, round(ordinary / (1 - campaign.plan.gold_rate)))
    return GoldPlan(
        injection=injection(accuracy, half_width=half_width, tasks=tasks, exposures=exposures_allowed),
        tasks=tasks,
        half_width=half_width,
        expected=accuracy,
        zero_error=zero_error_size(min(max(1 - accuracy, 0.001), 0.999)),
        rate_now=campaign.plan.gold_rate,
        pool_now=len(annotation.golds(ctx, campaign.id)),
    )


def health(ctx: Context, campaign_id: str, *, question: str = "", interval: Method = Method.WILSON) -> GoldHealth:
    """Return how a campaign's gold is answered, which is questioned by the answers and which seems to leak.

    Args:
        ctx: The context.
        campaign_id: The campaign, by id or name.
        question: The question; the schema's first with one closed answer by default.
        interval: How the intervals of shares are made. Wilson's cover 95 % on average over shares, those of Clopper and
            Pearson at least 95 % at each.
    """
    require(ctx, Decision.GOLD_CHANGE)
    campaign = annotation.campaign(ctx, campaign_id)
    question = question or annotation.first_closed(ctx, campaign.id)
    frame = frame_of(ctx, campaign.id, question=question)
    given = frame.given
    rows = np.flatnonzero(frame.known)
    right = given.is_right[rows]
    met = _exposure(frame)
    teams = accuracy_by(right, frame.team[rows], groups=len(frame.teams), method=interval)
    return GoldHealth(
        campaign_id=campaign.id,
        question=question,
        items=_items(frame, {each.item: each for each in met.leaks}, interval),
        accuracy=_share(right, interval),
        teams={name: value for name, value in zip(frame.teams, teams, strict=True) if value.n},
        slices={
            each.names[0]: _share(right[each.code[rows] == 0], interval)
            for each in breakdowns.of_slices(ctx, given, (), seed=0)
        },
        tasks=_strata(frame, rows),
        exposed=tuple(met.accuracy),
        exposure_p=met.p,
        rate=rows.size / max(int(frame.usable.sum()), 1),
        level=LEVEL,
    )


def correct(ctx: Context, campaign_id: str, task_id: str, value: str, *, question: str, reason: str) -> None:
    """Give a gold task another right answer; earlier answers are judged by it from now on.

    Raises:
        UnknownTaskError: It is no gold of the campaign.
        InvalidError: There is no reason.
    """
    require(ctx, Decision.GOLD_CHANGE)
    if not reason.strip():
        raise InvalidError("Correcting gold needs a reason.")
    found = {each.task_id: each for each in annotation.golds(ctx, campaign_id)}
    if task_id not in found:
        raise UnknownTaskError(f"'{task_id}' is no gold of campaign '{campaign_id}'.")
    row = found[task_id]  # type: ignore[index]
    known = {row.record_id: dict(row.values) | {question: value}}
    explanations = {row.record_id: row.explanation}
    marks.mark(ctx, campaign_id, known, explanations=explanations, reason=f"{task_id} corrected: {reason.strip()}")


def _exposure(frame: Frame) -> Exposure:
    given = frame.given
    rows = np.flatnonzero(frame.known)
    seen = exposures(given.task[rows], frame.team[rows], given.submitted_at[rows])
    right = given.is_right[rows]
    return exposure(given.task[rows], right, seen, given.lead_time_ms[rows] / 1000, level=LEVEL)


def _share(right: NDArray[np.bool_], interval: Method) -> Estimate:
    return accuracy_by(right, np.zeros(right.size, np.int64), groups=1, method=interval)[0]


def _strata(frame: Frame, rows: NDArray[np.int64]) -> dict[str, Estimate]:
    """Accuracy on all tasks from gold by stratum: for each attribute of records with few values."""
    ordinary = frame.firsts()[0]
    room = max(MOST_RECORDS - int(np.unique(frame.given.task[rows]).size), 0)
    if ordinary.size > room:  # their shares are all that is asked for
        ordinary = np.sort(np.random.default_rng(0).choice(ordinary, room, replace=False))
    if not rows.size or not ordinary.size:
        return {}
    found = {}
    for name, column in frame.slices(np.concatenate([rows, ordinary])).items():
        values, code = np.unique(column, return_inverse=True)
        gold, tasks = code[: rows.size], code[rows.size :]
        right = np.bincount(gold, weights=frame.given.is_right[rows], minlength=values.size)
        total, size = (np.bincount(each, minlength=values.size) for each in (gold, tasks))
        found[name.removeprefix("slice ")] = stratified(right, total, size)
    return found


def _items(frame: Frame, leaks: dict[int, Leak], interval: Method) -> tuple[GoldItem, ...]:
    given, classes = frame.given, len(frame.given.values)
    rows = np.flatnonzero(frame.known)
    known = np.zeros(len(given.task_ids), np.int64)
    known[given.task[rows]] = given.gold_value[rows]
    found = doubts(given.task[rows], given.annotator[rows], given.value[rows], known, classes=classes, level=LEVEL)
    questioned = {each.item: each for each in found}
    items = []
    for code in np.unique(given.task[rows]):
        mine = rows[given.task[rows] == code]
        values = np.bincount(given.value[mine], minlength=classes)
        order = np.argsort(-values, kind="stable")
        items.append(
            GoldItem(
                task_id=given.task_ids[code],
                record_id=given.record_ids[code],
                known=given.values[known[code]],
                accuracy=_share(given.value[mine] == known[code], interval),
                counts={given.values[value]: int(values[value]) for value in order if values[value]},
                doubt=questioned.get(int(code)),
                leak=leaks.get(int(code)),
            )
        )
    return tuple(sorted(items, key=lambda each: (not each.doubt, not each.leak, each.accuracy.value)))
