"""The answers of one person, read by those who accept the work: in any order, filtered, a part at a time."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from headwater.annotation import personal, personal_files, tasks
from headwater.annotation.model import UnknownQuestionError
from headwater.annotation.personal_files import Form
from headwater.annotation.personal_model import Only, Order, Wanted
from headwater.annotation.plan import Plan
from headwater.annotation.store import personal as store
from headwater.core.errors import ForbiddenError, InvalidError
from tests.annotation import factories
from tests.annotation.test_queue_plans import plan
from tests.quality.factories import answer_all

if TYPE_CHECKING:
    from headwater.annotation.personal_model import GivenAnswer
    from tests.workspaces import Team

NOW = Wanted()


def seen(team: Team, campaign: str, wanted: Wanted = NOW, *, limit: int = 100, who: str = "") -> list[GivenAnswer]:
    with team.read(who) as ctx:
        return list(personal.read(ctx, campaign, team.annotators[0], wanted, limit=limit).rows)


def paged(team: Team, campaign: str, wanted: Wanted, limit: int) -> list[str]:
    found, after = [], ""
    while True:
        with team.read() as ctx:
            part = personal.read(ctx, campaign, team.annotators[0], wanted, after=after, limit=limit)
        found += [row.id for row in part.rows]
        after = part.more
        if not after:
            return found


def answered(team: Team) -> str:
    """Twelve tasks and two gold ones: one says fault four times, then billing; two others always say billing."""
    known = {0: "fault", 1: "billing"}
    campaign = factories.open_campaign(team, 12, plan=Plan(overlap=3, gold_rate=0.3), known=known).id
    one, two, three = team.annotators[:3]
    factories.work_through(team, campaign, one, topic="fault", limit=4)
    factories.work_through(team, campaign, one)
    for person in (two, three):
        factories.work_through(team, campaign, person)
    return campaign


def test_answers_stand_in_order_beside_their_record_the_others_and_gold(each_team: Team) -> None:
    team = each_team
    campaign = answered(team)
    rows = seen(team, campaign)
    assert len(rows) == 14
    assert [row.given_at for row in rows] == sorted(row.given_at for row in rows)
    assert [row.said for row in rows] == ["fault"] * 4 + ["billing"] * 10
    assert [row.equals_before for row in rows] == [False, *[True] * 3, False, *[True] * 9]
    assert all(row.text.startswith("message ") and row.seconds == 1.5 for row in rows)
    assert {row.guideline for row in rows} == {"topic v1"}
    assert all([each.person for each in row.others] == list(team.annotators[1:3]) for row in rows)
    assert [{each.is_same for each in row.others} for row in rows] == [{False}] * 4 + [{True}] * 10
    assert sorted((row.known_said, row.is_right) for row in rows if row.is_gold) == [
        ("billing", any(row.is_right for row in rows if row.known == "billing")),
        ("fault", any(row.is_right for row in rows if row.known == "fault")),
    ]
    with team.read() as ctx:
        by_name = personal.read(ctx, "first", team.annotators[0], NOW, limit=100)
    assert list(by_name.rows) == rows


def test_answers_are_filtered(each_team: Team) -> None:
    team = each_team
    campaign = answered(team)
    rows = seen(team, campaign)

    def only(**wanted: Any) -> list[str]:
        found = seen(team, campaign, Wanted(**wanted))
        assert paged(team, campaign, Wanted(**wanted), 2) == [row.id for row in found]
        return [row.id for row in found]

    assert only(value="fault") == [row.id for row in rows[:4]]
    assert only(value="praise") == only(question="urgency") == []
    assert only(since=rows[2].given_at, until=rows[5].given_at) == [row.id for row in rows[2:6]]
    assert only(only=Only.DIFFERENT) == [row.id for row in rows[:4]]
    assert only(only=Only.REPEATS, value="fault") == [row.id for row in rows[1:4]]
    assert only(only=Only.LONGEST_RUN) == [row.id for row in rows[4:]]
    assert only(only=Only.LONGEST_RUN, value="fault") == []
    assert only(only=Only.LONGEST_RUN, until=rows[5].given_at) == [row.id for row in rows[:4]]
    assert only(only=Only.GOLD_MISTAKES) == [row.id for row in rows if row.is_right is False]
    with team.read() as ctx, pytest.raises(UnknownQuestionError):
        personal.read(ctx, campaign, team.annotators[0], Wanted(question="tone"))
    with team.read() as ctx, pytest.raises(InvalidError):
        personal.read(ctx, campaign, team.annotators[0], Wanted(), after="ans_nothing")


def _early_and_late(early: str, late: str, text: str) -> dict[str, object]:
    return {"topic": early if text < "message 3" else late}


def test_mistakes_that_two_share_stand_beside_each_other(each_team: Team) -> None:
    team = each_team
    campaign = factories.open_campaign(team, 6, plan=Plan(overlap=5, gold_rate=0.5), known={0: "billing"}).id
    people = (*team.annotators, team.reviewer)
    for person in people:
        topics = ("fault", "praise") if person in people[:2] else ("praise", "praise")
        answer_all(team, campaign, person, partial(_early_and_late, *topics))
    wanted = Wanted(only=Only.SHARED_MISTAKES, beside=people[1])
    rows = seen(team, campaign, wanted)
    # three tasks where the two stand against three, and the gold on which all five are wrong
    assert sorted(row.text for row in rows) == ["message 0", "message 1", "message 2", "message 6"]
    assert {row.others[0].person for row in rows} == {people[1]}
    assert all(row.others[0].is_same for row in rows)
    with team.read() as ctx, pytest.raises(InvalidError):
        personal.read(ctx, campaign, people[0], Wanted(only=Only.SHARED_MISTAKES))


def test_the_quickest_and_a_sample_are_read_page_by_page(each_team: Team) -> None:
    team = each_team
    campaign = factories.open_campaign(team, 14).id
    for place in range(14):  # of two the time is not known, as when a vendor does not tell it
        given = factories.claim(team, campaign, team.annotators[0])
        assert given is not None
        sent = replace(factories.submission(given), lead_time_ms=(place * 7) % 13 * 100)
        with team.act(team.annotators[0]) as ctx:
            tasks.submit(ctx, campaign, sent, claim_next=False)
    quickest = seen(team, campaign, Wanted(order=Order.QUICKEST))
    assert [row.seconds for row in quickest] == sorted(row.seconds or 0 for row in quickest)
    assert len(quickest) == 12
    assert paged(team, campaign, Wanted(order=Order.QUICKEST), 5) == [row.id for row in quickest]
    drawn = [paged(team, campaign, Wanted(order=Order.RANDOM, seed=seed), 4) for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert sorted(drawn[0]) == sorted(drawn[2]) == sorted(row.id for row in seen(team, campaign))


def test_nobody_else_reads_them_and_gold_is_for_those_who_may_change_it(team: Team) -> None:
    campaign = answered(team)
    for who in (team.annotators[0], team.annotators[1], team.reviewer, team.engineer):
        with pytest.raises(ForbiddenError):
            seen(team, campaign, who=who)
    assert seen(team, campaign, who=team.lead)


def test_a_part_is_bounded_in_statements_and_in_what_is_looked_through(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = factories.open_campaign(team, 40).id
    factories.work_through(team, campaign, team.annotators[0])

    def statements(limit: int) -> int:
        sent: list[str] = []
        with team.read() as ctx:
            remember = lambda _db, _cursor, said, *_: sent.append(said)  # noqa: E731
            sa.event.listen(ctx.db, "before_cursor_execute", remember)
            assert len(personal.read(ctx, campaign, team.annotators[0], NOW, limit=limit).rows) == min(limit, 40)
            sa.event.remove(ctx.db, "before_cursor_execute", remember)
        return len(sent)

    assert statements(2) == statements(30) < 20
    monkeypatch.setattr(personal, "MOST_LOOKED", 10)
    monkeypatch.setattr(personal, "BLOCK", 10)
    with team.read() as ctx:
        part = personal.read(ctx, campaign, team.annotators[0], Wanted(only=Only.DIFFERENT), limit=5)
        assert (part.rows, part.looked, bool(part.more)) == ((), 10, True)
        rest = personal.read(ctx, campaign, team.annotators[0], Wanted(only=Only.DIFFERENT), after=part.more)
    assert rest.looked == 10


def test_the_answers_are_found_by_the_index_of_annotators(each_team: Team) -> None:
    team = each_team
    campaign = factories.open_campaign(team, 3).id
    what = store.Stretch(
        campaign_id=campaign, person=team.annotators[0], question="topic", since=None, until=None, value="fault"
    )
    for find in (
        lambda db: store.page(db, what, after="", limit=5),
        lambda db: store.entries(db, what, limit=5, valued=True),
    ):
        assert "ix_answer_annotator" in plan(team.app.database, find)


def test_a_file_holds_all_that_is_filtered_under_pseudonyms(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = answered(team)
    monkeypatch.setattr(personal_files, "BLOCK", 3)
    wanted = Wanted(order=Order.RANDOM, seed=3)

    def written(form: Form) -> str:
        parts = personal_files.write(team.read, campaign, team.annotators[0], wanted, form)
        return b"".join(parts).decode()

    rows = [json.loads(line) for line in written(Form.JSONL).splitlines()]
    assert [row["answer"] for row in rows] == [row.id for row in seen(team, campaign, wanted)]
    assert not any(person in written(form) for person in team.annotators for form in Form)
    assert {row["annotator"][:4] for row in rows} == {"ann_"}
    table = list(csv.DictReader(io.StringIO(written(Form.CSV))))
    assert [row["value"] for row in table] == [row["value"] for row in rows]
    assert len(table) == 14


def test_answers_of_every_kind_are_read_in_words_and_found_by_what_they_hold(team: Team) -> None:
    data = [
        {"name": "tones", "kind": "multiple", "options": ["glad", "cross"], "required": False},
        {"name": "parts", "kind": "spans", "options": ["thing"], "required": False},
        {"name": "why", "kind": "text", "required": False},
    ]
    campaign = factories.open_campaign(team, 2, data=data).id
    spans = {"spans": [{"start": 0, "end": 7, "label": "thing"}], "relations": []}
    values: dict[str, object] = {"tones": ["glad", "cross"], "parts": spans, "why": "=It says so"}
    answer_all(team, campaign, team.annotators[0], lambda _: values)
    told = {
        name: [row.said for row in seen(team, campaign, Wanted(question=name, value=value))]
        for name, value in (("tones", "cross"), ("parts", "thing"), ("why", "it SAYS"))
    }
    assert told == {
        "tones": ["cross, glad"] * 2,
        "parts": ["thing: “message”"] * 2,
        "why": ["=It says so"] * 2,
    }
    assert not seen(team, campaign, Wanted(question="tones", value="calm"))
    assert [row.equals_before for row in seen(team, campaign, Wanted(question="parts"))] == [False, True]
    (block,) = personal_files.write(team.read, campaign, team.annotators[0], Wanted(question="why"), Form.CSV)
    assert "'=It says so" in block.decode()  # what a spreadsheet would run
