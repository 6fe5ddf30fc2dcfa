"""Tasks coming in from another tool, and leaving, as durable jobs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headwater.annotation import exports, imports
from headwater.annotation import queries as annotation
from headwater.annotation.exchange.formats import CODECS, Format
from headwater.annotation.exchange.model import ExchangeError
from headwater.app.exports import Target
from headwater.app.uploads import discard
from headwater.storage.once import once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.annotation.exchange.model import Item
    from headwater.app.application import App
    from headwater.storage.jobs import Job


def take_in(app: App, job: Job, args: dict[str, Any]) -> dict[str, Any]:
    """Take a file of tasks in: begin once, records chunk by chunk, then batch and answers in one transaction, once."""
    origin = imports.Origin(
        path=Path(args["path"]),
        codec=CODECS[Format(args["format"])],
        source=args["source"],
        batch=args["batch"],
        name=args["name"],
        personal_data=args["personal_data"],
        as_prelabels=args.get("as_prelabels", False),
    )
    act = partial(app.act_as, job.actor, job.program)

    def begin() -> dict[str, Any]:
        with act() as ctx:
            return once(
                ctx,
                f"{job.id}:begin",
                lambda: {"intake": imports.begin(ctx, args["campaign"], origin)},
            )

    def keep(intake: str) -> dict[str, Any]:
        with act() as ctx:
            return once(ctx, f"{job.id}:keep", lambda: _summary(imports.keep(ctx, args["campaign"], origin, intake)))

    try:
        intake = job.step("begin", begin)["intake"]
    except ExchangeError:
        discard(args)
        raise
    tell = partial(_tell, job, origin.name)
    job.step(
        "records",
        lambda: imports.take(act, app.database, args["campaign"], origin, intake, on_progress=tell).read,
    )
    told = job.step("answers", lambda: keep(intake))
    discard(args)
    return told


def _tell(job: Job, name: str, done: int) -> None:
    job.progress(done, 0, "tasks", f"taking in {name}")


def _summary(found: imports.Imported) -> dict[str, Any]:
    return {
        "intake": found.intake.id,
        "read": found.intake.read,
        "added": found.intake.added,
        "rejected": found.intake.rejected,
        "batch": found.batch.id,
        "batch_name": found.batch.name,
        "known": found.known,
        "answers": found.answers,
        "suggestions": found.suggestions,
        "prelabels": found.prelabels,
        "refused": [{"task": each.task, "reason": each.reason} for each in found.refused],
    }


def export(app: App, job: Job, args: dict[str, Any]) -> dict[str, Any]:
    """Write a campaign's tasks and answers as they stood when the job began; interrupted, it writes the same again."""
    opened = partial(app.read_as, job.actor, job.program)
    codec = CODECS[Format(args["format"])]

    def begin() -> str:
        with opened() as ctx:
            return exports.scope(ctx, args["campaign"]).as_of.isoformat()

    as_of = datetime.fromisoformat(job.step("begin", begin))

    def write() -> dict[str, Any]:
        with opened() as ctx:
            wanted = replace(exports.scope(ctx, args["campaign"], unanswered=args["unanswered"]), as_of=as_of)
            total = annotation.progress(ctx, wanted.campaign.id).tasks
        count = 0

        def counted() -> Iterator[Item]:
            nonlocal count
            for item in exports.items(opened, wanted):
                yield item
                count += 1
                job.progress(count, max(total, count), "tasks", f"writing {wanted.campaign.name}")

        named = args.get("file")
        target = (
            Target(Path(named))
            if named
            else Target.of_job(app.settings.directory, job.id, f"{wanted.campaign.id}.{codec.suffix}")
        )
        with target:
            target.file.writelines(codec.write(counted(), wanted.schema.questions))
            size = target.file.tell()
        left_out = codec.carried(wanted.schema.questions)[1]
        return {"tasks": count, "path": str(target.path), "bytes": size, "left_out": left_out}

    return job.step("write", write)
