"""Every row of a delivery that is no answer is refused with its place and the reason, and nothing is guessed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from headwater.annotation import deliveries, packages, queries, vendors
from headwater.annotation.delivery_rows import read
from headwater.annotation.questions import parse
from headwater.annotation.vendor_model import DeliveryError, VendorStateError
from tests.annotation.test_vendors import accepted, answered, deliver, issued, lapse, opened

if TYPE_CHECKING:
    from tests.workspaces import Team

ROW = {"id": "itm_1", "values": {"topic": "fault"}}
QUESTIONS = parse([{"name": "topic", "kind": "single", "options": ["fault"]}])


def told(**more: object) -> str:
    (row,) = read(json.dumps(ROW | more).encode(), QUESTIONS)
    return row.problem


@pytest.mark.parametrize("seconds", [-5, "12", True, 10**9, 1e300, [1]])
def test_a_time_that_cannot_be_is_refused(seconds: object) -> None:
    assert told(seconds=seconds).endswith("expected a number from 0 to 86400")


@pytest.mark.parametrize("by", [7, ["jo"], "x" * 201, "jo\n", "\ud800"])
def test_a_name_that_is_none_is_refused(by: object) -> None:
    assert told(by=by).endswith("expected a text of at most 200 printable characters")


def test_an_unknown_key_is_refused_but_what_rework_comes_with_is_passed_by() -> None:
    assert told(second=3) == "unknown key 'second'; known are id, values, by, seconds"
    assert not told(content={"text": "x"}, reason="no answer", seconds=None, by=None)
    assert told(id=7) == "'id' is 7, expected the id of a task"
    assert not told(seconds=0)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": "itm_1", "values": {}, "seconds": NaN}', "NaN is no number of JSON"),
        ('{"id": "itm_1", "values": {"topic": "fault", "topic": "praise"}}', "the key 'topic' stands twice"),
        ("[" * 100_000, ""),
        ("itm_1,fault", "not a JSON object"),
        ("7", "not a JSON object"),
    ],
)
def test_a_line_that_is_no_json_object_is_refused_with_why(line: str, why: str) -> None:
    last = list(read(f"{json.dumps(ROW)}\n\n{line}".encode(), QUESTIONS))[-1]
    assert (last.where, last.place, why in last.problem) == ("Line 3", "Line 3", True)


def test_an_array_that_cannot_be_read_is_refused_as_a_whole() -> None:
    for data in (b"[1, 2", b'[{"id": 1}]\n[{"id": 2}]', b"[" * 100_000):
        with pytest.raises(DeliveryError, match="array that cannot be read"):
            read(data, QUESTIONS)


def test_a_time_of_label_studio_that_ran_over_night_is_not_told() -> None:
    region = {"from_name": "topic", "to_name": "text", "type": "choices", "id": "1", "value": {"choices": ["fault"]}}
    answer: dict[str, Any] = {"id": 1, "completed_by": {"id": 4, "email": "jo@example.org"}, "result": [region]}
    for lead, expected in ((12.5, 12500), (100_000, 0), (-1, 0), (None, 0)):
        task = {"id": 1, "data": {"text": "x", "task": "itm_1"}, "annotations": [answer | {"lead_time": lead}]}
        (row,) = read(json.dumps([task]).encode(), QUESTIONS)
        assert (row.item, row.values, row.by, row.lead_time_ms) == ("itm_1", {"topic": "fault"}, "4", expected)


def test_of_two_different_answers_to_a_task_neither_counts(team: Team) -> None:
    package = issued(team)
    rows = answered(opened(team, package))
    other = rows[0] | {"values": {"topic": "fault" if rows[0]["values"]["topic"] != "fault" else "praise"}}
    found = deliver(team, package, [*rows, rows[1], other, rows[0]])
    assert (found.rows, found.valid, found.complete) == (25, 21, 21)
    assert found.failed == {rows[0]["id"]: "a second answer to the task, another one than in Line 1"}
    assert f"Line 23, task {rows[1]['id']}: a second answer to the task, the same as in Line 2" in found.problems


def test_a_row_with_a_time_below_zero_fails_its_task_with_its_line(team: Team) -> None:
    package = issued(team)
    rows = answered(opened(team, package))
    rows[2] |= {"seconds": -5}
    found = deliver(team, package, rows)
    why = "'seconds' is -5, expected a number from 0 to 86400"
    assert (found.valid, found.failed) == (21, {rows[2]["id"]: why})
    assert found.problems == (f"Line 3, task {rows[2]['id']}: {why}",)


def test_a_record_that_was_erased_meanwhile_does_not_hold_a_delivery_up(each_team: Team) -> None:
    team = each_team
    package = issued(team)
    rows = answered(opened(team, package))
    with team.act(team.ops) as ctx:
        gone = queries.tasks_of(ctx, package.batch_id)[0].record_id
    pin = team.app.records.erase(team.app.database, team.program, [gone])
    with team.act(team.ops) as ctx:
        team.app.records.confirm(ctx.db, team.program, pin)
    found = accepted(team, package, rows)
    assert (found.valid, found.complete, found.failed, found.used) == (21, 22, {}, 21)


def test_a_certificate_that_comes_too_early_is_told_what_comes_first(team: Team) -> None:
    package = issued(team)
    with team.act(team.ops) as ctx:
        with pytest.raises(VendorStateError, match=r"is issued, due .*: its vendor still needs the data") as error:
            packages.certify(ctx, package.id, statement="all deleted")
        assert error.value.remedy.startswith("Accept its delivery or withdraw the package first")
        packages.withdraw(ctx, package.id, reason="they are full")
        assert packages.certify(ctx, package.id, statement="all deleted").deleted_at
        assert vendors.package(ctx, package.id).deleted_at


def test_a_file_without_any_answer_is_no_delivery(team: Team) -> None:
    package = issued(team)
    with pytest.raises(DeliveryError, match="None of the 2 rows is an answer to a task of package 'one'; the"):
        deliver(team, package, [{"id": "itm_other", "values": {}}, 7])
    with team.act(team.ops) as ctx:
        with pytest.raises(DeliveryError, match="is a ZIP archive"):
            deliveries.receive(ctx, package.id, packages.archive_of(ctx, package.id))
        assert not vendors.deliveries(ctx)


def test_an_answer_that_was_wrong_and_comes_again_is_told(team: Team) -> None:
    package = issued(team)
    rows = answered(opened(team, package))
    first = deliver(team, package, rows)
    with team.act(team.ops) as ctx, pytest.raises(VendorStateError, match="only a judged one is returned") as error:
        deliveries.send_back(ctx, first.id, reason="no")
    assert error.value.remedy == "Judge its sample first."
    one = first.sample[0]
    with team.act(team.ops) as ctx:
        deliveries.judge(ctx, first.id, wrong={one: "is praise"})
    lapse(team)
    with team.act(team.lead) as ctx:
        deliveries.send_back(ctx, first.id, reason="one")
        again = deliveries.rework(ctx, first.id)
    second = deliver(team, package, again)
    assert (second.valid, second.problems) == (1, (f"Task {one}: answered as before, which was wrong: is praise",))


def test_what_cannot_be_stored_is_spelt_out_in_the_problems_of_a_delivery(each_team: Team) -> None:
    package = issued(each_team)
    rows = answered(opened(each_team, package))
    odd: list[dict[str, object]] = [{"by": "\ud800"}, {"k\0": 1}, {"values": {"q\ud800": 1}}, {"id": "i\0\udfff"}]
    for place, more in enumerate(odd):
        rows[place] |= more
    found = deliver(each_team, package, rows)
    with each_team.read() as ctx:
        (stored,) = vendors.deliveries(ctx)
    assert stored.problems == found.problems
    assert (found.rows, found.valid) == (22, 18)
    assert r"there is no task 'i\0\udfff'" in "".join(stored.problems)
