"""The engine of durable jobs: DBOS workflows, one per job, loaded only by processes that run jobs.

Only results of steps are checkpointed, never errors: `Stop` leaves a workflow open, to be resumed.
"""

from __future__ import annotations

import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

from dbos import DBOS, DBOSConfig, SetWorkflowID

from headwater.core.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_FILE = "sqlite:///"
_performing: list[Callable[[str], dict[str, Any]]] = []
"""How the one workspace of this process performs a job; empty when jobs do not run."""


class Stop(BaseException):
    """Leaves a workflow without a checkpoint of the step it was in: not an `Exception`, which DBOS would record."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error


def launch(perform: Callable[[str], dict[str, Any]], *, checkpoints: str, executor: str) -> None:
    """Start running workflows in this process.

    Args:
        perform: Does a job, by id.
        checkpoints: URL of the database that keeps the results of steps.
        executor: The name of this process.
    """
    config: DBOSConfig = {
        "name": "headwater",
        "system_database_url": checkpoints,
        "application_version": "headwater",
        "executor_id": executor,
        "log_level": "CRITICAL",
        "console_log_level": "CRITICAL",
    }
    if checkpoints.startswith(_FILE):
        _log_ahead(checkpoints.removeprefix(_FILE))
    DBOS(config=config)
    DBOS.launch()
    _performing.append(perform)


def _log_ahead(path: str) -> None:
    """Have commits to a file of SQLite go to a log first, which the file remembers: one wait for the disk, not four."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode=WAL")


def stop() -> None:
    """Stop running workflows in this process."""
    _performing.clear()
    DBOS.destroy()
    logging.getLogger("dbos").handlers.clear()  # they hold the standard error of this launch


def run(identifier: str) -> None:
    """Begin the workflow of a job, or go on with it."""

    def begin() -> None:
        if DBOS.get_workflow_status(identifier) is None:
            with SetWorkflowID(identifier):
                DBOS.start_workflow(_workflow, identifier)
        else:
            DBOS.resume_workflow(identifier)

    with ThreadPoolExecutor(1) as aside:  # DBOS refuses a thread in which an event loop runs
        aside.submit(begin).result()


def step(name: str, act: Callable[[], T]) -> T:
    """Do one step of the workflow this runs in once; after a crash its result is remembered."""

    def done() -> T:
        try:
            return act()
        except Exception as error:
            raise Stop(error) from error

    try:
        return DBOS.run_step({"name": name}, done)
    except Stop as left:
        if left.error is None:
            raise
        raise left.error from None


@DBOS.workflow(name="headwater_job", max_recovery_attempts=1000)
def _workflow(identifier: str) -> dict[str, Any]:
    if not _performing:
        raise ConflictError("Jobs are not running in this process.")
    return _performing[0](identifier)
