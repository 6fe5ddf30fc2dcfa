"""Chats, pairs, responses and what else a line holds: all of it is compared, searched for personal data and kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from headwater.sourcing import intakes, queries, reading
from headwater.sourcing.curation import Recipe
from headwater.sourcing.items import compared, said
from tests.sourcing.test_intakes import approved

if TYPE_CHECKING:
    from pathlib import Path

    from headwater.sourcing.model import Intake, Record
    from tests.workspaces import Team


def chat(*turns: str) -> dict[str, Any]:
    roles = ("user", "assistant")
    return {"messages": [{"role": roles[place % 2], "content": text} for place, text in enumerate(turns)]}


def take_in(team: Team, folder: Path, *rows: dict[str, Any], recipe: Recipe | None = None) -> Intake:
    path = folder / "items.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with team.read() as ctx:
        name = f"desk {len(queries.sources(ctx))}"
    source = approved(team, name=name)
    with team.act(team.ops) as ctx:
        begun = intakes.start(ctx, source=source, origin=path.name, recipe=recipe)
    return intakes.run(lambda: team.act(team.ops), team.app.database, begun.id, reading.items(path))


def records(team: Team) -> list[Record]:
    with team.read() as ctx:
        return queries.everything(ctx)


def test_chats_that_begin_alike_are_not_the_same(team: Team, tmp_path: Path) -> None:
    done = take_in(
        team,
        tmp_path,
        chat("Hello", "How can I help?", "My invoice of last month shows twice what we had agreed upon."),
        chat("Hello", "How can I help?", "The printer on the third floor stops after every single page."),
        chat("Hello", "How can I help?", "The printer on the third floor stops after every single page."),
    )
    assert (done.added, done.rejected) == (2, 1)
    with team.read() as ctx:
        (same,) = queries.rejects(ctx, done.id)
    assert (same.place, same.reason) == (3, "duplicate")


def test_responses_tell_prompts_apart_and_are_kept(team: Team, tmp_path: Path) -> None:
    prompt = {"text": "Explain the new tariff to a customer who has been with us for ten years."}
    done = take_in(
        team,
        tmp_path,
        prompt | {"responses": ["It costs less, and this is why.", "Read the price list on our page."]},
        prompt | {"responses": [{"text": "Nothing changes for you."}, {"text": "Call the hotline tomorrow morning."}]},
        recipe=Recipe(near_duplicate=2),
    )
    assert done.added == 2
    assert [len(each.payload["responses"]) for each in records(team)] == [2, 2]  # type: ignore[arg-type]


@pytest.mark.parametrize("where", ["messages", "responses", "reply", "notes"])
def test_personal_data_is_found_wherever_it_stands(where: str, team: Team, tmp_path: Path) -> None:
    private = "Write to jane.doe@example.org today."
    rows = {
        "messages": chat("Whom may I ask?", private),
        "responses": {"text": "Whom may I ask?", "responses": [private, {"text": private}]},
        "reply": {"text": "Whom may I ask?", "reply": private},
        "notes": {"text": "Whom may I ask?", "notes": [{"by": "agent", "said": private}]},
    }
    refused = take_in(team, tmp_path, rows[where], recipe=Recipe(personal_data="reject"))
    with team.read() as ctx:
        assert [each.reason for each in queries.rejects(ctx, refused.id)] == ["personal-data"]
    take_in(team, tmp_path, rows[where])
    (record,) = records(team)
    assert "example.org" not in json.dumps(record.payload)
    assert "today" in json.dumps(record.payload)


def test_a_chat_in_parts_begins_with_its_words(team: Team, tmp_path: Path) -> None:
    parts = [{"type": "text", "text": "Look at this lid."}, {"type": "text", "text": "Is it broken?"}]
    take_in(team, tmp_path, {"messages": [{"role": "user", "content": parts}]})
    (record,) = records(team)
    assert (record.kind, record.text) == ("chat", "Look at this lid.\nIs it broken?")


def test_a_chat_is_listed_by_its_first_question_not_by_what_the_model_is_told(team: Team, tmp_path: Path) -> None:
    told = {"role": "system", "content": "You are helpful."}
    rows = [
        {"messages": [told, {"role": "user", "content": text}]}
        for text in ("Is the parcel late?", "Close my account today")
    ]
    odd = {"messages": [{"role": ["user"], "content": "A role that is no text"}]}
    take_in(team, tmp_path, *rows, {"messages": [told]}, odd)
    listed = {"Is the parcel late?", "Close my account today", "You are helpful.", "A role that is no text"}
    assert {record.text for record in records(team)} == listed


def test_lists_and_objects_stay_with_their_record(team: Team, tmp_path: Path) -> None:
    take_in(team, tmp_path, {"text": "The lid does not close.", "tags": ["lid", "seal"], "unit": {"id": 7}, "line": 2})
    (record,) = records(team)
    assert record.payload == {"tags": ["lid", "seal"], "unit": {"id": 7}}
    assert record.attributes["line"] == 2


def test_what_nests_without_end_is_refused(team: Team, tmp_path: Path) -> None:
    deep: list[Any] = []
    for _ in range(200):
        deep = [deep]
    done = take_in(team, tmp_path, {"text": "Deep.", "deep": deep}, {"text": "Broken.", "responses": "none"})
    with team.read() as ctx:
        assert [each.evidence for each in queries.rejects(ctx, done.id)] == [
            "line 1: nests deeper than 100 levels",
            "line 2: 'responses' must be a list",
        ]


def test_all_that_was_said_is_compared() -> None:
    assert said("Hi", {"reply": "Hello"}) == "Hi\nHello"
    assert said("Hi", chat("Hi", "Hello")) == "Hi\nHello"
    parts = {"messages": [{"role": "user", "content": [{"type": "text", "text": "Look"}, {"image": "a.png"}]}]}
    assert said("Title", parts) == "Title\nLook"
    assert compared("image", "a.png", {"image": "media/1"}) == "media/1"
    assert compared("text", "same", {"image": "media/1"}) != compared("text", "same", {"image": "media/2"})
