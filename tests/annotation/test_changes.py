"""What becomes of answers when a schema changes: a promise that they stand is kept by the check of answers itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from headwater.annotation import responses
from headwater.annotation.changes import Fate, carries_over
from headwater.annotation.questions import Condition, Kind, Option, Question, SchemaError, check, parse

TREE = (Option(value="fault"), Option(value="engine", parent="fault"), Option(value="praise"))
ABC = tuple(Option(value=each) for each in "abc")


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"name": 5, "kind": "text"}, "'name' must be a text"),
        ({"name": "a", "kind": "text", "text": [1, 2]}, "'text' must be a text"),
        ({"name": "a", "kind": "text", "required": "no"}, "'required' must be true or false"),
        ({"name": "a", "kind": "numeric", "maximum": float("inf")}, "'maximum' must be a number"),
        ({"name": "a", "kind": "single", "options": [{"value": True}, "b"]}, "'value' must be a text"),
        ({"name": "a", "kind": "single", "options": [{"value": "a", "label": ["b"]}, "b"]}, "'label' must be a text"),
    ],
)
def test_a_question_of_the_wrong_shape_is_refused_in_words(item: dict[str, object], told: str) -> None:
    with pytest.raises(SchemaError, match=told):
        parse([item])


def test_a_key_without_a_value_is_none_and_what_was_taken_once_stays_readable() -> None:
    blank = {"name": "a", "kind": "single", "help": None, "options": [{"value": "x", "label": None}, "y"]}
    assert parse([blank]) == parse([{"name": "a", "kind": "single", "options": ["x", "y"]}])
    assert parse([{"name": "a", "kind": "text", "required": "no", "help": None}], stored=True)[0].help == ""


FACTS = responses.Facts(turns=("user", "assistant", "user"), lengths=(10, 10, 10), responses=3, width=50, height=50)
SPANS = {"spans": [{"id": "1", "start": 0, "end": 4, "label": "a"}, {"id": "2", "start": 2, "end": 6, "label": "b"}]}


def fate(old: Question, **changed: Any) -> Fate:
    return carries_over([old], [replace(old, **changed)])[0].fate


@pytest.mark.parametrize(
    ("old", "changed", "expected"),
    [
        (Question(name="q", kind=Kind.MULTIPLE, options=ABC, maximum=3), {"maximum": 1}, Fate.PARTIAL),
        (Question(name="q", kind=Kind.MULTIPLE, options=ABC, maximum=1), {"maximum": 3}, Fate.WIDENED),
        (Question(name="q", kind=Kind.SINGLE, options=TREE), {"leaves_only": True}, Fate.PARTIAL),
        (Question(name="q", kind=Kind.SINGLE, options=TREE, leaves_only=True), {"leaves_only": False}, Fate.WIDENED),
        (Question(name="q", kind=Kind.RANKING, options=ABC, ties=True), {"ties": False}, Fate.PARTIAL),
        (Question(name="q", kind=Kind.RANKING, options=ABC), {"options": ABC[:2]}, Fate.LOST),
        (Question(name="q", kind=Kind.RANKING, options=ABC), {"options": (*ABC, *TREE)}, Fate.LOST),
        (Question(name="q", kind=Kind.RANKING, reasons=ABC), {"reasons": ABC[:1]}, Fate.PARTIAL),
        (Question(name="q", kind=Kind.SPANS, options=ABC, relations=ABC), {"relations": ()}, Fate.PARTIAL),
        (Question(name="q", kind=Kind.SPANS, options=ABC), {"relations": ABC}, Fate.WIDENED),
        (Question(name="q", kind=Kind.SPANS, options=ABC), {"overlapping": False}, Fate.PARTIAL),
        (Question(name="q", kind=Kind.SINGLE, options=ABC, per_turn="any"), {"per_turn": "user"}, Fate.PARTIAL),
        (Question(name="q", kind=Kind.SINGLE, options=ABC, per_turn="user"), {"per_turn": "any"}, Fate.PARTIAL),
        (Question(name="q", kind=Kind.SINGLE, options=ABC, per_turn="user"), {"per_turn": "assistant"}, Fate.LOST),
        (Question(name="q", kind=Kind.SINGLE, options=ABC, required=False), {"required": True}, Fate.PARTIAL),
        (Question(name="q", kind=Kind.NUMERIC, unit="cm"), {"unit": "inch"}, Fate.LOST),
        (Question(name="q", kind=Kind.RATING), {"maximum": 3}, Fate.PARTIAL),
        (Question(name="q", kind=Kind.RATING), {"maximum": 7}, Fate.WIDENED),
        (Question(name="q", kind=Kind.RATING), {"tolerance": 1.0, "text": "How good?"}, Fate.KEPT),
        (Question(name="q", kind=Kind.TEXT), {"prefill": "reply"}, Fate.WIDENED),
        (Question(name="q", kind=Kind.TEXT), {}, Fate.KEPT),
    ],
)
def test_every_way_to_change_a_question_has_its_fate(old: Question, changed: dict[str, Any], expected: Fate) -> None:
    assert fate(old, **changed) is expected


def test_a_leaf_that_gets_finer_options_takes_its_answers_along_when_only_leaves_count() -> None:
    old = Question(name="q", kind=Kind.SINGLE, options=TREE, leaves_only=True)
    (carry,) = carries_over([old], [replace(old, options=(*TREE, Option(value="warm", parent="praise")))])
    assert (carry.fate, carry.removed) == (Fate.PARTIAL, ("praise",))


OPTIONS = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=2, max_size=4, unique=True)
ANSWERS: dict[Kind, list[Any]] = {
    Kind.SINGLE: ["a", "b", "c"],
    Kind.MULTIPLE: [["a"], ["a", "b"], ["a", "b", "c"]],
    Kind.RATING: [1, 3, 5],
    Kind.TEXT: ["x", "long enough"],
    Kind.RANKING: [{"order": [["a"], ["b"]]}, {"order": [["a", "b"], ["c"]]}, {"order": [["0", "1"], ["2"]]}],
    Kind.SPANS: [SPANS, SPANS | {"relations": [{"from": "1", "to": "2", "label": "a"}]}],
    Kind.BOXES: [[{"x": 1, "y": 1, "width": 5, "height": 5, "label": "a"}]],
}


@st.composite
def questions(draw: st.DrawFn, kind: Kind) -> Question:
    """Return a question of a kind."""
    values = draw(OPTIONS)
    parents = draw(st.booleans())
    options = tuple(Option(value=each, parent=values[0] if parents and n else "") for n, each in enumerate(values))
    takes = kind in {Kind.SINGLE, Kind.MULTIPLE, Kind.SPANS, Kind.BOXES}
    bounds = draw(st.sampled_from([(None, None), (1, 2), (1, 3), (2, None), (None, 1)]))
    return Question(
        name="q",
        kind=kind,
        options=options if takes or (kind is Kind.RANKING and draw(st.booleans())) else (),
        required=draw(st.booleans()),
        per_turn=draw(st.sampled_from(["", "", "any", "user"])) if kind in {Kind.SINGLE, Kind.RATING} else "",
        minimum=bounds[0],
        maximum=bounds[1],
        leaves_only=draw(st.booleans()),
        relations=ABC[: draw(st.integers(0, 2))] if kind is Kind.SPANS else (),
        overlapping=draw(st.booleans()),
        ties=draw(st.booleans()),
        when=draw(st.sampled_from([None, Condition(question="first", values=("yes",))])),
    )


@given(st.data())
def test_an_answer_whose_fate_is_to_stand_is_never_refused(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(ANSWERS)))
    first = Question(name="first", kind=Kind.SINGLE, options=(Option(value="yes"), Option(value="no")))
    old, new = data.draw(questions(kind)), data.draw(questions(kind))
    once = data.draw(st.sampled_from(ANSWERS[kind]))
    turns = {"": once, "any": {"0": once, "1": once, "2": once}, "user": {"0": once, "2": once}}
    values = {"first": data.draw(st.sampled_from(["yes", "no"])), "q": turns[old.per_turn]}
    kept = accepted([first, old], values)
    assume(kept is not None and is_sound(new))
    (_, carry) = carries_over([first, old], [first, new])
    if carry.fate in (Fate.KEPT, Fate.WIDENED):
        assert accepted([first, new], kept or {}) == kept


def accepted(asked: list[Question], values: dict[str, Any]) -> dict[str, object] | None:
    """Return what is kept of an answer; None when it is refused or the schema cannot stand."""
    try:
        return responses.check(check(asked), values, FACTS)
    except (SchemaError, responses.ResponseError):
        return None


def is_sound(question: Question) -> bool:
    """Whether a question makes a schema, apart from its condition."""
    try:
        check([replace(question, when=None)])
    except SchemaError:
        return False
    return True
