"""A real export of Label Studio comes in whole and goes out as it came; its configuration becomes a schema and back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from headwater.annotation.exchange.formats import CODECS, Format
from headwater.annotation.exchange.label_studio_config import config, from_schema, to_schema
from headwater.annotation.exchange.model import ExchangeError, Item
from headwater.annotation.questions import Kind, SchemaError, parse

MADE = Path(__file__).parent / "made"
CODEC = CODECS[Format.LABEL_STUDIO]


def real() -> tuple[tuple[Any, ...], list[Item]]:
    questions = to_schema((MADE / "config.xml").read_bytes()).questions
    return questions, list(CODEC.read(MADE / "label_studio.json", questions))


def test_an_export_that_label_studio_made_is_written_again_equal() -> None:
    questions, items = real()
    written = json.loads(b"".join(CODEC.write(items, questions)))
    assert written == json.loads((MADE / "label_studio.json").read_text(encoding="utf-8"))


def test_its_answers_are_answers_to_the_questions_of_its_configuration() -> None:
    _, (first, second, third) = real()
    assert first.answers[0].values == {
        "topic": "Billing",
        "tone": ["calm", "short"],
        "place": ["Italy", "Asia"],
        "urgency": 5,
        "amount": 20.5,
        "reply": "Thank you, Ada.",
        "parts": {
            "spans": [
                {"id": "parts1", "start": 0, "end": 3, "label": "person"},
                {"id": "parts2", "start": 13, "end": 20, "label": "thing"},
            ],
            "relations": [{"from": "parts1", "to": "parts2", "label": "owns"}],
        },
    }
    assert second.answers[0].values["boxes"] == [
        {"x": 80.0, "y": 120.0, "width": 320.0, "height": pytest.approx(159.84), "label": "dent"}
    ]
    assert [reply.by for reply in first.answers] == ["1", "2"]
    assert not third.answers
    assert second.content["width"] == 640


def test_an_answer_that_was_changed_is_written_as_it_is_now() -> None:
    questions, items = real()
    changed = replace(items[0].answers[0], values=items[0].answers[0].values | {"topic": "Praise"})
    written = json.loads(b"".join(CODEC.write([replace(items[0], answers=(changed,))], questions)))
    result = written[0]["annotations"][0]["result"]
    assert {"choices": ["Praise"]} in [region.get("value") for region in result]
    assert written[0]["annotations"][0]["unique_id"]


def test_a_configuration_becomes_a_schema_and_the_schema_the_same_configuration() -> None:
    made = to_schema((MADE / "config.xml").read_bytes())
    by_name = {question.name: question for question in made.questions}
    assert not made.left_out
    assert by_name["topic"].values == ("Billing", "fault", "Praise")
    assert by_name["topic"].required
    assert by_name["tone"].when is not None
    assert by_name["tone"].when.values == ("Billing", "Praise")
    assert [(each.value, each.parent) for each in by_name["place"].options] == [
        ("Europe", ""),
        ("Italy", "Europe"),
        ("Spain", "Europe"),
        ("Asia", ""),
    ]
    assert by_name["parts"].relations[0].value == "owns"
    assert (by_name["urgency"].bounds, by_name["amount"].maximum) == ((1, 7), 1000)
    assert to_schema(config(made.questions).encode()).questions == made.questions


def test_what_has_no_counterpart_is_named_and_not_dropped_in_silence() -> None:
    text = b"""<View><Text name="t" value="$t"/><Choices name="A b" toName="t"><Choice value="x"/></Choices>
    <DateTime name="when" toName="t"/><Rating name="r" toName="t" perRegion="true"/></View>"""
    made = to_schema(text)
    assert [question.name for question in made.questions] == ["a_b"]
    assert made.left_out == (
        "<DateTime> 'when' has no question of its kind",
        "<Rating> 'r' is asked about each region",
    )
    with pytest.raises(SchemaError):
        to_schema(b"<View/>")
    with pytest.raises(ExchangeError, match="document type"):
        to_schema(b'<!DOCTYPE x [<!ENTITY e "x">]><View/>')
    turned = {"name": "t", "kind": "single", "options": ["a", "b"], "per_turn": "any"}
    asked = parse([turned, {"name": "n", "kind": "numeric"}])
    assert [each.kind for each in from_schema(asked).questions] == [Kind.NUMERIC]
    assert from_schema(asked).left_out == ("'t' (single)",)


def test_predictions_are_suggestions_of_a_model(tmp_path: Path) -> None:
    questions = parse([{"name": "topic", "kind": "single", "options": ["a", "b"]}])
    region = {"id": "x", "from_name": "topic", "to_name": "t", "type": "choices", "value": {"choices": ["b"]}}
    made = {"model_version": "model-3", "score": 0.83, "result": [region]}
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([{"data": {"text": "x"}, "predictions": [made]}]))
    (item,) = CODEC.read(path, questions)
    (found,) = item.suggestions
    assert (found.values, found.by, found.score) == ({"topic": "b"}, "model-3", 0.83)


def test_the_name_of_a_picture_is_no_text_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    picture = {"kind": "image", "text": "WRONG.jpg", "image": "WRONG.jpg", "width": 4, "height": 3}
    made = b"".join(CODEC.write([Item(id="1", content=picture)], ()))
    assert "text" not in json.loads(made)[0]["data"]
    path.write_bytes(json.dumps([{"data": {"image": "WRONG.jpg", "text": "WRONG.jpg"}}]).encode())  # as others write it
    (item,) = CODEC.read(path, ())
    assert (item.content["kind"], item.content["text"], item.content["image"]) == ("image", "", "WRONG.jpg")


def test_offsets_counted_in_utf16_units_are_told_by_the_quoted_text(tmp_path: Path) -> None:
    questions = parse([{"name": "parts", "kind": "spans", "options": ["thing"]}])
    value = {"start": 2, "end": 5, "text": "cup", "labels": ["thing"]}
    region = {"id": "a", "from_name": "parts", "to_name": "t", "type": "labels", "value": value}
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([{"id": 1, "data": {"text": "😀cup"}, "annotations": [{"result": [region]}]}]))
    (item,) = CODEC.read(path, questions)
    assert item.answers[0].values["parts"]["spans"] == [{"start": 1, "end": 4, "label": "thing"}]
