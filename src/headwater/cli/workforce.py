"""`headwater annotator`: who answers, in which team, with which skills."""

from __future__ import annotations

from typing import Annotated

import typer

from headwater.cli.session import Json, acting, done, reading, show
from headwater.governance import queries as governance
from headwater.workforce import queries, service
from headwater.workforce.model import UNTRAINED, Affiliation

cli = typer.Typer(help="Annotators: teams, training, skills, qualifications.", no_args_is_help=True)
Handle = Annotated[str, typer.Argument(help="The person's handle.")]
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
def available(handle: Handle, no: Annotated[bool, typer.Option("--no", help="They want none.")] = False) -> None:
    """Say whether a person wants tasks at present."""
    with acting() as ctx:
        row = service.set_availability(ctx, governance.person_by_handle(ctx, handle).id, available=not no)
    stopped = ", but stopped by operations" if row.stop and not no else ""
    done(f"{handle} is {'not ' if no else ''}available{stopped}.")


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
    """List everybody enrolled, by team."""
    with reading() as ctx:
        names = governance.names(ctx)
        rows = [
            {
                "handle": names[row.person],
                "team": row.team,
                "affiliation": row.affiliation,
                "training": row.training,
                "skills": sorted(row.skills),
                "available": row.is_available,
                "stopped": row.stop is not None,
                "reason": row.stop.reason if row.stop else "",
            }
            for row in queries.annotators(ctx)
        ]
    show(rows, ("handle", "team", "affiliation", "training", "skills", "available", "stopped", "reason"), as_json)


@cli.command("cohorts")
def list_cohorts(as_json: Json = False) -> None:
    """List the cohorts whose work can be told apart."""
    with reading() as ctx:
        show(queries.cohorts(ctx), ("team", "training", "guideline_id", "batch_id", "id"), as_json)


@cli.command("qualifications")
def list_qualifications(as_json: Json = False) -> None:
    """List the outcomes of calibration rounds and tests, newest first; for those who run campaigns."""
    with reading() as ctx:
        names = governance.names(ctx)
        rows = [
            {"handle": names[row.person], "subject": row.subject, "right": row.right, "total": row.total}
            | {"bar": row.bar, "passed": row.passed, "decided_at": row.decided_at}
            for row in queries.qualifications(ctx)
        ]
    show(rows, ("handle", "subject", "right", "total", "bar", "passed", "decided_at"), as_json)
