"""The kinds of durable jobs, each wired to the part that does the work (who may command them: `job_rights`)."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headwater.annotation import fetching
from headwater.app import campaign_jobs, computing, models, release_jobs, seats
from headwater.app.uploads import discard
from headwater.core.errors import HeadwaterError
from headwater.quality import vigilance
from headwater.sourcing import intakes, reading
from headwater.sourcing.curation import Recipe
from headwater.storage.once import once

if TYPE_CHECKING:
    from headwater.app.application import App
    from headwater.storage.jobs import Job


def register(app: App) -> None:
    """Tell the job runner how each kind of job is run; must happen before it is launched."""
    app.jobs.register("intake", lambda job, args: _intake(app, job, args))
    app.jobs.register("fetch", lambda job, args: _fetch(app, job, args))
    app.jobs.register("release build", lambda job, args: release_jobs.build(app, job, args))
    app.jobs.register("release export", lambda job, args: release_jobs.export(app, job, args))
    app.jobs.register("campaign import", lambda job, args: campaign_jobs.take_in(app, job, args))
    app.jobs.register("campaign export", lambda job, args: campaign_jobs.export(app, job, args))
    app.jobs.register("watch", lambda job, args: _watch(app, job, args))


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
        discard(args)
        raise
    discard(args)
    return result


def _fetch(app: App, job: Job, args: dict[str, Any]) -> dict[str, Any]:
    """Ask a model about records: chosen once, then one after the other; a resumed job asks those that still wait."""
    predictor = models.predictor(app.settings, args["model"])
    wanted = fetching.Wanted(**args["wanted"])

    def begin() -> dict[str, Any]:
        with app.act_as(job.actor, job.program) as ctx:

            def act() -> dict[str, Any]:
                return {"records": fetching.begin(ctx, job.id, wanted, model=predictor.name).records}

            return once(ctx, f"{job.id}:begin", act)

    def run() -> dict[str, Any]:
        def tell(done: int, total: int) -> None:
            job.progress(done, total, "records", f"asking {predictor.name}")

        done = fetching.run(lambda: app.act_as(job.actor, job.program), job.id, predictor, tell)
        numbers = {"tokens_in": done.tokens_in, "tokens_out": done.tokens_out, "cost": done.cost}
        return {"fetch": job.id, "answered": done.answered, "failed": done.failed, **numbers}

    job.step("begin", begin)
    return job.step("run", run)


def _watch(app: App, job: Job, args: dict[str, Any]) -> dict[str, Any]:
    """Look at an open campaign's charts and checks, question by question; doing so twice changes nothing."""

    def look(question: str) -> list[str]:
        found = computing.monitor(seats.Seat(app, job.actor, job.program), args["campaign"], question=question)
        return [alarm.id for alarm in found]

    with app.read_as(job.actor, job.program) as ctx:
        questions = vigilance.watched(ctx, args["campaign"])
    alarms = []
    for place, question in enumerate(questions):
        alarms += job.step(f"watch {question}", partial(look, question))
        job.progress(place + 1, len(questions), "questions")
    return {"alarms": alarms}
