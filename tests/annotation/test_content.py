"""What annotators are shown of a record, and what is asked of records that lack a part."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from headwater.annotation import content, desk, questions, responses, wording
from headwater.annotation.plan import Plan
from headwater.annotation.responses import Facts, ResponseError
from headwater.sourcing import queries as sourcing
from tests.annotation import factories

if TYPE_CHECKING:
    from headwater.context import Context
    from headwater.sourcing.model import Record
    from tests.workspaces import Team

REWRITE = [{"name": "better", "kind": "text", "prefill": "reply"}]


def test_a_rewrite_starts_from_its_field_of_the_record_and_shows_no_other(team: Team) -> None:
    records = factories.put_records(team, ["hello"], payloads=[{"reply": "Helo!", "secret": "known"}])
    campaign = factories.open_campaign(team, records, plan=Plan(), data=REWRITE)
    given = factories.claim(team, campaign.id, team.annotators[0])
    assert given is not None
    assert given.originals == {"better": "Helo!"}
    assert "known" not in str(given.as_data())


def test_the_name_of_a_stored_image_stays_on_the_server(team: Team) -> None:
    records = factories.put_records(team, [""], payloads=[{"image": "media/ab/abc", "width": 8, "height": 4}])
    campaign = factories.open_campaign(team, records, plan=Plan())
    given = factories.claim(team, campaign.id, team.annotators[0])
    assert given is not None
    assert given.content == {"kind": "text", "text": "", "language": "en", "image": True, "width": 8, "height": 4}


def test_those_who_miss_the_same_records_at_once_read_them_once(
    each_team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = factories.put_records(each_team, [f"message {place}" for place in range(8)])
    reads: list[list[str]] = []
    take = sourcing.take

    def slow(ctx: Context, wanted: list[str], *, guess: list[int]) -> list[Record]:
        reads.append(wanted)
        time.sleep(0.2)
        return take(ctx, wanted, guess=guess)

    monkeypatch.setattr(sourcing, "take", slow)

    def show(record: str) -> object:
        with each_team.read() as ctx:
            found = content.fetch(ctx, record, lambda: content.Line(places=dict.fromkeys(records, 0)))
            return found and found.shown["text"]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(show, records)) == [f"message {place}" for place in range(8)]
    assert [set(wanted) for wanted in reads] == [set(records)]


def test_records_that_stand_in_line_as_in_the_table_are_not_looked_up(
    each_team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "_AHEAD", 4)
    factories.put_records(each_team, ["other"] * 3)
    records = factories.put_records(each_team, [f"message {place}" for place in range(20)])
    campaign = factories.open_campaign(each_team, records[3:], plan=Plan()).id
    looked_up: list[bool] = []
    take = each_team.app.records.take

    def watched(*args: Any, guess: list[int], **named: Any) -> Any:
        found = take(*args, guess=guess, **named)
        near = set(found.column("seq").to_pylist()) <= set(guess)
        looked_up.append(not near)
        return found

    monkeypatch.setattr(each_team.app.records, "take", watched)
    person = each_team.annotators[0]
    seen = []
    while (given := factories.claim(each_team, campaign, person)) is not None:
        seen.append(given.content["text"])
        factories.answer(each_team, campaign, person, given)
    assert seen == [f"message {place}" for place in range(3, 20)]
    assert looked_up == [True, False, False, False]  # the first read of the lane tells where the others are


def test_marks_on_an_image_are_not_asked_of_a_record_without_one() -> None:
    asked = questions.parse([{"name": "rust", "kind": "boxes", "options": ["spot"]}])
    box = {"rust": [{"x": 1, "y": 1, "width": 2, "height": 2, "label": "spot"}]}
    told = Facts(has_image=False, lengths=(5,))
    assert responses.check(asked, box, told) == {} == responses.check(asked, {}, Facts.of(told.as_data()))
    assert responses.check(asked, box, Facts(width=9, height=9)) == box
    with pytest.raises(ResponseError, match="required"):
        responses.check(asked, {}, Facts(width=9, height=9))


def test_a_ranking_of_responses_is_not_asked_of_a_record_without_them() -> None:
    asked = questions.parse([{"name": "best", "kind": "ranking", "text": "Which is better?"}])
    assert responses.check(asked, {}, Facts()) == {} == responses.check(asked, {"best": {"order": [["0"]]}}, Facts())
    ranked = {"best": {"order": [["1"], ["0"]]}}
    assert responses.check(asked, ranked, Facts(responses=2)) == ranked
    with pytest.raises(ResponseError, match="required"):
        responses.check(asked, {}, Facts(responses=2))


def test_a_question_about_turns_is_not_asked_of_a_record_without_them() -> None:
    asked = questions.parse([{"name": "helpful", "kind": "rating", "per_turn": "assistant"}])
    assert responses.check(asked, {}, Facts(lengths=(5,))) == {}
    assert responses.check(asked, {}, Facts(turns=("user",), lengths=(5,))) == {}
    with pytest.raises(ResponseError, match="required"):
        responses.check(asked, {}, Facts(turns=("user", "assistant"), lengths=(5, 5)))


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("fault", "fault"),
        (["a", "b"], "a, b"),
        (3, "3"),
        ({"cannot_decide": "no context"}, "cannot decide: no context"),
        ({"order": [["1"], ["0", "2"]]}, "1 > 0 = 2"),
        ({"spans": [{"label": "thing"}, {"label": "thing"}, {"label": "event"}]}, "2 × thing, 1 × event"),
        ([{"label": "dent", "x": 1, "y": 2}], "1 × dent"),
        ({"1": 4, "3": {"cannot_decide": "cut off"}}, "turn 2: 4, turn 4: cannot decide: cut off"),
    ],
)
def test_an_answer_of_any_kind_is_told_in_a_few_words(answer: object, shown: str) -> None:
    assert wording.summary(answer) == shown
