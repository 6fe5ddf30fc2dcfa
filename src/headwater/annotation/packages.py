"""Sealed work packages: prepared, issued, withdrawn, certified as deleted; their tasks are out of the queue."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.annotation import packing, queries, vendors
from headwater.annotation.store import answers as given
from headwater.annotation.store import away, tasks
from headwater.annotation.store import vendors as store
from headwater.annotation.vendor_model import (
    OUT,
    DeliveryState,
    Package,
    PackageState,
    UnknownVendorError,
    VendorState,
    VendorStateError,
)
from headwater.core.canonical import digest, digest_bytes
from headwater.core.errors import InvalidError
from headwater.core.ids import new_id
from headwater.governance import decisions, ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.sourcing import queries as sourcing
from headwater.stats.acceptance import standard

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from headwater.annotation.model import Batch
    from headwater.annotation.vendor_model import Vendor
    from headwater.context import Context
    from headwater.sourcing.model import Record

LARGEST = 100_000
"""Most tasks in a package."""
LARGEST_DOCUMENT = 10_000_000
"""Most bytes of a certificate's document."""


def prepare(ctx: Context, batch_id: str, *, vendor_id: str, due_at: datetime, aql: float = 4.0) -> Package:
    """Seal the open tasks of a batch, with the campaign's gold hidden among them, and propose to issue them.

    The tasks leave the queue until the package is accepted, refused, withdrawn or overdue. Tasks that have their
    answers or are being answered stay. Gold stands among the tasks under ids that tell nothing, in an order that tells
    nothing; right answers stay here.

    Raises:
        InvalidError: The batch has no open tasks or too many, it is due already, or the AQL is not in the series.
        VendorStateError: The vendor is not onboarded.
    """
    require(ctx, Decision.PACKAGE_ISSUE)
    partner = vendors.vendor(ctx, vendor_id)
    if partner.state is not VendorState.ONBOARDED:
        raise VendorStateError(f"Vendor '{partner.name}' is {partner.state}.", remedy="Have it approved first.")
    if due_at <= ctx.clock.now():
        raise InvalidError(f"A package cannot be due at {due_at:%Y-%m-%d %H:%M} UTC: that is over.")
    batch = queries.batch(ctx, batch_id)
    campaign = queries.campaign(ctx, batch.campaign_id)
    gold = {each.record_id: each for each in given.golds(ctx.db, campaign.id)}
    work = {each.record_id: each.task_id for each in away.take(ctx.db, batch.id, most=LARGEST + 1)}
    there = sourcing.present(ctx, [*work, *gold])
    _leave_out(ctx, batch, work, there)
    plan = standard.plan(len(work), aql=aql)
    identifier = new_id("pkg")
    placed = work | {record: each.task_id for record, each in gold.items() if record in there}
    named = {f"itm_{ctx.keys.hmac(identifier, record.encode())[-24:]}": record for record in placed}
    row = Package(
        id=identifier,
        campaign_id=campaign.id,
        batch_id=batch.id,
        vendor_id=partner.id,
        schema_id=campaign.schema_id,
        guideline_id=campaign.guideline_id,
        name=batch.name,
        state=PackageState.PREPARED,
        digest="",
        items=len(named),
        acceptance={"standard": plan.standard, "aql": aql, "sample": plan.sample, "accept": plan.accept},
        due_at=due_at,
        author=ctx.actor,
        created_at=ctx.clock.now(),
        issued_at=None,
        deleted_at=None,
        certificate="",
    )
    shown = {item: there[record] for item, record in named.items()}
    archive = packing.archive(ctx, row, shown, {"vendor": partner.name, "campaign": campaign.name})
    row = replace(row, digest=digest_bytes(archive))
    ctx.objects.put(_place(row), archive)
    known = {record: each.values for record, each in gold.items()}
    items = [
        {"item_id": item, "task_id": placed[record], "record_id": record, "known": known.get(record, {})}
        for item, record in named.items()
    ]
    store.add_package(ctx.db, ctx.program, row, items)
    summary = f"Package {row.name} for {partner.name}"
    decisions.propose(ctx, Decision.PACKAGE_ISSUE, subject=row.id, digest=row.digest, summary=summary)
    return row


def issue(ctx: Context, identifier: str, *, reason: str) -> Package:
    """Issue a sealed package as the Accountable: it may be handed over from now on."""
    require(ctx, Decision.PACKAGE_ISSUE)
    row = _in_state(ctx, identifier, PackageState.PREPARED)
    partner = vendors.vendor(ctx, row.vendor_id)
    decisions.approve(ctx, Decision.PACKAGE_ISSUE, subject=row.id, digest=row.digest, reason=reason)
    now = ctx.clock.now()
    store.set_package(ctx.db, row.id, state=PackageState.ISSUED.value, issued_at=now)
    _trace(ctx, row, partner)
    return replace(row, state=PackageState.ISSUED, issued_at=now)


def refuse(ctx: Context, identifier: str, *, reason: str) -> Package:
    """Not issue a sealed package, as the Accountable; its tasks go back to the queue."""
    require(ctx, Decision.PACKAGE_ISSUE)
    row = _in_state(ctx, identifier, PackageState.PREPARED)
    decisions.refuse(ctx, Decision.PACKAGE_ISSUE, subject=row.id, reason=reason)
    return _end(ctx, row, PackageState.REFUSED)


