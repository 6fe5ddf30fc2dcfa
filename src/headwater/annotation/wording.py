"""Answers in words that can be read beside their record."""

from __future__ import annotations

from typing import Any

from headwater.annotation import responses


def worded(value: object, text: str) -> str:
    """Return an answer in words: marks one by one with what they mark of a text, anything else in a few words."""
    if responses.undecided(value):
        return responses.summary(value)
    marks = value["spans"] if isinstance(value, dict) and "spans" in value else value
    if isinstance(marks, list) and any(isinstance(each, dict) for each in marks):
        return "; ".join(_mark(each, text) for each in marks)
    if isinstance(marks, list) and all(isinstance(each, str) for each in marks):
        return ", ".join(sorted(marks)) or "(none)"
    return "" if value is None else responses.summary(value)


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
