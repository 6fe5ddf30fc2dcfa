"""`headwater program`, `raci`, `decision`, `inbox`, `waiver`: who decides what."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from headwater.cli.session import Json, acting, done, reading, show
from headwater.governance import decisions, notices, programs, queries, waivers
from headwater.governance.model import Decision, Involvement, ProposalState

program = typer.Typer(help="AI programs and their charters.", no_args_is_help=True)
raci = typer.Typer(help="Decision rights: the RACI chart.", no_args_is_help=True)
decision = typer.Typer(help="Proposals and decisions.", no_args_is_help=True)
inbox = typer.Typer(help="What happened and what waits for you.", no_args_is_help=True)
waiver = typer.Typer(help="Gates opened by the Accountable.", no_args_is_help=True)

Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]


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
        show(queries.program(ctx), ("slug", "name", "charter.purpose", "charter.version", "charter.solo"), as_json)


@raci.command("show")
def show_chart(as_json: Json = False) -> None:
    """Show who is Responsible, Accountable, Consulted, Informed for every decision."""
    with reading() as ctx:
        handles = queries.names(ctx)
        rows = [
            {"decision": which.value}
            | {how.value: [handles[who] for who in queries.involved(ctx, which, how)] for how in Involvement}
            for which in Decision
        ]
    show(rows, ("decision", *(how.value for how in Involvement)), as_json)


@raci.command("lint")
def lint(as_json: Json = False) -> None:
    """List the holes of the chart; exits with 4 when there are some."""
    with reading() as ctx:
        problems = queries.chart_problems(ctx)
    if not problems and not as_json:
        done("The chart has no holes.")
        return
    show(problems, ("decision", "message", "remedy"), as_json)
    if problems:
        raise typer.Exit(4)


@decision.command("list")
def list_proposals(
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False, as_json: Json = False
) -> None:
    """List open proposals."""
    with reading() as ctx:
        rows = queries.proposals(ctx, state=None if everything else ProposalState.OPEN)
        handles = queries.names(ctx)
    columns = {
        "id": lambda row: row.id,
        "decision": lambda row: row.decision.value,
        "summary": lambda row: row.summary,
        "proposer": lambda row: handles[row.proposer],
        "state": lambda row: row.state.value,
        "waits for": lambda row: [handles[item.person] for item in row.consultations if item.answered_at is None],
        "created": lambda row: row.created_at,
    }
    show(rows, columns, as_json)


@decision.command("answer")
def answer(
    proposal: Annotated[str, typer.Argument(help="A proposal's id.")],
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
        rows = queries.decided(ctx, subject=subject)
    show(rows, ("at", "decision", "subject", "outcome", "actor", "reason"), as_json)


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
        show(queries.waivers(ctx), ("id", "standard", "reason", "expires_at", "granted_at"), as_json)
