"""`headwater enquiry`: what annotators ask the owners of a guideline, and the replies."""

from __future__ import annotations

from typing import Annotated

import typer

from headwater.annotation import enquiries
from headwater.cli.session import Json, acting, done, reading, show

cli = typer.Typer(help="Enquiries: questions about guidelines, and replies.", no_args_is_help=True)


@cli.command("list")
def list_enquiries(
    campaign: Annotated[str, typer.Option(help="Only of this campaign, by id.")] = "",
    waiting: Annotated[bool, typer.Option(help="Only those without a reply.")] = False,
    as_json: Json = False,
) -> None:
    """List enquiries, newest first: all to owners of guidelines, to others their own."""
    with reading() as ctx:
        found = enquiries.listed(ctx, campaign_id=campaign, is_open=True if waiting else None)
        show(found, ("id", "asked_at", "section", "text", "reply"), as_json)


@cli.command("reply")
def reply(
    enquiry: Annotated[str, typer.Argument(help="Its id.")],
    text: Annotated[str, typer.Argument(help="What to reply; who asked gets a notice.")],
) -> None:
    """Reply as an owner of the guideline."""
    with acting() as ctx:
        made = enquiries.reply(ctx, enquiry, text=text)
    done(f"Replied to {made.id}.")
