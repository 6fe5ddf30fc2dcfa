"""`headwater program`, `decision`, `inbox`, `waiver`, `delegation`: what is decided, by whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

from headwater.cli.session import Json, acting, done, reading, show
from headwater.cli.tables import called, columns
from headwater.core.errors import NotFoundError
from headwater.governance import decisions, delegations, notices, programs, queries, waivers
from headwater.governance.model import ProposalState

if TYPE_CHECKING:
    from types import ModuleType

    from headwater.context import Context
    from headwater.governance.model import Proposal

program = typer.Typer(help="AI programs and their charters.", no_args_is_help=True)
decision = typer.Typer(help="Proposals and decisions.", no_args_is_help=True)
inbox = typer.Typer(help="What happened and what waits for you.", no_args_is_help=True)
waiver = typer.Typer(help="Gates opened by the Accountable.", no_args_is_help=True)
delegation = typer.Typer(help="Rights lent to another member between two dates.", no_args_is_help=True)

Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]
Proposed = Annotated[str, typer.Argument(help="A proposal's id, as `decision list` prints it.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="UTC; now by default.")]


@program.command("create")
def create(
    slug: Annotated[str, typer.Argument(help="Short name in addresses and commands.")],
    name: Annotated[str, typer.Option(help="Full name.")],
    purpose: Annotated[str, typer.Option(help="What the program is for.")] = "",
    solo: Annotated[bool, typer.Option(help="One person may prepare and approve; shows on every card.")] = False,
) -> None:
    """Make a program with the default charter and chart."""
    with acting(in_program=False) as ctx:
        made = programs.create(ctx, slug=slug, name=name, purpose=purpose, solo=solo)
    done(f"Made the program {made.slug} ({made.id}). Next: headwater person add HANDLE --role lead")


@program.command("list")
def list_programs(as_json: Json = False) -> None:
    """List the programs."""
    with reading(in_program=False) as ctx:
        show(queries.programs(ctx), ("slug", "name", "id", "created_at"), as_json)


@program.command("show")
def show_program(as_json: Json = False) -> None:
    """Show the program with its charter."""
    with reading() as ctx:
        found = queries.program(ctx)
    shown = {"slug": lambda row: row.slug, "name": lambda row: row.name}
    shown |= {"purpose": lambda row: row.charter.purpose, "charter version": lambda row: row.charter.version}
    show(found, shown | {"solo": lambda row: row.charter.solo}, as_json)


@program.command("steps")
def first_steps(as_json: Json = False) -> None:
    """List the first steps of the program, each with its command and whether it is done."""
    from headwater.app import steps  # noqa: PLC0415 -- it knows every part; other commands begin without them

    with reading() as ctx:
        rows = steps.first_steps(ctx)
    shown = {
        "done": lambda row: "yes" if row.done else "no",
        "step": lambda row: row.name,
        "by": lambda row: row.who,
        "command": lambda row: row.command,
    }
    show(rows, shown, as_json)


@decision.command("list")
def list_proposals(
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False, as_json: Json = False
) -> None:
    """List open proposals."""
    empty = "Nothing was proposed yet." if everything else "Nothing waits for a decision. Closed proposals: --all"
    with reading() as ctx:
        rows = queries.proposals(ctx, state=None if everything else ProposalState.OPEN)
        handles = queries.names(ctx)
    shown = {
        "id": lambda row: row.id,
        "decision": lambda row: row.decision.value,
        "summary": lambda row: row.summary,
        "proposer": lambda row: handles[row.proposer],
        "state": lambda row: row.state.value,
        "waits for": lambda row: [handles[item.person] for item in row.consultations if item.answered_at is None],
        "created": lambda row: row.created_at,
    }
    show(rows, shown, as_json, empty=empty)


@decision.command("show")
def show_proposal(proposal: Proposed, as_json: Json = False) -> None:
    """Show a proposal with the opinions on it."""
    with reading() as ctx:
        found, handles = _found(ctx, proposal), queries.names(ctx)
    if as_json:
        show(found, (), as_json)
        return
    shown = {
        "decision": lambda row: row.decision.value,
        "subject": lambda row: row.subject,
        "summary": lambda row: row.summary,
        "digest": lambda row: row.digest,
        "proposed by": lambda row: handles[row.proposer],
        "proposed at": lambda row: row.created_at,
        "state": lambda row: row.state.value,
        "decided by": lambda row: handles[row.decided_by] if row.decided_by else None,
        "reason": lambda row: row.reason or None,
    }
    show(found, shown)
    opinions = {
        "consulted": lambda row: handles[row.person],
        "supports": lambda row: row.supports,
        "comment": lambda row: row.comment or None,
        "answered": lambda row: row.answered_at,
        "until": lambda row: row.closes_at,
    }
    if found.consultations:
        show(found.consultations, opinions)


@decision.command("approve")
def approve(proposal: Proposed, reason: Reason) -> None:
    """Approve as the Accountable; the thing itself moves with the decision."""
    with acting() as ctx:
        _approvals().approve(ctx, _found(ctx, proposal), reason=reason)
    done("Approved.")


@decision.command("refuse")
def refuse(proposal: Proposed, reason: Reason) -> None:
    """Refuse as the Accountable."""
    with acting() as ctx:
        _approvals().refuse(ctx, _found(ctx, proposal), reason=reason)
    done("Refused.")


@decision.command("answer")
def answer(
    proposal: Proposed,
    against: Annotated[bool, typer.Option("--against", help="You do not support it.")] = False,
    comment: Annotated[str, typer.Option(help="Your opinion.")] = "",
) -> None:
    """Give your opinion on a proposal you are consulted on."""
    with acting() as ctx:
        decisions.answer(ctx, proposal, supports=not against, comment=comment)
    done("Recorded.")


@decision.command("log")
def log(subject: Annotated[str, typer.Option(help="Only about this thing.")] = "", as_json: Json = False) -> None:
    """List decisions that were taken, newest first."""
    with reading() as ctx:
        rows, handles = queries.decided(ctx, subject=subject), queries.names(ctx)
    names = ("at", "decision", "subject", "outcome", "actor", "reason")
    show(rows, columns(names, actor=called(handles, "actor")), as_json, empty="Nothing was decided yet.")


@inbox.command("show")
def show_inbox(unread: Annotated[bool, typer.Option(help="Only unread ones.")] = False, as_json: Json = False) -> None:
    """Show your notices, newest first."""
    with reading() as ctx:
        show(queries.notices(ctx, unread=unread), ("created_at", "kind", "text", "subject", "read_at"), as_json)


@inbox.command("receive")
def receive() -> None:
    """Give receipt for all your notices."""
    with acting() as ctx:
        notices.receive(ctx)
    done("All notices are marked as read.")


@waiver.command("request")
def request(
    gate: Annotated[str, typer.Argument(help="Name of the gate, as `release show` prints it.")],
    reason: Reason,
    days: Annotated[float, typer.Option(help="Days until it expires.")] = 14.0,
) -> None:
    """Ask the Accountable to open a gate although its standard is not met."""
    with acting() as ctx:
        made = waivers.request(ctx, standard=gate, reason=reason, expires_at=ctx.clock.now() + timedelta(days=days))
    done(f"Asked for: {made.id}")


@waiver.command("grant")
def grant(waiver_id: Annotated[str, typer.Argument(help="A waiver's id.")], reason: Reason) -> None:
    """Grant a waiver as the Accountable."""
    with acting() as ctx:
        waivers.grant(ctx, waiver_id, reason=reason)
    done("Granted.")


@waiver.command("list")
def list_waivers(as_json: Json = False) -> None:
    """List waivers, newest first."""
    with reading() as ctx:
        rows = queries.waivers(ctx)
    show(rows, ("id", "standard", "reason", "expires_at", "granted_at"), as_json, empty="No waiver was asked for.")


@delegation.command("give")
def give(
    to: Annotated[str, typer.Argument(help="Handle of the member who acts in your place.")],
    which: Annotated[
        str, typer.Option("--decision", help="The decision lent, as `raci show` names it; all of yours by default.")
    ] = "",
    days: Annotated[float, typer.Option(help="Days until it ends.")] = 7.0,
    start: Day = None,
) -> None:
    """Lend your rights to another member for some days."""
    with acting() as ctx:
        begins = start.replace(tzinfo=UTC) if start else ctx.clock.now()
        taker = queries.person_by_handle(ctx, to).id
        ends = begins + timedelta(days=days)
        made = delegations.give(ctx, to=taker, decision=which, starts_at=begins, ends_at=ends)
    done(f"Lent until {made.ends_at:%Y-%m-%d %H:%M} UTC. Take it back with: headwater delegation end {made.id}")


@delegation.command("list")
def list_delegations(as_json: Json = False) -> None:
    """List the program's delegations, past ones too."""
    with reading() as ctx:
        rows, handles = queries.delegations(ctx), queries.names(ctx)
    shown = {
        "id": lambda row: row.id,
        "from": lambda row: handles[row.giver],
        "to": lambda row: handles[row.taker],
        "decision": lambda row: row.decision or "all",
        "starts": lambda row: row.starts_at,
        "ends": lambda row: row.ends_at,
    }
    show(rows, shown, as_json, empty="No rights were lent.")


@delegation.command("end")
def end(delegation_id: Annotated[str, typer.Argument(help="A delegation's id.")]) -> None:
    """Take back rights you lent."""
    with acting() as ctx:
        delegations.end(ctx, delegation_id)
    done("Ended.")


def _approvals() -> ModuleType:
    """Return what carries proposals out, which loads every part: not needed by the other commands."""
    return import_module("headwater.app.approvals")


def _found(ctx: Context, proposal: str) -> Proposal:
    found = queries.proposal(ctx, proposal)
    if found is None:
        raise NotFoundError(f"There is no proposal '{proposal}'.", remedy="See: headwater decision list")
    return found
