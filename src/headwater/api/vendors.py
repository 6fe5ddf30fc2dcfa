"""Vendors, work packages, deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, Field

from headwater.annotation import deliveries, vendors
from headwater.annotation.vendor_model import Delivery, Package, Scorecard, Vendor
from headwater.api.session import Caller

router = APIRouter(prefix="/programs/{program}", tags=["vendors"])


class VendorForm(BaseModel):
    """A vendor to onboard."""

    name: str = Field(min_length=1, max_length=64)
    terms: str = Field(min_length=1, description="What was agreed.")


class PackageForm(BaseModel):
    """A batch to seal as a work package."""

    batch: str
    vendor: str
    due_at: datetime
    aql: float = Field(default=4.0, gt=0)


class Because(BaseModel):
    """Why a decision is taken."""

    reason: str = Field(min_length=1)


class Judgement(BaseModel):
    """What the inspection of a sample found."""

    wrong: list[str] = Field(default=[], description="Ids of the tasks answered wrongly.")


class Certificate(BaseModel):
    """That nothing is kept."""

    statement: str = Field(min_length=1)


@router.get("/vendors")
def list_vendors(caller: Caller) -> list[Scorecard]:
    """List vendors with what their work measured."""
    with caller.reading() as ctx:
        return vendors.scorecards(ctx)


@router.post("/vendors", status_code=201, response_model=Vendor)
def onboard(body: VendorForm, caller: Caller) -> Vendor | Response:
    """Put a vendor before the Accountable."""
    return caller.write(lambda ctx: vendors.onboard(ctx, name=body.name, terms=body.terms))


@router.post("/vendors/{vendor}/approval", response_model=Vendor)
def approve(vendor: str, body: Because, caller: Caller) -> Vendor | Response:
    """Onboard a proposed vendor as the Accountable."""
    return caller.write(lambda ctx: vendors.approve(ctx, vendor, reason=body.reason))


@router.get("/packages")
def list_packages(caller: Caller) -> list[Package]:
    """List work packages, newest first."""
    with caller.reading() as ctx:
        return vendors.packages(ctx)


@router.post("/packages", status_code=201, response_model=Package)
def prepare(body: PackageForm, caller: Caller) -> Package | Response:
    """Seal a batch with hidden gold, and propose to issue it."""
    return caller.write(
        lambda ctx: vendors.prepare(ctx, body.batch, vendor_id=body.vendor, due_at=body.due_at, aql=body.aql)
    )


@router.post("/packages/{package}/approval", response_model=Package)
def issue(package: str, body: Because, caller: Caller) -> Package | Response:
    """Issue a sealed package as the Accountable."""
    return caller.write(lambda ctx: vendors.issue(ctx, package, reason=body.reason))


@router.get("/packages/{package}/archive")
def archive(package: str, caller: Caller) -> Response:
    """Return the archive of an issued package."""
    with caller.reading() as ctx:
        return Response(vendors.archive_of(ctx, package), media_type="application/zip")


@router.post("/packages/{package}/certificate", response_model=Package)
def certify(package: str, body: Certificate, caller: Caller) -> Package | Response:
    """Keep a vendor's certificate that it holds no copy any more."""
    return caller.write(lambda ctx: vendors.certify(ctx, package, statement=body.statement))


@router.post("/packages/{package}/deliveries", status_code=201, response_model=Delivery)
def receive(
    package: str,
    caller: Caller,
    body: Annotated[bytes, Body(media_type="application/octet-stream", description="JSON lines: id, values, by.")],
) -> Delivery | Response:
    """Check a delivery row by row, score its hidden gold and draw the sample to inspect."""
    return caller.write(lambda ctx: deliveries.receive(ctx, package, body))


@router.get("/deliveries")
def list_deliveries(caller: Caller) -> list[Delivery]:
    """List deliveries, newest first."""
    with caller.reading() as ctx:
        return vendors.deliveries(ctx)


@router.post("/deliveries/{delivery}/judgement", response_model=Delivery)
def judge(delivery: str, body: Judgement, caller: Caller) -> Delivery | Response:
    """Say which answers of the sample are wrong, and put the delivery before the Accountable."""
    return caller.write(lambda ctx: deliveries.judge(ctx, delivery, wrong=body.wrong))


@router.post("/deliveries/{delivery}/approval", response_model=Delivery)
def accept(delivery: str, body: Because, caller: Caller) -> Delivery | Response:
    """Accept a delivery as the Accountable."""
    return caller.write(lambda ctx: deliveries.accept(ctx, delivery, reason=body.reason))


@router.post("/deliveries/{delivery}/return", response_model=Delivery)
def send_back(delivery: str, body: Because, caller: Caller) -> Delivery | Response:
    """Return a delivery as rework as the Accountable."""
    return caller.write(lambda ctx: deliveries.send_back(ctx, delivery, reason=body.reason))
