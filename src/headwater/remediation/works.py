"""The work of a brief: what was opened for it, what came of it, and how its effect is measured beside others'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import queries as annotation
from headwater.core.errors import NotFoundError
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import queries as trails
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.release import queries as releases
from headwater.remediation import briefs, queries
from headwater.remediation.model import Brief, BriefState, BriefStateError
from headwater.sourcing import queries as sourcing

if TYPE_CHECKING:
    from headwater.context import Context


def carry_out(ctx: Context, brief: str, work: str) -> Node:
    """Record that a campaign, an intake or a release carries a brief out; lineage then leads from one to the other.

    Args:
        ctx: The context.
        brief: An authorised brief.
        work: Id of an intake; name or id of a campaign; id, version or dataset@version of a release.

    Raises:
        BriefStateError: The brief is not authorised, its effect was measured already, or the work came before it.
        NotFoundError: The program has no such work.
    """
    require(ctx, Decision.BRIEF_AUTHORISE)
    row = queries.brief(ctx, brief)
    if row.state is not BriefState.AUTHORISED:
        raise BriefStateError(
            f"Brief {row.id} is {row.state.value}; work is opened for authorised ones.",
            remedy="Have it authorised first." if row.state is BriefState.PROPOSED else "Propose a new brief.",
        )
    made = _work(ctx, work)
    _link(ctx, row, made, "brief.carry_out")
    ledger.append(ctx, "brief.carried_out", subject=row.id, body={"work": made.id, "kind": made.kind})
    return made


def verify(ctx: Context, brief: str, *, release: str, seed: int = 0) -> Brief:
    """Measure the effect of a brief on a later release; slices of other briefs are left out of what it is set against.

    Raises:
        BriefStateError: The brief is not authorised.
        UnknownEvaluationError: One of the two releases was not evaluated on the brief's set.
    """
    require(ctx, Decision.FINDING_TRIAGE)
    row = queries.brief(ctx, brief)
    if row.state is not BriefState.AUTHORISED:
        raise BriefStateError(f"Brief {row.id} is {row.state.value}; this needs {BriefState.AUTHORISED.value}.")
    later = releases.release(ctx, release)
    _link(ctx, row, Node(id=later.id, kind="release", label=f"{later.dataset}@{later.version}"), "brief.verify")
    return briefs.verify(ctx, row.id, release=later.id, touched=queries.touched(ctx, row), seed=seed)


def _link(ctx: Context, row: Brief, made: Node, activity: str) -> None:
    if made.id in {node.id for node in trails.trace(ctx, row.id).nodes}:
        raise BriefStateError(
            f"The {made.kind} {made.label} came before brief {row.id}, which was made because of it.",
            remedy="Name what was opened for the brief.",
        )
    order = Node(id=row.id, kind="brief", label=row.id)
    lineage.record(ctx, activity=activity, used=[order], generated=[made])


def _work(ctx: Context, work: str) -> Node:
    for look in (_campaign, _intake, _release):
        try:
            return look(ctx, work)
        except NotFoundError:
            continue
    raise NotFoundError(
        f"There is no campaign, intake or release '{work}'.", remedy="See: headwater campaign list, or intake list."
    )


def _campaign(ctx: Context, work: str) -> Node:
    found = annotation.campaign(ctx, work)
    return Node(id=found.id, kind="campaign", label=found.name)


def _intake(ctx: Context, work: str) -> Node:
    found = sourcing.intake(ctx, work)
    return Node(id=found.id, kind="intake", label=found.origin)


def _release(ctx: Context, work: str) -> Node:
    found = releases.release(ctx, work)
    return Node(id=found.id, kind="release", label=f"{found.dataset}@{found.version}")
