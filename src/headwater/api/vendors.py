"""Vendors, work packages, deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from pydantic import Base64Bytes, BaseModel, Field

from headwater.annotation import deliveries, images, packages, vendors
from headwater.annotation.vendor_model import Delivery, Package, Sampled, Scorecard, Vendor
from headwater.api.session import Caller, Listing

_SENT = "JSON lines with id, values and, if told, by and seconds; or the JSON export of Label Studio."
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

    wrong: dict[str, str] = Field(default={}, description="Task answered wrongly → why; the vendor reads it.")


class OneJudgement(BaseModel):
    """What the inspection of one answer found."""

    item: str
    wrong: bool
    reason: str = Field(default="", max_length=500, description="Why it is wrong; the vendor reads it.")


class Certificate(BaseModel):
    """That nothing is kept."""

    statement: str = Field(min_length=1, description="Who certifies what was deleted, and when.")
    document: Base64Bytes = Field(default=b"", description="The certificate as it came, base64.")


@router.get("/vendors")
def list_vendors(caller: Caller, listing: Listing) -> list[Scorecard]:
    """List vendors with what their work measured."""
    with caller.reading() as ctx:
        return listing.part(vendors.scorecards(ctx), key=lambda row: row.vendor.id)


@router.post("/vendors", status_code=201, response_model=Vendor)
def onboard(body: VendorForm, caller: Caller) -> Vendor | Response:
    """Put a vendor before the Accountable."""
    return caller.write(lambda ctx: vendors.onboard(ctx, name=body.name, terms=body.terms))


@router.post("/vendors/{vendor}/approval", response_model=Vendor)
def approve(vendor: str, body: Because, caller: Caller) -> Vendor | Response:
    """Onboard a proposed vendor as the Accountable."""
    return caller.write(lambda ctx: vendors.approve(ctx, vendor, reason=body.reason))


@router.get("/packages")
def list_packages(caller: Caller, listing: Listing) -> list[Package]:
    """List work packages, newest first."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: vendors.packages(ctx, part=part))


@router.post("/packages", status_code=201, response_model=Package)
def prepare(body: PackageForm, caller: Caller) -> Package | Response:
    """Seal a batch with hidden gold, and propose to issue it."""
    return caller.write(
        lambda ctx: packages.prepare(ctx, body.batch, vendor_id=body.vendor, due_at=body.due_at, aql=body.aql)
    )


@router.post("/packages/{package}/approval", response_model=Package)
def issue(package: str, body: Because, caller: Caller) -> Package | Response:
    """Issue a sealed package as the Accountable."""
    return caller.write(lambda ctx: packages.issue(ctx, package, reason=body.reason))


@router.post("/packages/{package}/refusal", response_model=Package)
def refuse(package: str, body: Because, caller: Caller) -> Package | Response:
    """Not issue a sealed package, as the Accountable; its tasks go back to the queue."""
    return caller.write(lambda ctx: packages.refuse(ctx, package, reason=body.reason))


@router.post("/packages/{package}/withdrawal", response_model=Package)
def withdraw(package: str, body: Because, caller: Caller) -> Package | Response:
    """Take a package back; its tasks go back to the queue."""
    return caller.write(lambda ctx: packages.withdraw(ctx, package, reason=body.reason))


@router.get("/packages/{package}/archive")
def archive(package: str, caller: Caller) -> Response:
    """Return the archive of an issued package."""
    with caller.reading() as ctx:
        return Response(packages.archive_of(ctx, package), media_type="application/zip")


@router.post("/packages/{package}/certificate", response_model=Package)
def certify(package: str, body: Certificate, caller: Caller) -> Package | Response:
    """Keep a vendor's certificate that it holds no copy any more."""
    return caller.write(lambda ctx: packages.certify(ctx, package, statement=body.statement, document=body.document))


@router.get("/packages/{package}/certificate")
def certificate(package: str, caller: Caller) -> Response:
    """Return the document of a package's certificate."""
    with caller.reading() as ctx:
        return Response(packages.certificate_of(ctx, package), media_type="application/octet-stream")


@router.post("/packages/{package}/deliveries", status_code=201, response_model=Delivery)
def receive(
    package: str,
    caller: Caller,
    body: Annotated[bytes, Body(media_type="application/octet-stream", description=_SENT)],
) -> Delivery | Response:
    """Check a delivery row by row, score its hidden gold and draw the sample to inspect."""
    return caller.write(lambda ctx: deliveries.receive(ctx, package, body))


@router.get("/deliveries")
def list_deliveries(caller: Caller, listing: Listing) -> list[Delivery]:
    """List deliveries, newest first."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: vendors.deliveries(ctx, part=part))


@router.get("/deliveries/{delivery}/sample")
def sample(delivery: str, caller: Caller) -> list[Sampled]:
    """List the sample with what its tasks show, what was answered and what was found about it."""
    with caller.reading() as ctx:
        return deliveries.sample(ctx, delivery)


@router.get("/deliveries/{delivery}/sample/{item}/image", response_class=Response)
def image(delivery: str, item: str, caller: Caller) -> Response:
    """Get the image of a sampled task."""
    with caller.reading() as ctx:
        found = deliveries.image(ctx, delivery, item)
    return Response(found.data, media_type=found.media_type, headers=images.SEALED)


@router.get("/deliveries/{delivery}/rework")
def rework(delivery: str, caller: Caller) -> list[dict[str, Any]]:
    """List what a vendor does again after a return: id, content, the answer that failed and why."""
    with caller.reading() as ctx:
        return deliveries.rework(ctx, delivery)


@router.post("/deliveries/{delivery}/sample", response_model=Delivery)
def inspect(delivery: str, body: OneJudgement, caller: Caller) -> Delivery | Response:
    """Say whether one answer of the sample is wrong; the last one puts the delivery before the Accountable."""
    return caller.write(lambda ctx: deliveries.inspect(ctx, delivery, body.item, wrong=body.wrong, reason=body.reason))


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
