"""How like a right answer an answer is, in [0, 1] by the kind of its question, and from where on it counts as right.

Ids of spans, reasons and comments of rankings, the order of choices, and spaces and capitals of text never count.

| kind | likeness | right from |
|---|---|---|
| single, refusal | 1 or 0 | 1 |
| multiple | Jaccard: choices in common / choices of either | 1 |
| rating, numeric | 1 within the tolerance (0), then falling by the distance over the range | 1 |
| text | 1 when equal but for spaces, capitals and Unicode forms, else 0 | 1 |
| ranking | 1 - Kendall's distance of the orders, ties against orders counting one half | 1 |
| spans | F1 of (turn, start, end, label) and of relations between such spans | 0.8 |
| boxes, polygons, mask | 2 × sum of the IoU of paired marks of one label / marks of both | 0.7 |
| keypoints | 2 × pairs of one label within the tolerance (10 pixels) / points of both | 0.8 |

An answer per turn is as like as the mean over the turns whose right answer is known. "Cannot decide" is like itself,
whatever its reason, and like nothing else; nothing is like nothing.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from headwater.annotation import outlines
from headwater.annotation.questions import UNDECIDED, Kind, Question
from headwater.stats.agreement.marks import pair_up
from headwater.stats.agreement.orders import kendall_distances

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIGHT_FROM = {Kind.SPANS: 0.8, Kind.BOXES: 0.7, Kind.POLYGONS: 0.7, Kind.MASK: 0.7, Kind.KEYPOINTS: 0.8}
"""Likeness from which an answer is right, where the question says nothing; 1 for the other kinds."""
TOLERANCE = {Kind.KEYPOINTS: 10.0}
"""Tolerance where the question says nothing; 0 for the other kinds."""
_ROUNDING = 1e-9
_Answer: TypeAlias = Any
"""An answer in the shape of its kind; one of another shape raises and is compared as it is."""


def agrees(questions: Sequence[Question], known: Mapping[str, object], values: Mapping[str, object]) -> bool:
    """Return whether a response is right about everything that is known; what is not asked (any more) is passed by."""
    return all(is_right(each, known[each.name], values.get(each.name)) for each in questions if each.name in known)


def is_right(question: Question, right: object, given: object) -> bool:
    """Return whether an answer is like enough to the right one."""
    return likeness(question, right, given) >= right_from(question) - _ROUNDING


def right_from(question: Question) -> float:
    """Return the likeness from which an answer to a question is right."""
    return RIGHT_FROM.get(question.kind, 1.0) if question.right_from is None else question.right_from


def same(questions: Sequence[Question], proposed: Mapping[str, object], values: Mapping[str, object]) -> bool:
    """Return whether a response says what was proposed, without any tolerance."""
    strict = [replace(each, tolerance=0.0) for each in questions if each.name in proposed]
    return all(likeness(each, proposed[each.name], values.get(each.name)) >= 1 - _ROUNDING for each in strict)


def likeness(question: Question, right: object, given: object) -> float:
    """Return how like the right answer an answer is.

    Args:
        question: The question both answer.
        right: The right answer, in the shapes of `responses`.
        given: The answer; None for none.
    """
    if question.per_turn and isinstance(right, Mapping) and UNDECIDED not in right:
        if not isinstance(given, Mapping) or not right:
            return float(_is_empty(right) and _is_empty(given))
        once = replace(question, per_turn="")
        return float(np.mean([likeness(once, each, given.get(turn)) for turn, each in right.items()]))
    if _is_empty(right) or _is_empty(given):
        return float(_is_empty(right) and _is_empty(given))
    if _is_undecided(right) or _is_undecided(given):
        return float(_is_undecided(right) and _is_undecided(given))
    try:
        return _MEASURES[question.kind](question, right, given)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError):  # answers of an older version's shape
        return float(right == given)


def _is_empty(answer: object) -> bool:
    if isinstance(answer, Mapping) and "spans" in answer:
        return not answer["spans"]
    return answer is None or answer in ("", [], {})


def _is_undecided(answer: object) -> bool:
    return isinstance(answer, Mapping) and UNDECIDED in answer


def _one(question: Question, right: _Answer, given: _Answer) -> float:
    del question
    return float(right == given)


def _choices(question: Question, right: _Answer, given: _Answer) -> float:
    del question
    return len({*right} & {*given}) / len({*right} | {*given})


def _number(question: Question, right: _Answer, given: _Answer) -> float:
    low, high = question.bounds
    room = high - low if math.isfinite(high - low) else max(abs(right), abs(given))
    beyond = abs(right - given) - _tolerance(question)
    if beyond <= _ROUNDING * max(abs(right), abs(given), 1.0):
        return 1.0
    return max(0.0, 1 - beyond / room) if room > 0 else 0.0


def _text(question: Question, right: _Answer, given: _Answer) -> float:
    del question
    return float(_plain(right) == _plain(given))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _order(question: Question, right: _Answer, given: _Answer) -> float:
    del question
    first, second = _places(right), _places(given)
    if first.keys() != second.keys() or len(first) < 2:  # noqa: PLR2004 -- an order has two things
        return float(first == second)
    table = [[each[thing] for thing in first] for each in (first, second)]
    return 1.0 - float(kendall_distances(table)[0, 1])


def _places(answer: Mapping[str, Any]) -> dict[str, int]:
    return {str(thing): place for place, things in enumerate(answer["order"]) for thing in things}


def _spans(question: Question, right: _Answer, given: _Answer) -> float:
    del question
    first, second = _things(right), _things(given)
    return 2 * len(first & second) / (len(first) + len(second))


def _things(answer: Mapping[str, Any]) -> set[tuple[object, ...]]:
    spans = answer["spans"]
    known = {
        each.get("id", str(number)): (each.get("turn", 0), each["start"], each["end"], each["label"])
        for number, each in enumerate(spans)
    }
    relations = {(known[each["from"]], known[each["to"]], each["label"]) for each in answer.get("relations", [])}
    return {*known.values()} | relations


def _areas(question: Question, right: _Answer, given: _Answer) -> float:
    overlap = outlines.overlap(question.kind, right, given)
    paired = pair_up(np.where(_labelled(right, given), overlap, 0.0))
    return 2 * float(sum(overlap[pair] for pair in paired)) / (len(right) + len(given))


def _points(question: Question, right: _Answer, given: _Answer) -> float:
    a, b = (np.array([[each["x"], each["y"]] for each in side], np.float64) for side in (right, given))
    distance = np.hypot(*np.moveaxis(a[:, None] - b[None, :], 2, 0))
    near = _labelled(right, given) & (distance <= _tolerance(question) + _ROUNDING)
    return 2 * len(pair_up(near.astype(np.float64))) / (len(right) + len(given))


def _labelled(right: Sequence[Mapping[str, Any]], given: Sequence[Mapping[str, Any]]) -> NDArray[np.bool_]:
    return np.array([[a["label"] == b["label"] for b in given] for a in right])


def _tolerance(question: Question) -> float:
    return TOLERANCE.get(question.kind, 0.0) if question.tolerance is None else question.tolerance


_MEASURES: dict[Kind, Callable[[Question, _Answer, _Answer], float]] = {
    Kind.SINGLE: _one,
    Kind.REFUSAL: _one,
    Kind.MULTIPLE: _choices,
    Kind.RATING: _number,
    Kind.NUMERIC: _number,
    Kind.TEXT: _text,
    Kind.RANKING: _order,
    Kind.SPANS: _spans,
    Kind.BOXES: _areas,
    Kind.POLYGONS: _areas,
    Kind.MASK: _areas,
    Kind.KEYPOINTS: _points,
}
