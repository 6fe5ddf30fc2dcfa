"""Who agrees with whom, which labels stand in each other's place, and which tasks are disputed."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.quality.mark_panels import NOTHING, MarkPanel, used
from headwater.quality.model import Between, Confused, Disputed
from headwater.quality.yardsticks import Coefficient
from headwater.stats.agreement import pairs as kernel
from headwater.stats.agreement.distances import Level
from headwater.stats.interval import Estimate, clopper_pearson_bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from headwater.annotation.answers import Answers
    from headwater.quality.breakdowns import Groups
    from headwater.quality.panels import Panel
    from headwater.stats.agreement.pairs import Likeness

    Views = Panel | MarkPanel

MOST_PAIRS = 2_000
"""Pairs of annotators kept, those with most tasks in common first."""
MOST_MARK_PAIRS = 200
"""The same for marks, whose agreement is resampled for every pair."""
MOST_DISPUTED = 100
MOST_LABELS = 60
"""Labels up to which every pair of them is kept."""


def shares(views: Views) -> dict[str, float]:
    """Return each label's share of the answers; of sets, the share of answers that hold it."""
    if isinstance(views, MarkPanel):
        return views.shares()
    if not views.labels or not views.answer.size:
        return {}
    if views.held is not None:
        mean = views.held[views.answer].mean(axis=0)
    else:
        mean = np.bincount(views.answer, minlength=len(views.labels)) / views.answer.size
    return dict(zip(views.labels, map(float, mean), strict=True))


def with_others(views: Views, given: Answers, apart: Likeness) -> dict[str, Estimate]:
    """Return how alike each annotator's answers are to those of others, by annotator."""
    found = kernel.with_others(
        views.annotator, apart.answer, annotators=len(given.annotator_ids), cluster=views.cluster
    )
    return dict(zip(given.annotator_ids, found, strict=True))


def by_slice(views: Views, slices: list[Groups], whole: Estimate, near: Likeness) -> dict[str, Estimate]:
    """Return agreement inside each slice, held against the chance disagreement of all answers, by its name."""
    likeness, rows = _disagreement(views, near), np.arange(views.task.size)
    apart = likeness.answer
    if not isinstance(views, MarkPanel) and views.coefficient is not Coefficient.ALPHA:
        # alpha weighs a task by its answers, all others weigh tasks alike
        unit, rows = np.unique(views.task, return_index=True)
        apart = likeness.unit[unit]
    observed = float(np.nanmean(apart)) if not np.isnan(apart).all() else math.nan
    largest = float(np.nanmax(apart)) if observed > 0 and not _scaled(views) else 1.0
    chance = observed / (1 - whole.value) if whole.value < 1 else _unseen(whole)
    tasks, found = (views.task if views.cluster is None else views.cluster)[rows], {}
    for each in slices:
        inside = each.code[views.row[rows]] >= 0
        estimate = kernel.against_chance(tasks[inside], apart[inside], chance, most=largest)
        note = "; ".join(part for part in (estimate.note, each.note) if part)
        what, _, how = estimate.method.partition(", ")
        found[each.names[0]] = replace(estimate, note=note, method=f"{what}, {views.scale}, {how}")
    return found


def _unseen(whole: Estimate) -> float:
    """Return the chance disagreement behind the bound of agreement that was never broken, for distances up to 1."""
    bound = float(clopper_pearson_bounds(0, whole.n).high)
    return bound / (1 - whole.low) if whole.low < 1 else 1.0


def _disagreement(views: Views, near: Likeness) -> Likeness:
    """How far the answers to each unit are apart as the coefficient adds it up."""
    if isinstance(views, MarkPanel):
        return near
    if views.coefficient is not Coefficient.ALPHA:
        credit = views.credit
        return kernel.likeness(views.task, views.answer, lambda left, right: 1 - credit[left, right])
    return near if _scaled(views) else kernel.likeness(views.task, views.answer, views.disagreement)


def _scaled(views: Views) -> bool:
    """Return whether the distances that the coefficient adds up are at most 1."""
    if isinstance(views, MarkPanel) or views.coefficient is not Coefficient.ALPHA:
        return True
    return not isinstance(views.level, str) or views.level == Level.NOMINAL


