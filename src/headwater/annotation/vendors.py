"""Vendors and sealed work packages: onboarded, prepared, issued, and certified as deleted."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from headwater.annotation import content, queries
from headwater.annotation.exchange import own
from headwater.annotation.exchange.label_studio_config import config
from headwater.annotation.exchange.model import Item
from headwater.annotation.questions import as_data
from headwater.annotation.store import answers as given
from headwater.annotation.store import tasks
from headwater.annotation.store import vendors as store
from headwater.annotation.vendor_model import (
    Delivery,
    Package,
    PackageState,
    Scorecard,
    UnknownVendorError,
    Vendor,
    VendorState,
    VendorStateError,
    scorecard,
)
from headwater.core.canonical import canonical_json, digest, digest_bytes
from headwater.core.errors import InvalidError
from headwater.core.ids import new_id
from headwater.governance import decisions, ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.sourcing import queries as sourcing
from headwater.stats.acceptance import standard

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from headwater.annotation.model import Campaign
    from headwater.context import Context

LARGEST = 100_000
"""Most tasks in a package."""
_LONGEST = 64
_LETTER = """\
What to send back: a file of JSON lines, one for each task of tasks.jsonl, in any order:

    {"id": "itm_...", "values": {"question": answer}, "by": "a pseudonym of who answered"}

The questions are in schema.json, the rules in guideline.md. labelling.xml asks the same in Label Studio.
manifest.json has the SHA-256 of every file and how the delivery is accepted.
"""


def onboard(ctx: Context, *, name: str, terms: str) -> Vendor:
    """Put a vendor and the terms agreed with it before the Accountable.

    Raises:
        InvalidError: The name or the terms are empty or too long, or the name is taken.
    """
    require(ctx, Decision.VENDOR_ONBOARD)
    name = name.strip()
    if not name or len(name) > _LONGEST or not terms.strip():
        raise InvalidError("A vendor has a name of 1 to 64 characters, and terms.", remedy="Say what was agreed.")
    if name in {each.name for each in store.vendors(ctx.db, ctx.program)}:
        raise InvalidError(f"There is a vendor '{name}' already.")
    row = Vendor(
        id=new_id("vnd"),
        name=name,
        state=VendorState.PROPOSED,
        terms=terms.strip(),
        digest=digest({"name": name, "terms": terms.strip()}),
        author=ctx.actor,
        created_at=ctx.clock.now(),
    )
    store.add_vendor(ctx.db, ctx.program, row)
    summary = f"Vendor {name}"
    decisions.propose(ctx, Decision.VENDOR_ONBOARD, subject=row.id, digest=row.digest, summary=summary)
    return row


def approve(ctx: Context, identifier: str, *, reason: str) -> Vendor:
    """Onboard a proposed vendor as the Accountable; packages may be issued to it from now on."""
    require(ctx, Decision.VENDOR_ONBOARD)
    row = vendor(ctx, identifier)
    decisions.approve(ctx, Decision.VENDOR_ONBOARD, subject=row.id, digest=row.digest, reason=reason)
    store.set_vendor_state(ctx.db, row.id, VendorState.ONBOARDED)
    return replace(row, state=VendorState.ONBOARDED)


def prepare(ctx: Context, batch_id: str, *, vendor_id: str, due_at: datetime, aql: float = 4.0) -> Package:
    """Seal the tasks of a batch, with the campaign's gold hidden among them, and propose to issue them.

    Gold stands among the tasks under ids that tell nothing, in an order that tells nothing; right answers stay here.

    Raises:
        InvalidError: The batch has no tasks or too many, or the AQL is not in the series.
        VendorStateError: The vendor is not onboarded.
    """
    require(ctx, Decision.PACKAGE_ISSUE)
    partner = vendor(ctx, vendor_id)
    if partner.state is not VendorState.ONBOARDED:
        raise VendorStateError(f"Vendor '{partner.name}' is {partner.state}.", remedy="Have it approved first.")
    batch = queries.batch(ctx, batch_id)
    campaign = queries.campaign(ctx, batch.campaign_id)
    gold = {each.record_id: each.values for each in given.golds(ctx.db, campaign.id)}
    records = [each.record_id for each in tasks.page(ctx.db, batch.id, after="", limit=LARGEST + 1)]
    if not 2 <= len(records) <= LARGEST:  # noqa: PLR2004 -- a plan needs a lot
        raise InvalidError(f"A package holds 2 to {LARGEST:,} tasks; batch '{batch.name}' has {len(records):,}.")
    plan = standard.plan(len(records), aql=aql)
    identifier = new_id("pkg")
    known = {record: gold.get(record, {}) for record in [*records, *gold]}
    named = {f"itm_{ctx.keys.hmac(identifier, record.encode())[-24:]}": record for record in known}
    acceptance = {"standard": plan.standard, "aql": aql, "sample": plan.sample, "accept": plan.accept}
    about = {"package": identifier, "vendor": partner.name, "campaign": campaign.name, "due": due_at.isoformat()}
    archive = _archive(ctx, campaign, named, about | {"acceptance": acceptance})
    row = Package(
        id=identifier,
        campaign_id=campaign.id,
        vendor_id=partner.id,
        name=batch.name,
        state=PackageState.PREPARED,
        digest=digest_bytes(archive),
        items=len(named),
        acceptance=acceptance,
        due_at=due_at,
        author=ctx.actor,
        created_at=ctx.clock.now(),
        issued_at=None,
        deleted_at=None,
    )
    ctx.objects.put(_place(row), archive)
    items = [{"item_id": item, "record_id": record, "known": known[record]} for item, record in named.items()]
    store.add_package(ctx.db, ctx.program, row, items)
    summary = f"Package {row.name} for {partner.name}"
    decisions.propose(ctx, Decision.PACKAGE_ISSUE, subject=row.id, digest=row.digest, summary=summary)
    return row


def issue(ctx: Context, identifier: str, *, reason: str) -> Package:
    """Issue a sealed package as the Accountable: it may be handed over from now on."""
    require(ctx, Decision.PACKAGE_ISSUE)
    row = package(ctx, identifier)
    decisions.approve(ctx, Decision.PACKAGE_ISSUE, subject=row.id, digest=row.digest, reason=reason)
    now = ctx.clock.now()
    store.set_package(ctx.db, row.id, state=PackageState.ISSUED.value, issued_at=now)
    return replace(row, state=PackageState.ISSUED, issued_at=now)


def archive_of(ctx: Context, identifier: str) -> bytes:
    """Return the archive of an issued package."""
    require(ctx, Decision.PACKAGE_ISSUE)
    row = package(ctx, identifier)
    if row.state is PackageState.PREPARED:
        raise VendorStateError(f"Package '{row.name}' was not issued.", remedy="The Accountable issues it.")
    return ctx.objects.get(_place(row))


def certify(ctx: Context, identifier: str, *, statement: str) -> Package:
    """Keep a vendor's certificate that it holds no copy of a package any more.

    Raises:
        InvalidError: The certificate says nothing.
        VendorStateError: The package was not accepted, so its data is still needed there.
    """
    require(ctx, Decision.DELIVERY_ACCEPT)
    row = package(ctx, identifier)
    if not statement.strip():
        raise InvalidError("A certificate has a text.", remedy="Give who certifies what was deleted, and when.")
    if row.state is not PackageState.ACCEPTED:
        raise VendorStateError(f"Package '{row.name}' is {row.state}; nothing was accepted of it yet.")
    now = ctx.clock.now()
    store.set_package(ctx.db, row.id, deleted_at=now)
    body = {"package": row.digest, "statement": digest(statement), "text": statement.strip()[:2000]}
    ledger.append(ctx, "package.deleted", subject=row.id, body=body)
    return replace(row, deleted_at=now)


def vendor(ctx: Context, identifier: str) -> Vendor:
    """Return a vendor by id or name.

    Raises:
        UnknownVendorError: There is none.
    """
    for each in store.vendors(ctx.db, ctx.program):
        if identifier in {each.id, each.name}:
            return each
    raise UnknownVendorError(f"There is no vendor '{identifier}' in this program.")


def package(ctx: Context, identifier: str) -> Package:
    """Return a work package.

    Raises:
        UnknownVendorError: There is none.
    """
    for each in store.packages(ctx.db, ctx.program):
        if each.id == identifier:
            return each
    raise UnknownVendorError(f"There is no work package '{identifier}' in this program.")


def packages(ctx: Context) -> list[Package]:
    """Return the work packages, newest first; for those who issue or accept them."""
    require(ctx, Decision.PACKAGE_ISSUE)
    return store.packages(ctx.db, ctx.program)


def deliveries(ctx: Context) -> list[Delivery]:
    """Return the deliveries, newest first; for those who accept them."""
    require(ctx, Decision.DELIVERY_ACCEPT)
    return store.deliveries(ctx.db, ctx.program)


def scorecards(ctx: Context) -> list[Scorecard]:
    """Return what every vendor's work measured, computed from its deliveries."""
    require(ctx, Decision.DELIVERY_ACCEPT)
    issued, came = store.packages(ctx.db, ctx.program), store.deliveries(ctx.db, ctx.program)
    found = []
    for each in store.vendors(ctx.db, ctx.program):
        mine = [row for row in issued if row.vendor_id == each.id]
        ids = {row.id for row in mine}
        found.append(scorecard(each, mine, [row for row in came if row.package_id in ids]))
    return found


