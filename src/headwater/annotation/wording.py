"""Answers in words that can be read beside their record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from headwater.annotation import responses

NONE = "(none)"
"""A list without anything in it: nothing was marked, or nothing fits."""


def summary(answer: object) -> str:
    """Return an answer of any kind in a few words, for lists and tables."""
    if reason := responses.undecided(answer):
        return f"cannot decide: {reason}"
    if isinstance(answer, Mapping) and "order" in answer:
        order: list[list[str]] = list(answer["order"])
        return " > ".join(" = ".join(str(thing) for thing in place) for place in order)
    if isinstance(answer, Mapping) and "spans" in answer:
        answer = answer["spans"]
    if isinstance(answer, Mapping):
        return ", ".join(f"turn {int(turn) + 1}: {summary(each)}" for turn, each in answer.items())
    if isinstance(answer, list | tuple) and any(isinstance(each, Mapping) for each in answer):
        counts = Counter(str(each.get("label", "")) for each in answer)
        return ", ".join(f"{count} × {label}" for label, count in counts.items())
    return (", ".join(str(each) for each in answer) or NONE) if isinstance(answer, list | tuple) else str(answer)


def worded(value: object, text: str) -> str:
    """Return an answer in words: marks one by one with what they mark of a text, anything else in a few words."""
    if responses.undecided(value):
        return summary(value)
    marks = value["spans"] if isinstance(value, dict) and "spans" in value else value
    if isinstance(marks, list) and any(isinstance(each, dict) for each in marks):
        said = [_mark(each, text) for each in marks]
        named = {mark.get("id", str(place)): words for place, (mark, words) in enumerate(zip(marks, said, strict=True))}
        relations = value.get("relations", ()) if isinstance(value, dict) else ()
        return "; ".join([*said, *(f"({named[r['from']]}) {r['label']} ({named[r['to']]})" for r in relations)])
    if isinstance(marks, list) and all(isinstance(each, str) for each in marks):
        return ", ".join(sorted(marks)) or NONE
    return "" if value is None else summary(value)


def _mark(mark: dict[str, Any], text: str) -> str:
    """A mark as one reads it: what is marked of a text, where and how large on an image."""
    if "start" in mark:
        where = f"{mark['start']}-{mark['end']}"
        said = f"{where} of turn {mark['turn'] + 1}" if "turn" in mark else f"“{text[mark['start'] : mark['end']]}”"
    elif "width" in mark:
        said = f"{mark['width']:g} × {mark['height']:g} at {mark['x']:g}, {mark['y']:g}"
    else:
        said = f"outline of {len(mark['points'])} corners" if "points" in mark else "region"
    return f"{mark['label']}: {said}"
