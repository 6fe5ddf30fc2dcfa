"""`headwater diagnosis` and `headwater brief`: from a weakness to an authorised order, and what it brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from headwater.cli import names
from headwater.cli.session import Json, acting, done, reading, show
from headwater.cli.tables import called, columns
from headwater.remediation import briefs, drafts, queries, works
from headwater.remediation.model import BriefType

if TYPE_CHECKING:
    from headwater.remediation.model import Brief, Diagnosis

brief = typer.Typer(help="Authorised orders to repair data.", no_args_is_help=True)
diagnosis = typer.Typer(help="The data deficits behind findings.", no_args_is_help=True)

BriefId = Annotated[str, typer.Argument(help="A brief's id.")]
DiagnosisId = Annotated[str, typer.Argument(help="A diagnosis' id.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]


@diagnosis.command("list")
def list_diagnoses(as_json: Json = False) -> None:
    """List diagnoses, newest first."""
    with reading() as ctx:
        rows, teams = queries.diagnoses(ctx), names.teams(ctx)
    shown = columns(("id", "deficit", "predicate", "cohort", "evidence", "grade"), cohort=called(teams, "cohort_id"))
    show(rows, shown, as_json, empty="Nothing was diagnosed yet.")


@diagnosis.command("show")
def show_diagnosis(identifier: DiagnosisId, as_json: Json = False) -> None:
    """Show a diagnosis and the brief it suggests."""
    with reading() as ctx:
        row, suggested = queries.diagnosis(ctx, identifier), drafts.draft(ctx, identifier)
        teams, releases = names.teams(ctx), names.releases(ctx)
    if as_json:
        show({"diagnosis": row, "suggested": suggested}, (), as_json)
        return
    fields = ["id", "deficit", "predicate", "cohort", "evidence", "p", "grade", "finding_id", "release"]
    said = {"cohort": called(teams, "cohort_id"), "release": called(releases, "release_id")}
    show(row, columns(_told(row, fields), **said, p=lambda each: f"{each.p:.2g}"))
    done("\nSuggested brief")
    show(suggested, ("kind", "volume", "instructions", "baseline", "eval_set"))


@brief.command("list")
def list_briefs(as_json: Json = False) -> None:
    """List briefs, newest first."""
    with reading() as ctx:
        rows, teams = queries.briefs(ctx), names.teams(ctx)
    fields = ("id", "type", "state", "predicate", "cohort", "volume", "effect")
    show(rows, columns(fields, cohort=called(teams, "cohort_id")), as_json, empty="No brief was written yet.")


@brief.command("show")
def show_brief(identifier: BriefId, as_json: Json = False) -> None:
    """Show a brief: its evidence, acceptance test, work and measured effect."""
    with reading() as ctx:
        row = queries.brief(ctx, identifier)
        cause, work = queries.diagnosis(ctx, row.diagnosis_id), queries.works(ctx, row)
        teams = names.teams(ctx)
    if as_json:
        show({"brief": row, "diagnosis": cause, "works": work}, (), as_json)
        return
    fields = ["id", "type", "state", "predicate", "cohort", "volume", "instructions", "baseline"]
    show(row, columns(_told(row, fields), cohort=called(teams, "cohort_id")))
    done("\nAcceptance")
    show(row.acceptance, ("eval_set", "gain", "alpha", "fewest_samples", "retrains"))
    done("\nDiagnosis")
    show(cause, ("deficit", "evidence"))
    done("\nWork")
    show(work, ("kind", "label", "id"), empty="Nothing was recorded as carrying it out.")
    if row.measured:
        done(f"\n{row.effect}: {row.measured}")


def _told(row: Diagnosis | Brief, fields: list[str]) -> list[str]:
    """Return the fields without those that a weakness of a slice, or of a cohort, does not have."""
    missing = {"predicate": not row.predicate, "cohort": not row.cohort_id}
    missing["finding_id"] = not getattr(row, "finding_id", "")
    return [field for field in fields if not missing.get(field)]


@brief.command("propose")
def propose(
    identifier: DiagnosisId,
    kind: Annotated[BriefType | None, typer.Option(help="What is ordered; as the diagnosis suggests.")] = None,
    volume: Annotated[int, typer.Option(help="Records or tasks; as suggested when 0.", min=0)] = 0,
    instructions: Annotated[str, typer.Option(help="What to do; as suggested when empty.")] = "",
    eval_set: Annotated[str, typer.Option(help="The set the effect is measured on; the finding's by default.")] = "",
    gain: Annotated[float, typer.Option(help="Rise over other slices that counts as effective.", min=0, max=1)] = 0.05,
    alpha: Annotated[float, typer.Option(help="Chance of a false verdict.", min=0.001, max=0.5)] = 0.05,
    fewest: Annotated[int, typer.Option(help="Fewest samples for a verdict.", min=1)] = 5,
    retrains: Annotated[int, typer.Option(help="Retrains of each release.", min=3)] = 3,
) -> None:
    """Propose a brief from a diagnosis; its acceptance test never changes afterwards."""
    order = drafts.Order(
        kind=kind,
        volume=volume,
        instructions=instructions,
        eval_set=eval_set,
        gain=gain,
        alpha=alpha,
        fewest_samples=fewest,
        retrains=retrains,
    )
    with acting() as ctx:
        row = drafts.propose(ctx, identifier, order)
    done(f"Proposed {row.id}: {row.type.value}, {row.volume:,}. Failing today: {row.baseline}")


@brief.command("authorise")
def authorise(identifier: BriefId, reason: Reason) -> None:
    """Authorise a brief as the Accountable."""
    with acting() as ctx:
        briefs.authorise(ctx, identifier, reason=reason)
    done("Authorised.")


@brief.command("carry-out")
def carry_out(
    identifier: BriefId,
    work: Annotated[str, typer.Argument(help="A campaign's name, an intake's id, or a release.")],
) -> None:
    """Record that a campaign, an intake or a release carries a brief out."""
    with acting() as ctx:
        made = works.carry_out(ctx, identifier, work)
    done(f"The {made.kind} {made.label} carries it out.")


@brief.command("verify")
def verify(
    identifier: BriefId,
    release: Annotated[str, typer.Option(help="The release made after its work.")],
) -> None:
    """Measure the effect of a brief on a later release, beside slices that no brief touched."""
    with acting() as ctx:
        row = works.verify(ctx, identifier, release=release)
    done(f"{row.effect}: {row.measured}")


@brief.command("close")
def close(
    identifier: BriefId,
    reason: Annotated[str, typer.Option(help="Close it as the Accountable, for this reason; else ask for it.")] = "",
) -> None:
    """Ask for a verified brief to be closed; with a reason, close it as the Accountable."""
    with acting() as ctx:
        if reason:
            briefs.close(ctx, identifier, reason=reason)
        else:
            briefs.propose_close(ctx, identifier)
    done("Closed." if reason else "Proposed. The Accountable closes it with --reason.")
