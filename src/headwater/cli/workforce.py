"""`headwater annotator`: who answers, in which team, with which skills."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import typer

from headwater.annotation import calibration
from headwater.annotation import queries as annotation
from headwater.cli import names
from headwater.cli.session import Json, acting, done, reading, show
from headwater.cli.tables import called, columns
from headwater.core.errors import InvalidError
from headwater.governance import queries as governance
from headwater.workforce import qualifications, queries, service
from headwater.workforce.model import UNTRAINED, Affiliation

cli = typer.Typer(help="Annotators: teams, training, skills, qualifications.", no_args_is_help=True)
Handle = Annotated[str, typer.Argument(help="The person's handle.")]
Subject = Annotated[str, typer.Argument(help="A guideline version by id or name (then the newest), or a skill.")]
Reason = Annotated[str, typer.Option(help="Why; the person reads it.")]


@cli.command("enrol")
def enrol(
    handle: Handle,
    team: Annotated[str, typer.Option(help="Team or vendor.")],
    training: Annotated[str, typer.Option(help="Training class.")] = UNTRAINED,
    skill: Annotated[list[str] | None, typer.Option(help="A skill, such as language:es; may be repeated.")] = None,
    vendor: Annotated[bool, typer.Option("--vendor", help="The team is an outside partner's.")] = False,
) -> None:
    """Put a member of the program into a team, or move them."""
    affiliation = Affiliation.VENDOR if vendor else Affiliation.IN_HOUSE
    with acting() as ctx:
        person = governance.person_by_handle(ctx, handle)
        service.enrol(ctx, person.id, team=team, training=training, skills=skill or (), affiliation=affiliation)
    done(f"{handle} works in {team}.")


@cli.command("available")
def available(
    handle: Handle,
    no: Annotated[bool, typer.Option("--no", help="They want none.")] = False,
    back: Annotated[str, typer.Option(help="With --no: when they want some again, such as 2027-01-31T08:00Z.")] = "",
) -> None:
    """Say whether a person wants tasks at present."""
    try:
        back_at = datetime.fromisoformat(back) if back else None
    except ValueError as error:
        raise InvalidError(f"'{back}' is no moment.", remedy="Write it such as 2027-01-31T08:00Z.") from error
    with acting() as ctx:
        person = governance.person_by_handle(ctx, handle).id
        row = service.set_availability(ctx, person, available=not no, back_at=back_at)
    stopped = ", but stopped by operations" if row.stop and not no else ""
    done(f"{handle} is {'not ' if no else ''}available{f' until {back}' if back else ''}{stopped}.")


@cli.command("stop")
def stop(handle: Handle, reason: Reason) -> None:
    """Give a person no tasks, whatever they say, until they are let in again."""
    with acting() as ctx:
        service.stop(ctx, governance.person_by_handle(ctx, handle).id, reason=reason)
    done(f"{handle} is given no tasks. Let them in again with: headwater annotator readmit {handle} --reason WHY")


@cli.command("readmit")
def readmit(handle: Handle, reason: Reason) -> None:
    """Lift a stop: the person is given tasks again."""
    with acting() as ctx:
        row = service.readmit(ctx, governance.person_by_handle(ctx, handle).id, reason=reason)
    done(f"{handle} is given tasks again{'' if row.is_served else ' once they say that they are available'}.")


@cli.command("list")
def list_annotators(as_json: Json = False) -> None:
    """List everybody who was enrolled or may answer, by team."""
    with reading() as ctx:
        people = governance.names(ctx)
        rows = [
            {
                "handle": people[row.person],
                "team": row.team,
                "enrolled": bool(row.version),
                "affiliation": row.affiliation,
                "training": row.training,
                "skills": sorted(row.skills),
                "available": row.is_available,
                "stopped": row.stop is not None,
                "reason": row.stop.reason if row.stop else "",
            }
            for row in queries.annotators(ctx)
        ]
    columns = ("handle", "team", "enrolled", "affiliation", "training", "skills", "available", "stopped", "reason")
    show(rows, columns, as_json)


@cli.command("cohorts")
def list_cohorts(as_json: Json = False) -> None:
    """List the cohorts whose work can be told apart."""
    with reading() as ctx:
        rows, guidelines, batches = queries.cohorts(ctx), names.guidelines(ctx), names.batches(ctx)
    said = {"guideline": called(guidelines, "guideline_id"), "batch": called(batches, "batch_id")}
    show(rows, columns(("team", "training", "guideline", "batch", "id"), **said), as_json)


@cli.command("qualify")
def qualify(
    handle: Handle,
    subject: Subject,
    reason: Annotated[str, typer.Option(help="Why you vouch for them, when there was no test.")] = "",
    right: Annotated[int, typer.Option(help="Tasks right in a test made elsewhere.")] = 0,
    total: Annotated[int, typer.Option(help="Tasks judged in that test; 0 for none.")] = 0,
    bar: Annotated[float, typer.Option(help="Smallest share right that passes.")] = 0.8,
    days: Annotated[float, typer.Option(help="Days for which it holds; 0 for good.")] = 0.0,
) -> None:
    """Record a test made elsewhere, or vouch for a person without one; a failed person is let in by it."""
    with acting() as ctx:
        person = governance.person_by_handle(ctx, handle).id
        what = calibration.subject(ctx, subject)
        until = ctx.clock.now() + timedelta(days=days) if days else None
        if total:
            row = qualifications.record_test(
                ctx, person, subject=what, right=right, total=total, bar=bar, expires_at=until
            )
        else:
            row = qualifications.grant(ctx, person, subject=what, reason=reason, expires_at=until)
    done(f"{handle}: {row.outcome} for {subject}{f' until {until:%Y-%m-%d}' if until else ''}.")


@cli.command("requalify")
def requalify(handle: Handle, subject: Subject, reason: Reason) -> None:
    """Let a person show anew what they were qualified for, or have another try after they failed."""
    with acting() as ctx:
        person = governance.person_by_handle(ctx, handle).id
        calibration.ask_again(ctx, person, what=subject, reason=reason)
    done(f"{handle} must show again that they are qualified for {subject}.")


@cli.command("qualifications")
def list_qualifications(
    handle: Annotated[str, typer.Option("--of", help="One person's, by handle; one's own need no right.")] = "",
    as_json: Json = False,
) -> None:
    """List what was decided on qualifications, newest first; everybody's for those who run campaigns."""
    with reading() as ctx:
        people, now = governance.names(ctx), ctx.clock.now()
        versions: dict[str, str] = {each.id: f"{each.name} v{each.version}" for each in annotation.guidelines(ctx)}
        person = governance.person_by_handle(ctx, handle).id if handle else ""
        rows = [
            {"handle": people[row.person], "subject": versions.get(row.subject, row.subject), "outcome": row.outcome}
            | {"right": row.right, "total": row.total, "bar": row.bar, "decided_at": row.decided_at}
            | {"expires_at": row.expires_at, "holds": row.holds(now), "by": people.get(row.by, row.by)}
            | {"reason": row.reason}
            for row in queries.qualifications(ctx, person=person)
        ]
    fields = ("handle", "subject", "outcome", "right", "total", "bar", "decided_at", "expires_at", "by", "reason")
    show(rows, columns(fields, bar=lambda row: f"{row['bar']:.0%}"), as_json)
