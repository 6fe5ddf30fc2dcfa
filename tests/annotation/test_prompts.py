"""Questions of every kind put to a model in words, and its answers understood."""

from __future__ import annotations

import pytest

from headwater.annotation import prompts, questions
from headwater.annotation.responses import Facts, ResponseError

ASKED = questions.parse(
    [
        {"name": "act", "kind": "refusal"},
        {"name": "policy", "kind": "single", "options": ["privacy"], "when": {"question": "act", "values": ["refuse"]}},
        {"name": "themes", "kind": "multiple", "options": ["a", "b"], "required": False},
        {"name": "turns", "kind": "rating", "per_turn": "assistant", "maximum": 3, "required": False},
        {"name": "order", "kind": "ranking", "required": False},
        {"name": "parts", "kind": "spans", "options": ["thing"], "required": False},
    ]
)
SHOWN = {
    "turns": [{"role": "user", "text": "a pen, a pen"}, {"role": "assistant", "text": "yes"}],
    "responses": ["x", "y"],
}
FACTS = Facts(turns=("user", "assistant"), lengths=(12, 3), responses=2)


def understood(**answer: object) -> dict[str, object]:
    return prompts.understand(ASKED, answer, SHOWN, FACTS)


def test_answers_come_in_the_shapes_of_responses() -> None:
    assert understood(
        act="comply",
        policy="privacy",
        themes=["b"],
        turns={"2": 3},
        order=[2, 1],
        parts=[{"quote": "pen", "label": "thing", "turn": 1}, {"quote": "pen", "label": "thing", "turn": 1}],
    ) == {  # the policy is not asked when the act is to comply
        "act": "comply",
        "themes": ["b"],
        "turns": {"1": 3},
        "order": {"order": [["1"], ["0"]]},
        "parts": {
            "spans": [
                {"id": "1", "start": 2, "end": 5, "label": "thing", "turn": 0},
                {"id": "2", "start": 9, "end": 12, "label": "thing", "turn": 0},
            ]
        },
    }


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        ({"act": "maybe"}, "'maybe'"),
        ({"other": 1}, "no question 'other'"),
        ({"act": None}, "left every question open"),
        ({"order": [1, 1]}, "must place each"),
        ({"turns": {"1": 2}}, "turn 0 is not one"),
        ({"parts": [{"quote": "ink", "label": "thing", "turn": 1}]}, "does not stand in the record"),
        ({"parts": [{"label": "thing"}]}, "has no text"),
    ],
)
def test_a_wrong_answer_is_named(answer: dict[str, object], part: str) -> None:
    with pytest.raises(ResponseError, match=part):
        understood(**answer)


def test_a_bare_answer_is_that_of_the_only_question() -> None:
    assert prompts.understand(ASKED[:1], "refuse", SHOWN, FACTS) == {"act": "refuse"}
    with pytest.raises(ResponseError, match="no mapping"):
        prompts.understand(ASKED, "refuse", SHOWN, FACTS)


def test_what_a_model_is_told_holds_questions_conditions_guideline_and_record() -> None:
    told = prompts.instructions(ASKED, "# Rules\n\nBe strict.")
    for part in ("Only when act is refuse", "every turn of the assistant", "Be strict.", "From 1 to 3"):
        assert part in told
    shown = prompts.shown(SHOWN)
    assert "Turn 2 (assistant):\nyes" in shown
    assert "Response 2:\ny" in shown


def test_the_schema_of_an_answer_names_every_choice() -> None:
    answers = prompts.answer_schema(ASKED, FACTS)["properties"]["answers"]  # type: ignore[index]
    parts = {name: each["anyOf"][0] for name, each in answers["properties"].items()}
    assert parts["order"] == {"type": "array", "items": {"enum": [1, 2]}}
    assert list(parts["turns"]["properties"]) == ["2"]
    assert parts["act"] == {"enum": ["comply", "partial", "refuse"]}
    assert answers["required"] == [each.name for each in ASKED]
