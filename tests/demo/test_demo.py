"""The demonstration survives being killed at any moment, and its release verifies byte for byte."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from headwater.app.application import open_app
from headwater.lineage import queries as lineage
from headwater.release import queries as releases
from headwater.sourcing import queries as sourcing

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 20

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("kills")]


def demo(directory: Path, report: Path) -> subprocess.Popen[bytes]:
    command = "from headwater.cli.main import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", command, "demo", "--no-serve", "--directory", directory, "--report", report],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def test_killed_twenty_times_the_demo_finishes_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    directory, report = tmp_path / "workspace", tmp_path / "demo.json"
    rng = random.Random(11)
    acknowledged = 0
    for _ in range(KILLS):
        process = demo(directory, report)
        time.sleep(rng.uniform(1.2, 5.0))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if (directory / "headwater.toml").exists():
            now = counts(directory)
            assert now["answers"] >= acknowledged
            acknowledged = now["answers"]
    process = demo(directory, report)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output.decode()
    found = json.loads(report.read_text())
    after = counts(directory)
    assert found["ledger"]["verified"]
    assert after["answers"] == found["answers"] >= acknowledged
    assert after["answers"] == after["submissions"]
    assert after["records"] == after["distinct"] == after["rows"]


def counts(directory: Path) -> dict[str, int]:
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


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("finished")
    process = demo(folder / "workspace", folder / "demo.json")
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output.decode()
    return folder / "workspace", json.loads((folder / "demo.json").read_text())


def test_the_report_holds_every_number(finished: tuple[Path, dict[str, Any]]) -> None:
    _, report = finished
    assert report["records"]
    assert set(report["rejects"]) >= {"duplicate", "near-duplicate", "language"}
    assert set(report["alpha"]) == {"value", "low", "high", "n"}
    assert len(report["releases"]) == 2
    assert all({"version", "digest", "members"} <= set(row) for row in report["releases"])
    assert all({"value", "low", "high"} <= set(row) for row in report["accuracy"].values())
    assert 0 < report["calibration"]["passed"] <= report["calibration"]["taken"]
    assert report["findings"]
    assert all(row["verdict"] in {"effective", "ineffective", "inconclusive"} for row in report["briefs"])
    assert report["noisy_cohort"] == {"planted": "vendor-a", "named": "vendor-a", "diagnosed": ["vendor-a"]}
    assert report["conflict"]["planted"] in report["conflict"]["diagnosed"]
    assert {row["type"] for row in report["briefs"]} == {"sourcing", "relabel"}
    assert all(row["subject"] for row in report["briefs"])
    assert report["releases"][1]["version"] == "2.0.0"
    assert report["ledger"]["verified"]


def test_what_a_model_learnt_from_traces_to_the_source_and_back(finished: tuple[Path, dict[str, Any]]) -> None:
    directory, report = finished
    with open_app(directory) as app, app.read_as() as ctx:
        program = ctx.db.exec_driver_sql("SELECT id FROM program").scalar_one()
        inside = app.context(ctx.db, "system", program)
        release = releases.release(inside, report["releases"][1]["version"])
        up = {node.kind for node in lineage.trace(inside, release.id).nodes}
        source = sourcing.sources(inside)[0].id
        down = {node.kind for node in lineage.impact(inside, source).nodes}
    assert up >= {"source", "intake", "batch", "cohort", "guideline", "schema", "campaign"}
    assert down >= {"intake", "release", "run", "model", "evaluation", "finding", "diagnosis", "brief"}


def test_a_release_verifies_and_names_the_file_after_one_changed_byte(
    finished: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    directory, report = finished
    with open_app(directory) as app, app.read_as() as ctx:
        program = ctx.db.exec_driver_sql("SELECT id FROM program").scalar_one()
        inside = app.context(ctx.db, "system", program)
        releases.export(inside, report["releases"][0]["version"], tmp_path / "release")
    assert verify(tmp_path / "release").returncode == 0
    sums = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path / "release", capture_output=True, check=False)
    assert sums.returncode == 0
    rng = random.Random(3)
    for file in sorted((tmp_path / "release").iterdir()):
        broken = tmp_path / f"broken-{file.name}"
        shutil.copytree(tmp_path / "release", broken)
        data = bytearray(file.read_bytes())
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        (broken / file.name).write_bytes(bytes(data))
        done = verify(broken)
        assert done.returncode == 7, file.name
        assert file.name in done.stderr.decode()


def verify(directory: Path) -> subprocess.CompletedProcess[bytes]:
    command = "from headwater.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", command, "release", "verify", directory], capture_output=True, check=False
    )
