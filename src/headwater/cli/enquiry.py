"""`headwater enquiry`: what annotators ask the owners of a guideline, and the replies."""

from __future__ import annotations

from typing import Annotated

import typer

from headwater.annotation import enquiries
from headwater.annotation.enquiry_model import State
from headwater.cli.session import Json, acting, done, reading, show

cli = typer.Typer(help="Enquiries: questions about guidelines, and replies.", no_args_is_help=True)


@cli.command("list")
def list_enquiries(
    campaign: Annotated[str, typer.Option(help="Only of this campaign, by id.")] = "",
    waiting: Annotated[bool, typer.Option(help="Only those without a reply.")] = False,
    published: Annotated[bool, typer.Option(help="Only those everybody may read, of others too.")] = False,
    as_json: Json = False,
) -> None:
    """List enquiries, newest first: all to owners of guidelines, to others their own."""
    state = State.PUBLISHED if published else State.WAITING if waiting else None
    with reading() as ctx:
        found = enquiries.listed(ctx, campaign_id=campaign, state=state)
        show(found, ("id", "asked_at", "section", "text", "reply"), as_json)


@cli.command("reply")
def reply(
    enquiry: Annotated[str, typer.Argument(help="Its id.")],
    text: Annotated[str, typer.Argument(help="What to reply; who asked gets a notice.")],
    publish: Annotated[bool, typer.Option(help="Let everybody read both, without who asked.")] = False,
) -> None:
    """Reply as an owner of the guideline."""
    with acting() as ctx:
        made = enquiries.reply(ctx, enquiry, text=text)
        if publish:
            enquiries.publish(ctx, made.id)
    done(f"Replied to {made.id}.")


@cli.command("publish")
def publish(
    enquiry: Annotated[str, typer.Argument(help="Its id.")],
    withdraw: Annotated[bool, typer.Option(help="Take it back.")] = False,
) -> None:
    """Let everybody read a question with its reply beside the guideline, without who asked."""
    with acting() as ctx:
        made = enquiries.publish(ctx, enquiry, withdrawn=withdraw)
    done(f"{'Withdrew' if withdraw else 'Published'} {made.id}.")
