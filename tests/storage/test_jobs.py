"""Durable jobs: steps done once, through failure, cancel and kill, on both databases."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from headwater.app.application import open_app
from headwater.core.errors import ConflictError, InvalidError, NotFoundError
from headwater.storage.jobs import Jobs
from tests.storage.killed import PROGRAM, environment, run_job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from headwater.app.application import App
    from headwater.storage.jobs import Job

    Run = Callable[["Job", dict[str, Any]], dict[str, Any]]


@pytest.fixture
def running(each_app: App) -> Iterator[App]:
    """A workspace whose jobs run in this process; kinds are registered by the tests."""
    each_app.jobs.launch()
    yield each_app
    each_app.jobs.stop()


def start(app: App, run: Run, **args: object) -> str:
    app.jobs.register("test", run)
    return app.jobs.start("test", args, program=PROGRAM, actor="system")


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_a_step_waits_for_the_disk_once(app: App) -> None:
    app.jobs.launch()
    app.jobs.stop()
    with closing(sqlite3.connect(app.settings.directory / "jobs.sqlite")) as file:
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_job_tells_its_progress_its_rate_the_time_left_and_its_result(running: App) -> None:
    told, go_on = threading.Event(), threading.Event()

    def run(job: Job, args: dict[str, Any]) -> dict[str, Any]:
        time.sleep(0.05)
        job.progress(30, args["items"], "items", "halfway")
        told.set()
        go_on.wait(20)
        return {"made": args["items"]}

    identifier = start(running, run, items=120)
    told.wait(20)
    status = running.jobs.get(identifier)
    assert (status.state, status.done, status.total, status.unit, status.message) == (
        "running",
        30,
        120,
        "items",
        "halfway",
    )
    assert status.rate > 0
    assert status.eta_s == pytest.approx(90 / status.rate)
    go_on.set()
    ended = running.jobs.wait(identifier)
    assert (ended.state, ended.result, ended.eta_s) == ("done", {"made": 120}, None)
    assert [row.id for row in running.jobs.all(PROGRAM)] == [identifier]


def test_a_job_that_fails_says_why_and_goes_on_with_the_failed_step_when_resumed(running: App) -> None:
    steps: list[str] = []

    def second() -> None:
        steps.append("second")
        if steps.count("second") == 1:
            raise InvalidError("The disk is full.", remedy="Make room.")

    def run(job: Job, _: dict[str, Any]) -> dict[str, Any]:
        job.step("first", lambda: steps.append("first"))
        job.step("second", second)
        return {}

    identifier = start(running, run)
    with pytest.raises(ConflictError, match=r"\(test\) failed: The disk is full. Make room."):
        running.jobs.wait(identifier)
    running.jobs.resume(identifier)
    assert running.jobs.wait(identifier).state == "done"
    assert steps == ["first", "second", "second"]


def test_an_unexpected_error_is_told_by_its_name(running: App) -> None:
    identifier = start(running, lambda _job, _args: {"x": 1 // 0})
    until(lambda: running.jobs.get(identifier).ended)
    assert running.jobs.get(identifier).error == "ZeroDivisionError: integer division or modulo by zero"


def test_memory_is_given_back_after_each_job_however_it_ended(running: App) -> None:
    def run(_job: Job, args: dict[str, Any]) -> dict[str, Any]:
        return {"parts": 1 // args["parts"]}

    given_back: list[int] = []
    running.jobs.load()
    mine = running.jobs.afterwards

    def afterwards() -> None:
        mine()
        given_back.append(1)

    running.jobs.afterwards = afterwards
    start(running, run, parts=1)
    until(lambda: len(given_back) == 1)
    start(running, run, parts=0)
    until(lambda: len(given_back) == 2)


def test_a_cancelled_job_stops_in_the_midst_of_a_step_and_can_be_resumed(running: App) -> None:
    going: list[int] = []

    def work(job: Job) -> int:
        for number in range(10_000):
            going.append(number)
            time.sleep(0.002)
            job._told = 0
            job.progress(number + 1, 10_000)
            if len(going) > 10_000:
                break
        return len(going)

    def run(job: Job, _: dict[str, Any]) -> dict[str, Any]:
        return {"n": job.step("work", lambda: work(job))}

    identifier = start(running, run)
    until(lambda: len(going) > 3)
    running.jobs.cancel(identifier)
    assert running.jobs.wait(identifier).state == "cancelled"
    running.jobs.cancel(identifier)
    before = len(going)
    going.extend(range(10_000))
    running.jobs.resume(identifier)
    assert running.jobs.wait(identifier).state == "done"
    assert before < 10_000
    with pytest.raises(ConflictError, match="is done; there is nothing to resume"):
        running.jobs.resume(identifier)


def test_a_job_that_came_to_its_end_after_it_was_cancelled_can_be_resumed(running: App) -> None:
    began, cancelled = threading.Event(), threading.Event()

    def run(_job: Job, _: dict[str, Any]) -> dict[str, Any]:
        began.set()
        assert cancelled.wait(20)
        return {"n": 1}

    identifier = start(running, run)
    assert began.wait(20)
    running.jobs.cancel(identifier)
    cancelled.set()
    running.jobs.resume(identifier)
    assert running.jobs.wait(identifier).result == {"n": 1}


def test_a_running_job_is_cancelled_from_where_it_does_not_run(running: App) -> None:
    started = threading.Event()

    def run(job: Job, _: dict[str, Any]) -> dict[str, Any]:
        started.set()
        for number in range(10_000):
            time.sleep(0.01)
            job.progress(number, 10_000)
        return {}

    identifier = start(running, run)
    started.wait(20)
    with pytest.raises(ConflictError, match="still running"):
        running.jobs.resume(identifier)
    with open_app(running.settings.directory) as elsewhere:
        elsewhere.jobs.cancel(identifier)
    running.jobs.resume(identifier)  # waits until the attempt before has stopped
    running.jobs.cancel(identifier)
    assert running.jobs.wait(identifier).state == "cancelled"


def test_the_same_key_gives_the_same_job(running: App) -> None:
    running.jobs.register("test", lambda _job, _args: {})
    one, two = (running.jobs.start("test", {}, program=PROGRAM, actor="system", key="k") for _ in range(2))
    assert one == two
    running.jobs.wait(one)


def test_unknown_kinds_and_jobs_are_named(app: App) -> None:
    with pytest.raises(NotFoundError, match="no kind of job 'tests'"):
        app.jobs.start("tests", {}, program=PROGRAM, actor="system")
    with pytest.raises(NotFoundError, match="no job 'job_x'"):
        app.jobs.get("job_x")


def test_a_job_asked_for_where_none_run_waits_for_a_process_that_runs_them(each_app: App) -> None:
    identifier = start(each_app, lambda _job, _args: {"ran": True})
    assert each_app.jobs.get(identifier).state == "queued"
    each_app.jobs.launch()
    try:
        assert each_app.jobs.wait(identifier).result == {"ran": True}
    finally:
        each_app.jobs.stop()


def test_a_job_asked_for_elsewhere_is_taken_up_once(running: App, tmp_path: Path) -> None:
    ran: list[str] = []

    def run(job: Job, _args: dict[str, Any]) -> dict[str, Any]:
        ran.append(job.id)
        return {"ran": len(ran)}

    running.jobs.register("test", run)
    elsewhere = Jobs(running.database, directory=tmp_path)
    elsewhere.register("test", lambda _job, _args: {"ran": 0})
    identifier = elsewhere.start("test", {}, program=PROGRAM, actor="system")
    assert running.jobs.get(identifier).state == "queued"
    assert (elsewhere.take_over(), running.jobs.take_over()) == (0, 1)
    assert running.jobs.wait(identifier).result == {"ran": 1}
    assert running.jobs.take_over() == 0
    assert ran == [identifier]


def test_a_process_runs_the_jobs_of_one_workspace(running: App, tmp_path: Path) -> None:
    with open_app(running.settings.directory) as second, pytest.raises(ConflictError, match="Another workspace"):
        second.jobs.launch()


def test_a_job_killed_in_the_midst_of_a_step_goes_on_with_it(each_app: App, tmp_path: Path) -> None:
    log = tmp_path / "log"
    words = [sys.executable, "-m", "tests.storage.killed", "jobs", str(each_app.settings.directory), str(log)]
    child = subprocess.Popen(words, env=environment())
    until(lambda: log.exists() and "2" in log.read_text(), 60)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert each_app.jobs.all(PROGRAM)[0].state == "running"
    identifier = run_job(each_app, log)
    status = each_app.jobs.get(identifier)
    each_app.jobs.stop()
    assert log.read_text().split() == ["0", "1", "2", "2", "3", "4"]
    assert (status.state, status.result, status.done) == ("done", {"sum": 10}, 5)
