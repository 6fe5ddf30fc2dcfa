"""The queue: who gets which task, and what becomes of it."""

from __future__ import annotations

import uuid

import pytest

from headwater.annotation import campaigns, gold, queries, tasks
from headwater.annotation.handouts import Why
from headwater.annotation.model import AlreadyAnsweredError, LeaseLapsedError, LeaseTokenError, UnknownLeaseError
from headwater.annotation.plan import Plan
from headwater.annotation.responses import ResponseError
from headwater.annotation.submissions import Submission
from headwater.governance.model import NotYoursError
from tests.annotation.factories import answer, claim, open_campaign, submission, work_through
from tests.workspaces import Team


def test_tasks_are_given_in_order_and_each_once_with_overlap_one(each_team: Team) -> None:
    campaign = open_campaign(each_team, 6)
    first, second = each_team.annotators[:2]
    seen = []
    while (one := claim(each_team, campaign.id, first)) and (two := claim(each_team, campaign.id, second)):
        seen += [one.content["text"], two.content["text"]]
        answer(each_team, campaign.id, first, one)
        answer(each_team, campaign.id, second, two)
    assert seen == [f"message {n}" for n in range(6)]


def test_a_task_is_given_to_as_many_people_as_the_overlap_asks(each_team: Team) -> None:
    campaign = open_campaign(each_team, 5, plan=Plan(overlap=3))
    counts = [work_through(each_team, campaign.id, person) for person in each_team.annotators]
    assert counts == [5, 5, 5, 0]
    with each_team.read() as ctx:
        progress = queries.progress(ctx, campaign.id)
        assert (progress.tasks, progress.done, progress.answers) == (5, 5, 15)
        columns = queries.answers(ctx, campaign.id)
        assert sorted(zip(columns.task.tolist(), columns.annotator.tolist(), strict=True)) == [
            (task, person) for task in range(5) for person in range(3)
        ]


def test_an_annotator_sees_neither_attributes_nor_ids_of_records(team: Team) -> None:
    campaign = open_campaign(team, 1)
    given = claim(team, campaign.id, team.annotators[0])
    assert given is not None
    assert "secret" not in repr(given)
    assert "rec_" not in repr(given)
    assert "tsk_" not in repr(given)


def test_what_a_client_lost_is_handed_out_again_before_anything_fresh(each_team: Team) -> None:
    campaign = open_campaign(each_team, 3)
    person = each_team.annotators[0]
    one = claim(each_team, campaign.id, person)
    again = claim(each_team, campaign.id, person)
    assert one is not None
    assert again is not None
    assert (again.lease_id, again.token) == (one.lease_id, one.token)
    ahead = claim(each_team, campaign.id, person, holding=[one.lease_id])
    assert ahead is not None
    assert ahead.lease_id != one.lease_id


def test_nobody_holds_more_than_three_tasks_at_a_time(team: Team) -> None:
    campaign = open_campaign(team, 9)
    held: list[str] = []
    for _ in range(3):
        given = claim(team, campaign.id, team.annotators[0], holding=held)
        assert given is not None
        held.append(given.lease_id)
    with team.act(team.annotators[0]) as ctx:
        assert tasks.claim(ctx, campaign.id, holding=held).why is Why.HOLDING


def test_a_lapsed_lease_returns_the_task_to_others(each_team: Team) -> None:
    campaign = open_campaign(each_team, 1)
    first, second = each_team.annotators[:2]
    one = claim(each_team, campaign.id, first)
    assert claim(each_team, campaign.id, second) is None
    each_team.app.clock.advance(minutes=11)  # type: ignore[attr-defined]
    two = claim(each_team, campaign.id, second)
    assert one is not None
    assert two is not None
    assert two.content == one.content
    with pytest.raises(LeaseLapsedError):
        answer(each_team, campaign.id, first, one)
    answer(each_team, campaign.id, second, two)
    with each_team.read() as ctx:
        assert queries.progress(ctx, campaign.id).done == 1


def test_a_late_answer_is_taken_while_nobody_has_its_place(each_team: Team) -> None:
    campaign = open_campaign(each_team, 2)
    first, second = each_team.annotators[:2]
    one = claim(each_team, campaign.id, first)
    two = claim(each_team, campaign.id, second)
    each_team.app.clock.advance(minutes=11)  # type: ignore[attr-defined]
    assert one is not None
    assert two is not None
    assert not answer(each_team, campaign.id, first, one).replayed
    assert not answer(each_team, campaign.id, second, two).replayed
    with each_team.read() as ctx:
        assert queries.progress(ctx, campaign.id).done == 2