def withdraw(ctx: Context, identifier: str, *, reason: str) -> Package:
    """Take a package back from its vendor, or before it was issued; its tasks go back to the queue.

    Raises:
        InvalidError: There is no reason.
        VendorStateError: It is not out, or a delivery of it waits for a decision.
    """
    require(ctx, Decision.PACKAGE_ISSUE)
    row = _in_state(ctx, identifier, PackageState.PREPARED, *OUT)
    if not reason.strip():
        raise InvalidError("A package is withdrawn with a reason: its vendor is told.")
    open_ones = {DeliveryState.RECEIVED, DeliveryState.JUDGED}
    if any(each.state in open_ones for each in store.deliveries(ctx.db, ctx.program, package_id=row.id)):
        raise VendorStateError(
            f"A delivery of package '{row.name}' waits for a decision.", remedy="Accept or return it first."
        )
    decisions.withdraw(ctx, Decision.PACKAGE_ISSUE, subject=row.id, reason=reason.strip())
    ledger.append(ctx, "package.withdrawn", subject=row.id, body={"package": row.digest, "reason": reason.strip()})
    return _end(ctx, row, PackageState.WITHDRAWN)


def archive_of(ctx: Context, identifier: str) -> bytes:
    """Return the archive of an issued package."""
    require(ctx, Decision.PACKAGE_ISSUE)
    row = vendors.package(ctx, identifier)
    if row.issued_at is None:
        raise VendorStateError(f"Package '{row.name}' was not issued.", remedy="The Accountable issues it.")
    return ctx.objects.get(_place(row))


def certify(ctx: Context, identifier: str, *, statement: str, document: bytes = b"") -> Package:
    """Keep a vendor's certificate that it holds no copy of a package any more.

    Args:
        ctx: The context.
        identifier: The package.
        statement: What it says: who certifies what was deleted, and when.
        document: The certificate as it came, such as a signed PDF; kept under its SHA-256.

    Raises:
        InvalidError: The certificate says nothing, or its document is too large.
        VendorStateError: The package is still out or was never issued.
    """
    require(ctx, Decision.DELIVERY_ACCEPT)
    row = vendors.package(ctx, identifier)
    if not statement.strip():
        raise InvalidError("A certificate has a text.", remedy="Give who certifies what was deleted, and when.")
    if len(document) > LARGEST_DOCUMENT:
        raise InvalidError(f"The document has {len(document):,} bytes; at most {LARGEST_DOCUMENT:,} are kept.")
    if row.issued_at is None:
        raise VendorStateError(
            f"Package '{row.name}' is {row.state} and was never handed over: there is nothing to delete.",
            remedy="Only a package that was issued has a certificate of deletion.",
        )
    if row.state in OUT:
        raise VendorStateError(
            f"Package '{row.name}' is {row.state}, due {row.due_at:%Y-%m-%d}: its vendor still needs the data.",
            remedy="Accept its delivery or withdraw the package first; the certificate is kept from then on.",
        )
    now = ctx.clock.now()
    sealed = ctx.objects.put_media(document).digest if document else ""
    store.set_package(ctx.db, row.id, deleted_at=now, certificate=sealed)
    body = {"package": row.digest, "statement": digest(statement), "text": statement.strip()[:2000]}
    ledger.append(ctx, "package.deleted", subject=row.id, body=body | ({"document": sealed} if sealed else {}))
    return replace(row, deleted_at=now, certificate=sealed)


def certificate_of(ctx: Context, identifier: str) -> bytes:
    """Return the document of a package's certificate.

    Raises:
        UnknownVendorError: It has none.
    """
    require(ctx, Decision.DELIVERY_ACCEPT)
    row = vendors.package(ctx, identifier)
    if not row.certificate:
        raise UnknownVendorError(f"Package '{row.name}' has no certificate with a document.")
    name = row.certificate.removeprefix("sha256:")
    return ctx.objects.get(f"media/{name[:2]}/{name}")


def _leave_out(ctx: Context, batch: Batch, work: dict[str, str], there: Mapping[str, Record]) -> None:
    """Leave tasks whose record was erased out of what is sealed, for good; what is left has to make a package."""
    for record in work.keys() - there.keys():
        tasks.retire(ctx.db, work.pop(record))
    if not 2 <= len(work) <= LARGEST:  # noqa: PLR2004 -- a plan needs a lot
        raise InvalidError(
            f"A package holds 2 to {LARGEST:,} tasks; batch '{batch.name}' has {len(work):,} that want answers.",
            remedy="Tasks that have their answers, are being answered or are out at a vendor do not count.",
        )


def _in_state(ctx: Context, identifier: str, *states: PackageState) -> Package:
    row = vendors.package(ctx, identifier)
    if row.state not in states:
        raise VendorStateError(f"Package '{row.name}' is {row.state}; this needs {' or '.join(states)}.")
    return row


def _end(ctx: Context, row: Package, state: PackageState) -> Package:
    store.set_package(ctx.db, row.id, state=state.value)
    away.put_back(ctx.db, row.campaign_id, away.of_package(ctx.db, row.id))
    return replace(row, state=state)


def _trace(ctx: Context, row: Package, partner: Vendor) -> None:
    used = [
        Node(id=row.campaign_id, kind="campaign", label=row.campaign_id),
        Node(id=row.guideline_id, kind="guideline", label=row.guideline_id),
    ]
    made = Node(id=row.id, kind="package", label=f"{row.name} for {partner.name}", digest=row.digest)
    lineage.record(ctx, activity="package.issue", used=used, generated=[made])


def _place(row: Package) -> str:
    return f"packages/{row.id}.zip"
