"""Answers folded into columns are the answers: nothing doubled, lost or brought back."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from headwater.annotation import folding, queries, tasks
from headwater.annotation.plan import Plan
from headwater.annotation.store import folds
from tests.annotation import factories
from tests.workspaces import make_team

if TYPE_CHECKING:
    from headwater.annotation.answers import Answers
    from headwater.app.application import App
    from tests.workspaces import Team


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "LEAST", 3)
    monkeypatch.setattr(folding, "BLOCK", 3)


def read(team: Team, campaign: str, *, folded: bool) -> Answers:
    with team.act(team.ops) as ctx, ctx.db.begin_nested() as for_now:
        if not folded:
            folds.forget(ctx.db, campaign)
        found = queries.answers(ctx, campaign, question="topic", structured=True)
        for_now.rollback()
    return found


def fold(team: Team, campaign: str) -> int:
    with team.act(team.ops) as ctx:
        return folding.fold(ctx, campaign, question="topic")


def assert_the_same(team: Team, campaign: str) -> Answers:
    folded, rows = read(team, campaign, folded=True), read(team, campaign, folded=False)
    assert triples(folded) == triples(rows)
    assert folded.undecided == rows.undecided
    for each in fields(rows):
        left, right = getattr(folded, each.name), getattr(rows, each.name)
        if isinstance(right, np.ndarray):
            assert left.dtype == right.dtype, each.name
    return folded


def triples(given: Answers) -> list[tuple[str, str, str, str, str, int]]:
    columns = zip(given.task, given.annotator, given.value, given.cohort, given.submitted_at, strict=True)
    return sorted(
        (given.task_ids[a], given.record_ids[a], given.annotator_ids[b], given.values[c], given.cohort_ids[d], int(e))
        for a, b, c, d, e in columns
    )


def test_folded_answers_follow_what_happens_later(each_app: App) -> None:
    team = make_team(each_app)
    campaign = factories.open_campaign(team, 6, plan=Plan(overlap=2), known={0: "fault"}).id
    first, second = team.annotators[:2]
    factories.work_through(team, campaign, first, topic="billing", limit=5)
    assert fold(team, campaign) == 0  # they may still be under way
    team.app.clock.advance(minutes=11)  # type: ignore[attr-defined]
    assert fold(team, campaign) == 5
    assert fold(team, campaign) == 0
    assert len(assert_the_same(team, campaign).task) == 5
    factories.work_through(team, campaign, first, topic="praise")
    factories.work_through(team, campaign, second, topic="fault", limit=4)
    assert len(assert_the_same(team, campaign).task) > 9
    team.app.clock.advance(minutes=11)  # type: ignore[attr-defined]
    assert fold(team, campaign) > 3
    before = assert_the_same(team, campaign)
    with team.act(team.ops) as ctx:
        ctx.db.exec_driver_sql(
            f"UPDATE answer SET superseded_at = {int(ctx.clock.now().timestamp() * 1e6)} "
            f"WHERE id = (SELECT min(id) FROM answer WHERE campaign_id = '{campaign}')"
        )
    after = assert_the_same(team, campaign)
    assert len(after.task) == len(before.task) - 1
    assert fold(team, campaign) == 0


def test_an_answer_that_decided_nothing_and_was_taken_back_shifts_no_task(each_app: App) -> None:
    team = make_team(each_app)
    campaign = factories.open_campaign(team, 6, plan=Plan(overlap=2)).id
    first, second = team.annotators[:2]
    assignment = factories.claim(team, campaign, first)
    assert assignment is not None
    unsure = replace(factories.submission(assignment), values={"topic": {"cannot_decide": "smudged"}})
    with team.act(first) as ctx:
        given = tasks.submit(ctx, campaign, unsure, claim_next=False).answer_id
    factories.work_through(team, campaign, first, topic="billing", limit=3)
    team.app.clock.advance(minutes=11)  # type: ignore[attr-defined]
    assert fold(team, campaign) == 3
    assert assert_the_same(team, campaign).undecided == 1
    factories.work_through(team, campaign, second, topic="fault", limit=6)
    factories.work_through(team, campaign, first, topic="praise")
    team.app.clock.advance(minutes=11)  # type: ignore[attr-defined]
    assert fold(team, campaign) > 3  # among them the first answer that decides the task left undecided
    with team.act(team.ops) as ctx:
        ctx.db.exec_driver_sql(
            f"UPDATE answer SET superseded_at = {int(ctx.clock.now().timestamp() * 1e6)} WHERE id = '{given}'"
        )
    assert assert_the_same(team, campaign).undecided == 0
