"""Durable jobs: long work in checkpointed steps that survives a crash, with progress, cancel and resume.

A job is a row of ours (kind, arguments, progress, result) and a DBOS workflow of the same id. The row is the
intent: a job exists once its row is committed, and any process that runs jobs picks it up, a server within a
second. Each process has an executor name of its own; a job whose process died is taken over by another in the
same way. A step whose effect is in SQL makes it exactly once with `storage.once`.

A job that failed or was cancelled goes on with the step it was in once it is resumed: `storage.workflows` keeps
results of steps, never errors. Each attempt has a number; an attempt that is not the newest, or whose job was
cancelled in any process, stops at its next step or report of progress.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import sqlalchemy as sa

from headwater.core.errors import ConflictError, HeadwaterError, NotFoundError
from headwater.core.ids import new_id
from headwater.storage import pins
from headwater.storage.database import WHOLE, Moment, Part, metadata, newest_first

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import ModuleType

    from headwater.storage.database import Database

T = TypeVar("T")
Run = Callable[["Job", dict[str, Any]], dict[str, Any]]
ENDED = frozenset({"done", "failed", "cancelled"})
_STOPPING_S = 30.0
"""How long a resumed job waits for the attempt before it to stop."""

job_table = sa.Table(
    "job",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("key", sa.String(200), unique=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("actor", sa.String(40), nullable=False),
    sa.Column("args", sa.JSON, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("runner", sa.String(120), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("done", sa.BigInteger, nullable=False),
    sa.Column("base", sa.BigInteger, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("unit", sa.String(40), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("result", sa.JSON),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("started_at", Moment),
    sa.Column("finished_at", Moment),
    sa.Index(None, "program", "created_at"),
    sa.Index(None, "state"),
)
"""Every job: what was asked for, by whom, how far it is, what came of it; `base` was done before this attempt."""

_open = job_table.c.state.in_(["queued", "running"])


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """How a job stands."""

    id: str
    kind: str
    program: str
    actor: str
    state: str
    """`queued`, `running`, `done`, `failed` or `cancelled`."""
    done: int
    total: int
    """0 while unknown."""
    unit: str
    rate: float
    """Units per second since it was started or resumed; 0 while unknown."""
    eta_s: float | None
    """Seconds left at that rate; None while unknown."""
    message: str
    result: dict[str, Any] | None
    error: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen unless it is resumed."""
        return self.state in ENDED


class Job:
    """A running job, as its work sees it."""

    def __init__(self, jobs: Jobs, row: JobStatus, attempt: int) -> None:
        """Made by the runner."""
        self.id = row.id
        self.program = row.program
        self.actor = row.actor
        self._jobs = jobs
        self._attempt = attempt
        self._told = 0.0

    def step(self, name: str, act: Callable[[], T]) -> T:
        """Do one step once: after a crash its result is remembered and it is not done again.

        A cancelled job stops here, before the step.

        Args:
            name: Says what the step does; shown when it fails.
            act: Does it; its result must be plain data. It may be interrupted and done again from its start.
        """
        self._tell()
        result: T = _engine().step(name, act)
        return result

    def progress(self, done: int, total: int = 0, unit: str = "items", message: str = "") -> None:
        """Tell how far the job is; cheap to call often. A cancelled job stops here. Never call it in a transaction."""
        now = time.monotonic()
        if now - self._told < 0.2 and done < total:  # noqa: PLR2004 -- five times a second is enough for eyes
            return
        self._told = now
        self._tell(done=done, total=total, unit=unit, message=message)

    def _tell(self, **values: object) -> None:
        if not self._jobs.report(self.id, self._attempt, **values):
            raise _engine().Stop


