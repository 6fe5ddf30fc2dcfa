"""Label Studio JSON: tasks with annotations and predictions; what came from Label Studio is written as it came."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from headwater.annotation.exchange.files import bad, elements, encoded
from headwater.annotation.exchange.label_studio_results import result_of, values_of
from headwater.annotation.exchange.model import Codec, ExchangeError, Feature, Item, Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from headwater.annotation.questions import Question

_NAME = "label_studio"
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".svg", ".tif", ".tiff"})
_REPAIR = "Repair or remove it and import again."
_OURS = frozenset({"text", "image", "chat", "responses", "width", "height"})


def write(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield the array of tasks, one by one."""
    asked = {each.name: each for each in questions}
    begun = False
    for item in items:
        yield ((",\n" if begun else "[\n") + encoded(_task(item, asked))).encode()
        begun = True
    yield b"\n]\n" if begun else b"[]\n"


def _task(item: Item, asked: Mapping[str, Question]) -> dict[str, Any]:
    known = dict(item.foreign.get(_NAME) or {})
    annotations = [_annotation(item, reply, asked) for reply in item.answers]
    predictions = [_prediction(item, reply, asked) for reply in item.suggestions]
    if known:
        annotations += known.pop("cancelled", [])
        predictions = [*known.pop("references", []), *predictions]
        order = {identifier: n for n, identifier in enumerate(known.pop("order", []))}
        annotations.sort(key=lambda each: order.get(each.get("id"), len(order)))
        return known | {"annotations": annotations, "predictions": predictions}
    return {"id": item.id, "data": _data(item), "annotations": annotations, "predictions": predictions, "drafts": []}


def _data(item: Item) -> dict[str, Any]:
    text = item.content.get("text", "")
    data = dict(item.attributes) | ({} if text and text == item.content.get("image") else {"text": text})
    data |= {name: item.content[name] for name in ("image", "width", "height") if name in item.content}
    if turns := item.content.get("turns"):
        data["chat"] = [{"role": each["role"], "content": each["text"]} for each in turns]
    if responses := item.content.get("responses"):
        data["responses"] = [{"id": str(n), "title": str(n + 1), "body": each} for n, each in enumerate(responses)]
    return data


def _annotation(item: Item, reply: Reply, asked: Mapping[str, Question]) -> dict[str, Any]:
    known: dict[str, Any] | None = reply.foreign.get(_NAME)
    if known is not None:
        return known | {"result": _result(item, reply, known, asked)}
    made: dict[str, Any] = {"id": reply.id, "completed_by": reply.by, "result": _result(item, reply, {}, asked)}
    made |= {"was_cancelled": False, "ground_truth": False, "created_at": reply.at or None}
    return made | {"lead_time": reply.provenance.get("lead_time_ms", 0) / 1000}


def _prediction(item: Item, reply: Reply, asked: Mapping[str, Question]) -> dict[str, Any]:
    known: dict[str, Any] | None = reply.foreign.get(_NAME)
    if known is not None:
        return known | {"result": _result(item, reply, known, asked)}
    return {"model_version": reply.by, "score": reply.score, "result": _result(item, reply, {}, asked)}


def _result(item: Item, reply: Reply, known: dict[str, Any], asked: Mapping[str, Question]) -> list[dict[str, Any]]:
    """The regions: as they came while the answer is what they say, else made from the answer."""
    before = known.get("result", [])
    if known and values_of(before, asked, str(item.content.get("text", ""))) == reply.values:
        return list(before)
    return result_of(reply.values, list(asked.values()), item.content)


