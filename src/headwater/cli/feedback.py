"""`headwater feedback`: what comes back to annotators, and their appeals."""

from __future__ import annotations

from typing import Annotated

import typer

from headwater.annotation import appeals, queries, wording
from headwater.annotation.appeal_model import AppealState
from headwater.cli.session import Json, acting, done, reading, show
from headwater.core.errors import InvalidError
from headwater.governance import queries as governance

cli = typer.Typer(help="Feedback on answers, appeals against it, rulings.", no_args_is_help=True)
Before = Annotated[str, typer.Option(help="Only what is older than this.")]
Limit = Annotated[int, typer.Option(min=1, max=500, help="Most rows.")]
Identifier = Annotated[str, typer.Argument(help="Its id, as listed.")]


@cli.command("list")
def mine(before: Before = "", limit: Limit = 50, as_json: Json = False) -> None:
    """List what was said about one's own answers, newest first."""
    with reading() as ctx:
        names = {row.id: row.name for row in queries.campaigns(ctx)}
        rows = [
            {
                "id": row.feedback.id,
                "when": row.feedback.created_at,
                "campaign": names.get(row.feedback.campaign_id, row.feedback.campaign_id),
                "said": row.feedback.kind,
                "answered": _told(row.feedback.given),
                "stands": _told(row.feedback.settled),
                "why": row.feedback.reason,
                "appeal": row.appeal.state if row.appeal else "possible" if row.is_contestable else "",
            }
            for row in appeals.mine(ctx, before=before, limit=limit)
        ]
    show(rows, ("id", "when", "campaign", "said", "answered", "stands", "why", "appeal"), as_json)


@cli.command("appeal")
def appeal(feedback: Identifier, reason: Annotated[str, typer.Option(help="Why; whoever rules reads it.")]) -> None:
    """Object to a correction or return of one's own answer, once."""
    with acting() as ctx:
        made = appeals.appeal(ctx, feedback, reason=reason)
    done(f"Appeal {made.id} waits for a ruling; it comes back as feedback.")


@cli.command("appeals")
def listing(
    state: Annotated[AppealState, typer.Option(help="Where they stand.")] = AppealState.OPEN,
    after: Annotated[str, typer.Option(help="Only what is newer than this.")] = "",
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List appeals, oldest first; for those who rule on them."""
    with reading() as ctx:
        rows = []
        for row in appeals.appeals(ctx, state=state, after=after, limit=limit):
            about = appeals.contested(ctx, row)
            said = {"said": about.kind, "answered": _told(about.given), "instead": _told(about.settled)}
            why = {"reviewer": about.reason, "author": row.reason, "ruling": row.ruling}
            rows.append({"id": row.id, "since": row.created_at, **said, **why})
    show(rows, ("id", "since", "said", "answered", "instead", "reviewer", "author", "ruling"), as_json)


@cli.command("rule")
def rule(
    appeal: Identifier,
    reason: Annotated[str, typer.Option(help="Why; author and reviewer read it.")],
    uphold: Annotated[
        bool | None, typer.Option("--uphold/--dismiss", help="Whether the author was right; name one of them.")
    ] = None,
) -> None:
    """Rule on an appeal, as somebody who is neither its author nor the reviewer."""
    if uphold is None:
        raise InvalidError(
            f"Nothing is said of what becomes of the appeal '{appeal}'.",
            remedy="Add --uphold when its author was right, --dismiss when the reviewer was.",
        )
    with acting() as ctx:
        made = appeals.rule(ctx, appeal, upheld=uphold, reason=reason)
    done(f"Appeal {made.id} is {made.state}; author and reviewer are told.")


@cli.command("reviewers")
def reviewers(
    campaign: Annotated[str, typer.Argument(help="Name or id of the campaign.")], as_json: Json = False
) -> None:
    """List what each reviewer decided and how it fared on appeal; for those who accept the work."""
    with reading() as ctx:
        names = governance.names(ctx)
        rows = [
            {"reviewer": names.get(row.reviewer, row.reviewer), "reviews": row.reviews, "corrected": row.corrected}
            | {"returned": row.returned, "appeals": row.appeals, "upheld": row.upheld}
            for row in appeals.reviewers(ctx, campaign)
        ]
    show(rows, ("reviewer", "reviews", "corrected", "returned", "appeals", "upheld"), as_json)


def _told(values: dict[str, object]) -> str:
    return "; ".join(f"{name}: {wording.summary(value)}" for name, value in values.items())
