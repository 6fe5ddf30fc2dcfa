"""Comparing releases: pairs of samples, several retrains, and no verdict that retraining noise could make."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from headwater.evaluation import queries
from headwater.evaluation.findings import candidates
from headwater.evaluation.model import Comparison, NothingToCompareError, SliceChange
from headwater.release import queries as releases
from headwater.stats.retraining import difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from headwater.context import Context

FEWEST = 10
"""Samples below which a slice is not compared."""
MOST_KEPT = 64

_kept: dict[tuple[object, ...], Comparison] = {}
"""The latest comparisons, by the evaluations of both sides, the slices and the seed."""
_keeping = Lock()


def compare(
    ctx: Context, old: str, new: str, *, eval_set: str, predicates: Sequence[str] = (), seed: int = 0
) -> Comparison:
    """Compare two releases on an evaluation set.

    Evaluations never change, so a comparison of the same ones is worked out once and kept in memory.

    The interval of each slice is widened for the number of slices looked at (Bonferroni), so that a comparison
    without any change shows a wrong "better" or "worse" in at most about one of twenty comparisons.

    Args:
        ctx: The context.
        old: The release of the earlier models: its id, version, or dataset@version.
        new: The release of the later models.
        eval_set: Name of the evaluation set.
        predicates: Slices to compare; every single-attribute slice of at least 10 samples by default.
        seed: Of the bootstrap.

    Raises:
        NothingToCompareError: They share no sample.
    """
    old, new = releases.release(ctx, old).id, releases.release(ctx, new).id
    sides = [tuple(row.id for row in queries.evaluations(ctx, release=name, eval_set=eval_set)) for name in (old, new)]
    asked = (*sides, tuple(predicates), seed)
    found = _kept.get(asked)
    if found is None:
        found = _compare(ctx, old, new, eval_set=eval_set, predicates=predicates, seed=seed)
        with _keeping:
            if len(_kept) >= MOST_KEPT:
                _kept.pop(next(iter(_kept)))
            _kept[asked] = found
    return found


def _compare(ctx: Context, old: str, new: str, *, eval_set: str, predicates: Sequence[str], seed: int) -> Comparison:
    before, after = queries.retrains(ctx, old, eval_set), queries.retrains(ctx, new, eval_set)
    place_before = {item.sample_id: place for place, item in enumerate(before.samples)}
    place_after = {item.sample_id: place for place, item in enumerate(after.samples)}
    common = sorted(place_before.keys() & place_after.keys())
    if not common:
        raise NothingToCompareError(f"'{old}' and '{new}' share no sample of '{eval_set}'.")
    right_before = before.right[:, [place_before[key] for key in common]]
    right_after = after.right[:, [place_after[key] for key in common]]
    masks = candidates([before.samples[place_before[key]] for key in common])
    wanted = predicates or [name for name in masks if " and " not in name and masks[name].sum() >= FEWEST]
    rng = np.random.default_rng(seed)
    confidence = 1 - 0.05 / max(len(wanted), 1)
    slices = tuple(
        _change(name, right_before, right_after, masks[name], confidence, rng) for name in wanted if name in masks
    )
    everything = np.ones(len(common), dtype=bool)
    return Comparison(
        old=old,
        new=new,
        eval_set=eval_set,
        retrains=(len(right_before), len(right_after)),
        paired=len(common),
        unpaired=len(place_before.keys() ^ place_after.keys()),
        overall=_change("", right_before, right_after, everything, 0.95, rng),
        slices=tuple(sorted(slices, key=lambda item: -abs(item.change.value))),
    )


def _change(
    name: str,
    before: NDArray[np.bool_],
    after: NDArray[np.bool_],
    inside: NDArray[np.bool_],
    confidence: float,
    rng: np.random.Generator,
) -> SliceChange:
    change = difference(before, after, inside=inside, confidence=confidence, rng=rng)
    if not change.defined:
        verdict = "not enough retrains to tell"
    elif change.low > 0:
        verdict = "better"
    else:
        verdict = "worse" if change.high < 0 else "no change shown"
    return SliceChange(
        predicate=name,
        before=float(before[:, inside].mean()),
        after=float(after[:, inside].mean()),
        change=change,
        verdict=verdict,
    )
