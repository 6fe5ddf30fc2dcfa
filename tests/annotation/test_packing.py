"""A package says what to send back, in a shape that is taken; its pictures open and Label Studio takes it in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from headwater.annotation import deliveries, packages, queries
from headwater.annotation.exchange.formats import CODECS, Format
from headwater.annotation.exchange.label_studio_config import to_schema
from headwater.annotation.exchange.model import Reply
from headwater.annotation.vendor_model import Delivery, Package
from tests.annotation.factories import open_campaign, put_records
from tests.annotation.test_vendors import lapse, onboarded, opened, package_of
from tests.web import sheets

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workspaces import Team

BOXES = [
    {"name": "damage", "kind": "boxes", "options": ["scratch", "dent"], "text": "Mark what is damaged."},
    {"name": "state", "kind": "single", "options": ["good", "bad"]},
]
PARTS = [{"name": "parts", "kind": "spans", "options": ["thing", "event"], "relations": ["suffers"]}]
CHAT = [
    {"name": "helpful", "kind": "rating", "per_turn": "assistant"},
    {"name": "better", "kind": "text", "prefill": "draft"},
    {"name": "order", "kind": "ranking", "required": False},
]
TEXTS = ["The pump broke.", "The lid has a crack.", "The café's filter is 😀 missing."]


def pictures(team: Team) -> list[str]:
    places = [team.app.objects.put_media(sheets.png(width)).name for width in (120, 60)]
    sizes = [{"image": place, "width": width, "height": 80} for place, width in zip(places, (120, 60), strict=True)]
    return put_records(team, ["one", "two"], payloads=sizes)


def chats(team: Team) -> list[str]:
    payloads = [sheets.CHAT | {"draft": f"Draft {n}."} for n in range(3)]
    return put_records(team, ["a", "b", "c"], payloads=payloads)


def packed(team: Team, kind: str) -> tuple[Package, dict[str, bytes]]:
    made = {
        "boxes": lambda: package_of(team, open_campaign(team, pictures(team), data=BOXES).id),
        "parts": lambda: package_of(team, open_campaign(team, put_records(team, TEXTS), data=PARTS).id),
        "chats": lambda: package_of(team, open_campaign(team, chats(team), data=CHAT).id),
    }
    package = made[kind]()
    return package, opened(team, package)


def tasks_of(files: dict[str, bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files["tasks.jsonl"].splitlines()]


def received(team: Team, package: Package, data: bytes) -> Delivery:
    with team.act(team.ops) as ctx:
        return deliveries.receive(ctx, package.id, data)


@pytest.mark.parametrize("kind", ["boxes", "parts", "chats"])
def test_the_examples_of_a_package_are_taken_as_they_stand(team: Team, kind: str) -> None:
    package, files = packed(team, kind)
    rows = [json.loads(line) for line in files["example.jsonl"].splitlines()]
    checked = jsonschema.Draft202012Validator(json.loads(files["delivery.schema.json"]))
    assert all(map(checked.is_valid, rows))
    assert not checked.is_valid({"id": "itm_1", "values": {"weather": 1}})
    assert not checked.is_valid(rows[0] | {"second": 1})
    found = received(team, package, files["example.jsonl"])
    assert (found.valid, found.rows) == (2, 2)
    letter = files["README.txt"].decode()
    for name, value in rows[0]["values"].items():
        assert f"\n{name} (" in letter
        assert json.dumps({name: value}, ensure_ascii=False)[1:-1] in letter


def test_pictures_of_a_package_have_the_ending_of_their_kind(team: Team) -> None:
    _, files = packed(team, "boxes")
    places = [task["content"]["image"] for task in tasks_of(files)]
    assert {place.rpartition(".")[2] for place in places} == {"png"}
    assert all(files[place].startswith(b"\x89PNG") for place in places)


def test_a_text_that_a_rewrite_begins_from_is_in_the_package(team: Team) -> None:
    _, files = packed(team, "chats")
    begun = {task["content"]["originals"]["better"] for task in tasks_of(files)}
    assert begun == {"Draft 0.", "Draft 1.", "Draft 2."}
    assert "It rewrites `content.originals.better` of the task." in files["README.txt"].decode()


def test_the_tasks_for_label_studio_have_what_its_configuration_reads(team: Team) -> None:
    _, files = packed(team, "boxes")
    tasks = json.loads(files["label_studio.json"])
    config = files["labelling.xml"].decode()
    for task, ours in zip(tasks, tasks_of(files), strict=True):
        assert all(f"${name}" in config for name in ("text", "image"))
        assert task["data"]["image"] == f"/data/local-files/?d={ours['content']['image']}"
        assert (task["data"]["task"], task["data"]["text"]) == (ours["id"], ours["content"]["text"])
    assert "LOCAL_FILES_DOCUMENT_ROOT" in files["README.txt"].decode()


@pytest.mark.parametrize("kind", ["boxes", "parts"])
def test_a_delivery_in_the_export_of_label_studio_is_taken(team: Team, tmp_path: Path, kind: str) -> None:
    package, files = packed(team, kind)
    questions = to_schema(files["labelling.xml"]).questions
    answers: dict[str, dict[str, Any]] = {
        "boxes": {"damage": [{"x": 1, "y": 2, "width": 3, "height": 4, "label": "dent"}], "state": "bad"},
        "parts": {"parts": {"spans": [{"start": 4, "end": 8, "label": "thing"}]}},
    }
    tasks = exported(files, tmp_path, questions, answers[kind])
    tasks[1]["annotations"] *= 2
    found = received(team, package, json.dumps(tasks).encode())
    assert (found.rows, found.valid) == (len(tasks), len(tasks) - 1)
    assert found.failed == {tasks[1]["data"]["task"]: "has 2 annotations, expected one"}
    del tasks[0]["data"]["task"]
    with team.act(team.ops) as ctx:
        deliveries.judge(ctx, found.id, wrong={})
    lapse(team)
    with team.act(team.lead) as ctx:
        deliveries.send_back(ctx, found.id, reason="two annotations")
    tasks[1]["annotations"].pop()
    again = received(team, package, json.dumps([tasks[1], tasks[0], "words", {"id": 1}]).encode())
    assert (again.rows, again.valid, again.complete) == (4, 1, package.items)
    assert again.problems == (
        "Element 2: its data has no 'task', the id of a task",
        "Element 3: expected a task with 'data'",
        "Element 4: expected a task with 'data'",
    )


def exported(files: dict[str, bytes], folder: Path, questions: Any, values: dict[str, Any]) -> list[dict[str, Any]]:
    """What Label Studio gives back of its tasks when each was answered once."""
    codec = CODECS[Format.LABEL_STUDIO]
    path = folder / "tasks.json"
    path.write_bytes(files["label_studio.json"])
    reply = Reply(values=values, by="7", id="1", provenance={"lead_time_ms": 9000})
    answered = [replace(each, foreign={}, answers=(reply,)) for each in codec.read(path, questions)]
    found: list[dict[str, Any]] = json.loads(b"".join(codec.write(answered, questions)))
    return found


def test_a_task_whose_record_was_erased_before_is_not_sealed(team: Team) -> None:
    records = put_records(team, TEXTS)
    campaign = open_campaign(team, records, data=PARTS)
    partner = onboarded(team)
    pin = team.app.records.erase(team.app.database, team.program, records[:1])
    with team.act(team.ops) as ctx:
        team.app.records.confirm(ctx.db, team.program, pin)
        batch = queries.batches(ctx, campaign.id)[0]
        due = ctx.clock.now() + timedelta(days=30)
        assert packages.prepare(ctx, batch.id, vendor_id=partner, due_at=due).items == 2
