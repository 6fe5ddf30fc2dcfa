"""Vendors: their scorecards, the packages they hold, what they delivered, its inspection."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Response, UploadFile
from markupsafe import Markup

from headwater.annotation import deliveries, images, packages, queries, vendors, wording
from headwater.annotation.vendor_model import Sampled
from headwater.governance import queries as governance
from headwater.governance.authority import may
from headwater.governance.model import Decision, ProposalState
from headwater.web.drawings import overlay
from headwater.web.session import Visitor, back, page

router = APIRouter(prefix="/p/{program}/vendors")


@router.get("")
def front(visitor: Visitor) -> Response:
    """Show scorecards, packages and deliveries."""
    with visitor.reading() as ctx:
        found, came, cards = vendors.packages(ctx), vendors.deliveries(ctx), vendors.scorecards(ctx)
        campaigns = queries.campaigns(ctx)
        return page(
            visitor,
            ctx,
            "vendors/front.html",
            active="campaigns",
            cards=cards,
            partners={each.vendor.id: each.vendor.name for each in cards},
            campaigns={each.id: each.name for each in campaigns},
            packages=found,
            deliveries={row.id: [each for each in came if each.package_id == row.id] for row in found},
            now=ctx.clock.now(),
            proposals={each.subject: each.id for each in governance.proposals(ctx, state=ProposalState.OPEN)},
            batches=[(campaign, batch) for campaign in campaigns for batch in queries.batches(ctx, campaign.id)],
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
        made = packages.prepare(ctx, batch, vendor_id=vendor, due_at=due.replace(tzinfo=UTC), aql=aql)
    return back(visitor, f"vendors#{made.id}")


@router.get("/packages/{package}.zip")
def archive(visitor: Visitor, package: str) -> Response:
    """Hand over the archive of an issued package."""
    with visitor.reading() as ctx:
        found = vendors.package(ctx, package)
        return _file(packages.archive_of(ctx, package), f"{found.id}.zip", "application/zip")


@router.post("/packages/{package}/withdrawal")
def withdraw(visitor: Visitor, package: str, reason: Annotated[str, Form()]) -> Response:
    """Take a package back; its tasks go back to the queue."""
    with visitor.acting() as ctx:
        packages.withdraw(ctx, package, reason=reason)
    return back(visitor, f"vendors#{package}")


@router.post("/packages/{package}/deliveries")
def receive(visitor: Visitor, package: str, file: UploadFile) -> Response:
    """Take in a delivery and go on to its inspection."""
    data = file.file.read()
    with visitor.acting() as ctx:
        made = deliveries.receive(ctx, package, data)
    return back(visitor, f"vendors/deliveries/{made.id}")


@router.post("/packages/{package}/certificate")
def certify(visitor: Visitor, package: str, statement: Annotated[str, Form()], file: UploadFile) -> Response:
    """Keep the vendor's certificate that it holds no copy any more."""
    data = file.file.read()
    with visitor.acting() as ctx:
        packages.certify(ctx, package, statement=statement, document=data)
    return back(visitor, f"vendors#{package}")


@router.get("/packages/{package}/certificate")
def certificate(visitor: Visitor, package: str) -> Response:
    """Hand over the document of a certificate, to be saved and never shown here: it came from outside."""
    with visitor.reading() as ctx:
        return _file(packages.certificate_of(ctx, package), f"{package}-certificate.bin", "application/octet-stream")


@router.get("/deliveries/{delivery}")
def show(visitor: Visitor, delivery: str) -> Response:
    """Show the next answer of the sample to its inspector, and what was found before."""
    with visitor.reading() as ctx:
        row = deliveries.delivery(ctx, delivery)
        sampled = deliveries.sample(ctx, delivery)
        package = vendors.package(ctx, row.package_id)
        return page(
            visitor,
            ctx,
            "vendors/delivery.html",
            active="campaigns",
            delivery=row,
            package=package,
            vendor=vendors.vendor(ctx, package.vendor_id),
            left=[each for each in sampled if each.judgement is None],
            judged=[each for each in sampled if each.judgement is not None],
            said={each.item_id: _said(each) for each in sampled},
            drawn={each.item_id: _drawn(each) for each in sampled},
            guideline=package.guideline_id,
            shortfall=deliveries.shortfall(row, package) if row.wrong is not None else "",
            proposals=governance.proposals(ctx, subject=row.id),
            judges=may(ctx, Decision.DELIVERY_ACCEPT),
        )


@router.get("/deliveries/{delivery}/items/{item}/image")
def image(visitor: Visitor, delivery: str, item: str) -> Response:
    """Give the image of a sampled task."""
    with visitor.reading() as ctx:
        found = deliveries.image(ctx, delivery, item)
    return Response(found.data, media_type=found.media_type, headers=images.SEALED)


@router.post("/deliveries/{delivery}/judgement")
def judge(
    visitor: Visitor,
    delivery: str,
    item: Annotated[str, Form()],
    verdict: Annotated[str, Form(pattern="^(right|wrong)$")],
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Take in what the inspector says about one answer."""
    with visitor.acting() as ctx:
        deliveries.inspect(ctx, delivery, item, wrong=verdict == "wrong", reason=reason)
    return back(visitor, f"vendors/deliveries/{delivery}")


@router.get("/deliveries/{delivery}/rework.jsonl")
def rework(visitor: Visitor, delivery: str) -> Response:
    """Hand over what a vendor does again after a return."""
    with visitor.reading() as ctx:
        rows = deliveries.rework(ctx, delivery)
    data = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in rows).encode()
    return _file(data, f"{delivery}-rework.jsonl", "application/jsonl")


def _said(sampled: Sampled) -> dict[str, str]:
    """The answers to a task in words."""
    text = str(sampled.content.get("text", ""))
    return {name: wording.worded(value, text) for name, value in sampled.values.items()}


def _drawn(sampled: Sampled) -> Markup:
    """What was marked on the image of a task, each question in a colour of its own; empty where its size is unknown."""
    width, height = (int(sampled.content.get(side) or 0) for side in ("width", "height"))
    marked = [value for value in sampled.values.values() if isinstance(value, list)]
    return overlay((width, height) if width and height else None, marked)


def _file(data: bytes, name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type=media_type, headers=headers)
