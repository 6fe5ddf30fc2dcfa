"""Reads of evaluation for other parts and for the edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.evaluation import store
from headwater.evaluation.model import Evaluation, Finding, Sample, UnknownEvaluationError, UnknownFindingError
from headwater.storage.database import WHOLE, Part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.context import Context


class Retrains(NamedTuple):
    """The results of all retrains of a release on one evaluation set."""

    evaluations: list[Evaluation]
    samples: list[Sample]
    """The samples every retrain has, as the first retrain saw them, by id."""
    right: NDArray[np.bool_]
    """Passed or not (retrains × samples)."""
    outputs: list[list[str]]
    """What each retrain answered (retrains × samples)."""


def evaluations(ctx: Context, *, release: str = "", eval_set: str = "", part: Part = WHOLE) -> list[Evaluation]:
    """Return evaluations, newest first."""
    return store.evaluations(ctx.db, ctx.program, release=release, eval_set=eval_set, part=part)


def evaluated(ctx: Context) -> list[tuple[str, str]]:
    """Return what was evaluated: release and evaluation set, the one with the newest results first."""
    return store.evaluated(ctx.db, ctx.program)


def evaluation(ctx: Context, identifier: str) -> Evaluation:
    """Return an evaluation."""
    found = store.evaluations(ctx.db, ctx.program, identifier=identifier)
    if not found:
        raise UnknownEvaluationError(f"There is no evaluation '{identifier}'.")
    return found[0]


def samples(ctx: Context, identifier: str, *, failed: bool = False, after: str = "", limit: int = 100) -> list[Sample]:
    """Return samples of an evaluation by id, those after one; only failed ones when asked."""
    return store.samples(ctx.db, evaluation(ctx, identifier).id, failed=failed, after=after, limit=limit)


def retrains(ctx: Context, release: str, eval_set: str) -> Retrains:
    """Return what all retrains of a release did on an evaluation set.

    Raises:
        UnknownEvaluationError: There is none.
    """
    found = store.evaluations(ctx.db, ctx.program, release=release, eval_set=eval_set)
    if not found:
        raise UnknownEvaluationError(f"Release '{release}' was not evaluated on '{eval_set}'.")
    results = [{item.sample_id: item for item in store.samples(ctx.db, each.id)} for each in found]
    common = sorted(set.intersection(*(set(result) for result in results)))
    right = np.array([[result[key].passed for key in common] for result in results], dtype=bool)
    outputs = [[result[key].output for key in common] for result in results]
    return Retrains(found, [results[0][key] for key in common], right, outputs)


def findings(ctx: Context, *, release: str = "", part: Part = WHOLE) -> list[Finding]:
    """Return findings, newest first."""
    return store.findings(ctx.db, ctx.program, release=release, part=part)


def finding(ctx: Context, identifier: str) -> Finding:
    """Return a finding."""
    found = store.findings(ctx.db, ctx.program, identifier=identifier)
    if not found:
        raise UnknownFindingError(f"There is no finding '{identifier}'.")
    return found[0]


def examples(ctx: Context, row: Finding) -> list[Sample]:
    """Return the example samples of a finding as the newest retrain of its release saw them."""
    found = evaluations(ctx, release=row.release_id, eval_set=row.eval_set)
    return store.samples(ctx.db, found[0].id, among=row.examples) if found else []


def fields_of(item: Sample) -> dict[str, object]:
    """Return what a slice sees of a sample: its attributes, its target and failure category."""
    return {**item.slices, "target": item.target, "failure_category": item.failure_category}
