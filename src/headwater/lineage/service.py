"""Recording provenance: every step says what it used and what it made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.lineage import store
from headwater.lineage.model import Edge, Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.context import Context


def record(ctx: Context, *, activity: str, used: Sequence[Node], generated: Sequence[Node], agent: str = "") -> None:
    """Record that an activity used some things and made others.

    A node that is known already is left as it is; one whose label is its id is a placeholder until the part
    that owns it names it.

    Args:
        ctx: The context; its actor is the agent unless another is named.
        activity: What happened, `release.build`.
        used: Upstream things.
        generated: Downstream things; every one comes from every used one.
        agent: On whose behalf.
    """
    now = ctx.clock.now()
    store.add_nodes(ctx.db, ctx.program, [*used, *generated], now)
    store.add_edges(
        ctx.db,
        [
            Edge(source=old.id, target=new.id, activity=activity, agent=agent or ctx.actor, at=now)
            for old in used
            for new in generated
        ],
    )
