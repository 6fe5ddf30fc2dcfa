"""The values of answers in one normal form, so that the same answer is the same text wherever it came from.

| kind | normal form |
|---|---|
| single, refusal, rating | the value as text |
| numeric | the shortest text of the number |
| multiple | JSON list in the order of the options |
| ranking | JSON `{"order": [["b"], ["a", "c"]]}`, things that share a place in the order of the options |
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from headwater.annotation.questions import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from headwater.annotation.questions import Question


def normal(question: Question, text: str) -> str:
    """Return the normal form of a value given as text or JSON text."""
    if question.per_turn:
        return text
    if question.kind is Kind.NUMERIC:
        return number(float(text))
    if question.kind is Kind.MULTIPLE:
        return as_set(question, chosen(text))
    if question.kind is Kind.RANKING:
        return as_order(question, placed(text))
    return text


def number(value: float) -> str:
    """Return a number as text, whole ones without a point."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))  # noqa: PLR2004 -- beyond, floats are not exact


def chosen(text: str) -> tuple[str, ...]:
    """Return the options of a choice of several."""
    return tuple(str(each) for each in json.loads(text)) if text.startswith("[") else (text,)


def as_set(question: Question, options: Collection[str]) -> str:
    """Return a choice of several as JSON text."""
    known = [each for each in question.values if each in options]
    return json.dumps(known + sorted(set(options) - set(known)), ensure_ascii=False)


def placed(text: str) -> list[list[str]]:
    """Return the places of a ranking, best first; none for what is no ranking."""
    found = json.loads(text) if text.startswith("{") else {}
    return [[str(thing) for thing in place] for place in found.get("order", [])]


def as_order(question: Question, places: Sequence[Sequence[str]]) -> str:
    """Return a ranking as JSON text."""
    rank = {value: number for number, value in enumerate(question.values)}
    ordered = [sorted(place, key=lambda thing: (rank.get(thing, len(rank)), thing)) for place in places]
    return json.dumps({"order": ordered}, ensure_ascii=False)
