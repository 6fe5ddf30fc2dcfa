"""The shape of an answer to each kind of question, in words and as JSON Schema; `responses` checks what they say."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from headwater.annotation.phrases import between, some, within
from headwater.annotation.questions import IMAGE_MARKS, MARKS, UNDECIDED, Kind, Question
from headwater.annotation.responses import MARK_LIMIT, TEXT_LIMIT

_NAMED = 60
"""Most options said in words; all of them are in the JSON Schema."""
_COUNTED = "characters (Unicode code points, from 0; `end` is the first that is no longer in it)"
_PIXELS = "pixels of an image of `content.width` × `content.height`, (0, 0) at its top left"
Schema = dict[str, Any]


def described(question: Question) -> list[str]:
    """Return sentences that say what an answer to a question is."""
    found = [_SHAPES[question.kind].words(question)]
    if question.kind in MARKS:
        found.append(_marks_said(question))
    if question.per_turn:
        who = "each turn" if question.per_turn == "any" else f"each turn of the {question.per_turn}"
        found.append(
            f'Asked for {who} of the chat: {{"turn": answer}}, turns by number from 0, each answer as said before.'
        )
    if question.when:
        found.append(f"Asked only when {question.when.question} is {' or '.join(question.when.values)}.")
    if question.kind in IMAGE_MARKS:
        found.append("Asked only of tasks with an image.")
    return [*found, "Required." if question.required else "May be left out."]


def schema_of(question: Question) -> Schema:
    """Return the JSON Schema of an answer to a question, one that says it cannot be decided among them."""
    one, nothing = _SHAPES[question.kind].schema(question), _object({UNDECIDED: {"type": "string", "pattern": r"\S"}})
    if question.per_turn:
        each = {"anyOf": [one, nothing]}
        one = {"type": "object", "patternProperties": {"^(0|[1-9][0-9]*)$": each}, "additionalProperties": False}
    text = {"description": question.text} if question.text else {}
    return text | {"anyOf": [one, nothing] if question.required else [one, nothing, {"enum": [None, "", [], {}]}]}


def _options(question: Question) -> str:
    return some([_option(question, option.value) for option in question.options], _NAMED)


def _option(question: Question, value: str) -> str:
    option = next(each for each in question.options if each.value == value)
    said = [option.label] if option.label not in ("", value) else []
    said += [f"a kind of {option.parent}"] if option.parent else []
    return f"{value} ({', '.join(said)})" if said else value


def _finer(question: Question) -> str:
    return " Only options that have no finer ones." if question.leaves_only else ""


def _single(question: Question) -> str:
    return f"One of its options, a text: {_options(question)}.{_finer(question)}"


def _multiple(question: Question) -> str:
    low, high = question.bounds
    count = within(max(low, 1), min(high, len(question.options)))
    return f"A list of {count} of its options, each at most once: {_options(question)}.{_finer(question)}"


def _rating(question: Question) -> str:
    low, high = question.bounds
    named = f": {_options(question)}" if question.options else ""
    return f"A whole number from {low:g} to {high:g}{named}."


def _numeric(question: Question) -> str:
    unit = f", in {question.unit}" if question.unit else ""
    return f"A number{between(*question.bounds)}{unit}."


def _text(question: Question) -> str:
    low, high = question.bounds
    begun = f" It rewrites `content.originals.{question.name}` of the task." if question.prefill else ""
    return f"Text of {within(max(low, 1), min(high, TEXT_LIMIT))} characters.{begun}"


def _ranking(question: Question) -> str:
    if question.options:
        things = f"its options ({_options(question)})"
    else:
        things = 'the responses of the task, as texts by number from 0 ("0" is the first of `content.responses`)'
    ties = "those in one list share a place" if question.ties else "one in each list, ties are not allowed"
    reasons = some([reason.value for reason in question.reasons], _NAMED)
    said = f" `reasons` is a list, may be left out, and holds some of: {reasons}." if question.reasons else ""
    return (
        f'{{"order": [["best"], ["next"], …], "comment": "…"}}: `order` holds each of {things} once, best first; '
        f"{ties}. `comment` is a text and may be left out.{said}"
    )


def _spans(question: Question) -> str:
    said = f'{{"spans": [{{"start", "end", "label"}}, …]}}: `start` and `end` are whole numbers and count {_COUNTED} '
    said += "of `content.text`; in a chat of the text of one turn, whose number from 0 is `turn`. "
    said += "Spans may overlap." if question.overlapping else "Spans may not overlap."
    if not question.relations:
        return said
    named = some([each.value for each in question.relations], _NAMED)
    return (
        f'{said} Spans have an `id`, a text of your own, where relations run between them: "relations": [{{"from", '
        f'"to", "label"}}, …] beside "spans", from and to such ids, the label one of: {named}.'
    )


def _boxes(question: Question) -> str:
    del question
    return f'[{{"x", "y", "width", "height", "label"}}, …]: numbers, in {_PIXELS}; (x, y) is the top left of the box.'


def _polygons(question: Question) -> str:
    del question
    return f'[{{"points": [[x, y], [x, y], [x, y], …], "label"}}, …]: at least three points each, in {_PIXELS}.'


def _keypoints(question: Question) -> str:
    said = f'[{{"x", "y", "label"}}, …]: numbers, in {_PIXELS}; with "hidden": true where it cannot be seen.'
    if not question.skeleton:
        return said
    joined = some([f"{a}-{b}" for a, b in question.skeleton], _NAMED)
    return f'{said} "object" is the number from 1 of what it belongs to, which has each label once; joined: {joined}.'


def _mask(question: Question) -> str:
    del question
    return (
        '[{"label", "rle": {"size": [height, width], "counts": [n, n, …]}}, …]: COCO run lengths, pixels column by '
        "column from the top left, the first number not marked, the second marked, and so on (or COCO's text of them)."
    )


def _marks_said(question: Question) -> str:
    low, high = question.bounds
    asked = low > 0 or high != math.inf
    count = f" {within(low, high).capitalize()} marks." if asked else ""
    nothing = '{"spans": []}' if question.kind is Kind.SPANS else "[]"
    empty = question.kind is Kind.SPANS or not question.required
    said = f" Nothing to mark: {nothing}." if empty and low <= 0 else ""
    return f"Labels: {_options(question)}.{count}{said}"


def _object(properties: Schema, *optional: str) -> Schema:
    """An object with all of these properties but the optional ones, and nothing else."""
    wanted = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": wanted, "additionalProperties": False}


def _bounded(schema: Schema, names: tuple[str, str], bounds: tuple[float, float]) -> Schema:
    """A schema with those of two bounds that are finite."""
    whole = {
        name: int(each) if each == int(each) else each
        for name, each in zip(names, bounds, strict=True)
        if math.isfinite(each)
    }
    return schema | whole


def _choices(question: Question) -> Schema:
    parents = {option.parent for option in question.options} if question.leaves_only else set()
    return {"enum": [value for value in question.values if value not in parents]}


def _marks(question: Question, properties: Schema, *optional: str) -> Schema:
    mark = _object(properties | {"label": {"enum": list(question.values)}}, *optional)
    low, high = question.bounds
    listed = {"type": "array", "items": mark | {"additionalProperties": True}}
    return _bounded(listed, ("minItems", "maxItems"), (low, min(high, MARK_LIMIT)))


def _number(**bounds: float) -> Schema:
    return {"type": "number"} | bounds


def _several(question: Question) -> Schema:
    listed = {"type": "array", "items": _choices(question), "uniqueItems": True}
    low, high = question.bounds
    return _bounded(listed, ("minItems", "maxItems"), (max(low, 1), high))


def _written(question: Question) -> Schema:
    low, high = question.bounds
    return _bounded({"type": "string"}, ("minLength", "maxLength"), (max(low, 1), min(high, TEXT_LIMIT)))


def _ordered(question: Question) -> Schema:
    thing = {"enum": list(question.values)} if question.options else {"type": "string", "pattern": "^[0-9]+$"}
    place = {"type": "array", "items": thing, "minItems": 1} | ({} if question.ties else {"maxItems": 1})
    reasons = {"type": "array", "items": {"enum": [each.value for each in question.reasons]}}
    parts = {"order": {"type": "array", "items": place}, "comment": {"type": "string"}}
    return _object(parts | ({"reasons": reasons} if question.reasons else {}), "comment", "reasons")


def _stretches(question: Question) -> Schema:
    name, place = {"type": ["string", "integer"]}, {"type": "integer", "minimum": 0}
    spans = _marks(question, {"id": name, "start": place, "end": place, "turn": place}, "id", "turn")
    relation = _object({"from": name, "to": name, "label": {"enum": [each.value for each in question.relations]}})
    relations = {"type": "array", "items": relation} if question.relations else {"type": "array", "maxItems": 0}
    return _object({"spans": spans, "relations": relations}, "relations")


def _rectangles(question: Question) -> Schema:
    side = _number(exclusiveMinimum=0)
    return _marks(question, {"x": _number(), "y": _number(), "width": side, "height": side})


def _outlines(question: Question) -> Schema:
    point = {"type": "array", "items": _number(), "minItems": 2, "maxItems": 2}
    return _marks(question, {"points": {"type": "array", "items": point, "minItems": 3}})


def _points(question: Question) -> Schema:
    parts = {"x": _number(), "y": _number(), "object": {"type": "integer", "minimum": 1}, "hidden": {"type": "boolean"}}
    return _marks(question, parts, "object", "hidden")


def _areas(question: Question) -> Schema:
    whole = {"type": "integer", "minimum": 0}
    size = {"type": "array", "items": whole, "minItems": 2, "maxItems": 2}
    counts = {"anyOf": [{"type": "array", "items": whole}, {"type": "string"}]}
    return _marks(question, {"rle": _object({"size": size, "counts": counts})})


class _Shape(NamedTuple):
    """How an answer of a kind is said and checked."""

    words: Callable[[Question], str]
    schema: Callable[[Question], Schema]


_SHAPES = {
    Kind.SINGLE: _Shape(_single, _choices),
    Kind.REFUSAL: _Shape(_single, _choices),
    Kind.MULTIPLE: _Shape(_multiple, _several),
    Kind.RATING: _Shape(_rating, lambda each: _bounded({"type": "integer"}, ("minimum", "maximum"), each.bounds)),
    Kind.NUMERIC: _Shape(_numeric, lambda each: _bounded({"type": "number"}, ("minimum", "maximum"), each.bounds)),
    Kind.TEXT: _Shape(_text, _written),
    Kind.RANKING: _Shape(_ranking, _ordered),
    Kind.SPANS: _Shape(_spans, _stretches),
    Kind.BOXES: _Shape(_boxes, _rectangles),
    Kind.POLYGONS: _Shape(_polygons, _outlines),
    Kind.KEYPOINTS: _Shape(_keypoints, _points),
    Kind.MASK: _Shape(_mask, _areas),
}
