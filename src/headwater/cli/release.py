"""`headwater release`: immutable dataset versions."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headwater.cli import names
from headwater.cli.session import Detach, Json, acting, done, err, reading, run_job, show
from headwater.cli.tables import called, columns
from headwater.core.errors import VerificationError
from headwater.governance import queries as governance
from headwater.release import preview as previews
from headwater.release import queries, service
from headwater.release.gates import name as gate_name
from headwater.release.model import Selection
from headwater.release.verify import verify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.release.model import Gate

cli = typer.Typer(help="Releases: build, approve, publish, yank, verify, export.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Id, version, or dataset@version.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]
_NEXT = "Proposed. Next, as the Accountable: headwater decision list, then headwater decision approve ID"


@cli.command("build")
def build(
    dataset: Annotated[str, typer.Argument(help="Name of the dataset.")],
    question: Annotated[str, typer.Option(help="The question whose labels it teaches.")],
    where: Annotated[str, typer.Option(help="A slice of records.")] = "",
    confidence: Annotated[float, typer.Option(help="Least confidence of a label.", min=0, max=1)] = 0.0,
    detach: Detach = False,
) -> None:
    """Build the next version from what is accepted now, as a durable job; see first what is in it: `preview`."""
    args = {"dataset": dataset, "question": question, "where": where, "minimum_confidence": confidence}
    status = run_job("release build", args, detach=detach)
    if status is not None:
        made = status.result or {}
        done(f"Built {dataset}@{made['version']} with {made['members']:,} members ({made['digest']}).")
        _gates(made["release"])


@cli.command("preview")
def preview(
    dataset: Annotated[str, typer.Argument(help="Name of the dataset.")],
    question: Annotated[str, typer.Option(help="The question whose labels it teaches.")],
    where: Annotated[str, typer.Option(help="A slice of records.")] = "",
    confidence: Annotated[float, typer.Option(help="Least confidence of a label.", min=0, max=1)] = 0.0,
    as_json: Json = False,
) -> None:
    """Show what the next version would hold, its gates, what stays out and why; builds nothing."""
    selection = Selection(question=question, where=where, minimum_confidence=confidence)
    with reading() as ctx:
        found = previews.preview(ctx, dataset=dataset, selection=selection)
        teams = names.teams(ctx)
    if as_json:
        show(found, (), as_json)
        return
    done(f"{dataset}@{found.version} would hold {found.members:,} members: {found.selection}.")
    if found.changes:
        done(f"Since {found.parent}: " + ", ".join(f"{n:,} {kind}" for kind, n in asdict(found.changes).items()))
    show(found.counts, columns(("by", "name", "members"), name=called(teams, "name")))
    _print_gates(found.gates)
    if found.excluded:
        show(found.excluded, {"stays out because": lambda row: row.reason, "records": lambda row: row.records})
    else:
        done("No record stays out.")


@cli.command("list")
def list_releases(as_json: Json = False) -> None:
    """List releases, newest first."""
    with reading() as ctx:
        rows = queries.releases(ctx)
    fields = ("dataset", "version", "state", "members", "created_at", "digest", "id")
    shown = columns(fields, digest=lambda row: f"{row.digest[:15]}…")
    show(rows, shown, as_json, empty="No release was built yet.")


@cli.command("show")
def show_release(release: Name, as_json: Json = False) -> None:
    """Show a release with its gates."""
    with reading() as ctx:
        row, known, people = queries.release(ctx, release), names.releases(ctx), governance.names(ctx)
    fields = ("id", "dataset", "version", "state", "members", "digest", "parent", "built_by", "created_at")
    said = {"parent": called(known, "parent"), "built_by": called(people, "built_by")}
    show(row, columns(fields, **said), as_json)
    if not as_json:
        _gates(release)


@cli.command("diff")
def diff(old: Name, new: Name, as_json: Json = False) -> None:
    """Show what changed from one release to another."""
    with reading() as ctx:
        found = queries.diff(ctx, old, new)
    if as_json:
        show(found, (), as_json)
        return
    for kind in ("added", "removed", "relabelled", "moved"):
        done(f"{kind}: {len(getattr(found, kind)):,}")


@cli.command("propose")
def propose(release: Name) -> None:
    """Put a candidate before the Accountable."""
    with acting() as ctx:
        service.propose(ctx, release)
    done("Proposed.")


@cli.command("approve")
def approve(release: Name, reason: Reason) -> None:
    """Approve and sign a candidate as the Accountable."""
    with acting() as ctx:
        row = service.approve(ctx, release, reason=reason)
    done(f"{row.dataset}@{row.version} is approved and signed.")


@cli.command("publish")
def publish(release: Name) -> None:
    """Ask the Accountable to make an approved release available for training."""
    with acting() as ctx:
        service.propose_publication(ctx, release)
    done(_NEXT)


@cli.command("yank")
def yank(release: Name, reason: Reason) -> None:
    """Ask the Accountable to withdraw a release: its bytes stay and still verify, new runs may not use it."""
    with acting() as ctx:
        service.propose_yank(ctx, release, summary=reason)
    done(_NEXT)


@cli.command("export")
def export(
    release: Name,
    directory: Annotated[Path, typer.Argument(help="The folder to write.")],
    detach: Detach = False,
) -> None:
    """Write the files of a release into a folder, as a durable job."""
    with reading() as ctx:
        identifier = queries.release(ctx, release).id
    status = run_job("release export", {"release": identifier, "directory": str(directory.resolve())}, detach=detach)
    if status is not None:
        wrote = (status.result or {})["files"]
        done(f"Wrote {wrote} files to {directory}. Check them with: headwater release verify {directory}")


@cli.command("verify")
def verify_release(
    directory: Annotated[Path, typer.Argument(help="The folder of a release.")], as_json: Json = False
) -> None:
    """Check every byte of a release; needs no workspace and no database."""
    found = verify(directory)
    if as_json:
        show(found, (), as_json)
    elif found.holds:
        several = "s" if found.signatures > 1 else ""
        signed = f"{found.signatures} signature{several}" if found.signatures else "not signed yet"
        done(f"{found.dataset} {found.version}: {found.files} files and {found.members:,} members hold ({signed}).")
    for problem in found.problems:
        err.print(f"{problem.file}: {problem.message}")
    if not found.holds:
        raise VerificationError(
            f"The release in '{directory}' does not hold: {', '.join(dict.fromkeys(p.file for p in found.problems))}."
        )


def _gates(release: str) -> None:
    with reading() as ctx:
        _print_gates(queries.gates_now(ctx, queries.release(ctx, release)))


def _print_gates(gates: Sequence[Gate]) -> None:
    if not gates:
        done("No gate is checked: the charter sets no standards. See: headwater charter export, then charter propose")
        return
    show(
        gates,
        {
            "gate": gate_name,
            "required": lambda gate: f"{gate.comparison} {gate.required:g}",
            "measured": lambda gate: gate.measured,
            "result": lambda gate: "passed" if gate.passed else "waived" if gate.waiver else "OPEN",
        },
    )
