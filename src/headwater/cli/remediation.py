"""`headwater brief`: authorised orders to repair data."""

from __future__ import annotations

from typing import Annotated

import typer

from headwater.cli.session import Json, acting, done, reading, show
from headwater.remediation import briefs, queries

brief = typer.Typer(help="Authorised orders to repair data.", no_args_is_help=True)

Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]


@brief.command("list")
def list_briefs(as_json: Json = False) -> None:
    """List briefs, newest first."""
    with reading() as ctx:
        show(queries.briefs(ctx), ("id", "type", "state", "predicate", "cohort_id", "volume", "effect"), as_json)


@brief.command("authorise")
def authorise(brief_id: Annotated[str, typer.Argument(help="A brief's id.")], reason: Reason) -> None:
    """Authorise a brief as the Accountable."""
    with acting() as ctx:
        briefs.authorise(ctx, brief_id, reason=reason)
    done("Authorised.")


@brief.command("verify")
def verify(
    brief_id: Annotated[str, typer.Argument(help="A brief's id.")],
    release: Annotated[str, typer.Option(help="The release made after its work.")],
) -> None:
    """Measure the effect of a brief on a later release."""
    with acting() as ctx:
        row = briefs.verify(ctx, brief_id, release=release)
    done(f"{row.effect}: {row.measured}")
