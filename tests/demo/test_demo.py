"""The demonstration survives being killed at any moment, and its release verifies byte for byte."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from headwater.app.application import open_app
from headwater.cli.main import build, exit_code
from headwater.core.errors import HeadwaterError
from headwater.demo.learning import excuse
from headwater.governance import queries as governance
from headwater.lineage import queries as lineage
from headwater.quality import cards, concerns
from headwater.quality import queries as quality
from headwater.release import queries as releases
from headwater.release.model import Gate
from headwater.sourcing import queries as sourcing
from headwater.stats.interval import Estimate
from tests.demo.conftest import KILLS, Finished, counts, demo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from headwater.context import Context

pytestmark = pytest.mark.timeout(900)

TAMPERED = 7
"""The exit code of what was changed since it was signed."""


@contextmanager
def inside_of(directory: Path) -> Iterator[Context]:
    """Read the program of a demonstration as its lead."""
    with open_app(directory) as app, app.read_as() as ctx:
        program = ctx.db.exec_driver_sql("SELECT id FROM program").scalar_one()
        yield app.context(ctx.db, governance.person_by_handle(ctx, "lead").id, program)


def test_killed_twenty_times_the_demo_finishes_and_nothing_is_lost_or_doubled(finished: Finished) -> None:
    after = counts(finished.directory)
    assert finished.report["ledger"]["verified"]
    assert len(finished.acknowledged) > KILLS // 2, "killed before the workspace was there"
    assert finished.acknowledged == sorted(finished.acknowledged)
    assert after["answers"] == after["submissions"] == finished.report["answers"]
    assert after["records"] == after["distinct"] == after["rows"]


def test_one_seed_tells_one_story_though_one_run_was_killed_on_the_way(finished: Finished, tmp_path: Path) -> None:
    process = demo(tmp_path / "workspace", tmp_path / "demo.json")
    output, _ = process.communicate(timeout=600)
    assert process.returncode == 0, output.decode()
    again = json.loads((tmp_path / "demo.json").read_text())
    assert figures(again) == figures(finished.report)


def figures(report: object) -> object:
    """Return a report without what differs: how long it took, digests of ids and times, the ledger of interruptions."""
    if isinstance(report, dict):
        return {key: figures(value) for key, value in report.items() if key not in {"seconds", "digest", "ledger"}}
    if isinstance(report, list):
        return [figures(value) for value in report]
    return round(report, 9) if isinstance(report, float) else report


def test_the_report_holds_every_number(finished: Finished) -> None:
    report = finished.report
    assert report["records"]
    assert set(report["rejects"]) >= {"duplicate", "near-duplicate", "language"}
    assert set(report["alpha"]) == {"value", "low", "high", "n"}
    assert len(report["releases"]) == 2
    assert all({"version", "digest", "members"} <= set(row) for row in report["releases"])
    assert {gate for row in report["releases"] for gate in row["gates"].values()} <= {"passed", "waived"}
    assert {row["gates"]["pii.residual"] for row in report["releases"]} == {"passed"}
    assert all({"value", "low", "high"} <= set(row) for row in report["accuracy"].values())
    assert 0 < report["calibration"]["passed"] <= report["calibration"]["taken"]
    assert report["findings"]
    assert all(row["verdict"] in {"effective", "ineffective", "inconclusive"} for row in report["briefs"])
    assert report["noisy_cohort"] == {"planted": "vendor-a", "named": "vendor-a", "diagnosed": ["vendor-a"]}
    assert {team for team, _ in report["conflict"]["diagnosed"]} <= {report["conflict"]["planted"][0]}
    assert {row["type"] for row in report["briefs"]} == {"sourcing", "relabel"}
    assert all(row["subject"] for row in report["briefs"])
    doubted = report["label_errors"]
    assert 0 < doubted["again"] <= doubted["doubted"] < doubted["labels"]
    assert doubted["right_after"] >= doubted["right_before"]
    assert report["releases"][1]["version"] == "2.0.0"
    assert report["ledger"]["verified"]


def test_who_answers_without_reading_is_named_by_the_checks_and_nobody_else_is(finished: Finished) -> None:
    found = finished.report["integrity"]
    assert found["named"] == [found["planted"]]
    assert found["planted"].startswith("vendor-c-")
    assert found["checks"] == ["speed", "straight-lining"]
    with inside_of(finished.directory) as ctx:
        (alarm,) = [row for row in quality.alarms(ctx) if row.metric == "speed"]
        (watch,) = [row for row in quality.watches(ctx, alarm.campaign_id) if row.question == alarm.question]
        names = governance.names(ctx)
        for row in quality.alarms(ctx):
            kind, _, name = row.scope.partition(":")
            if kind == "annotator":  # nobody outside the team answered its tasks, so no other team is the cause
                teams = {each.name for each in row.explanations if each.kind == "team"}
                assert teams <= {names[name].rpartition("-")[0]}
    assert alarm.state.value == "open", "nobody but a person decides"
    assert alarm.after.high < 1
    assert watch.looks > 0, "by the ordinary monitor, at its looks"


def test_a_person_reads_the_finding_and_decides(finished: Finished, tmp_path: Path) -> None:
    directory = shutil.copytree(finished.directory, tmp_path / "workspace")
    planted = finished.report["integrity"]["planted"]
    with inside_of(directory) as ctx:
        person = governance.person_by_handle(ctx, planted).id
        (alarm,) = [row for row in quality.alarms(ctx) if row.metric == "speed"]
        card = cards.annotator(ctx, person)
        front = [each for each in concerns.concerns(ctx) if each.subject == f"alarm:{alarm.id}"]
        others = [governance.person_by_handle(ctx, f"in-house-{number}").id for number in (1, 2, 3)]
        assert not [each for who in others for each in cards.annotator(ctx, who).concerns]
    assert alarm.people == (person,)
    assert front == [each for each in card.concerns if each.subject == f"alarm:{alarm.id}"]
    assert front[0].severity == "bad"

    def command(*words: str) -> str:
        done = CliRunner().invoke(build(), ["--workspace", str(directory), "--as", "lead", "alarm", *words])
        assert not done.exception, done.output
        return done.output

    waiting = [row["id"] for row in json.loads(command("list", "--undecided", "--json"))]
    assert alarm.id in waiting
    assert planted in command("show", alarm.id)
    command("decide", alarm.id, "requalify", "--reason", "A second for each message, and the same key in runs.")
    assert [row["id"] for row in json.loads(command("list", "--undecided", "--json"))] == [
        each for each in waiting if each != alarm.id
    ]


def test_a_resumed_run_reports_the_first_intake_and_not_what_came_later(finished: Finished) -> None:
    with open_app(finished.directory) as app, app.read_as() as ctx:
        program = ctx.db.exec_driver_sql("SELECT id FROM program").scalar_one()
        inside = app.context(ctx.db, "system", program)
        *_, first = sourcing.intakes(inside)
        assert finished.report["records"] == first.added < sourcing.count(inside)
        assert sum(finished.report["rejects"].values()) == first.rejected


@pytest.mark.parametrize(
    ("measured", "context", "waived"),
    [
        ((0.68, 0.64, 0.72, 300), (False, False), True),
        ((0.55, 0.50, 0.60, 300), (True, False), True),
        ((0.55, 0.50, 0.60, 300), (False, True), True),
        ((0.55, 0.50, 0.60, 300), (False, False), False),
        ((math.nan, math.nan, math.nan, 0), (True, True), False),
    ],
)
def test_a_gate_is_waived_only_for_a_reason_a_lead_would_give(
    measured: tuple[float, float, float, int], context: tuple[bool, bool], waived: bool
) -> None:
    value, low, high, n = measured
    estimate = Estimate(value=value, low=low, high=high, n=n, method="test")
    gate = Gate(metric="agreement.alpha", comparison=">=", required=0.7, scope="topic", measured=estimate, passed=False)
    first, repaired = context
    assert bool(excuse(gate, is_first=first, is_repaired=repaired)) is waived
    private = replace(gate, metric="pii.residual")
    assert not excuse(private, is_first=True, is_repaired=True)


def test_what_a_model_learnt_from_traces_to_the_source_and_back(finished: Finished) -> None:
    directory, report = finished.directory, finished.report
    with open_app(directory) as app, app.read_as() as ctx:
        program = ctx.db.exec_driver_sql("SELECT id FROM program").scalar_one()
        inside = app.context(ctx.db, "system", program)
        release = releases.release(inside, report["releases"][1]["version"])
        up = {node.kind for node in lineage.trace(inside, release.id).nodes}
        source = sourcing.sources(inside)[0].id
        down = {node.kind for node in lineage.impact(inside, source).nodes}
    assert up >= {"source", "intake", "batch", "cohort", "guideline", "schema", "campaign"}
    assert down >= {"intake", "release", "run", "model", "evaluation", "finding", "diagnosis", "brief"}


def test_a_release_verifies_and_names_the_file_after_one_changed_byte(finished: Finished, tmp_path: Path) -> None:
    directory, report = finished.directory, finished.report
    with open_app(directory) as app, app.read_as() as ctx:
        program = ctx.db.exec_driver_sql("SELECT id FROM program").scalar_one()
        inside = app.context(ctx.db, "system", program)
        releases.export(inside, report["releases"][0]["version"], tmp_path / "release")
    command = "from headwater.cli.main import main; main()"
    words = [sys.executable, "-c", command, "release", "verify", str(tmp_path / "release")]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0
    sums = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path / "release", capture_output=True, check=False)
    assert sums.returncode == 0
    rng = random.Random(3)
    for file in sorted((tmp_path / "release").iterdir()):
        whole = file.read_bytes()
        data = bytearray(whole)
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        file.write_bytes(bytes(data))
        done = CliRunner().invoke(build(), ["release", "verify", str(tmp_path / "release")])
        assert isinstance(done.exception, HeadwaterError), file.name
        assert exit_code(done.exception) == TAMPERED, file.name
        assert file.name in str(done.exception)
        file.write_bytes(whole)
