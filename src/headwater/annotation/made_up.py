"""Made-up answers that show the shape of right ones; each has passed the check that every answer has to pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import cycle, islice
from typing import Any

from headwater.annotation import responses
from headwater.annotation.questions import UNDECIDED, Kind, Question
from headwater.annotation.responses import TEXT_LIMIT, Facts

_SAID = "Made up, to show the shape."
_STRETCH = 8
_WIDTH, _HEIGHT = 640, 480
"""Of an image whose size is not known."""


def answers(questions: Sequence[Question], facts: Facts) -> dict[str, object]:
    """Return an answer to every question that is asked about a task; empty where one that is required has none.

    Where a question is asked only after some answers to another one, that one has such an answer.
    """
    wanted = {each.when.question: each.when.values for each in reversed(questions) if each.when}
    found: dict[str, object] = {}
    for question in questions:
        lead = wanted.get(question.name, ())
        found |= next(filter(None, (_tried(question, facts, first) for first in (*lead, ""))), {})
    return _checked(questions, found, facts)


def undecided(questions: Sequence[Question], facts: Facts) -> dict[str, object]:
    """Return a response that says of every question that it cannot be decided; empty where none is asked."""
    return _checked(questions, {each.name: {UNDECIDED: "why it cannot"} for each in questions}, facts)


def _tried(question: Question, facts: Facts, first: str) -> dict[str, object]:
    """An answer to one question, beginning with an option where one is given."""
    asked = replace(question, when=None)
    one = _MAKERS[question.kind]
    turns = [n for n, role in enumerate(facts.turns) if question.per_turn in ("any", role)]
    answer = {str(n): one(asked, facts, first) for n in turns} if question.per_turn else one(asked, facts, first)
    return _checked([asked], {question.name: answer}, facts)


def _checked(questions: Sequence[Question], values: Mapping[str, object], facts: Facts) -> dict[str, object]:
    try:
        return responses.check(questions, values, facts)
    except responses.ResponseError:
        return {}


def _allowed(question: Question, first: str) -> list[str]:
    """The options that may be chosen, one of them before all others."""
    parents = {option.parent for option in question.options} if question.leaves_only else set()
    return sorted((each for each in question.values if each not in parents), key=lambda each: each != first)


def _single(question: Question, facts: Facts, first: str) -> object:
    del facts
    return next(iter(_allowed(question, first)), "")


def _multiple(question: Question, facts: Facts, first: str) -> object:
    del facts
    return _allowed(question, first)[: _count(question, 2)]


def _rating(question: Question, facts: Facts, first: str) -> object:
    del facts
    low, high = question.bounds
    return int(first) if first else int(low + high) // 2


def _numeric(question: Question, facts: Facts, first: str) -> object:
    del facts, first
    low, high = question.bounds
    return min(max(12.5, low), high)


def _text(question: Question, facts: Facts, first: str) -> object:
    del facts, first
    low, high = question.bounds
    return _SAID.ljust(int(min(low, TEXT_LIMIT)), ".")[: int(min(high, TEXT_LIMIT))]


def _ranking(question: Question, facts: Facts, first: str) -> object:
    del first
    things = list(question.values) or [str(n) for n in range(facts.responses)]
    order = [[thing] for thing in reversed(things)]
    if question.ties and len(order) > 2:  # noqa: PLR2004 -- with two there would be no order left
        order[-2:] = [order[-2] + order[-1]]
    reasons = [reason.value for reason in question.reasons[:1]]
    return {"order": order} | ({"reasons": reasons} if reasons else {}) | {"comment": _SAID}


def _spans(question: Question, facts: Facts, first: str) -> object:
    del first
    longest = max(range(len(facts.lengths)), key=facts.lengths.__getitem__, default=0)
    count = _count(question, 2 if question.relations else 1)
    step = (facts.lengths[longest] if facts.lengths else 0) // max(count, 1)
    place = {"turn": longest} if facts.turns else {}
    marks: list[dict[str, Any]] = [
        {"start": n * step, "end": n * step + min(step, _STRETCH), "label": label} | place
        for n, label in enumerate(_labels(question, count))
    ]
    if not question.relations or count < 2:  # noqa: PLR2004 -- a relation has two ends
        return {"spans": marks}
    marks = [{"id": f"s{n}"} | mark for n, mark in enumerate(marks, 1)]
    return {"spans": marks, "relations": [{"from": "s1", "to": "s2", "label": question.relations[0].value}]}


def _boxes(question: Question, facts: Facts, first: str) -> object:
    del first
    width, height = _size(facts)
    box = {"x": width // 10, "y": height // 10, "width": max(width // 4, 1), "height": max(height // 4, 1)}
    return [box | {"label": label} for label in _labels(question, _count(question, 1))]


def _polygons(question: Question, facts: Facts, first: str) -> object:
    del first
    width, height = _size(facts)
    points = [[width // 10, height // 10], [width // 2, height // 10], [width // 4, height // 2]]
    return [{"points": points, "label": label} for label in _labels(question, _count(question, 1))]


def _keypoints(question: Question, facts: Facts, first: str) -> object:
    del first
    width, height = _size(facts)
    point = {"x": width // 4, "y": height // 4}
    if not question.skeleton:
        return [point | {"label": label} for label in _labels(question, _count(question, 1))]
    labels = _labels(question, _count(question, len(question.options)))
    marks = [point | {"label": label, "object": 1 + n // len(question.options)} for n, label in enumerate(labels)]
    return [*marks[:-1], marks[-1] | {"hidden": True}]


def _mask(question: Question, facts: Facts, first: str) -> object:
    del first
    width, height = _size(facts)
    rle = {"size": [height, width], "counts": [0, height, height * (width - 1)]}
    return [{"label": label, "rle": rle} for label in _labels(question, _count(question, 1))]


def _count(question: Question, usual: int) -> int:
    """How many choices or marks to make up: so many, or as few or many as are allowed."""
    low, high = question.bounds
    return int(min(max(usual, low), high, responses.MARK_LIMIT))


def _labels(question: Question, count: int) -> list[str]:
    return list(islice(cycle(question.values), count))


def _size(facts: Facts) -> tuple[int, int]:
    return facts.width or _WIDTH, facts.height or _HEIGHT


_MAKERS: dict[Kind, Callable[[Question, Facts, str], object]] = {
    Kind.SINGLE: _single,
    Kind.REFUSAL: _single,
    Kind.MULTIPLE: _multiple,
    Kind.RATING: _rating,
    Kind.NUMERIC: _numeric,
    Kind.TEXT: _text,
    Kind.RANKING: _ranking,
    Kind.SPANS: _spans,
    Kind.BOXES: _boxes,
    Kind.POLYGONS: _polygons,
    Kind.KEYPOINTS: _keypoints,
    Kind.MASK: _mask,
}
