"""One demonstration for all who look at it: killed twenty times on the way, then finished."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from headwater.app.application import open_app
from headwater.sourcing import queries as sourcing

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A demonstration that was killed again and again and came to its end."""

    directory: Path
    report: dict[str, Any]
    acknowledged: list[int]
    """Answers found after each kill and at the end."""


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Kill the demonstration at twenty random moments, then let it finish."""
    folder = tmp_path_factory.mktemp("finished")
    directory, report = folder / "workspace", folder / "demo.json"
    rng = random.Random(11)
    acknowledged = []
    for kill in range(KILLS):
        process = demo(directory, report)
        while kill and not (directory / "headwater.toml").exists() and process.poll() is None:
            time.sleep(0.05)  # on a busy machine it takes long to begin; only the first kill falls before
        time.sleep(rng.uniform(1.2, 5.0))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if (directory / "headwater.toml").exists():
            acknowledged.append(counts(directory)["answers"])
    process = demo(directory, report)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output.decode()
    acknowledged.append(counts(directory)["answers"])
    return Finished(directory=directory, report=json.loads(report.read_text()), acknowledged=acknowledged)


def demo(directory: Path, report: Path) -> subprocess.Popen[bytes]:
    """Start the demonstration in a process of its own."""
    command = "from headwater.cli.main import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", command, "demo", "--no-serve", "--directory", directory, "--report", report],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def counts(directory: Path) -> dict[str, int]:
    """Count what must not be lost and not be doubled."""
    with open_app(directory) as app, app.read_as() as ctx:
        answers, submissions = ctx.db.exec_driver_sql("SELECT count(*), count(DISTINCT client_id) FROM answer").one()
        programs = ctx.db.exec_driver_sql("SELECT id FROM program").scalars().all()
        if not programs:
            return {"answers": answers, "submissions": submissions, "records": 0, "distinct": 0, "rows": 0}
        inside = app.context(ctx.db, "system", programs[0])
        records = sourcing.everything(inside)
        return {
            "answers": answers,
            "submissions": submissions,
            "records": sourcing.count(inside),
            "distinct": len({record.id for record in records}),
            "rows": len(records),
        }
