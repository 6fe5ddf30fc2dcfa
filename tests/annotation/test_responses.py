"""What is no answer is refused with what is wrong about it, however malformed it is."""

from __future__ import annotations

import pytest

from headwater.annotation import responses
from headwater.annotation.questions import parse
from headwater.annotation.responses import Facts

ABC = ["a", "b", "c"]
SPAN = {"id": "s", "start": 0, "end": 1, "label": "a"}


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("mask", [{"label": "a", "rle": {"size": [48, 64], "counts": ["many"]}}]),
        ("mask", [{"label": "a", "rle": {"size": [48, 64], "counts": [-1, 3073]}}]),
        ("mask", [{"label": "a", "rle": {"size": [48, 64], "counts": "~" * 50_000}}]),
        ("mask", [{"label": "a", "rle": {"size": [48, 64], "counts": "0"}}]),
        ("boxes", [{"label": "a", "x": 10**400, "y": 1, "width": 1, "height": 1}]),
        ("boxes", [{"label": {}, "x": 1, "y": 1, "width": 1, "height": 1}]),
        ("spans", {"spans": [{"id": [], "start": 0, "end": 1, "label": "a"}]}),
        ("spans", {"spans": [], "relations": None}),
        (
            "spans",
            {"spans": [{"start": 0, "end": 1, "label": "a"}], "relations": [{"from": [], "to": {}, "label": []}]},
        ),
        (
            "spans",
            {
                "spans": [{"id": "s", "start": 0, "end": 1, "label": "a"}],
                "relations": [{"from": "s", "to": "s", "label": []}],
            },
        ),
    ],
)
def test_what_is_no_answer_is_refused_whatever_it_is(kind: str, answer: object) -> None:
    questions = parse([{"name": "it", "kind": kind, "options": ABC}])
    with pytest.raises(responses.ResponseError, match="'it'"):
        responses.check(questions, {"it": answer}, Facts(lengths=(20,), width=64, height=48))


@pytest.mark.parametrize("text", ["half \ud83d of it", "a\0b"])
def test_a_text_that_no_database_gives_back_is_refused(text: str) -> None:
    questions = parse([{"name": "said", "kind": "text"}, {"name": "it", "kind": "single", "options": ABC}])
    for values in ({"said": text, "it": "a"}, {"said": "x", "it": {"cannot_decide": text}}):
        with pytest.raises(responses.ResponseError, match="which cannot be kept"):
            responses.check(questions, values, Facts())
    kept = {"said": "a \\u0000 of six characters 😀", "it": "a"}
    assert responses.check(questions, kept, Facts()) == kept


def test_reasons_of_a_ranking_that_are_none_are_refused() -> None:
    questions = parse([{"name": "it", "kind": "ranking", "options": ABC, "reasons": ["clear"]}])
    with pytest.raises(responses.ResponseError, match="reasons must be among clear"):
        responses.check(questions, {"it": {"order": [["a"], ["b"], ["c"]], "reasons": [[]]}}, Facts())


def test_a_box_reckoned_from_percentages_may_end_at_the_edge() -> None:
    questions = parse([{"name": "it", "kind": "boxes", "options": ABC}])
    box = {"label": "a", "x": 0.1 * 640, "y": 0, "width": 0.9 * 640 + 1e-9, "height": 48}
    assert responses.check(questions, {"it": [box]}, Facts(width=640, height=48))
    with pytest.raises(responses.ResponseError, match="outside"):
        responses.check(questions, {"it": [box | {"width": 577}]}, Facts(width=640, height=48))
