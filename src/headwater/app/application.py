"""The App: an open workspace with everything that use cases need."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from headwater.context import Context
from headwater.core import settings as settings_module
from headwater.core.clock import Clock, SystemClock
from headwater.governance.model import SYSTEM
from headwater.storage.database import Connection, Database
from headwater.storage.jobs import Jobs
from headwater.storage.keys import Keys
from headwater.storage.migrations import runner as migrations
from headwater.storage.objects import ObjectStore
from headwater.storage.records import RecordTables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from headwater.core.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An open workspace. Close it when done, or use it in a `with` statement."""

    settings: Settings
    database: Database
    objects: ObjectStore
    records: RecordTables
    keys: Keys
    jobs: Jobs
    clock: Clock

    @contextmanager
    def act_as(self, actor: str, program: str = "") -> Iterator[Context]:
        """Open the one transaction of a request, command or job step; commit at the end, roll back on an error."""
        with self.database.write() as connection:
            yield self.context(connection, actor, program)

    @contextmanager
    def read_as(self, actor: str = SYSTEM, program: str = "") -> Iterator[Context]:
        """Open a transaction that only reads, on one consistent picture."""
        with self.database.read() as connection:
            yield self.context(connection, actor, program)

    def context(self, connection: Connection, actor: str, program: str) -> Context:
        """Return the context of an act on an open transaction (edges that prove the actor inside it need this)."""
        return Context(
            actor=actor,
            program=program,
            db=connection,
            clock=self.clock,
            objects=self.objects,
            records=self.records,
            keys=self.keys,
            settings=self.settings,
        )

    def close(self) -> None:
        """Stop the jobs (they resume when the workspace is next opened for jobs) and close the database."""
        self.jobs.stop()
        self.database.close()

    def __enter__(self) -> Self:
        """Return the open workspace."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the workspace."""
        self.close()


def open_app(directory: Path, *, clock: Clock | None = None, run_jobs: bool = False, **overrides: object) -> App:
    """Open the workspace in a folder.

    Args:
        directory: The folder `headwater init` made.
        clock: The time; the machine's by default.
        run_jobs: Also start running durable jobs, first of all those a crash interrupted.
        **overrides: Settings that win over file and environment.

    Raises:
        SettingsError: There is no workspace, a setting is wrong, or its schema is newer than this version.
        UnavailableError: The database does not answer.
    """
    app = assemble(settings_module.load(directory, **overrides), clock=clock)
    if run_jobs:
        app.jobs.launch()
    return app


def assemble(settings: Settings, *, clock: Clock | None = None) -> App:
    """Return the App of the given settings, its database brought to this version's schema."""
    database = Database(settings.database)
    try:
        return _assembled(settings, database, clock or SystemClock())
    except BaseException:
        database.close()
        raise


def _assembled(settings: Settings, database: Database, clock: Clock) -> App:
    migrations.migrate(database, backup_directory=settings.directory / "backups")
    app = App(
        settings=settings,
        database=database,
        objects=ObjectStore.open(settings.objects_url or str(settings.directory / "objects")),
        records=RecordTables.open(settings.records_url or str(settings.directory / "records")),
        keys=Keys.load(settings.directory / "keys"),
        jobs=Jobs(database, directory=settings.directory),
        clock=clock,
    )
    app.jobs.prepare(lambda: _register(app))
    return app


def _register(app: App) -> None:
    from headwater.app import jobs  # noqa: PLC0415 -- loads every part, and most commands run no job

    jobs.register(app)
