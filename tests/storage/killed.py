"""Programs that the tests start and kill: `python -m tests.storage.killed records|appends|jobs …`."""

from __future__ import annotations

import os
import signal
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lance
import pyarrow as pa

from headwater.app.application import App, open_app
from headwater.core.clock import SystemClock
from headwater.storage import pins
from headwater.storage.appends import Appends
from headwater.storage.records import SCHEMA, RecordTables
from headwater.storage.syncing import Synced

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.storage.jobs import Job

PROGRAM = "prg_test"
POINTS = {
    "the lease": (pins, "lease"),
    "the write": (lance, "write_dataset"),
    "the indexes": (RecordTables, "_tidy"),
    "the sync": (Synced, "sync"),
    "the move of the pin": (pins, "move"),
}
"""What an append does, step by step; it may be killed after each."""


def environment() -> dict[str, str]:
    """Return the environment of a child: it starts in a third of the time when bytecode is kept."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def rows(first: int, last: int) -> pa.Table:
    """Return records numbered from `first` to before `last`."""
    ids = [f"rec_{number:07d}" for number in range(first, last)]
    plain = {name: ["x"] * len(ids) for name in SCHEMA.names if name not in ("record_id", "seq", "created_at")}
    created = pa.array([SystemClock().now()] * len(ids), pa.timestamp("us", tz="UTC"))
    wanted = pa.schema([field for field in SCHEMA if field.name != "seq"])
    return pa.table(plain | {"record_id": ids, "created_at": created}, schema=wanted)


def put(app: App, first: int, last: int) -> pins.Pin:
    """Append records and confirm them."""
    with Appends(app.records, app.database, PROGRAM) as appends:
        pin = appends.append(rows(first, last))
        with app.database.write() as db, appends.confirmed(db, pin):
            pass
    return pin


def put_two(app: App, first: int, last: int, *, confirm: bool) -> None:
    """Append records one half after the other, and die in between: before or after the first half is confirmed."""
    middle = (first + last) // 2
    with Appends(app.records, app.database, PROGRAM) as appends:
        pin = appends.append(rows(first, middle))
        appends.append(rows(middle, last))
        if confirm:
            with app.database.write() as db, appends.confirmed(db, pin):
                pass
        os.kill(os.getpid(), signal.SIGKILL)


def die_after(owner: Any, name: str) -> None:
    """Make a function kill this process once it has done its work."""
    act = getattr(owner, name)

    def killing(*args: object, **options: object) -> None:
        act(*args, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, killing)


def walk(log: Path, job: Job, args: dict[str, Any]) -> dict[str, Any]:
    """Write the number of each step into a file; hang in step `hang` the first time."""

    def write(number: int) -> int:
        with log.open("a") as file:
            file.write(f"{number}\n")
        while number == args["hang"] and log.read_text().split().count(str(number)) == 1:
            time.sleep(0.01)
        job.progress(number + 1, args["steps"], "steps")
        return number

    return {"sum": sum(job.step(f"step {number}", partial(write, number)) for number in range(args["steps"]))}


def run_job(app: App, log: Path, act: Callable[..., dict[str, Any]] = walk) -> str:
    """Run the job of the test to its end."""
    app.jobs.register("walk", partial(act, log))
    app.jobs.launch()
    identifier = app.jobs.start("walk", {"steps": 5, "hang": 2}, program=PROGRAM, actor="system", key="one")
    app.jobs.wait(identifier)
    return identifier


def main(what: str, directory: str, *more: str) -> None:
    """Do what the test asks until the end comes."""
    with open_app(Path(directory)) as app:
        if what == "jobs":
            run_job(app, Path(more[0]))
        elif what == "appends":
            put_two(app, int(more[1]), int(more[2]), confirm=more[0] == "confirmed")
        else:
            die_after(*POINTS[more[0]])
            put(app, int(more[1]), int(more[2]))


if __name__ == "__main__":
    main(*sys.argv[1:])
