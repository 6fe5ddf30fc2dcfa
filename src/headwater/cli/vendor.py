"""`headwater vendor`: outside partners, sealed work packages out, deliveries in."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from headwater.annotation import deliveries, queries, vendors, wording
from headwater.annotation import packages as work
from headwater.cli.session import Json, acting, done, lines, reading, show
from headwater.cli.tables import called, columns
from headwater.core.errors import InvalidError

cli = typer.Typer(help="Vendors: onboard, issue packages, take deliveries in, score.", no_args_is_help=True)
Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]
Package = Annotated[str, typer.Argument(help="Id of the work package.")]
Delivery = Annotated[str, typer.Argument(help="Id of the delivery.")]
File = Annotated[Path, typer.Argument(help="The file.", exists=True, dir_okay=False)]


@cli.command("onboard")
def onboard(
    name: Annotated[str, typer.Argument(help="Name of the vendor.")],
    terms: Annotated[str, typer.Option(help="What was agreed: region, subcontractors, deletion.")],
) -> None:
    """Put a vendor and the terms agreed with it before the Accountable."""
    with acting() as ctx:
        made = vendors.onboard(ctx, name=name, terms=terms)
    done(f"Proposed {name} ({made.id}). The Accountable: headwater --as HANDLE vendor approve '{name}' --reason WHY")


@cli.command("approve")
def approve(name: Annotated[str, typer.Argument(help="Name of the vendor.")], reason: Reason) -> None:
    """Onboard a proposed vendor as the Accountable."""
    with acting() as ctx:
        vendors.approve(ctx, name, reason=reason)
    done(f"{name} is onboarded.")


@cli.command("prepare")
def prepare(
    batch: Annotated[str, typer.Argument(help="Id of the batch to hand out.")],
    vendor: Annotated[str, typer.Option(help="Name of the vendor.")],
    due: Annotated[datetime, typer.Option(help="When it is due, UTC.", formats=["%Y-%m-%d"])],
    aql: Annotated[float, typer.Option(help="Acceptance quality limit, in percent.")] = 4.0,
) -> None:
    """Seal a batch with hidden gold as a work package, and propose to issue it."""
    with acting() as ctx:
        made = work.prepare(ctx, batch, vendor_id=vendor, due_at=due.replace(tzinfo=UTC), aql=aql)
    done(f"Sealed {made.items:,} tasks as {made.id}, {made.digest}.")
    done(f"The Accountable: headwater --as HANDLE vendor issue {made.id} --reason WHY")


@cli.command("issue")
def issue(package: Package, reason: Reason) -> None:
    """Issue a sealed package as the Accountable."""
    with acting() as ctx:
        made = work.issue(ctx, package, reason=reason)
    done(f"Issued. Hand over: headwater vendor archive {made.id} FILE.zip")


@cli.command("refuse")
def refuse(package: Package, reason: Reason) -> None:
    """Not issue a sealed package, as the Accountable; its tasks go back to the queue."""
    with acting() as ctx:
        work.refuse(ctx, package, reason=reason)
    done("Not issued; its tasks are in the queue again.")


@cli.command("withdraw")
def withdraw(package: Package, reason: Reason) -> None:
    """Take a package back from its vendor; its tasks go back to the queue."""
    with acting() as ctx:
        work.withdraw(ctx, package, reason=reason)
    done("Withdrawn; its tasks are in the queue again.")


@cli.command("archive")
def archive(package: Package, file: Annotated[Path, typer.Argument(help="The ZIP file to write.")]) -> None:
    """Write the archive of an issued package."""
    with reading() as ctx:
        file.write_bytes(work.archive_of(ctx, package))
        found = vendors.package(ctx, package)
    done(f"Wrote {file}, {found.digest}.")


@cli.command("receive")
def receive(package: Package, file: File) -> None:
    """Check a delivery row by row, score its hidden gold and draw the sample to inspect."""
    with acting() as ctx:
        made = deliveries.receive(ctx, package, file.read_bytes())
    gold = f"gold {made.gold}" if made.gold.defined else "no gold among them"
    done(f"Delivery {made.number} ({made.id}): {made.valid:,} of {made.rows:,} rows are answers; {gold}.")
    lines(made.problems)
    done(f"Inspect {len(made.sample)} tasks on its page, or: headwater vendor sample {made.id}")


@cli.command("sample")
def sample(delivery: Delivery, as_json: Json = False) -> None:
    """List the sample of a delivery: what its tasks show, what was answered, what was found."""
    with reading() as ctx:
        found = deliveries.sample(ctx, delivery)
    if as_json:
        show(found, (), as_json)
        return
    for each in found:
        done(f"{each.item_id}  {each.content.get('text', '')}")
        text = str(each.content.get("text", ""))
        lines([f"{name}: {wording.worded(value, text)}" for name, value in each.values.items()])


@cli.command("judge")
def judge(
    delivery: Delivery,
    wrong: Annotated[
        list[str] | None, typer.Option(help="A wrong task of the sample and why: ITEM=REASON; may be repeated.")
    ] = None,
) -> None:
    """Say which answers of the sample are wrong, and put the delivery before the Accountable."""
    told = {item: reason for item, _, reason in (each.partition("=") for each in wrong or ())}
    with acting() as ctx:
        made = deliveries.judge(ctx, delivery, wrong=told)
        why = deliveries.shortfall(made, vendors.package(ctx, made.package_id))
    done(f"{made.wrong} of {len(made.sample)} wrong. {f'It can only be returned: {why}.' if why else ''}".strip())


@cli.command("accept")
def accept(delivery: Delivery, reason: Reason) -> None:
    """Accept a delivery as the Accountable."""
    with acting() as ctx:
        made = deliveries.accept(ctx, delivery, reason=reason)
    done(f"Accepted: {made.used:,} answers of the vendor's cohort are in force.")


@cli.command("return")
def send_back(delivery: Delivery, reason: Reason) -> None:
    """Return a delivery as rework as the Accountable."""
    with acting() as ctx:
        deliveries.send_back(ctx, delivery, reason=reason)
    done(f"Returned. What to do again: headwater vendor rework {delivery} FILE.jsonl")


@cli.command("rework")
def rework(delivery: Delivery, file: Annotated[Path, typer.Argument(help="The file of JSON lines to write.")]) -> None:
    """Write what a vendor does again after a return: the failed tasks, their answers and why."""
    with reading() as ctx:
        found = deliveries.rework(ctx, delivery)
    file.write_text("".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in found), encoding="utf-8")
    done(f"Wrote {len(found):,} tasks to {file}.")


@cli.command("certify")
def certify(
    package: Package,
    file: File,
    statement: Annotated[str, typer.Option(help="What it says, when the file is no text.")] = "",
) -> None:
    """Keep a vendor's certificate that it holds no copy of a package any more."""
    document = file.read_bytes()
    try:
        said = statement or document.decode()
    except UnicodeDecodeError as error:
        raise InvalidError(
            f"'{file}' is no text.", remedy="Say in --statement who certifies what, and when."
        ) from error
    with acting() as ctx:
        work.certify(ctx, package, statement=said, document=document)
    done("The certificate is in the ledger.")


