"""Answers are told in words that can be read beside their record."""

from __future__ import annotations

from headwater.annotation import wording


def test_relations_are_told_in_words() -> None:
    marks = [{"id": "a", "start": 0, "end": 4, "label": "thing"}, {"id": "b", "start": 5, "end": 10, "label": "event"}]
    answer = {"spans": marks, "relations": [{"from": "a", "to": "b", "label": "suffers"}]}
    assert wording.worded(answer, "Pump broke") == (
        "thing: “Pump”; event: “broke”; (thing: “Pump”) suffers (event: “broke”)"
    )
