"""Tasks handed to somebody stand before them alone, and never get lost there."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from headwater.annotation import assignments, campaigns, queries, tasks
from headwater.annotation.assignment_model import Target
from headwater.annotation.assignments import NotAssignableError
from headwater.annotation.model import LeaseState, UnknownLeaseError, UnknownTaskError
from headwater.annotation.plan import Plan
from headwater.annotation.store import queue
from headwater.core.errors import HeadwaterError
from headwater.governance.model import NotYoursError
from headwater.workforce import service as workforce
from tests.annotation.factories import answer, claim, open_campaign, submission, work_through

if TYPE_CHECKING:
    from tests.workspaces import Team


def ids(team: Team, campaign: str) -> list[str]:
    """Return the campaign's tasks in the order of their records' texts."""
    with team.read() as ctx:
        batch = queries.batches(ctx, campaign)[0].id
        return [task.id for task in queries.tasks_of(ctx, batch)]


def hand(team: Team, campaign: str, wanted: list[str], target: Target, *, take_away: bool = False) -> None:
    with team.act(team.ops) as ctx:
        assignments.assign(ctx, campaign, wanted, target, reason="you know it best", take_away=take_away)


def test_what_is_handed_to_one_person_comes_first_and_to_nobody_else(each_team: Team) -> None:
    campaign = open_campaign(each_team, 5).id
    one, two = each_team.annotators[:2]
    chosen = ids(each_team, campaign)[3:]
    work_through(each_team, campaign, one, limit=1)  # has passed the beginning of the lane
    hand(each_team, campaign, chosen, Target(person=one))
    assert work_through(each_team, campaign, two) == 2
    with each_team.read() as ctx:
        assert {row.id for row in assignments.open_tasks(ctx, campaign, handed=True)} == set(chosen)
    first = claim(each_team, campaign, one)
    assert first is not None
    each_team.app.clock.advance(minutes=11)  # type: ignore[attr-defined]
    assert claim(each_team, campaign, two) is None  # a lapsed lease leaves it theirs
    assert work_through(each_team, campaign, one) == 2
    with each_team.read() as ctx:
        assert queries.progress(ctx, campaign).done == 5


def test_what_is_left_of_a_task_goes_to_everybody_once_its_person_has_it(each_team: Team) -> None:
    campaign = open_campaign(each_team, 1, plan=Plan(overlap=2)).id
    one, two, three = each_team.annotators[:3]
    hand(each_team, campaign, ids(each_team, campaign), Target(person=one))
    assert claim(each_team, campaign, two) is None
    given = claim(each_team, campaign, one)
    assert given is not None
    assert work_through(each_team, campaign, two) == 1
    answer(each_team, campaign, one, given)
    with each_team.act(each_team.ops) as ctx:
        campaigns.amend(ctx, campaign, {"overlap": 3})  # opens it where only its person would come by
    assert work_through(each_team, campaign, three) == 1


def test_a_task_that_its_person_passes_on_goes_to_everybody_with_the_reason_on_record(each_team: Team) -> None:
    campaign = open_campaign(each_team, 1).id
    one, two = each_team.annotators[:2]
    (task,) = ids(each_team, campaign)
    hand(each_team, campaign, [task], Target(person=one))
    given = claim(each_team, campaign, one)
    assert given is not None
    with each_team.act(one) as ctx:
        tasks.skip(ctx, campaign, lease_id=given.lease_id, token=given.token, reason="not my field")
    with each_team.read() as ctx:
        (found,) = assignments.skips(ctx, campaign)
        (told,) = assignments.skip_reasons(ctx, campaign)
        with pytest.raises(NotYoursError), each_team.read(two) as other:
            assignments.skips(other, campaign)
    assert (found.task_id, found.annotator, found.reason, found.need) == (task, one, "not my field", 1)
    assert (told.reason, told.tasks, told.people) == ("not my field", 1, 1)
    assert work_through(each_team, campaign, two) == 1


def test_a_task_is_taken_away_only_on_demand_and_to_those_who_may_have_it(team: Team) -> None:
    campaign = open_campaign(team, 2, known={0: "fault"}, plan=Plan(gold_rate=0.5)).id
    one, two, three = team.annotators[:3]
    first, second = ids(team, campaign)
    claim(team, campaign, one)
    with team.read() as ctx:
        gold = queries.golds(ctx, campaign)[0].task_id
        held = queries.leases(ctx, campaign)[0].task_id
    other = second if held == first else first
    for wanted, target, said in (
        (held, Target(person=two), "is being worked on"),
        (gold, Target(person=two), "everybody answers it"),
        (held, Target(person=team.engineer), "answers no tasks"),
    ):
        with pytest.raises(NotAssignableError, match=said):
            hand(team, campaign, [wanted], target, take_away=target.person == team.engineer)
    with pytest.raises(UnknownTaskError):
        hand(team, campaign, ["tsk_none"], Target())
    hand(team, campaign, [held], Target(person=two), take_away=True)
    with pytest.raises(NotAssignableError, match="had task"):
        hand(team, campaign, [held], Target(person=one))
    with team.act(team.ops) as ctx:
        workforce.enrol(ctx, three, team="south", skills=["language:es"])
    hand(team, campaign, [other], Target(skill="language:es"))
    with team.read() as ctx:
        assert [row.skill for row in assignments.open_tasks(ctx, campaign) if row.id == other] == ["language:es"]
    given = claim(team, campaign, three)
    assert given is not None
    with team.act(one) as ctx, pytest.raises(NotYoursError):
        assignments.assign(ctx, campaign, [held], Target(), reason="mine")


def test_handing_over_while_people_claim_gives_no_task_twice_and_loses_none(each_team: Team) -> None:
    campaign = open_campaign(each_team, 12).id
    wanted = ids(each_team, campaign)

    def manage(person: str) -> None:
        for task in wanted:
            try:
                hand(each_team, campaign, [task], Target(person=person), take_away=True)
            except HeadwaterError:
                continue

    with ThreadPoolExecutor(6) as pool:
        busy: list[Future[Any]] = []
        busy += [pool.submit(work_through, each_team, campaign, person) for person in each_team.annotators]
        busy += [pool.submit(manage, person) for person in each_team.annotators[:2]]
        for each in busy:
            try:
                each.result(60)
            except HeadwaterError:
                continue  # the task was taken away while it was being answered
    with each_team.act(each_team.ops) as ctx:
        left = [row.id for row in assignments.open_tasks(ctx, campaign)]
        if left:
            assignments.assign(ctx, campaign, left, Target(), reason="open again", take_away=True)
    each_team.app.clock.advance(minutes=30)  # type: ignore[attr-defined]
    for person in each_team.annotators:
        work_through(each_team, campaign, person)
    with each_team.read() as ctx:
        columns = queries.answers(ctx, campaign)
        assert len(columns.task) == len(set(columns.task.tolist()))
        assert queries.progress(ctx, campaign).answers == len(columns.task)


def test_a_task_that_is_answered_while_it_is_taken_away_stays_answered(each_team: Team) -> None:
    campaign = open_campaign(each_team, 1).id
    person = each_team.annotators[0]
    given = claim(each_team, campaign, person)
    assert given is not None

    def take() -> bool:  # by somebody who has read the lease before it was answered
        with each_team.act(each_team.ops) as ctx:
            return queue.end(ctx.db, given.lease_id, LeaseState.REVOKED)

    with ThreadPoolExecutor(1) as aside:
        with each_team.act(person) as ctx:
            tasks.submit(ctx, campaign, submission(given))
            taken = aside.submit(take)
            with suppress(TimeoutError):
                taken.result(0.3)
        assert taken.result(60) is False
    with each_team.act(each_team.ops) as ctx, pytest.raises(UnknownLeaseError):
        campaigns.revoke(ctx, campaign, person)
    with each_team.read() as ctx:
        assert queries.progress(ctx, campaign).answers == 1
        assert queries.progress(ctx, campaign).done == 1