class Jobs:
    """The jobs of a workspace."""

    _launched: ClassVar[Jobs | None] = None

    def __init__(self, database: Database, *, directory: Path) -> None:
        """Use the workspace's database; on SQLite the workflow checkpoints are in `jobs.sqlite` beside it."""
        self._database = database
        self._registered: dict[str, Run] = {}
        self._unprepared: Callable[[], None] | None = None
        self.afterwards: Callable[[], None] = lambda: None
        """What is done whenever a job has ended, before the next one."""
        self._preparing = threading.Lock()
        self._checkpoints = f"sqlite:///{directory / 'jobs.sqlite'}" if database.is_sqlite else database.url

    def prepare(self, register: Callable[[], None]) -> None:
        """Say what registers the kinds of jobs when one is first asked for: most commands need none."""
        self._unprepared = register

    def register(self, kind: str, run: Run) -> None:
        """Say how a kind of job is run."""
        self._registered[kind] = run

    def load(self) -> None:
        """Load what the kinds of jobs need, so that who asks for the first one does not wait for it."""
        _ = self._kinds

    @property
    def _kinds(self) -> dict[str, Run]:
        with self._preparing:  # whoever asks meanwhile waits for all kinds
            if self._unprepared:
                chosen = dict(self._registered)
                self._unprepared()
                self._registered |= chosen
                self._unprepared = None
        return self._registered

    def launch(self) -> None:
        """Start running jobs in this process: queued ones, and those whose process died.

        Raises:
            ConflictError: Another workspace runs jobs in this process.
        """
        if Jobs._launched is not None:
            raise ConflictError("Another workspace is running jobs in this process; close it first.")
        _engine().launch(self.perform, checkpoints=self._checkpoints, executor=pins.writer_name())
        Jobs._launched = self
        self.take_over()

    def take_over(self) -> int:
        """Run the jobs that nobody runs, and return how many: asked for elsewhere, or their process died.

        Cheap when there are none; a server does it every second.
        """
        if Jobs._launched is not self or not self._forsaken():
            return 0
        found = self._orphans()
        for status in found:
            _engine().run(status.id)
        return len(found)

    def stop(self) -> None:
        """Stop running jobs in this process; unfinished ones go on when jobs are next launched."""
        if Jobs._launched is self:
            Jobs._launched = None
            _engine().stop()

    def start(self, kind: str, args: dict[str, Any], *, program: str, actor: str, key: str | None = None) -> str:
        """Ask for a job and return its id; it runs in this process if jobs do, else in the next one that runs them.

        Args:
            kind: A registered kind.
            args: Plain data for it.
            program: The program it works in.
            actor: On whose behalf.
            key: The same key gives the same job; it is not started twice.

        Raises:
            ConflictError: The key was used before with other arguments.
        """
        if kind not in self._kinds:
            raise NotFoundError(f"There is no kind of job '{kind}'; there are {', '.join(sorted(self._kinds))}.")
        identifier = new_id("job")
        values: dict[str, Any] = {"id": identifier, "key": key, "kind": kind, "program": program, "actor": actor}
        runner = pins.writer_name() if Jobs._launched is self else ""
        empty = dict.fromkeys(("attempt", "done", "base", "total"), 0) | dict.fromkeys(("unit", "message", "error"), "")
        values |= empty | {"args": args, "state": "queued", "runner": runner, "created_at": datetime.now(UTC)}
        with self._database.write() as db:
            known = db.execute(sa.select(job_table).where(job_table.c.key == key)).mappings().first() if key else None
            if known is None:
                db.execute(job_table.insert().values(**values))
        if known is not None:
            if known["args"] != args:
                raise ConflictError("This key was used for another request.", remedy="Use a new key.")
            return str(known["id"])
        if Jobs._launched is self:
            _engine().run(identifier)
        return identifier

    def get(self, identifier: str) -> JobStatus:
        """Return how a job stands.

        Raises:
            NotFoundError: There is no such job.
        """
        with self._database.read() as db:
            row = db.execute(sa.select(job_table).where(job_table.c.id == identifier)).mappings().first()
        if row is None:
            raise NotFoundError(f"There is no job '{identifier}'.", remedy="See: headwater job list")
        return _status(row)

    def args(self, identifiers: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the data that some jobs were asked for with, by their ids."""
        with self._database.read() as db:
            query = sa.select(job_table.c.id, job_table.c.args).where(job_table.c.id.in_(identifiers))
            return {row.id: row.args for row in db.execute(query)}

    def all(self, program: str, *, part: Part = WHOLE) -> list[JobStatus]:
        """Return a program's jobs, newest first."""
        query = newest_first(sa.select(job_table).where(job_table.c.program == program), job_table.c.id, part)
        with self._database.read() as db:
            return [_status(row) for row in db.execute(query).mappings()]

    def cancel(self, identifier: str) -> None:
        """Stop a job, whichever process runs it, at its next step or report of progress.

        What its steps did stays, and it can be resumed.
        """
        self.get(identifier)
        with self._database.write() as db:
            waiting = [job_table.c.id == identifier, _open]
            values = {"state": "cancelled", "finished_at": datetime.now(UTC)}
            db.execute(job_table.update().where(*waiting).values(values))

    def resume(self, identifier: str) -> None:
        """Go on with a job that failed, was cancelled or was cut off, from the step it was in.

        Raises:
            ConflictError: The job is done, or a live process runs it.
        """
        status = self.get(identifier)
        if status.state == "done":
            raise ConflictError(f"Job {identifier} is done; there is nothing to resume.")
        until = time.monotonic() + _STOPPING_S
        while not self._requeue(identifier):
            if not status.ended or time.monotonic() > until:
                raise ConflictError(f"Job {identifier} is still running.", remedy="Cancel it first, or wait.")
            time.sleep(0.05)
        if Jobs._launched is self:
            _engine().run(identifier)

    def wait(self, identifier: str, on_progress: Callable[[JobStatus], None] | None = None) -> JobStatus:
        """Wait until a job has ended, telling its progress, and return how it ended.

        Raises:
            ConflictError: The job failed; the message says why.
        """
        while True:
            status = self.get(identifier)
            if on_progress:
                on_progress(status)
            if status.ended:
                break
            time.sleep(0.1)
        if status.state == "failed":
            raise ConflictError(f"Job {identifier} ({status.kind}) failed: {status.error}")
        return status

    def report(self, identifier: str, attempt: int, **values: object) -> bool:
        """Change columns of a job's row; returns whether that attempt is the newest and was not cancelled."""
        mine = [job_table.c.id == identifier, job_table.c.attempt == attempt, job_table.c.state == "running"]
        if not values:
            with self._database.read() as db:
                return db.execute(sa.select(job_table.c.id).where(*mine)).first() is not None
        with self._database.write() as db:
            return db.execute(job_table.update().where(*mine).values(**values)).rowcount == 1

    def perform(self, identifier: str) -> dict[str, Any]:
        """Run a job here and now, inside its workflow."""
        engine = _engine()
        attempt = self._begin(identifier)
        try:
            status = self.get(identifier)
            result = self._kinds[status.kind](Job(self, status, attempt), self.args([identifier])[identifier])
            if not self.report(identifier, attempt, state="done", result=result, finished_at=datetime.now(UTC)):
                raise engine.Stop  # cancelled meanwhile: a workflow that returned could never be resumed
        except (engine.Stop, Exception) as stop:  # noqa: BLE001 -- told by the job's row
            error = stop.error if isinstance(stop, engine.Stop) else stop
            if error is not None:
                text = str(error) if isinstance(error, HeadwaterError) else f"{type(error).__name__}: {error}"
                self.report(identifier, attempt, state="failed", error=text, finished_at=datetime.now(UTC))
            raise engine.Stop(error) from error
        finally:
            self._leave(identifier)
            self.afterwards()
        return result

    def _begin(self, identifier: str) -> int:
        """Take a job that waits, or whose process died, and return the number of this attempt."""
        me = pins.writer_name()
        with self._database.write() as db:
            query = sa.select(job_table).where(job_table.c.id == identifier).with_for_update()
            row = db.execute(query).mappings().one()
            attempt = int(row["attempt"]) + 1
            if row["state"] in ("queued", "running") and (row["runner"] in ("", me) or not pins.alive(row["runner"])):
                values = {"state": "running", "attempt": attempt, "base": row["done"], "started_at": datetime.now(UTC)}
                db.execute(job_table.update().where(job_table.c.id == identifier).values(**values, runner=me))
                return attempt
        self._leave(identifier)
        raise _engine().Stop

    def _leave(self, identifier: str) -> None:
        """Say that this process no longer runs a job."""
        mine = [job_table.c.id == identifier, job_table.c.runner == pins.writer_name()]
        with self._database.write() as db:
            db.execute(job_table.update().where(*mine).values(runner=""))

    def _requeue(self, identifier: str) -> bool:
        """Let a job wait to be run again, unless a live process is in it; returns whether it does."""
        runner = pins.writer_name() if Jobs._launched is self else ""
        values = {"state": "queued", "runner": runner, "error": "", "finished_at": None}
        with self._database.write() as db:
            query = sa.select(job_table.c.runner).where(job_table.c.id == identifier).with_for_update()
            last = db.execute(query).scalar_one()
            free = not last or not pins.alive(last)
            if free:
                db.execute(job_table.update().where(job_table.c.id == identifier).values(values))
        return free

    def _forsaken(self) -> bool:
        query = sa.select(job_table.c.runner).where(_open).distinct()
        with self._database.read() as db:
            return any(not runner or not pins.alive(runner) for runner in db.execute(query).scalars())

    def _orphans(self) -> list[JobStatus]:
        query = sa.select(job_table).where(_open).order_by(job_table.c.created_at)
        found = []
        with self._database.write() as db:
            for row in db.execute(query.with_for_update(skip_locked=True)).mappings().all():
                if row["kind"] in self._kinds and (row["runner"] == "" or not pins.alive(row["runner"])):
                    mine = job_table.update().where(job_table.c.id == row["id"]).values(runner=pins.writer_name())
                    db.execute(mine)
                    found.append(_status(row))
        return found


def _engine() -> ModuleType:
    """Return `storage.workflows`, which is loaded only where jobs run: commands start sooner without it."""
    return import_module("headwater.storage.workflows")


def _status(row: Any) -> JobStatus:  # noqa: ANN401 -- a row mapping
    end = row["finished_at"] or datetime.now(UTC)
    elapsed = (end - row["started_at"]).total_seconds() if row["started_at"] else 0.0
    rate = max(row["done"] - row["base"], 0) / elapsed if elapsed > 0 else 0.0
    left = (row["total"] - row["done"]) / rate if rate and row["total"] and row["state"] == "running" else None
    names = ("id", "kind", "program", "actor", "state", "done", "total", "unit", "message", "result", "error")
    moments = ("created_at", "started_at", "finished_at")
    return JobStatus(**{name: row[name] for name in (*names, *moments)}, rate=rate, eta_s=left)
