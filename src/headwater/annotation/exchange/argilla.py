"""Argilla 2 records as JSON lines: fields, responses by user, suggestions by agent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headwater.annotation.exchange.files import bad, encoded, objects, written
from headwater.annotation.exchange.model import Codec, Feature, Item, Reply
from headwater.annotation.questions import Kind
from headwater.annotation.responses import undecided

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from headwater.annotation.questions import Question

_CARRIED = frozenset({Kind.SINGLE, Kind.REFUSAL, Kind.MULTIPLE, Kind.RATING, Kind.TEXT, Kind.RANKING, Kind.SPANS})


def write(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield a record on each line."""
    asked = {each.name: each for each in questions if each.kind in _CARRIED and not each.per_turn}
    return written(encoded(_record(item, asked)) for item in items)


def _record(item: Item, asked: Mapping[str, Question]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if turns := item.content.get("turns"):
        fields["chat"] = [{"role": each["role"], "content": each["text"]} for each in turns]
    elif "text" in item.content:
        fields["text"] = item.content["text"]
    for number, response in enumerate(item.content.get("responses") or [], 1):
        fields[f"response_{number}"] = response
    if "image" in item.content:
        fields["image"] = item.content["image"]
    responses = [
        {"user_id": each.by, "status": "submitted", "values": {n: {"value": v} for n, v in _values(each, asked)}}
        for each in item.answers
    ]
    suggestions = [
        {"question_name": name, "value": value, "score": each.score, "agent": each.by or None}
        for each in item.suggestions
        for name, value in _values(each, asked)
    ]
    return {
        "id": item.id,
        "fields": fields,
        "metadata": item.attributes,
        "responses": responses,
        "suggestions": suggestions,
    }


def _values(reply: Reply, asked: Mapping[str, Question]) -> Iterator[tuple[str, Any]]:
    for name, value in reply.values.items():
        question = asked.get(name)
        if question is None or undecided(value):
            continue
        if question.kind is Kind.RANKING:
            yield (
                name,
                [{"value": str(thing), "rank": n} for n, place in enumerate(value["order"], 1) for thing in place],
            )
        elif question.kind is Kind.SPANS:
            yield name, [{key: span[key] for key in ("start", "end", "label")} for span in value["spans"]]
        else:
            yield name, value


def read(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield the tasks of a file; responses that were discarded or are drafts are left out."""
    asked = {each.name: each for each in questions if each.kind in _CARRIED}
    for where, row in objects(path):
        fields = row.get("fields")
        if not isinstance(fields, dict) or not fields:
            raise bad(path, where, "expected an object 'fields' with the record's text, chat or image")
        try:
            yield Item(
                id=str(row.get("id") or where),
                content=_content(fields),
                attributes=dict(row.get("metadata") or {}),
                answers=tuple(_answers(row.get("responses") or [], asked)),
                suggestions=tuple(_suggestions(row.get("suggestions") or [], asked)),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise bad(path, where, f"a response or suggestion is not as expected ({error!r})") from error


def _content(fields: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {"kind": "text"}
    responses = []
    for name, value in fields.items():
        if isinstance(value, list):
            turns = [{"role": str(turn["role"]), "text": str(turn["content"])} for turn in value]
            content |= {"kind": "chat", "turns": turns, "text": turns[0]["text"] if turns else ""}
        elif name == "image":
            content |= {"kind": "image", "image": str(value)}
        elif name.startswith("response"):
            responses.append(str(value))
        else:
            content.setdefault("text", str(value))
    return content | ({"responses": responses} if responses else {})


def _answers(responses: object, asked: Mapping[str, Question]) -> Iterator[Reply]:
    if isinstance(responses, dict):  # as the SDK writes it: by question
        people: dict[str, dict[str, Any]] = {}
        for name, given in responses.items():
            for each in given:
                people.setdefault(str(each.get("user_id") or ""), {})[name] = each["value"]
        responses = [
            {"user_id": user, "values": {name: {"value": value} for name, value in values.items()}}
            for user, values in people.items()
        ]
    for each in responses:  # type: ignore[attr-defined]
        if each.get("status", "submitted") == "submitted":
            values = {n: _value(asked[n], v["value"]) for n, v in (each.get("values") or {}).items() if n in asked}
            yield Reply(values=values, by=str(each.get("user_id") or ""))


def _suggestions(suggestions: object, asked: Mapping[str, Question]) -> Iterator[Reply]:
    if isinstance(suggestions, dict):
        suggestions = [{"question_name": name} | each for name, each in suggestions.items()]
    agents: dict[tuple[str, float | None], dict[str, Any]] = {}
    for each in suggestions:  # type: ignore[attr-defined]
        if (name := each["question_name"]) in asked:
            key = (str(each.get("agent") or ""), each.get("score"))
            agents.setdefault(key, {})[name] = _value(asked[name], each["value"])
    for (agent, score), values in agents.items():
        yield Reply(values=values, by=agent, score=score)


def _value(question: Question, value: Any) -> Any:  # noqa: ANN401 -- whatever JSON held
    if question.kind is Kind.RANKING:
        places: dict[int, list[str]] = {}
        for each in value:
            places.setdefault(int(each["rank"]), []).append(str(each["value"]))
        return {"order": [places[rank] for rank in sorted(places)]}
    if question.kind is Kind.SPANS:
        return {"spans": [{"start": each["start"], "end": each["end"], "label": each["label"]} for each in value]}
    return value


CODEC = Codec(
    name="argilla",
    title="Argilla 2 records",
    suffix="jsonl",
    media_type="application/jsonl",
    write=write,
    read=read,
    carries=dict.fromkeys(
        (
            Feature.SINGLE,
            Feature.MULTIPLE,
            Feature.REFUSAL,
            Feature.RATING,
            Feature.TEXT,
            Feature.RANKING,
            Feature.SPANS,
            Feature.SPANS_OVERLAPPING,
            Feature.SEVERAL_QUESTIONS,
            Feature.SEVERAL_ANNOTATORS,
            Feature.ANNOTATOR,
            Feature.SUGGESTIONS,
            Feature.ATTRIBUTES,
            Feature.CHAT,
        ),
        "",
    )
    | {
        Feature.RANKING_MANY: "reasons and comments are lost",
        Feature.RELATIONS: "the spans stay, their relations and ids are lost",
    },
    losses=(
        "A server wants UUIDs of its own users where pseudonyms stand in `user_id`.",
        "Spans of a chat's turns are not told apart by turn.",
    ),
)
