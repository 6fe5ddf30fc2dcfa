"""Training runs: listed, shown, registered."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from headwater.evaluation import queries as evaluation
from headwater.release import queries as releases
from headwater.training import queries, service
from headwater.web.paging import screenful
from headwater.web.session import Visitor, back, page

router = APIRouter(prefix="/p/{program}/training")


@router.get("")
def listing(visitor: Visitor, after: str = "") -> Response:
    """Show training runs, newest first, and a form that registers one."""
    with visitor.reading() as ctx:
        known = releases.releases(ctx)
        found = screenful(lambda part: queries.runs(ctx, part=part), after)
        return page(
            visitor,
            ctx,
            "training/runs.html",
            active="training",
            runs=found.rows,
            more=found.more,
            releases={item.id: f"{item.dataset}@{item.version}" for item in known},
            usable=[item for item in known if item.state in service.USABLE],
        )


@router.post("")
def register(
    visitor: Visitor,
    release: Annotated[str, Form()],
    name: Annotated[str, Form()],
    seed: Annotated[int, Form()] = 0,
    model_digest: Annotated[str, Form()] = "",
) -> Response:
    """Register a training run on an approved release."""
    with visitor.acting() as ctx:
        row = service.register(ctx, release=release, name=name, seed=seed, model_digest=model_digest)
    return back(visitor, f"training/{row.id}")


@router.get("/{run}")
def one(visitor: Visitor, run: str) -> Response:
    """Show a run: what it was trained on, how, and how its model did."""
    with visitor.reading() as ctx:
        found = queries.run(ctx, run)
        return page(
            visitor,
            ctx,
            "training/run.html",
            active="training",
            run=found,
            release=releases.release(ctx, found.release_id),
            evaluations=[
                row for row in evaluation.evaluations(ctx, release=found.release_id) if row.run_id == found.id
            ],
        )