def test_a_lapsed_task_is_found_by_those_who_passed_its_place_long_ago(each_team: Team) -> None:
    campaign = open_campaign(each_team, 4)
    first, second = each_team.annotators[:2]
    claim(each_team, campaign.id, first)
    assert work_through(each_team, campaign.id, second) == 3
    each_team.app.clock.advance(minutes=11)  # type: ignore[attr-defined]
    assert work_through(each_team, campaign.id, second) == 1


def test_whoever_let_a_lease_lapse_may_get_the_task_again(each_team: Team) -> None:
    campaign = open_campaign(each_team, 1)
    person, other = each_team.annotators[:2]
    one = claim(each_team, campaign.id, person)
    each_team.app.clock.advance(minutes=11)  # type: ignore[attr-defined]
    two = claim(each_team, campaign.id, other)
    assert one is not None
    assert two is not None
    with each_team.act(other) as ctx:
        tasks.release_lease(ctx, campaign.id, lease_id=two.lease_id, token=two.token)
    three = claim(each_team, campaign.id, person)
    assert three is not None
    assert three.lease_id != one.lease_id
    answer(each_team, campaign.id, person, three)


def test_a_task_given_back_goes_behind_the_other_work_and_gold_never_comes_back_to_the_same_person(
    each_team: Team,
) -> None:
    campaign = open_campaign(each_team, 4, plan=Plan(gold_rate=0.5), known={0: "fault"})
    person, other = each_team.annotators[:2]
    seen: list[str] = []
    after = None
    for _ in range(3):
        given = claim(each_team, campaign.id, person)
        assert given is not None
        seen.append(str(given.content["text"]))
        with each_team.act(person) as ctx:
            after = tasks.give_back(ctx, campaign.id, lease_id=given.lease_id, token=given.token)
            again = tasks.give_back(ctx, campaign.id, lease_id=given.lease_id, token=given.token)
        assert after.assignment is not None
        assert again.assignment == after.assignment
    assert len(set(seen)) == 3  # others come first
    with each_team.act(person) as ctx:
        assert [tasks.give_back_all(ctx, campaign.id), tasks.give_back_all(ctx, campaign.id)] == [1, 0]
    assert after is not None
    assert after.assignment is not None
    assert "message 4" in {*seen, str(after.assignment.content["text"])}  # the gold
    texts: list[str] = []
    while (given := claim(each_team, campaign.id, person)) is not None:
        texts.append(str(given.content["text"]))
        answer(each_team, campaign.id, person, given)
    assert sorted(texts) == [f"message {place}" for place in range(4)]
    assert work_through(each_team, campaign.id, other) == 0


def test_an_answer_sent_twice_is_recorded_once_with_the_same_reply(each_team: Team) -> None:
    campaign = open_campaign(each_team, 3)
    person = each_team.annotators[0]
    given = claim(each_team, campaign.id, person)
    assert given is not None
    client = str(uuid.uuid4())
    once = answer(each_team, campaign.id, person, given, client_id=client, claim_next=True)
    twice = answer(each_team, campaign.id, person, given, client_id=client, claim_next=True)
    assert (once.replayed, twice.replayed) == (False, True)
    assert twice.answer_id == once.answer_id
    assert once.next is not None
    assert twice.next == once.next
    with each_team.read() as ctx:
        assert queries.progress(ctx, campaign.id).answers == 1


def test_another_answer_to_an_answered_task_is_refused(team: Team) -> None:
    campaign = open_campaign(team, 3)
    given = claim(team, campaign.id, team.annotators[0])
    assert given is not None
    answer(team, campaign.id, team.annotators[0], given)
    with pytest.raises(AlreadyAnsweredError):
        answer(team, campaign.id, team.annotators[0], given)


def test_only_the_holder_with_the_token_may_submit(team: Team) -> None:
    campaign = open_campaign(team, 3)
    first, second = team.annotators[:2]
    given = claim(team, campaign.id, first)
    assert given is not None
    with pytest.raises(UnknownLeaseError):
        answer(team, campaign.id, second, given)
    forged = Submission(lease_id=given.lease_id, token="0" * 32, client_id="x", values={"topic": "fault"})
    with team.act(first) as ctx, pytest.raises(LeaseTokenError):
        tasks.submit(ctx, campaign.id, forged)


