"""doccano JSON lines: classes, sequences, relations or free text, a line for every annotator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headwater.annotation.exchange.files import bad, encoded, objects, written
from headwater.annotation.exchange.model import Codec, Feature, Item, Reply, first, said
from headwater.annotation.questions import CHOICES, Kind, Question
from headwater.annotation.responses import undecided

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_FIELDS = frozenset({"id", "text", "data", "label", "labels", "entities", "relations", "cats", "Comments"})


def write(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield a line for every answer to the first question of spans, choices or text."""
    asked = _asked(questions)
    return written(encoded(line) for item in items for line in _lines(item, asked))


def _asked(questions: Sequence[Question]) -> Question | None:
    return first(questions, Kind.SPANS) or first(questions, *CHOICES) or first(questions, Kind.TEXT)


def _lines(item: Item, asked: Question | None) -> Iterator[dict[str, Any]]:
    base = {name: value for name, value in item.attributes.items() if name not in _FIELDS}
    whole = base | {"id": item.id, "text": item.content.get("text", "")}
    for reply in item.answers:
        base = whole | ({"Comments": [each["text"] for each in reply.comments]} if reply.comments else {})
        value = reply.values.get(asked.name) if asked else None
        if asked is None or value is None or undecided(value):
            continue
        if asked.kind is not Kind.SPANS:
            yield base | {"label": value if isinstance(value, list) else [value]}
        elif asked.relations:
            yield base | _graph(value)
        else:
            yield base | {"label": [[span["start"], span["end"], span["label"]] for span in value["spans"]]}
    if not item.answers:
        yield whole


def _graph(value: dict[str, Any]) -> dict[str, Any]:
    numbers = {span.get("id", str(n)): n for n, span in enumerate(value["spans"])}
    entities = [
        {"id": n, "label": span["label"], "start_offset": span["start"], "end_offset": span["end"]}
        for n, span in enumerate(value["spans"])
    ]
    relations = [
        {"id": n, "from_id": numbers[each["from"]], "to_id": numbers[each["to"]], "type": each["label"]}
        for n, each in enumerate(value.get("relations") or [])
    ]
    return {"entities": entities, "relations": relations}


def read(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield a task for every line."""
    asked = _asked(questions)
    for where, row in objects(path):
        text = row.get("text", row.get("data"))
        if not isinstance(text, str):
            raise bad(path, where, "expected 'text'")
        try:
            value = _value(row, asked)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise bad(path, where, f"the label is not as expected ({error!r})") from error
        yield Item(
            id=str(row.get("id", where)),
            content={"kind": "text", "text": text},
            attributes={name: value for name, value in row.items() if name not in _FIELDS},
            answers=(_reply(row, asked.name, value),) if asked and value is not None else (),
        )


def _reply(row: dict[str, Any], name: str, value: Any) -> Reply:  # noqa: ANN401 -- an answer of any kind
    return Reply(values={name: value}, provenance=said(row.get("Comments")))


def _value(row: dict[str, Any], asked: Question | None) -> Any:  # noqa: ANN401, PLR0911 -- an answer of any kind, a return for each
    labels = row.get("label", row.get("labels"))
    if asked is None:
        return None
    if asked.kind is Kind.SPANS:
        if "entities" in row:
            spans = [
                {"id": str(e["id"]), "start": e["start_offset"], "end": e["end_offset"], "label": e["label"]}
                for e in row["entities"]
            ]
            relations = [
                {"from": str(e["from_id"]), "to": str(e["to_id"]), "label": e["type"]}
                for e in row.get("relations") or []
            ]
            return {"spans": spans} | ({"relations": relations} if relations else {})
        if labels is None:
            return None
        return {"spans": [{"start": start, "end": end, "label": label} for start, end, label in labels]}
    if labels is None:
        return None
    given = labels if isinstance(labels, list) else [labels]
    if asked.kind is Kind.MULTIPLE:
        return [str(each) for each in given]
    return str(given[0]) if given else None


CODEC = Codec(
    name="doccano",
    title="doccano JSON lines",
    suffix="jsonl",
    media_type="application/jsonl",
    write=write,
    read=read,
    carries=dict.fromkeys(
        (
            Feature.SPANS,
            Feature.SPANS_OVERLAPPING,
            Feature.RELATIONS,
            Feature.SINGLE,
            Feature.REFUSAL,
            Feature.MULTIPLE,
            Feature.TEXT,
            Feature.ATTRIBUTES,
        ),
        "",
    )
    | {
        Feature.SEVERAL_ANNOTATORS: "a line for each of them, under the same id",
        Feature.COMMENTS: "the words, without who said them and when",
    },
    losses=("Only the first question of spans, else of choices, else of text.",),
)
