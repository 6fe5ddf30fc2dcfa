"""Reads of remediation for the edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.core.errors import NotFoundError
from headwater.evaluation import queries as evaluation
from headwater.lineage import queries as lineage
from headwater.remediation import store
from headwater.remediation.model import Brief, BriefState, Diagnosis, UnknownBriefError
from headwater.sourcing import slices
from headwater.stats.interval import wilson
from headwater.storage.database import WHOLE, Part

if TYPE_CHECKING:
    from headwater.context import Context
    from headwater.lineage.model import Node
    from headwater.stats.interval import Estimate

WORKS = ("campaign", "intake", "release")
"""What carries a brief out."""


def diagnoses(ctx: Context, *, release: str = "", part: Part = WHOLE) -> list[Diagnosis]:
    """Return diagnoses, newest first."""
    return store.diagnoses(ctx.db, ctx.program, release=release, part=part)


def diagnosis(ctx: Context, identifier: str) -> Diagnosis:
    """Return a diagnosis."""
    found = store.diagnoses(ctx.db, ctx.program, identifier=identifier)
    if not found:
        raise NotFoundError(f"There is no diagnosis '{identifier}'.")
    return found[0]


def briefs(ctx: Context, *, release: str = "", part: Part = WHOLE) -> list[Brief]:
    """Return briefs, newest first."""
    return store.briefs(ctx.db, ctx.program, release=release, part=part)


def brief(ctx: Context, identifier: str) -> Brief:
    """Return a brief."""
    found = store.briefs(ctx.db, ctx.program, identifier=identifier)
    if not found:
        raise UnknownBriefError(f"There is no brief '{identifier}'.")
    return found[0]


def touched(ctx: Context, row: Brief) -> tuple[str, ...]:
    """Return the slices of the other briefs that repair the same release and were authorised.

    What rose there is not this brief's doing.
    """
    others = [item for item in briefs(ctx, release=row.release_id) if item.id != row.id]
    return tuple(item.predicate for item in others if item.predicate and item.state is not BriefState.PROPOSED)


def works(ctx: Context, row: Brief) -> list[Node]:
    """Return the campaigns, intakes and releases that carried a brief out or were measured for it."""
    known = lineage.impact(ctx, row.id)
    return [node for node in known.nodes if known.depth[node.id] == 1 and node.kind in WORKS]


def course(ctx: Context, row: Brief) -> list[tuple[str, Estimate]]:
    """Return the share of right samples in a brief's slice for every retrain, before and after the work (Wilson)."""
    test, found = slices.parse(row.acceptance.predicate), []
    for release, name in ((row.release_id, "before"), (row.verified_release, "after")):
        if not evaluation.evaluations(ctx, release=release, eval_set=row.acceptance.eval_set) or not release:
            continue
        results = evaluation.retrains(ctx, release, row.acceptance.eval_set)
        inside = [test.matches(evaluation.fields_of(item)) for item in results.samples]
        found += [
            (f"{name} {number}", wilson(int(right[inside].sum()), sum(inside)))
            for number, right in enumerate(results.right, 1)
        ]
    return found
