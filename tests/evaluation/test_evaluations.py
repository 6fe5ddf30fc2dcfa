"""Results are taken in whole or not at all, weaknesses are found, triaged, and releases compared over retrains."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from headwater.evaluation import comparisons, findings, queries, service
from headwater.evaluation.model import BadSamplesError, FindingState, NothingToCompareError
from headwater.governance.model import NotYoursError
from headwater.lineage import queries as lineage
from headwater.training import service as training
from tests.evaluation.factories import EVAL_SET, as_lines, evaluated, release, results
from tests.workspaces import Team

if TYPE_CHECKING:
    from pathlib import Path

BAD = {
    "not json": ("{", "line 2, column 2"),
    "a field is missing": (
        '{"sample_id": "a", "input": "x", "target": "y", "output": "z"}',
        "line 2: 'passed' is missing",
    ),
    "passed is a word": (
        '{"sample_id": "a", "input": "", "target": "", "output": "", "passed": "yes"}',
        "true or false",
    ),
    "a list": ("[1]", "line 2"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_line_that_is_no_sample_is_named_and_nothing_is_taken_in(kind: str, tmp_path: Path) -> None:
    line, told = BAD[kind]
    file = tmp_path / "results.jsonl"
    file.write_text(as_lines(results({}, each=1)).splitlines()[0] + "\n" + line + "\n")
    with pytest.raises(BadSamplesError, match=told):
        service.read_samples(file)


def test_a_file_that_is_missing_or_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadSamplesError, match="There is no file"):
        service.read_samples(tmp_path / "none.jsonl")
    with pytest.raises(BadSamplesError, match=r"upload, line 1: not UTF-8 at byte 2"):
        service.parse_samples([b'{"\xc3":"\xff"}\n'], "upload")


def test_a_sample_given_twice_is_refused(team: Team) -> None:
    identifier = release(team)
    with team.act(team.engineer) as ctx:
        run = training.register(ctx, release=identifier, name="small").id
    samples = results({}, each=2)
    with team.act(team.engineer) as ctx, pytest.raises(BadSamplesError, match=r"'billing-000' comes more than once"):
        service.import_results(ctx, run=run, eval_set=EVAL_SET, samples=[*samples, samples[0]])
    with team.read() as ctx:
        assert queries.evaluations(ctx) == []


def test_the_planted_weakness_is_found_with_examples_and_its_lineage(team: Team) -> None:
    identifier = release(team)
    made = evaluated(team, identifier, {"billing": 0.6})
    with team.act(team.engineer) as ctx:
        (found,) = findings.search(ctx, "topics@1.0.0", eval_set=EVAL_SET)
    assert found.predicate == "target = 'billing'"
    assert found.rate.low < 0.6 < found.rate.high
    with team.read() as ctx:
        examples = queries.examples(ctx, found)
        assert {item.target for item in examples} == {"billing"}
        assert 0 < len(examples) <= 10
        up = {node.id for node in lineage.trace(ctx, found.id).nodes}
    assert {made[0].id, made[0].run_id, identifier} <= up


def test_no_weakness_is_found_where_failures_are_spread_evenly(team: Team) -> None:
    evaluated(team, release(team), {"billing": 0.1, "fault": 0.1, "praise": 0.1})
    with team.act(team.engineer) as ctx:
        assert findings.search(ctx, "1.0.0", eval_set=EVAL_SET) == []


def test_a_finding_is_dismissed_with_a_reason_by_those_who_may(team: Team) -> None:
    evaluated(team, release(team), {"billing": 0.6})
    with team.act(team.engineer) as ctx:
        (found,) = findings.search(ctx, "1.0.0", eval_set=EVAL_SET)
        row = service.triage(ctx, found.id, state=FindingState.DISMISSED, reason="The targets are wrong.")
    assert row.state is FindingState.DISMISSED
    with team.act(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        service.triage(ctx, found.id, state=FindingState.OPEN, reason="I think not.")


def test_a_repair_is_told_from_retraining_noise(team: Team) -> None:
    old, new = release(team), release(team, "2.0.0")
    evaluated(team, old, {"billing": 0.6, "praise": 0.1})
    evaluated(team, new, {"billing": 0.1, "praise": 0.1})
    with team.read() as ctx:
        found = comparisons.compare(ctx, "1.0.0", "2.0.0", eval_set=EVAL_SET)
    verdicts = {item.predicate: item.verdict for item in found.slices}
    assert verdicts["target = 'billing'"] == "better"
    assert verdicts["target = 'praise'"] == "no change shown"
    assert found.retrains == (3, 3)


def test_too_few_retrains_give_no_verdict(team: Team) -> None:
    old, new = release(team), release(team, "2.0.0")
    evaluated(team, old, {"billing": 0.6}, retrains=2)
    evaluated(team, new, {})
    with team.read() as ctx:
        found = comparisons.compare(ctx, old, new, eval_set=EVAL_SET)
    assert {item.verdict for item in (found.overall, *found.slices)} == {"not enough retrains to tell"}


def test_releases_without_a_common_sample_are_not_compared(team: Team) -> None:
    old, new = release(team), release(team, "2.0.0")
    evaluated(team, old, {})
    with team.act(team.engineer) as ctx:
        run = training.register(ctx, release=new, name="small").id
        others = [item for item in results({}, each=50) if int(item.sample_id[-3:]) >= 40]
        service.import_results(ctx, run=run, eval_set=EVAL_SET, samples=others)
    with team.read() as ctx, pytest.raises(NothingToCompareError, match="share no sample"):
        comparisons.compare(ctx, old, new, eval_set=EVAL_SET)


def test_a_comparison_is_worked_out_once_and_again_only_for_new_results(team: Team) -> None:
    old, new = release(team), release(team, "2.0.0")
    evaluated(team, old, {"billing": 0.6})
    evaluated(team, new, {"billing": 0.5})
    with team.read() as ctx:
        first = comparisons.compare(ctx, old, new, eval_set=EVAL_SET)
        begun = time.perf_counter()
        assert comparisons.compare(ctx, old, new, eval_set=EVAL_SET) is first
        assert time.perf_counter() - begun < 0.1
    evaluated(team, new, {"billing": 0.1}, retrains=1)
    with team.read() as ctx:
        assert comparisons.compare(ctx, old, new, eval_set=EVAL_SET).retrains == (3, 4)