def pairs(views: Views, given: Answers) -> tuple[Between, ...]:
    """Return percent agreement and kappa of every two annotators, those with most tasks in common first."""
    if isinstance(views, MarkPanel):
        return _mark_pairs(views, given)
    if not views.width:
        return ()
    found = kernel.pairwise(views.task, views.annotator, views.code, labels=views.width, weighting=views.weighting)
    found.sort(key=lambda each: -each.percent.n)
    return tuple(
        Between(
            first=given.annotator_ids[each.first],
            second=given.annotator_ids[each.second],
            percent=each.percent,
            kappa=each.kappa,
        )
        for each in found[:MOST_PAIRS]
    )


def confusions(views: Views) -> tuple[Confused, ...]:
    """Return how often each label is given in another's place, the most confused first; single choices only."""
    labels = (*views.names, NOTHING) if isinstance(views, MarkPanel) else views.labels
    if not isinstance(views, MarkPanel) and views.held is not None:
        return ()
    if not labels or len(labels) > MOST_LABELS or not views.task.size:
        return ()
    found = kernel.confusion(views.counted())
    rows = [
        Confused(
            given=given,
            instead=instead,
            share=Estimate(
                value=float(found.share[i, j]),
                low=float(found.low[i, j]),
                high=float(found.high[i, j]),
                n=int(found.n[i]),
                method="share of the other answers, wilson at the effective n",
            ),
        )
        for i, given in enumerate(labels)
        for j, instead in enumerate(labels)
        if i != j and found.share[i, j] > 0
    ]
    return tuple(sorted(rows, key=lambda each: -each.share.value))


def disputed(views: Views, given: Answers, near: Likeness) -> tuple[Disputed, ...]:
    """Return the tasks whose answers lie farthest apart, those with more answers first among equals."""
    if not views.task.size:
        return ()
    if isinstance(views, MarkPanel):
        task, unit, places = views.seen[:, 0], views.task_distances(len(given.task_ids)), views.seen[:, 2]
    else:
        task, unit, places = views.task, near.unit, views.row
    apart = np.nan_to_num(unit)
    size = np.bincount(task, minlength=apart.size)
    least = np.partition(apart, -MOST_DISPUTED)[-MOST_DISPUTED] if apart.size > MOST_DISPUTED else 0.0
    far = np.flatnonzero(apart >= max(least, 1e-12))
    chosen = far[np.lexsort((far, -size[far], -apart[far]))][:MOST_DISPUTED]
    wanted = np.zeros(apart.size, np.bool_)
    wanted[chosen] = True
    answers: dict[int, list[int]] = {int(each): [] for each in chosen}
    for row in np.flatnonzero(wanted[task]):
        answers[int(task[row])].append(int(places[row]))
    count = used if isinstance(views, MarkPanel) else _counted
    return tuple(_disputed(given, answers[int(each)], float(apart[each]), count) for each in chosen)


def _disputed(
    given: Answers, rows: list[int], distance: float, count: Callable[[Iterable[str]], dict[str, int]]
) -> Disputed:
    task = int(given.task[rows[0]])
    return Disputed(
        task_id=given.task_ids[task],
        record_id=given.record_ids[task],
        distance=distance,
        answers=count(given.values[given.value[row]] for row in rows),
    )


def _counted(texts: Iterable[str]) -> dict[str, int]:
    return dict(Counter(map(readable, texts)).most_common())


def _mark_pairs(views: MarkPanel, given: Answers) -> tuple[Between, ...]:
    """Those with most tasks in common; kappa is the alpha of the two."""
    seen = scipy.sparse.csr_array(
        (np.ones(views.answers, np.int64), (views.seen[:, 1], views.seen[:, 0])),
        shape=(len(given.annotator_ids), len(given.task_ids)),
    )
    shared = scipy.sparse.coo_array(scipy.sparse.triu(seen @ seen.T, 1))
    order = np.argsort(-shared.data, kind="stable")[:MOST_MARK_PAIRS]
    found = []
    for first, second in zip(shared.row[order].tolist(), shared.col[order].tolist(), strict=True):
        alike, kappa = views.between(first, second)
        people = given.annotator_ids[first], given.annotator_ids[second]
        if alike.n:
            found.append(Between(first=people[0], second=people[1], percent=alike, kappa=kappa))
    return tuple(found)


def readable(text: str) -> str:
    """Return an answer as one reads it: sets of labels without their brackets."""
    if not text.startswith("["):
        return text
    value = json.loads(text)
    return ", ".join(sorted(str(each) for each in value)) or "(none)" if isinstance(value, list) else text
