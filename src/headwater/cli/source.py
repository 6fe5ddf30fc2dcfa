"""`headwater source`: where records come from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from headwater.cli.session import Json, acting, done, reading, show
from headwater.sourcing import coverage, queries, sources
from headwater.sourcing import reading as files
from headwater.sourcing.model import Provenance, SourceKind

cli = typer.Typer(help="Sources: register, propose, approve.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name or id of the source.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]


@cli.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Short name.")],
    kind: Annotated[SourceKind, typer.Option(help="Where its records come from.")],
    licence: Annotated[str, typer.Option(help="SPDX expression, or LicenseRef-… for a private one.")],
    issuer: Annotated[str, typer.Option(help="Who supplied it.")] = "",
    origin: Annotated[str, typer.Option(help="Where it can be found.")] = "",
    method: Annotated[str, typer.Option(help="How the data was generated.")] = "",
    use: Annotated[str, typer.Option(help="What it may be used for.")] = "",
    consent: Annotated[str, typer.Option(help="Basis on which people's data is used.")] = "",
    description: Annotated[str, typer.Option(help="What it holds.")] = "",
    retention: Annotated[str, typer.Option(help="How long it may be kept.")] = "",
    owner: Annotated[str, typer.Option(help="Who answers for it.")] = "",
    propose: Annotated[bool, typer.Option(help="Put it before the Accountable at once.")] = False,
) -> None:
    """Register a source with its intake form."""
    form = Provenance(
        title=name,
        description=description,
        issuer=issuer,
        origin=origin,
        method=method,
        intended_use=use,
        licence=licence,
        consent=consent,
        retention=retention,
        owner=owner,
    )
    with acting() as ctx:
        made = sources.register(ctx, name=name, kind=kind, provenance=form)
        if propose:
            sources.propose(ctx, made.id)
    done(f"Registered {name} ({made.id})." + ("" if propose else f" Next: headwater source propose {name}"))


@cli.command("propose")
def propose_source(name: Name) -> None:
    """Put a source before the Accountable."""
    with acting() as ctx:
        sources.propose(ctx, name)
    done(f"Proposed. The Accountable approves with: headwater --as HANDLE source approve {name} --reason WHY")


@cli.command("approve")
def approve(name: Name, reason: Reason) -> None:
    """Approve a source as the Accountable."""
    with acting() as ctx:
        sources.approve(ctx, name, reason=reason)
    done(f"Approved {name}. Next: headwater intake run FILE --source {name}")


@cli.command("list")
def list_sources(as_json: Json = False) -> None:
    """List the sources."""
    with reading() as ctx:
        show(queries.sources(ctx), ("name", "kind", "state", "provenance.licence", "id"), as_json)


@cli.command("show")
def show_source(name: Name, as_json: Json = False) -> None:
    """Show a source with its intake form."""
    with reading() as ctx:
        fields = ("title", "issuer", "origin", "method", "intended_use", "licence", "consent", "retention", "owner")
        show(
            queries.source(ctx, name), ("name", "kind", "state", *(f"provenance.{field}" for field in fields)), as_json
        )


@cli.command("gaps")
def gaps(as_json: Json = False) -> None:
    """List slices where the pool is thin against production or a declared minimum."""
    with reading() as ctx:
        found = coverage.gaps(ctx)
    fields = ("slice", "records", "wanted", "missing", "critical", "predicate")
    show(found, fields, as_json, empty="No slice is thin, or there is no profile of production yet.")


@cli.command("profile")
def profile(
    file: Annotated[Path, typer.Argument(help="JSONL, CSV or text file: a sample of production's traffic.")],
    by: Annotated[list[str], typer.Option(help="Attribute to count the values of; may be given several times.")],
) -> None:
    """Keep what production looks like; nothing of the items themselves is kept."""
    with acting() as ctx:
        found = coverage.measure(ctx, files.items(file), by=by)
    done(f"Profiled {found.n:,} items by {', '.join(found.counts)}. See: headwater source gaps")


@cli.command("production")
def show_production(as_json: Json = False) -> None:
    """Show the newest production profile."""
    with reading() as ctx:
        found = coverage.production(ctx)
    if as_json:
        show(found or {}, (), as_json)
        return
    rows = [
        {"attribute": name, "value": value, "items": count, "share": f"{count / found.n:.1%}"}
        for name, counts in (found.counts.items() if found else ())
        for value, count in counts.items()
        if found
    ]
    empty = "No profile yet. Keep one with: headwater source profile FILE --by ATTRIBUTE"
    show(rows, ("attribute", "value", "items", "share"), empty=empty)