def read(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield the tasks; annotations that were cancelled stay with the task but are no answers."""
    asked = {each.name: each for each in questions}
    for where, row in elements(path):
        try:
            yield parsed(where, row, asked)
        except ExchangeError as error:
            raise bad(path, where, error.message.rstrip("."), error.remedy) from error


def parsed(where: str, row: object, asked: Mapping[str, Question]) -> Item:
    """Return a task of an export as it answers questions, by their names.

    Raises:
        ExchangeError: It is no task with `data`, or an annotation is not as expected.
    """
    data = row.get("data") if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(data, dict):
        raise ExchangeError("expected a task with 'data'", remedy="Export as JSON, not as JSON-MIN.")
    try:
        return _item(where, row, data, asked)
    except (KeyError, TypeError, ValueError, IndexError, StopIteration, AttributeError) as error:
        raise ExchangeError(f"an annotation is not as expected ({error!r})", remedy=_REPAIR) from error


def _item(where: str, row: dict[str, Any], data: dict[str, Any], asked: Mapping[str, Question]) -> Item:
    annotations = row.get("annotations") or []
    given = row.get("predictions") or []
    predictions = [each for each in given if isinstance(each, dict)]  # an export may only name them
    content = _content(data, [region for each in (*annotations, *predictions) for region in each["result"]])
    text = str(content.get("text", ""))
    annotations = [_without_person(each) for each in annotations]
    known = {name: value for name, value in row.items() if name not in {"annotations", "predictions"}}
    cancelled = [each for each in annotations if each.get("was_cancelled")]
    known |= {"cancelled": cancelled} if cancelled else {}
    known |= {"references": found} if (found := [each for each in given if not isinstance(each, dict)]) else {}
    known["order"] = [each.get("id") for each in annotations]
    shown = {str(value) for value in content.values() if isinstance(value, str)}
    return Item(
        id=str(row.get("id", where)),
        content=content,
        attributes={
            n: v for n, v in data.items() if n not in _OURS and isinstance(v, str | int | float) and str(v) not in shown
        },
        answers=tuple(_answer(each, asked, text) for each in annotations if not each.get("was_cancelled")),
        suggestions=tuple(_suggestion(each, asked, text) for each in predictions),
        foreign={_NAME: known},
    )


def _without_person(annotation: dict[str, Any]) -> dict[str, Any]:
    """An annotation that names its author by number only, not by name and address."""
    who = annotation.get("completed_by")
    return annotation | {"completed_by": who.get("id", "")} if isinstance(who, dict) else annotation


def _content(data: dict[str, Any], regions: list[dict[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {"kind": "text"}
    for name, value in data.items():
        if isinstance(value, str) and (name == "image" or PurePosixPath(value).suffix.lower() in _PICTURES):
            content["image"] = value
        elif isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            if any("role" in each or "author" in each for each in value):
                content |= {"kind": "chat", "turns": [_turn(each) for each in value]}
            elif all("body" in each for each in value):
                content["responses"] = [str(each["body"]) for each in value]
    texts = [value for value in data.values() if isinstance(value, str) and value != content.get("image")]
    text = str(data.get("text", texts[0] if texts else ""))
    content["text"] = "" if text == content.get("image") else text
    if "image" in content:
        sized: dict[str, Any] = next((each for each in regions if each.get("original_width")), {})
        content["width"] = int(data.get("width") or sized.get("original_width") or 0)
        content["height"] = int(data.get("height") or sized.get("original_height") or 0)
        content["kind"] = "text" if content["text"] else "image"
    return content


def _turn(each: dict[str, Any]) -> dict[str, str]:
    said = each.get("content", each.get("text", ""))
    return {"role": str(each.get("role", each.get("author", "user"))), "text": str(said)}


def _answer(each: dict[str, Any], asked: Mapping[str, Question], text: str) -> Reply:
    return Reply(
        values=values_of(each["result"], asked, text),
        by=str(each.get("completed_by", "")),
        id=str(each.get("id", "")),
        at=str(each.get("created_at") or ""),
        provenance={"lead_time_ms": round(1000 * float(each.get("lead_time") or 0))},
        foreign={_NAME: each},
    )


def _suggestion(each: dict[str, Any], asked: Mapping[str, Question], text: str) -> Reply:
    return Reply(
        values=values_of(each["result"], asked, text),
        by=str(each.get("model_version") or ""),
        score=each.get("score"),
        foreign={_NAME: each},
    )


_LEFT_OUT = {Feature.PER_TURN, Feature.UNDECIDED, Feature.RANKING_MANY, Feature.COMMENTS}
CODEC = Codec(
    name="label-studio",
    title="Label Studio JSON",
    suffix="json",
    media_type="application/json",
    write=write,
    read=read,
    carries=dict.fromkeys((each for each in Feature if each not in _LEFT_OUT), "")
    | {
        Feature.SKELETON: "the points, without which object each is of",
        Feature.HIDDEN: "the points, without which of them are hidden",
        Feature.RANKING_MANY: "an order without ties, reasons and comments",
    },
    losses=(
        "Rotations and regions without a question stay with what came from Label Studio, but are no answers.",
        "What came from Label Studio and was not changed is written as it came, byte for byte the same values.",
    ),
)
