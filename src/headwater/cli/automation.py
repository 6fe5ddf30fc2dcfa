"""`headwater automation`: who answers in which slice, and models that answer under a certificate."""

from __future__ import annotations

from operator import attrgetter
from typing import Annotated

import typer

from headwater.annotation import automation, automation_policy
from headwater.annotation.automation_model import Line, Mode
from headwater.cli.session import Json, acting, done, reading, show
from headwater.cli.tables import columns, percent

cli = typer.Typer(
    help="Automation: decide who answers where, certify models, let them answer, audit them.", no_args_is_help=True
)
Where = Annotated[str, typer.Argument(help="Slice of records, such as: language = 'en'; empty for all.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]
Name = Annotated[str, typer.Argument(help="Name or id of the campaign.")]
Id = Annotated[str, typer.Argument(help="Id of the certificate.")]


@cli.command("policy")
def policy(
    name: Name,
    count: Annotated[bool, typer.Option("--count", help="Count the tasks of every slice; reads all records.")] = False,
    as_json: Json = False,
) -> None:
    """Show who answers in which slice of a campaign; of several slices the most careful decides."""
    with reading() as ctx:
        rows = automation_policy.policy(ctx, name, counted=count)
    named = {"where": lambda row: "the rest" if row.is_rest else row.where or "all records"}
    counts = ("tasks", "open", "proposed", "by_model", "audited") if count else ()
    shown = named | {key: attrgetter(key) for key in ("mode", "records", "certificate")}
    show(rows, shown | {key: attrgetter(f"holds.{key}") for key in counts}, as_json)


@cli.command("set")
def assign(
    name: Name, where: Where, mode: Annotated[Mode, typer.Argument(help="Who answers.")], reason: Reason
) -> None:
    """Decide who answers in a slice: people, people with prelabels, or a model under a certificate for it."""
    with acting() as ctx:
        automation_policy.decide(ctx, name, where=where, mode=mode, reason=reason)
        lines = automation_policy.policy(ctx, name)
    line = next(each for each in lines if each.where == where.strip() and not each.is_rest)
    done(f"{where or 'All records'}: {mode.value}; {_matching(line)}.")
    done(f"Show the policy with: headwater automation policy '{name}' --count")


def _matching(line: Line) -> str:
    if line.records:
        return f"{line.records:,} {'record matches' if line.records == 1 else 'records match'} it today"
    return "no record matches it today: check how its values are written, or wait for records that do"


@cli.command("unset")
def unset(name: Name, where: Where, reason: Reason) -> None:
    """Take a slice out of the policy; the plan decides about its records again."""
    with acting() as ctx:
        automation_policy.decide(ctx, name, where=where, mode=None, reason=reason)
    done(f"{where or 'All records'}: out of the policy of {name}.")


@cli.command("certify")
def certify(
    name: Name,
    model: Annotated[str, typer.Option(help="Name and version, as its proposals carry it.")],
    alpha: Annotated[float, typer.Option(help="Highest error rate that is allowed, 0 to 1.")],
    delta: Annotated[float, typer.Option(help="Chance that the bound is broken, 0 to 1.")] = 0.1,
    where: Annotated[str, typer.Option(help="Slice of records, such as: language = 'en'.")] = "",
    audit_rate: Annotated[float, typer.Option(help="Share that people check, 0 to 1.")] = 0.05,
    days: Annotated[float, typer.Option(help="How long it holds.")] = 30.0,
) -> None:
    """Issue the evidence, from gold, that a model's answers above a score are wrong at most at a rate."""
    with acting() as ctx:
        made = automation.certify(
            ctx, name, model=model, alpha=alpha, delta=delta, where=where, audit_rate=audit_rate, days=days
        )
    done(f"{made.id}: from a score of {made.threshold:g} ({made.share:.0%} of the gold) errors are {made.error}.")


@cli.command("list")
def listing(name: Name, as_json: Json = False) -> None:
    """List the certificates of a campaign, newest first."""
    with reading() as ctx:
        rows = automation.certificates(ctx, name)
    said = {"share": percent("share"), "where": lambda row: row.where or "all records"}
    fields = ("id", "model", "where", "threshold", "error", "share", "expires_at", "revoked_at")
    show(rows, columns(fields, **said), as_json, empty="No certificate was issued yet.")


@cli.command("run")
def run(
    certificate: Id, limit: Annotated[int, typer.Option(help="Most tasks of the slice, surest first.")] = 1000
) -> None:
    """Let the model answer untouched tasks; a share drawn by lot goes to people."""
    with acting() as ctx:
        made = automation.run(ctx, certificate, limit=limit)
    checked = f"people answer {made.audited:,} to check it and {made.left:,} without a whole proposal"
    done(f"{made.answered:,} tasks answered; {checked}.")


@cli.command("audit")
def audit(certificate: Id, as_json: Json = False) -> None:
    """Show what people's answers to the tasks drawn by lot say of a certificate."""
    with reading() as ctx:
        found = automation.audit(ctx, certificate)
    show(found, ("drawn", "done", "watch.error", "watch.evidence", "watch.alarm"), as_json)


@cli.command("revoke")
def revoke(certificate: Id, reason: Reason) -> None:
    """End a certificate; what was answered under it stays."""
    with acting() as ctx:
        automation.revoke(ctx, certificate, reason=reason)
    done(f"{certificate} is revoked.")
