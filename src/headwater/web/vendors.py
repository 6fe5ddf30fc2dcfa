"""Vendors: their scorecards, the packages they hold, what they delivered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Response

from headwater.annotation import deliveries, queries, vendors
from headwater.web.session import Visitor, back, page

router = APIRouter(prefix="/p/{program}/vendors")


@router.get("")
def front(visitor: Visitor) -> Response:
    """Show scorecards, packages and deliveries."""
    with visitor.reading() as ctx:
        found = vendors.packages(ctx)
        return page(
            visitor,
            ctx,
            "vendors/front.html",
            active="campaigns",
            cards=vendors.scorecards(ctx),
            packages=found,
            named={each.id: each for each in found},
            deliveries=vendors.deliveries(ctx),
            batches=[
                (campaign, batch) for campaign in queries.campaigns(ctx) for batch in queries.batches(ctx, campaign.id)
            ],
        )


@router.post("")
def onboard(visitor: Visitor, name: Annotated[str, Form()], terms: Annotated[str, Form()]) -> Response:
    """Put a vendor before the Accountable."""
    with visitor.acting() as ctx:
        vendors.onboard(ctx, name=name, terms=terms)
    return back(visitor, "vendors")


@router.post("/packages")
def prepare(
    visitor: Visitor,
    batch: Annotated[str, Form()],
    vendor: Annotated[str, Form()],
    due: Annotated[datetime, Form()],
    aql: Annotated[float, Form()] = 4.0,
) -> Response:
    """Seal a batch as a package, and propose to issue it."""
    with visitor.acting() as ctx:
        vendors.prepare(ctx, batch, vendor_id=vendor, due_at=due.replace(tzinfo=UTC), aql=aql)
    return back(visitor, "vendors")


@router.get("/packages/{package}.zip")
def archive(visitor: Visitor, package: str) -> Response:
    """Hand over the archive of an issued package."""
    with visitor.reading() as ctx:
        headers = {"Content-Disposition": f'attachment; filename="{vendors.package(ctx, package).id}.zip"'}
        return Response(vendors.archive_of(ctx, package), media_type="application/zip", headers=headers)


@router.post("/deliveries/{delivery}/judgement")
def judge(visitor: Visitor, delivery: str, wrong: Annotated[str, Form()] = "") -> Response:
    """Say which answers of the sample are wrong."""
    with visitor.acting() as ctx:
        deliveries.judge(ctx, delivery, wrong=wrong.replace(",", " ").split())
    return back(visitor, "vendors")
