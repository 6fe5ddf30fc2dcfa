"""Agreement by the coefficient that was chosen for a question: of all answers, in groups of them, label by label."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from headwater.quality.mark_panels import MarkPanel
from headwater.quality.panels import RESAMPLES
from headwater.quality.yardsticks import Coefficient
from headwater.stats.agreement import many_raters
from headwater.stats.bootstrap import Resampling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.quality.panels import Panel
    from headwater.stats.interval import Estimate

_COUNTED = {
    Coefficient.FLEISS: many_raters.fleiss,
    Coefficient.GWET: many_raters.gwet,
    Coefficient.BRENNAN_PREDIGER: many_raters.brennan_prediger,
}
"""Coefficients for which it does not matter who gave an answer."""


def of_all(views: Panel | MarkPanel, *, seed: int) -> Estimate:
    """Return the agreement of all answers by the coefficient of the panel."""
    if isinstance(views, MarkPanel) or views.coefficient is Coefficient.ALPHA:
        return views.alpha(seed=seed)[0]
    return _one(views, Resampling(resamples=RESAMPLES, rng=np.random.default_rng(seed)))


def by_group(views: Panel | MarkPanel, group: NDArray[np.integer], *, seed: int) -> list[Estimate]:
    """Return the agreement within each group of rows (negative = in none), from group 0 to the largest."""
    if isinstance(views, MarkPanel) or views.coefficient is Coefficient.ALPHA:
        return views.alpha(seed=seed, group=group)
    resampling = Resampling(resamples=RESAMPLES, rng=np.random.default_rng(seed))
    order = np.argsort(group, kind="stable")
    ends = np.searchsorted(group, np.arange(int(group.max(initial=-1)) + 2), sorter=order)
    parts = [np.sort(order[start:stop]) for start, stop in pairwise(ends)]
    return [_one(views.only(rows), resampling) for rows in parts]


def by_label(views: Panel | MarkPanel, *, seed: int) -> dict[str, Estimate]:
    """Return for each label the agreement on "this one or not"."""
    if isinstance(views, MarkPanel) or views.coefficient is Coefficient.ALPHA:
        return views.by_label(seed=seed)
    resampling = Resampling(resamples=RESAMPLES, rng=np.random.default_rng(seed))
    return {label: _one(views.of_label(place), resampling) for place, label in enumerate(views.labels)}


def _one(views: Panel, resampling: Resampling) -> Estimate:
    credit = views.credit
    plain = bool(np.array_equal(credit, np.eye(len(credit))))
    if views.coefficient is Coefficient.COHEN:
        found = many_raters.conger(
            views.task, views.annotator, views.answer, labels=views.width, weighting=credit, confidence=0.95
        )
    else:
        weighting = "identity" if plain else credit
        found = _COUNTED[views.coefficient](views.counted(), weighting=weighting, resampling=resampling)
    method = found.method.replace("custom weights", views.scale)
    if views.scale not in method:
        name, _, rest = method.partition(", ")
        method = f"{name}, {views.scale}, {rest}".removesuffix(", ")
    return replace(found, method=method)
