"""Acceptance of batches: plan, sample, judgement, decision, rework, severity."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from headwater.annotation import reviews
from headwater.core.errors import InvalidError
from headwater.governance import queries as governance
from headwater.governance.model import NotYoursError
from headwater.quality import acceptance, labels, lots, queries, rework, severity
from headwater.quality.lots import Column
from headwater.quality.model import AlreadyJudgedError, InspectionStateError, NotAssessableError, Verdict
from headwater.stats.acceptance.tables import Kind, Severity
from tests.annotation import factories as make
from tests.quality.lots import answer_and_resolve, decided, judged, labelled, sampled

if TYPE_CHECKING:
    from tests.workspaces import Team


def test_the_plan_and_seed_are_recorded_before_there_is_a_sample(each_team: Team) -> None:
    _, (batch,) = labelled(each_team)
    with each_team.act(each_team.ops) as ctx:
        planned = acceptance.plan(ctx, batch, question="topic", aql=4.0)
        assert planned.sample == ()
        (entry,) = governance.entries(ctx, words="batch.planned")
        # the first thirteen digits of the hash of what was recorded: nobody can choose the sample by trying seeds
        assert planned.seed == int(entry.hash.removeprefix("sha256:")[:13], 16)
    with each_team.act(each_team.ops) as ctx:
        drawn = acceptance.sample(ctx, batch)
        tasks = sorted(label.task_id for label in queries.labels(ctx, batches=[batch]))
    chosen = np.random.default_rng(planned.seed).permutation(60)[:13]
    assert drawn.sample == tuple(tasks[place] for place in chosen)
    assert (drawn.plan.size, drawn.plan.accept, drawn.due) == (13, 1, 13)
    with pytest.raises(InspectionStateError, match="drawn already"), each_team.act(each_team.ops) as ctx:
        acceptance.sample(ctx, batch)
    with pytest.raises(InspectionStateError, match="sampled already"), each_team.act(each_team.ops) as ctx:
        acceptance.plan(ctx, batch, question="topic")


def test_a_batch_passes_or_fails_by_its_count(team: Team) -> None:
    _, (good, bad) = labelled(team, (60, 60))
    assert decided(team, good, wrong=1, accept=True).verdict is Verdict.ACCEPTED
    sampled(team, bad)
    row = judged(team, bad, wrong=2)
    assert (row.passed, len(row.errors)) == (False, 2)
    with team.read() as ctx:
        assert queries.accepted_batches(ctx) == [good]


def test_nothing_is_decided_before_the_plan_has(team: Team) -> None:
    _, (batch,) = labelled(team)
    row = sampled(team, batch)
    with team.act(team.expert) as ctx:
        acceptance.judge(ctx, batch, truth={row.sample[0]: "billing"})
    with pytest.raises(InspectionStateError, match="12 tasks left"), team.act(team.ops) as ctx:
        acceptance.propose(ctx, batch)


def test_a_double_plan_asks_for_its_second_sample(team: Team) -> None:
    _, (batch,) = labelled(team, (100,))
    with team.act(team.ops) as ctx:
        acceptance.plan(ctx, batch, question="topic", aql=4.0, kind=Kind.DOUBLE, seed=2)
        row = acceptance.sample(ctx, batch)
    assert (row.due, len(row.sample)) == (13, 26)
    with pytest.raises(InvalidError, match="not asked for"), team.act(team.expert) as ctx:
        acceptance.judge(ctx, batch, truth={row.sample[20]: "fault"})
    row = judged(team, batch, wrong=1)
    assert (row.passed, row.due, row.inspected) == (None, 26, 13)
    row = judged(team, batch, wrong=0)
    assert (row.passed, row.inspected, len(row.errors)) == (True, 26, 1)


def test_a_sequential_plan_ends_as_soon_as_the_count_decides(team: Team) -> None:
    _, (batch,) = labelled(team, (100,))
    with team.act(team.ops) as ctx:
        acceptance.plan(ctx, batch, question="topic", aql=4.0, kind=Kind.SEQUENTIAL, seed=2)
        row = acceptance.sample(ctx, batch)
    first = row.due
    assert first < 20
    row = judged(team, batch, wrong=0)
    assert (row.passed, row.inspected) == (True, first)


def test_two_inspectors_at_once_count_every_task_once(each_team: Team) -> None:
    _, (batch,) = labelled(each_team)
    row = sampled(each_team, batch)
    truth = {task: "fault" if place == 0 else "billing" for place, task in enumerate(row.sample)}

    def inspect(person: str, tasks: tuple[str, ...]) -> None:
        for task in tasks:
            try:
                with each_team.act(person) as ctx:
                    acceptance.judge(ctx, batch, truth={task: truth[task]})
            except InspectionStateError:
                return

    with ThreadPoolExecutor(2) as pool:
        done = [
            pool.submit(inspect, each_team.expert, row.sample),
            pool.submit(inspect, each_team.reviewer, row.sample[::-1]),
        ]
        for each in done:
            each.result()
    with each_team.read() as ctx:
        row = queries.inspection(ctx, batch)
        found = queries.judgements(ctx, row)
    assert (row.inspected, len(row.errors), row.passed) == (13, 1, True)
    assert len(found) == 13


def test_an_inspector_may_correct_themselves_but_not_another(team: Team) -> None:
    _, (batch,) = labelled(team)
    row = sampled(team, batch)
    for value in ("fault", "billing"):
        with team.act(team.expert) as ctx:
            row = acceptance.judge(ctx, batch, truth={row.sample[0]: value})
    assert row.errors == ()
    with team.act(team.reviewer) as ctx:
        assert acceptance.judge(ctx, batch, truth={row.sample[0]: "billing"}).inspected == 1
    with pytest.raises(AlreadyJudgedError, match="judged otherwise"), team.act(team.reviewer) as ctx:
        acceptance.judge(ctx, batch, truth={row.sample[0]: "praise"})
    with pytest.raises(NotYoursError), team.act(team.annotators[0]) as ctx:
        acceptance.judge(ctx, batch, truth={row.sample[1]: "billing"})


def test_what_an_expert_settled_counts_as_judged(team: Team) -> None:
    campaign, (batch,) = labelled(team)
    with team.read() as ctx:
        tasks = [label.task_id for label in queries.labels(ctx, batches=[batch])]
    with team.act(team.expert) as ctx:
        for task in tasks[:30]:
            reviews.settle(ctx, campaign, task, {"topic": "billing"}, reason="clear")
    with team.act(team.ops) as ctx:
        labels.resolve(ctx, campaign, question="topic", method="majority")
    row = sampled(team, batch)
    with team.act(team.expert) as ctx:
        acceptance.confirm(ctx, batch)
        found = queries.judgements(ctx, row)
    assert set(found) == set(tasks[:30]) & set(row.sample)
    assert {each.source for each in found.values()} == {"ruling"}


def test_a_rejected_batch_is_reworked_and_comes_back_tightened(each_team: Team) -> None:
    campaign, (batch,) = labelled(each_team, (100,))
    row = decided(each_team, batch, wrong=5, accept=False)
    assert row.verdict is Verdict.REJECTED
    with pytest.raises(InspectionStateError, match="decided on"), each_team.act(each_team.ops) as ctx:
        acceptance.plan(ctx, batch, question="topic")
    with each_team.act(each_team.ops) as ctx:
        rework.rework(ctx, batch)
    assignment = make.claim(each_team, campaign, each_team.annotators[1])
    assert assignment is not None
    assert assignment.note == "Billing and fault are mixed up."
    with pytest.raises(NotAssessableError, match="from before its rework"), each_team.act(each_team.ops) as ctx:
        acceptance.plan(ctx, batch, question="topic")
    make.answer(each_team, campaign, each_team.annotators[1], assignment, topic="fault")
    answer_and_resolve(each_team, campaign, topic="fault")
    with each_team.act(each_team.ops) as ctx:
        again = acceptance.plan(ctx, batch, question="topic", aql=4.0, seed=3)
        assert queries.inspection(ctx, batch).round == 2
    assert (again.round, again.plan.severity) == (2, Severity.TIGHTENED)
    with each_team.read() as ctx:
        right = {label.task_id for label in queries.labels(ctx, batches=[batch]) if label.value == "billing"}
        assert right == set(row.sample[: row.inspected]) - set(row.errors)
        assert [each.verdict for each in queries.rounds(ctx, batch)] == [Verdict.REJECTED, None]


def test_a_failed_batch_is_waived_only_by_the_accountable(team: Team) -> None:
    _, (batch,) = labelled(team)
    sampled(team, batch)
    judged(team, batch, wrong=4)
    with team.act(team.ops) as ctx:
        acceptance.propose(ctx, batch)
    with pytest.raises(NotYoursError), team.act(team.ops) as ctx:
        acceptance.accept(ctx, batch, reason="hurry")
    team.app.clock.advance(hours=49)  # type: ignore[attr-defined]
    with team.act(team.lead) as ctx:
        assert acceptance.accept(ctx, batch, reason="Needed now; repaired next week.").verdict is Verdict.WAIVED
        standing = severity.standings(ctx)
    assert standing[0].state.recent == (False,)


def test_severity_follows_the_batches_and_is_written_down(team: Team) -> None:
    campaign, batches = labelled(team, (30, 30, 30))
    for place, batch in enumerate(batches[:2]):
        decided(team, batch, wrong=2, accept=False, seed=place)
    with team.read() as ctx:
        (now,) = severity.standings(ctx)
        assert (now.state.severity, now.cause, now.maker) == (Severity.TIGHTENED, batches[1], "in-house")
        assert now.state.because == "2 of the last 2 batches were rejected"
        assert len(severity.history(ctx, campaign, now.maker)) == 2
        lot = lots.lot(ctx, batches[2], question="topic")
    assert lot.severity is Severity.TIGHTENED
    with pytest.raises(InvalidError, match="only discontinued"), team.act(team.lead) as ctx:
        severity.resume(ctx, campaign, now.maker, reason="trained again")
    with pytest.raises(NotYoursError), team.act(team.ops) as ctx:
        severity.reduce(ctx, campaign, now.maker, reason="trust us")


def test_the_board_shows_where_every_batch_stands(team: Team) -> None:
    _, batches = labelled(team, (30, 30, 30, 30))
    decided(team, batches[0], wrong=0, accept=True)
    decided(team, batches[1], wrong=3, accept=False)
    sampled(team, batches[2])
    with team.read() as ctx:
        cards = {str(card.batch.id): card for card in lots.board(ctx)}
    assert [cards[batch].column for batch in batches] == [
        Column.ACCEPTED,
        Column.REWORK,
        Column.INSPECTION,
        Column.WAITING,
    ]
    assert cards[batches[2]].step.startswith("judge ")
    with team.act(team.ops) as ctx:
        rework.rework(ctx, batches[1])
        with pytest.raises(InspectionStateError, match="in rework already"):
            rework.rework(ctx, batches[1])
        again = next(card for card in lots.board(ctx) if card.batch.id == batches[1])
    assert again.step == "answer its tasks, then resolve its labels"


def test_a_plan_is_stale_when_the_labels_changed(team: Team) -> None:
    campaign, (batch,) = labelled(team, (30,))
    with team.act(team.ops) as ctx:
        acceptance.plan(ctx, batch, question="topic", seed=1)
        ctx.db.exec_driver_sql("DELETE FROM label WHERE task_id = (SELECT min(task_id) FROM label)")
        with pytest.raises(NotAssessableError, match="had 30 labels"):
            acceptance.sample(ctx, batch)
        labels.resolve(ctx, campaign, question="topic")
        assert acceptance.sample(ctx, batch).drawn_at is not None


def test_the_ledger_tells_the_whole_story(team: Team) -> None:
    _, (batch,) = labelled(team, (30,))
    decided(team, batch, wrong=0, accept=True)
    with team.read() as ctx:
        kinds = [entry.event for entry in reversed(governance.entries(ctx)) if entry.subject == batch]
    assert [kind for kind in kinds if kind.startswith("batch.")] == [
        "batch.added",
        "batch.planned",
        "batch.sampled",
        "batch.judged",
        "batch.accepted",
    ]
