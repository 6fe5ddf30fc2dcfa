"""The kinds of durable jobs, each wired to the part that does the work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from headwater.core.errors import HeadwaterError
from headwater.sourcing import intakes, reading
from headwater.sourcing.curation import Recipe
from headwater.storage.once import once

if TYPE_CHECKING:
    from headwater.app.application import App
    from headwater.storage.jobs import Job


def register(app: App) -> None:
    """Tell the job runner how each kind of job is run; must happen before it is launched."""
    app.jobs.register("intake", lambda job, args: _intake(app, job, args))


def _intake(app: App, job: Job, args: dict[str, Any]) -> dict[str, Any]:
    """Take a file in: begin the intake once, then chunk by chunk; a resumed job goes on after the last chunk."""
    recipe = Recipe(
        languages=tuple(args["languages"]),
        personal_data=args["personal_data"],
        near_duplicate=args["near_duplicate"],
    )
    path = Path(args["path"])
    origin = args.get("origin", path.name)

    def begin() -> dict[str, Any]:
        with app.act_as(job.actor, job.program) as ctx:
            return once(
                ctx,
                f"{job.id}:begin",
                lambda: {"intake": intakes.start(ctx, source=args["source"], origin=origin, recipe=recipe).id},
            )

    def run(intake: str) -> dict[str, Any]:
        items, total = reading.items(path, longest_mb=app.settings.max_line_mb), reading.lines(path)
        done = intakes.run(
            lambda: app.act_as(job.actor, job.program),
            app.database,
            intake,
            items,
            on_progress=lambda n: job.progress(n, total, "items", f"taking in {origin}"),
        )
        job.progress(done.read, done.read, "items", f"took in {origin}")
        return {"intake": done.id, "read": done.read, "added": done.added, "rejected": done.rejected}

    intake = job.step("begin", begin)["intake"]
    try:
        result = job.step("run", lambda: run(intake))
    except HeadwaterError:
        _discard(args)
        raise
    _discard(args)
    return result


def _discard(args: dict[str, Any]) -> None:
    if "origin" in args:  # it was sent to us: nobody else needs the file
        Path(args["path"]).unlink(missing_ok=True)