def _place(row: Package) -> str:
    return f"packages/{row.id}.zip"


def _archive(ctx: Context, campaign: Campaign, named: Mapping[str, str], about: dict[str, Any]) -> bytes:
    """The sealed archive: the same bytes for the same content."""
    schema = queries.schema(ctx, campaign.schema_id)
    records = sourcing.present(ctx, list(named.values()))
    shown = {item: content.of_record(records[record]).shown for item, record in named.items() if record in records}
    items = [Item(id=item, content=shown[item]) for item in sorted(shown)]
    files = {
        "tasks.jsonl": b"".join(own.write(items)),
        "schema.json": canonical_json({"questions": [as_data(each) for each in schema.questions]}),
        "guideline.md": queries.guideline(ctx, campaign.guideline_id).text.encode(),
        "labelling.xml": config(schema.questions).encode(),
        "README.txt": _LETTER.encode(),
    }
    for each in shown.values():
        name = str(each.get("image", ""))
        if name and ctx.objects.exists(name):
            files[f"media/{name}"] = ctx.objects.get(name)
    listed = {name: {"sha256": digest_bytes(data), "bytes": len(data)} for name, data in files.items()}
    files["manifest.json"] = canonical_json(about | {"tasks": len(items), "schema": schema.digest, "files": listed})
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name])
    return sink.getvalue()