def test_a_heartbeat_keeps_a_lease_alive(each_team: Team) -> None:
    campaign = open_campaign(each_team, 1)
    first, second = each_team.annotators[:2]
    given = claim(each_team, campaign.id, first)
    assert given is not None
    for _ in range(3):
        each_team.app.clock.advance(minutes=8)  # type: ignore[attr-defined]
        with each_team.act(first) as ctx:
            until = tasks.heartbeat(ctx, campaign.id, leases={given.lease_id: given.token})
        assert until > each_team.app.clock.now()
        assert claim(each_team, campaign.id, second) is None
    answer(each_team, campaign.id, first, given)


def test_a_skipped_task_goes_to_others_and_never_comes_back(each_team: Team) -> None:
    campaign = open_campaign(each_team, 1)
    first, second = each_team.annotators[:2]
    given = claim(each_team, campaign.id, first)
    assert given is not None
    with each_team.act(first) as ctx:
        handout = tasks.skip(ctx, campaign.id, lease_id=given.lease_id, token=given.token, reason="not my language")
    assert handout.why is Why.DONE
    assert claim(each_team, campaign.id, first) is None
    assert claim(each_team, campaign.id, second) is not None
    with each_team.read() as ctx:
        assert queries.progress(ctx, campaign.id).skipped == 1


def test_an_answer_can_be_taken_back_while_its_lease_runs(each_team: Team) -> None:
    campaign = open_campaign(each_team, 2)
    person = each_team.annotators[0]
    given = claim(each_team, campaign.id, person)
    assert given is not None
    answer(each_team, campaign.id, person, given, topic="fault")
    with each_team.act(person) as ctx:
        again = tasks.undo(ctx, campaign.id, lease_id=given.lease_id, token=given.token).assignment
    assert again is not None
    assert again.draft == {"topic": "fault"}
    with each_team.read() as ctx:
        assert queries.progress(ctx, campaign.id).answers == 0
    receipt = answer(each_team, campaign.id, person, again, topic="praise")
    with each_team.read(each_team.reviewer) as ctx:
        row = queries.answer(ctx, campaign.id, receipt.answer_id)
        assert (row.version, row.values) == (2, {"topic": "praise"})
        assert len(queries.answers_to(ctx, row.task_id)) == 1
    each_team.app.clock.advance(minutes=11)  # type: ignore[attr-defined]
    with each_team.act(person) as ctx, pytest.raises(LeaseLapsedError):
        tasks.undo(ctx, campaign.id, lease_id=given.lease_id, token=given.token)


def test_a_paused_campaign_gives_nothing_but_takes_what_is_in_hand(team: Team) -> None:
    campaign = open_campaign(team, 3)
    person = team.annotators[0]
    given = claim(team, campaign.id, person)
    assert given is not None
    with team.act(team.ops) as ctx:
        campaigns.pause(ctx, campaign.id)
    receipt = answer(team, campaign.id, person, given, claim_next=True)
    assert receipt.next is not None
    assert receipt.next.why is Why.PAUSED
    with team.act(team.ops) as ctx:
        campaigns.resume(ctx, campaign.id)
    assert claim(team, campaign.id, person) is not None


def test_more_overlap_opens_finished_tasks_again_even_behind_those_who_passed(each_team: Team) -> None:
    campaign = open_campaign(each_team, 4)
    first, second = each_team.annotators[:2]
    assert work_through(each_team, campaign.id, first, limit=2) == 2
    assert work_through(each_team, campaign.id, second) == 2
    with each_team.act(each_team.ops) as ctx:
        campaigns.change(ctx, campaign.id, plan=Plan(overlap=2))
        assert queries.progress(ctx, campaign.id).done == 0
    assert work_through(each_team, campaign.id, first) == 2
    assert work_through(each_team, campaign.id, second) == 2
    with each_team.read() as ctx:
        progress = queries.progress(ctx, campaign.id)
        assert (progress.done, progress.answers) == (4, 8)


def test_less_overlap_closes_open_tasks_and_loses_no_answer(each_team: Team) -> None:
    campaign = open_campaign(each_team, 3, plan=Plan(overlap=3))
    assert work_through(each_team, campaign.id, each_team.annotators[0]) == 3
    with each_team.act(each_team.ops) as ctx:
        campaigns.change(ctx, campaign.id, plan=Plan(overlap=1))
    assert claim(each_team, campaign.id, each_team.annotators[1]) is None
    with each_team.read() as ctx:
        assert queries.progress(ctx, campaign.id).done == 3
        assert len(queries.answers(ctx, campaign.id).task) == 3