@cli.command("list")
def scorecards(as_json: Json = False) -> None:
    """List vendors with what their work measured."""
    with reading() as ctx:
        found = vendors.scorecards(ctx)
    fields = (
        "vendor.name",
        "vendor.state",
        "packages",
        "deliveries",
        "gold",
        "sampled",
        "valid",
        "first_time",
        "on_time",
    )
    show(found, fields, as_json, empty="No vendor was onboarded yet.")


@cli.command("packages")
def packages(as_json: Json = False) -> None:
    """List work packages, newest first."""
    with reading() as ctx:
        rows = vendors.packages(ctx)
        partners = {each.vendor.id: each.vendor.name for each in vendors.scorecards(ctx)}
        campaigns = {each.id: each.name for each in queries.campaigns(ctx)}
    fields = ("id", "name", "campaign", "vendor", "state", "items", "due_at", "digest")
    shown = columns(fields, campaign=called(campaigns, "campaign_id"), vendor=called(partners, "vendor_id"))
    show(rows, shown, as_json, empty="No package was prepared yet.")


@cli.command("deliveries")
def list_deliveries(as_json: Json = False) -> None:
    """List deliveries, newest first."""
    with reading() as ctx:
        rows = vendors.deliveries(ctx)
        packages = {each.id: each.name for each in vendors.packages(ctx)}
    fields = ("id", "package", "number", "state", "valid", "rows", "gold", "wrong")
    show(rows, columns(fields, package=called(packages, "package_id")), as_json, empty="Nothing was delivered yet.")
