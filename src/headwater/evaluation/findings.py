"""Finding weaknesses: slices in which a release's models fail more than chance explains."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from headwater.core.ids import new_id
from headwater.evaluation import queries, store
from headwater.evaluation.model import Finding, FindingId, FindingState, Sample
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.release import queries as releases
from headwater.stats.interval import wilson
from headwater.stats.subgroups import weak_subgroups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from headwater.context import Context

LEVEL = 0.05
FEWEST = 5
MOST_VALUES = 60
"""Attributes with more values than this are not slices."""
EXAMPLES = 10


def search(ctx: Context, release: str, *, eval_set: str) -> list[Finding]:
    """Find and keep the slices in which models of a release fail, over all its retrains.

    A sample counts as failed when most retrains fail it. Candidates are every value of every attribute and of the
    target, and their pairs; the rate of false findings is held at 5 % over all of them.
    """
    require(ctx, Decision.EVALUATION_IMPORT)
    release = releases.release(ctx, release).id
    results = queries.retrains(ctx, release, eval_set)
    failed = results.right.mean(axis=0) < 0.5  # noqa: PLR2004 -- most
    groups = candidates(results.samples)
    now = ctx.clock.now()
    rows = []
    for weak in weak_subgroups(failed, groups, level=LEVEL, fewest=FEWEST):
        inside = groups[weak.name]
        examples = [results.samples[place].sample_id for place in np.flatnonzero(inside & failed)[:EXAMPLES]]
        rows.append(
            Finding(
                id=FindingId(new_id("fnd")),
                release_id=release,
                eval_set=eval_set,
                predicate=weak.name,
                state=FindingState.OPEN,
                rate=wilson(int((inside & failed).sum()), int(inside.sum())),
                overall=float(failed.mean()),
                q=weak.q,
                candidates=len(groups),
                examples=tuple(examples),
                found_at=now,
            )
        )
    store.add_findings(ctx.db, ctx.program, rows)
    used = [Node(id=item.id, kind="evaluation", label=item.id) for item in results.evaluations]
    for row in rows:
        lineage.record(
            ctx, activity="finding.search", used=used, generated=[Node(id=row.id, kind="finding", label=row.predicate)]
        )
        ledger.append(ctx, "finding.found", subject=row.id, body={"predicate": row.predicate, "q": row.q})
    return rows


def candidates(samples: Sequence[Sample]) -> dict[str, NDArray[np.bool_]]:
    """Return the slices to test: each value of each attribute and of the target, and pairs of attributes."""
    fields = [queries.fields_of(item) for item in samples]
    names = sorted({name for row in fields for name in row if name != "failure_category"})
    single: dict[str, dict[str, NDArray[np.bool_]]] = {}
    for name in names:
        column = np.array([str(row.get(name, "")) for row in fields], dtype=object)
        counts = Counter(column.tolist())
        if 1 < len(counts) <= MOST_VALUES:
            single[name] = {_equals(name, value): column == value for value, n in counts.items() if n >= FEWEST}
    found = {predicate: mask for values in single.values() for predicate, mask in values.items()}
    for one, other in combinations(single, 2):
        for left, left_mask in single[one].items():
            for right, right_mask in single[other].items():
                both = left_mask & right_mask
                if both.sum() >= FEWEST and both.sum() < min(left_mask.sum(), right_mask.sum()):
                    found[f"{left} and {right}"] = both
    return found


def _equals(name: str, value: str) -> str:
    quoted = value.replace("'", "''")
    return f"{name} = '{quoted}'"
