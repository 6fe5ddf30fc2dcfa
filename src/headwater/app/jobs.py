"""The kinds of durable jobs, each wired to the part that does the work (who may command them: `job_rights`)."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headwater.annotation import fetching, filling
from headwater.app import campaign_jobs, collector, computing, models, release_jobs, seats
from headwater.app.uploads import discard
from headwater.core.errors import HeadwaterError
from headwater.quality import vigilance
from headwater.sourcing import intakes, reading
from headwater.sourcing.curation import Recipe
from headwater.storage.once import once

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from headwater.app.application import App
    from headwater.context import Context
    from headwater.storage.jobs import Job

    Run = Callable[[App, Job, dict[str, Any]], dict[str, Any]]


def register(app: App) -> None:
    """Tell the job runner how each kind of job is run; must happen before it is launched."""
    for kind, run in _KINDS.items():
        app.jobs.register(kind, partial(run, app))
    app.jobs.afterwards = partial(_give_back, app)


def _give_back(app: App) -> None:
    app.database.forget()
    collector.give_back()


def _intake(app: App, job: Job, args: dict[str, Any]) -> dict[str, Any]:
    """Take a file in: begin the intake once, then chunk by chunk; a resumed job goes on after the last chunk.

    What it makes records of becomes a batch of a campaign when the job names one.
    """
    path = Path(args["path"])
    act = partial(app.act_as, job.actor, job.program)
    begun = job.step("begin", lambda: _once(act, f"{job.id}:begin", lambda ctx: _begin(ctx, args)))
    wanted, batch = _wanted(args), begun.get("batch", "")

    def run() -> dict[str, Any]:
        origin = args.get("origin", path.name)
        items = reading.items(path, longest_mb=app.settings.max_line_mb, objects=app.objects)
        total = items.total
        done = intakes.run(
            act,
            app.database,
            begun["intake"],
            items,
            then=(lambda ctx, made, same: filling.pour(ctx, batch, wanted, made, same)) if wanted else None,
            on_progress=lambda n: job.progress(n, total, "items", f"taking in {origin}"),
        )
        job.progress(done.read, done.read, "items", f"took in {origin}")
        return {"intake": done.id, "read": done.read, "added": done.added, "rejected": done.rejected}

    try:
        result = job.step("run", run)
        if wanted:
            fill = partial(filling.finish, batch_id=batch, intake_id=begun["intake"])
            filled = job.step("finish", lambda: _once(act, f"{job.id}:finish", lambda ctx: asdict(fill(ctx))))
            result = result | {"campaign": wanted.campaign} | filled
    except HeadwaterError:
        discard(args)
        raise
    discard(args)
    return result


def _begin(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
    """Begin the intake, and the batch it fills."""
    wanted = _wanted(args)
    batch = {"batch": filling.begin(ctx, wanted)} if wanted else {}
    recipe = Recipe(
        languages=tuple(args["languages"]),
        personal_data=args["personal_data"],
        near_duplicate=args["near_duplicate"],
    )
    origin = args.get("origin", Path(args["path"]).name)
    return {"intake": intakes.start(ctx, source=args["source"], origin=origin, recipe=recipe).id} | batch


def _wanted(args: dict[str, Any]) -> filling.Wanted | None:
    return filling.Wanted(**args["fills"]) if args.get("fills") else None


def _once(
    act: Callable[[], AbstractContextManager[Context]], key: str, do: Callable[[Context], dict[str, Any]]
) -> dict[str, Any]:
    with act() as ctx:
        return once(ctx, key, lambda: do(ctx))


def _fetch(app: App, job: Job, args: dict[str, Any]) -> dict[str, Any]:
    """Ask a model about records: chosen once, then one after the other; a resumed job asks those that still wait."""
    predictor = models.predictor(app.settings, args["model"])
    wanted = fetching.Wanted(**args["wanted"])

    def begin() -> dict[str, Any]:
        with app.act_as(job.actor, job.program) as ctx:

            def act() -> dict[str, Any]:
                model, draws = predictor.name, predictor.draws
                return {"records": fetching.begin(ctx, job.id, wanted, model=model, draws=draws).records}

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


_KINDS: dict[str, Run] = {
    "intake": _intake,
    "fetch": _fetch,
    "release build": release_jobs.build,
    "release export": release_jobs.export,
    "campaign import": campaign_jobs.take_in,
    "campaign export": campaign_jobs.export,
    "watch": _watch,
}
