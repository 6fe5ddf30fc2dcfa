"""`headwater source`: where records come from."""

from __future__ import annotations

from typing import Annotated

import typer

from headwater.cli.session import Json, acting, done, reading, show
from headwater.sourcing import coverage, queries, sources
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
    show(found, ("slice", "records", "wanted", "missing", "critical", "predicate"), as_json)
