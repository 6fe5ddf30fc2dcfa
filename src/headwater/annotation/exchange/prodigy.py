"""Prodigy JSON lines: one line per task and annotator, tied together by the hash of the input."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from headwater.annotation.exchange.files import bad, encoded, objects, written
from headwater.annotation.exchange.model import Codec, Feature, Item, Reply, first, said
from headwater.annotation.questions import CHOICES, Kind, Question
from headwater.annotation.responses import undecided
from headwater.core.canonical import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_WORD = re.compile(r"\w+|[^\w\s]")


def write(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield a line for every answer; a task without one gets a line without `answer`."""
    return written(encoded(line) for item in items for line in _lines(item, questions))


def _lines(item: Item, questions: Sequence[Question]) -> Iterator[dict[str, Any]]:
    base: dict[str, Any] = {"text": item.content.get("text", "")}
    if "image" in item.content:
        base = {key: item.content[key] for key in ("image", "width", "height")}
    base |= {"meta": item.attributes, "_input_hash": _hash([item.id, item.content])}
    base |= {"_task_hash": _hash([item.id, item.content, [question.name for question in questions]])}
    for reply in item.answers or (None,):
        if reply is None:
            yield base
            continue
        line = base | {"answer": "accept", "_annotator_id": reply.by, "_session_id": reply.by}
        if reply.at:
            line["_timestamp"] = datetime.fromisoformat(reply.at).timestamp()
        if reply.comments:
            line["comments"] = reply.comments
        yield line | _written(item, reply, questions)


def _written(item: Item, reply: Reply, questions: Sequence[Question]) -> dict[str, Any]:
    line: dict[str, Any] = {}
    for question in _asked(questions):
        value = reply.values.get(question.name)
        if value is None or undecided(value):
            continue
        if question.kind in CHOICES:
            line["options"] = [{"id": each.value, "text": each.label or each.value} for each in question.options]
            line["accept"] = [value] if isinstance(value, str) else list(value)
        elif question.kind is Kind.TEXT:
            line["user_input"] = value
        elif question.kind is Kind.SPANS:
            line |= _spans(str(item.content.get("text", "")), value)
        else:
            line["spans"] = [*line.get("spans", []), *(_shape(question.kind, mark) for mark in value)]
    return line


def _asked(questions: Sequence[Question]) -> list[Question]:
    """The first question of each sort that a line has room for."""
    wanted = ((Kind.SINGLE, Kind.MULTIPLE, Kind.REFUSAL), (Kind.TEXT,), (Kind.SPANS,), (Kind.BOXES,), (Kind.POLYGONS,))
    return [found for kinds in wanted if (found := first(questions, *kinds))]


def _spans(text: str, value: dict[str, Any]) -> dict[str, Any]:
    tokens = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    spans = []
    for span in value["spans"]:
        inside = [n for n, (start, end) in enumerate(tokens) if start < span["end"] and end > span["start"]]
        places = {"token_start": inside[0], "token_end": inside[-1]} if inside else {}
        spans.append(span | places)
    line: dict[str, Any] = {
        "tokens": [
            {"text": text[start:end], "start": start, "end": end, "id": n, "ws": text[end : end + 1] == " "}
            for n, (start, end) in enumerate(tokens)
        ],
        "spans": spans,
    }
    if relations := value.get("relations"):
        known = {span.get("id", str(n)): span for n, span in enumerate(spans)}
        line["relations"] = [
            {
                "head": known[each["from"]].get("token_end"),
                "child": known[each["to"]].get("token_end"),
                "label": each["label"],
                "head_span": known[each["from"]],
                "child_span": known[each["to"]],
            }
            for each in relations
        ]
    return line


def _shape(kind: Kind, mark: dict[str, Any]) -> dict[str, Any]:
    if kind is Kind.POLYGONS:
        return {"label": mark["label"], "type": "polygon", "points": mark["points"]}
    x, y, width, height = mark["x"], mark["y"], mark["width"], mark["height"]
    points = [[x, y], [x, y + height], [x + width, y + height], [x + width, y]]
    return {"type": "rect", "points": points} | {key: mark[key] for key in ("label", "x", "y", "width", "height")}


def _hash(value: object) -> int:
    return int(digest(value)[-8:], 16) - (1 << 31)


