"""Use cases of training: registering what was trained on which release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.core.ids import new_id
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.release import queries as releases
from headwater.release.model import ReleaseState
from headwater.training import store
from headwater.training.model import ModelId, ReleaseNotUsableError, Run, RunId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.context import Context

USABLE = (ReleaseState.APPROVED, ReleaseState.PUBLISHED)


def register(  # noqa: PLR0913 -- a run has this many sides
    ctx: Context,
    *,
    release: str,
    name: str,
    seed: int = 0,
    params: Mapping[str, object] | None = None,
    model_digest: str = "",
    metrics: Mapping[str, float] | None = None,
) -> Run:
    """Register a training run and the model it made.

    Raises:
        ReleaseNotUsableError: The release is not approved, or was withdrawn.
    """
    require(ctx, Decision.RUN_REGISTER)
    found = releases.release(ctx, release)
    if found.state not in USABLE:
        raise ReleaseNotUsableError(
            f"Release {found.dataset}@{found.version} is {found.state.value}; only approved ones are trained on."
        )
    row = Run(
        id=RunId(new_id("run")),
        model_id=ModelId(new_id("mdl")),
        release_id=found.id,
        name=name,
        seed=seed,
        params=dict(params or {}),
        model_digest=model_digest,
        metrics=dict(metrics or {}),
        registered_by=ctx.actor,
        registered_at=ctx.clock.now(),
    )
    store.add(ctx.db, row, ctx.program)
    release_node = Node(id=found.id, kind="release", label=f"{found.dataset}@{found.version}")
    run_node = Node(id=row.id, kind="run", label=f"{name} (seed {seed})")
    model_node = Node(id=row.model_id, kind="model", label=name, digest=model_digest)
    lineage.record(ctx, activity="training", used=[release_node], generated=[run_node])
    lineage.record(ctx, activity="training", used=[run_node], generated=[model_node])
    ledger.append(
        ctx, "run.registered", subject=row.id, body={"release": found.id, "model": row.model_id, "seed": seed}
    )
    return row
