"""What is said about the shape of an answer, in words, as JSON Schema and by example, is what is taken."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from headwater.annotation import made_up, responses, shapes
from headwater.annotation.questions import Kind, parse
from headwater.annotation.responses import Facts

CHAT = Facts(turns=("user", "assistant", "user", "assistant"), lengths=(30, 12, 7, 40), responses=3)
TEXT = Facts(lengths=(60,), responses=2)
PICTURE = Facts(lengths=(0,), width=64, height=48)
ABC = ["a", "b", "c"]
QUESTIONS: list[tuple[dict[str, Any], Facts]] = [
    ({"kind": "single", "options": ABC}, TEXT),
    ({"kind": "single", "options": ["a", {"value": "b", "parent": "a"}], "leaves_only": True}, TEXT),
    ({"kind": "multiple", "options": ABC}, TEXT),
    ({"kind": "multiple", "options": ABC, "minimum": 3}, TEXT),
    ({"kind": "multiple", "options": ABC, "maximum": 1}, TEXT),
    ({"kind": "refusal"}, TEXT),
    ({"kind": "rating"}, TEXT),
    ({"kind": "rating", "minimum": -1, "maximum": 0}, TEXT),
    ({"kind": "rating", "per_turn": "assistant"}, CHAT),
    ({"kind": "numeric"}, TEXT),
    ({"kind": "numeric", "minimum": 20, "unit": "mm"}, TEXT),
    ({"kind": "numeric", "maximum": -3.5}, TEXT),
    ({"kind": "text"}, TEXT),
    ({"kind": "text", "minimum": 100, "maximum": 120}, TEXT),
    ({"kind": "text", "maximum": 3, "per_turn": "any"}, CHAT),
    ({"kind": "ranking"}, TEXT),
    ({"kind": "ranking", "ties": True, "reasons": ["clear", "short"]}, CHAT),
    ({"kind": "ranking", "options": ABC}, TEXT),
    ({"kind": "spans", "options": ABC}, TEXT),
    ({"kind": "spans", "options": ABC, "relations": ["owns"], "overlapping": False}, TEXT),
    ({"kind": "spans", "options": ABC, "relations": ["owns"], "minimum": 5}, CHAT),
    ({"kind": "spans", "options": ABC, "relations": ["owns"], "maximum": 1}, TEXT),
    ({"kind": "boxes", "options": ABC}, PICTURE),
    ({"kind": "boxes", "options": ABC, "minimum": 2}, Facts(lengths=(0,), width=1, height=1)),
    ({"kind": "polygons", "options": ABC}, PICTURE),
    ({"kind": "keypoints", "options": ABC}, PICTURE),
    ({"kind": "keypoints", "options": ABC, "skeleton": [["a", "b"], ["b", "c"]]}, PICTURE),
    ({"kind": "mask", "options": ABC}, PICTURE),
    ({"kind": "mask", "options": ABC}, Facts(lengths=(0,))),
]


def validated(question: Any, answer: object) -> bool:
    found: bool = jsonschema.Draft202012Validator(shapes.schema_of(question)).is_valid(answer)
    return found


@pytest.mark.parametrize(("data", "facts"), QUESTIONS, ids=lambda each: str(each)[:60])
def test_an_example_of_every_kind_of_answer_passes_the_check_and_the_json_schema(
    data: dict[str, Any], facts: Facts
) -> None:
    questions = parse([data | {"name": "it"}])
    (question,) = questions
    answer = made_up.answers(questions, facts)["it"]
    assert responses.check(questions, {"it": answer}, facts) == {"it": answer}
    assert validated(question, answer)
    unsure = made_up.undecided(questions, facts)["it"]
    assert responses.undecided(unsure)
    assert validated(question, unsure)
    for wrong in ({"cannot_decide": ""}, {"other": 1}, [{"label": "weather"}], "\n", True, None):
        assert not validated(question, wrong) or question.kind is Kind.TEXT
    assert shapes.described(question)[-1] == "Required."


def test_every_kind_has_an_example() -> None:
    assert {data["kind"] for data, _ in QUESTIONS} == {each.value for each in Kind}


def test_an_example_answers_what_is_asked_only_after_some_answers() -> None:
    questions = parse(
        [
            {"name": "refuse", "kind": "refusal"},
            {"name": "why", "kind": "single", "options": ABC, "when": {"question": "refuse", "values": ["refuse"]}},
        ]
    )
    assert made_up.answers(questions, TEXT) == {"refuse": "refuse", "why": "a"}
    assert made_up.undecided(questions, TEXT).keys() == {"refuse"}
    assert "Asked only when refuse is refuse." in shapes.described(questions[1])


def test_where_a_required_answer_cannot_be_made_up_there_is_no_example() -> None:
    questions = parse([{"name": "parts", "kind": "spans", "options": ABC, "minimum": 4}])
    assert made_up.answers(questions, Facts(lengths=(2,))) == {}
