"""Building and exporting releases as durable jobs."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headwater.app.exports import Target
from headwater.release import queries, service
from headwater.release.model import Selection
from headwater.storage.once import once

if TYPE_CHECKING:
    from headwater.app.application import App
    from headwater.storage.jobs import Job

PHASES = ("choosing labels and records", "dividing members", "measuring gates", "writing files", "storing")


def build(app: App, job: Job, args: dict[str, Any]) -> dict[str, Any]:
    """Work a release out on one consistent picture, then store it in one transaction, exactly once."""
    selection = Selection(question=args["question"], where=args["where"], minimum_confidence=args["minimum_confidence"])

    def made() -> dict[str, Any]:
        def tell(phase: int) -> None:
            job.progress(phase, len(PHASES), "phases", f"{args['dataset']}: {PHASES[phase]}")

        with app.read_as(job.actor, job.program) as ctx:
            draft = service.assemble_draft(ctx, dataset=args["dataset"], selection=selection, on_phase=tell)
        tell(len(PHASES) - 1)
        with app.act_as(job.actor, job.program) as ctx:
            return once(ctx, f"{job.id}:build", lambda: {"release": service.keep(ctx, draft).id})

    identifier = job.step("build", made)["release"]
    with app.read_as(job.actor, job.program) as ctx:
        row = queries.release(ctx, identifier)
    job.progress(len(PHASES), len(PHASES), "phases", f"built {row.dataset}@{row.version}")
    return {"release": row.id, "version": row.version, "members": row.members, "digest": row.digest}


def export(app: App, job: Job, args: dict[str, Any]) -> dict[str, Any]:
    """Write the files of a release into a folder, or into one archive when no folder is named; a file is one step."""
    with app.read_as(job.actor, job.program) as ctx:
        row = queries.release(ctx, args["release"])
        names = queries.files(ctx, row.id)
    folder = Path(args["directory"]) if args.get("directory") else None

    def write(name: str) -> str:
        with app.read_as(job.actor, job.program) as ctx:
            data = queries.file(ctx, row.id, name)
        assert folder is not None  # noqa: S101 -- for the type checker
        with Target(folder / name) as target:
            target.file.write(data)
        return name

    def pack() -> str:
        with Target.of_job(app.settings.directory, job.id, f"{row.dataset}-{row.version}.zip") as target:
            with zipfile.ZipFile(target.file, "w", zipfile.ZIP_DEFLATED) as archive:
                for done, name in enumerate(names):
                    job.progress(done, len(names), "files", f"packing {name}")
                    with app.read_as(job.actor, job.program) as ctx:
                        archive.writestr(name, queries.file(ctx, row.id, name))
            return str(target.path)

    if folder is None:
        path = job.step("pack", pack)
    else:
        for done, name in enumerate(names):
            job.progress(done, len(names), "files", f"writing {name}")
            job.step(f"file {name}", lambda wanted=name: write(wanted))  # type: ignore[misc]
        path = str(folder)
    job.progress(len(names), len(names), "files", f"exported {row.dataset}@{row.version}")
    return {"release": row.id, "files": len(names), "path": path}