def test_taking_an_annotators_tasks_away_gives_them_to_others(each_team: Team) -> None:
    campaign = open_campaign(each_team, 1)
    first, second = each_team.annotators[:2]
    given = claim(each_team, campaign.id, first)
    assert given is not None
    with each_team.act(each_team.ops) as ctx:
        assert campaigns.revoke(ctx, campaign.id, first) == 1
    assert claim(each_team, campaign.id, first) is None
    assert claim(each_team, campaign.id, second) is not None
    with pytest.raises(LeaseLapsedError):
        answer(each_team, campaign.id, first, given)


def test_people_without_a_part_in_answering_get_no_task(team: Team) -> None:
    campaign = open_campaign(team, 1)
    with team.act(team.engineer) as ctx, pytest.raises(NotYoursError):
        tasks.claim(ctx, campaign.id)


def test_gold_comes_at_its_rate_and_looks_like_any_other_task(each_team: Team) -> None:
    known = dict.fromkeys(range(10), "fault")
    campaign = open_campaign(each_team, 40, plan=Plan(gold_rate=0.2), known=known)
    person = each_team.annotators[0]
    shapes = set()
    hidden = 0
    for _ in range(50):
        given = claim(each_team, campaign.id, person)
        if given is None:  # ordinary work ran out before the last turn of gold
            break
        hidden += int(int(str(given.content["text"]).split()[1]) >= 40)
        shapes.add((tuple(sorted(given.content)), len(given.lease_id), given.lease_id[:12], len(given.token)))
        answer(each_team, campaign.id, person, given)
    assert 8 <= hidden <= 10
    assert len({shape[:2] + shape[3:] for shape in shapes}) == 1
    with each_team.read() as ctx:
        columns = queries.answers(ctx, campaign.id)
        assert columns.is_gold.sum() == hidden
        assert {columns.values[code] for code in columns.gold_value[columns.is_gold]} == {"fault"}
        assert len(columns.batch_ids) == 1
        progress = queries.progress(ctx, campaign.id)
        assert (progress.tasks, progress.done) == (40, 40)


def test_gold_taken_from_a_batch_leaves_its_ordinary_work(each_team: Team) -> None:
    campaign = open_campaign(each_team, 4, plan=Plan(gold_rate=0.5))
    with each_team.read() as ctx:
        batch = queries.batches(ctx, campaign.id)[0]
        record = queries.tasks_of(ctx, batch.id)[1].record_id
    with each_team.act(each_team.ops) as ctx:
        gold.mark(ctx, campaign.id, {record: {"topic": "billing"}})
    assert work_through(each_team, campaign.id, each_team.annotators[0]) in (3, 4)
    with each_team.read() as ctx:
        progress = queries.progress(ctx, campaign.id)
        assert (progress.tasks, progress.done) == (3, 3)


def test_a_wrong_answer_names_question_and_options(team: Team) -> None:
    campaign = open_campaign(team, 1)
    given = claim(team, campaign.id, team.annotators[0])
    assert given is not None
    wrong = submission(given, topic="bill")
    with (
        team.act(team.annotators[0]) as ctx,
        pytest.raises(ResponseError, match="'topic': 'bill' is not one of billing, fault, praise"),
    ):
        tasks.submit(ctx, campaign.id, wrong)


def test_those_who_answer_see_their_own_progress_alone(team: Team) -> None:
    campaign = open_campaign(team, 3)
    work_through(team, campaign.id, team.annotators[0], limit=2)
    for person in (team.annotators[1], team.reviewer):
        with team.read(person) as ctx, pytest.raises(NotYoursError):
            queries.progress(ctx, campaign.id)
    with team.read(team.annotators[0]) as ctx:
        assert (queries.my_progress(ctx, campaign.id).answers, queries.pace(ctx, campaign.id).answers) == (2, 2)
    with team.read(team.annotators[1]) as ctx:
        assert (queries.my_progress(ctx, campaign.id).answers, queries.pace(ctx, campaign.id).answers) == (0, 2)
    with team.read(team.engineer) as ctx:
        assert queries.progress(ctx, campaign.id).done == 2
