"""`headwater vendor`: outside partners, sealed work packages out, deliveries in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from headwater.annotation import deliveries, vendors
from headwater.cli.session import Json, acting, done, lines, reading, show

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
        made = vendors.prepare(ctx, batch, vendor_id=vendor, due_at=due.replace(tzinfo=UTC), aql=aql)
    done(f"Sealed {made.items:,} tasks as {made.id}, {made.digest}.")
    done(f"The Accountable: headwater --as HANDLE vendor issue {made.id} --reason WHY")


@cli.command("issue")
def issue(package: Package, reason: Reason) -> None:
    """Issue a sealed package as the Accountable."""
    with acting() as ctx:
        made = vendors.issue(ctx, package, reason=reason)
    done(f"Issued. Hand over: headwater vendor archive {made.id} FILE.zip")


@cli.command("archive")
def archive(package: Package, file: Annotated[Path, typer.Argument(help="The ZIP file to write.")]) -> None:
    """Write the archive of an issued package."""
    with reading() as ctx:
        file.write_bytes(vendors.archive_of(ctx, package))
        found = vendors.package(ctx, package)
    done(f"Wrote {file}, {found.digest}.")


@cli.command("receive")
def receive(package: Package, file: File) -> None:
    """Check a delivery row by row, score its hidden gold and draw the sample to inspect."""
    with acting() as ctx:
        made = deliveries.receive(ctx, package, file.read_bytes())
    done(f"Delivery {made.number} ({made.id}): {made.valid:,} of {made.rows:,} rows are answers; gold {made.gold}.")
    lines(made.problems)
    done(f"Inspect these {len(made.sample)}, then: headwater vendor judge {made.id} --wrong ITEM …")
    lines(made.sample)


@cli.command("judge")
def judge(
    delivery: Delivery,
    wrong: Annotated[
        list[str] | None, typer.Option(help="A task of the sample that is wrong; may be repeated.")
    ] = None,
) -> None:
    """Say which answers of the sample are wrong, and put the delivery before the Accountable."""
    with acting() as ctx:
        made = deliveries.judge(ctx, delivery, wrong=wrong or ())
        why = deliveries.shortfall(made, vendors.package(ctx, made.package_id))
    done(f"{made.wrong} of {len(made.sample)} wrong. {f'It can only be returned: {why}.' if why else ''}".strip())


@cli.command("accept")
def accept(delivery: Delivery, reason: Reason) -> None:
    """Accept a delivery as the Accountable."""
    with acting() as ctx:
        deliveries.accept(ctx, delivery, reason=reason)
    done("Accepted; its answers are exported with their tasks.")


@cli.command("return")
def send_back(delivery: Delivery, reason: Reason) -> None:
    """Return a delivery as rework as the Accountable."""
    with acting() as ctx:
        deliveries.send_back(ctx, delivery, reason=reason)
    done("Returned as rework.")


@cli.command("certify")
def certify(package: Package, file: File) -> None:
    """Keep a vendor's certificate that it holds no copy of a package any more."""
    with acting() as ctx:
        vendors.certify(ctx, package, statement=file.read_text(encoding="utf-8"))
    done("The certificate is in the ledger.")


@cli.command("list")
def scorecards(as_json: Json = False) -> None:
    """List vendors with what their work measured."""
    with reading() as ctx:
        found = vendors.scorecards(ctx)
    columns = (
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
    show(found, columns, as_json)


@cli.command("packages")
def packages(as_json: Json = False) -> None:
    """List work packages, newest first."""
    with reading() as ctx:
        show(vendors.packages(ctx), ("id", "name", "state", "items", "due_at", "digest"), as_json)


@cli.command("deliveries")
def list_deliveries(as_json: Json = False) -> None:
    """List deliveries, newest first."""
    with reading() as ctx:
        show(
            vendors.deliveries(ctx), ("id", "package_id", "number", "state", "valid", "rows", "gold", "wrong"), as_json
        )