def read(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield the tasks; lines in a row about the same input are one task. What was rejected or ignored has no answer."""
    for _, rows in groupby(objects(path), lambda each: each[1].get("_input_hash", each[0])):
        found = list(rows)
        where, head = found[0]
        if not isinstance(head.get("text"), str) and not isinstance(head.get("image"), str):
            raise bad(path, where, "expected 'text' or 'image'")
        try:
            answers = tuple(_reply(row, questions) for _, row in found if row.get("answer") == "accept")
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise bad(path, where, f"the answer is not as expected ({error!r})") from error
        yield Item(
            id=where, content=_content(head), attributes=dict(head.get("meta") or {}), answers=answers, foreign={}
        )


def _content(row: dict[str, Any]) -> dict[str, Any]:
    if isinstance(row.get("image"), str):
        return {"kind": "image"} | {key: row[key] for key in ("image", "width", "height") if key in row}
    return {"kind": "text", "text": row["text"]}


def _reply(row: dict[str, Any], questions: Sequence[Question]) -> Reply:
    values: dict[str, Any] = {}
    for question in _asked(questions):
        spans = row.get("spans") or []
        if question.kind is Kind.MULTIPLE and "accept" in row:
            values[question.name] = row["accept"]
        elif question.kind in CHOICES and row.get("accept"):
            values[question.name] = row["accept"][0]
        elif question.kind in CHOICES and row.get("label") in question.values:
            values[question.name] = row["label"]
        elif question.kind is Kind.TEXT and "user_input" in row:
            values[question.name] = row["user_input"]
        elif question.kind is Kind.SPANS and "spans" in row:
            values[question.name] = _read_spans(row, spans)
        elif question.kind is Kind.POLYGONS and "spans" in row:
            found = [each for each in spans if each.get("type") == "polygon"]
            values[question.name] = [{"points": each["points"], "label": each["label"]} for each in found]
        elif question.kind is Kind.BOXES and "spans" in row:
            keys = ("x", "y", "width", "height", "label")
            found = [each for each in spans if each.get("type", "rect") == "rect"]
            values[question.name] = [{key: each[key] for key in keys} for each in found]
    moment = row.get("_timestamp")
    at = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else ""
    by = str(row.get("_annotator_id") or "")
    return Reply(values=values, by=by, at=at, provenance=said(row.get("comments")))


def _read_spans(row: dict[str, Any], spans: list[dict[str, Any]]) -> dict[str, Any]:
    named = [
        {"id": str(each.get("id", n)), "start": each["start"], "end": each["end"], "label": each["label"]}
        for n, each in enumerate(spans)
    ]
    if not row.get("relations"):
        return {"spans": [each if "id" in span else _without_id(each) for each, span in zip(named, spans, strict=True)]}
    by_place = {(each["start"], each["end"], each["label"]): each["id"] for each in named}
    relations = [
        {
            "from": by_place[_place(each["head_span"])],
            "to": by_place[_place(each["child_span"])],
            "label": each["label"],
        }
        for each in row["relations"]
    ]
    return {"spans": named, "relations": relations}


def _place(span: dict[str, Any]) -> tuple[int, int, str]:
    return span["start"], span["end"], span["label"]


def _without_id(span: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in span.items() if key != "id"}


CODEC = Codec(
    name="prodigy",
    title="Prodigy JSON lines",
    suffix="jsonl",
    media_type="application/jsonl",
    write=write,
    read=read,
    carries=dict.fromkeys(
        (
            Feature.SINGLE,
            Feature.MULTIPLE,
            Feature.REFUSAL,
            Feature.TEXT,
            Feature.SPANS,
            Feature.SPANS_OVERLAPPING,
            Feature.RELATIONS,
            Feature.BOXES,
            Feature.POLYGONS,
            Feature.SEVERAL_ANNOTATORS,
            Feature.ANNOTATOR,
            Feature.TIME,
            Feature.ATTRIBUTES,
            Feature.COMMENTS,
        ),
        "",
    )
    | {Feature.SEVERAL_QUESTIONS: "one question of choices, one of text, one of spans, one of boxes, one of polygons"},
    losses=(
        "A line that was rejected or ignored becomes a task without that answer.",
        "The hashes are stable but not those Prodigy computes.",
    ),
)
