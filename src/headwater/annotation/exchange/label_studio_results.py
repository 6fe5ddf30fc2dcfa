"""Label Studio's result regions into answers, and answers into regions; boxes travel in percent of the image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headwater.annotation import masks
from headwater.annotation.exchange import brush
from headwater.annotation.exchange.label_studio_config import slug, tag_of, to_name
from headwater.annotation.questions import CHOICES, Kind, Question
from headwater.annotation.responses import undecided

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SPANS = ("labels", "hypertextlabels", "paragraphlabels")
_WHOLE = 100.0


def values_of(result: Sequence[Mapping[str, Any]], questions: Mapping[str, Question], text: str) -> dict[str, Any]:
    """Return the answers that regions give to the questions, by name; regions of no question are passed by.

    Raises:
        KeyError, TypeError, ValueError: A region lacks what its type has.
    """
    values: dict[str, Any] = {}
    ids: set[str] = set()
    for region in result:
        question = questions.get(slug(str(region.get("from_name", ""))))
        if question is None:
            continue
        value, kind = region["value"], question.kind
        if kind is Kind.SPANS:
            held = values.setdefault(question.name, {"spans": []})["spans"]
            held += list(_spans(region, text))
            ids.add(str(region["id"]))
        elif kind in {Kind.BOXES, Kind.POLYGONS, Kind.KEYPOINTS}:
            values.setdefault(question.name, []).extend(_marks(kind, region))
        elif kind is Kind.MASK:
            values.setdefault(question.name, []).extend(_masks(region))
        else:
            values[question.name] = _plain(question, region["type"], value)
    for region in result:
        if region.get("type") == "relation" and region["from_id"] in ids and region["to_id"] in ids:
            spanned = next(each for each in values.values() if isinstance(each, dict) and "spans" in each)
            for label in region.get("labels") or [""]:
                relation = {"from": region["from_id"], "to": region["to_id"], "label": label}
                spanned.setdefault("relations", []).append(relation)
    for answer in values.values():
        if isinstance(answer, dict) and "spans" in answer and "relations" not in answer:
            for span in answer["spans"]:
                del span["id"]
    return values


def _plain(question: Question, kind: str, value: Any) -> Any:  # noqa: ANN401 -- JSON in, an answer out
    if kind == "taxonomy":
        chosen = [path[-1] for path in value["taxonomy"]]
        return chosen if question.kind is Kind.MULTIPLE else chosen[0]
    if kind == "choices":
        return list(value["choices"]) if question.kind is Kind.MULTIPLE else value["choices"][0]
    if kind in {"rating", "number"}:
        return value[kind]
    if kind == "textarea":
        return "\n".join(value["text"]) if isinstance(value["text"], list) else value["text"]
    if kind == "pairwise":
        return {"order": [["0"], ["1"]] if value["selected"] == "left" else [["1"], ["0"]]}
    ranked = value["ranker"]
    order = next(iter(ranked.values())) if isinstance(ranked, dict) else ranked
    return {"order": [[str(each)] for each in order]}


def _spans(region: Mapping[str, Any], text: str) -> Iterator[dict[str, Any]]:
    value = region["value"]
    labels: list[str] = next((value[name] for name in _SPANS if name in value), [])
    start, end, quoted = int(value["start"]), int(value["end"]), value.get("text")
    if isinstance(quoted, str) and text[start:end] != quoted:  # counted in UTF-16 units
        raw = text.encode("utf-16-le")
        if raw[2 * start : 2 * end].decode("utf-16-le", "replace") == quoted:
            start = len(raw[: 2 * start].decode("utf-16-le"))
            end = start + len(quoted)
    for label in labels:
        yield {"id": str(region["id"]), "start": start, "end": end, "label": label}


def _marks(kind: Kind, region: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    value = region["value"]
    across, down = float(region["original_width"]) / _WHOLE, float(region["original_height"]) / _WHOLE
    for label in value.get(str(region["type"]), []):
        if kind is Kind.POLYGONS:
            yield {"points": [[x * across, y * down] for x, y in value["points"]], "label": label}
            continue
        mark = {"x": value["x"] * across, "y": value["y"] * down, "label": label}
        if kind is Kind.BOXES:
            mark |= {"width": value["width"] * across, "height": value["height"] * down}
        yield mark


def _masks(region: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    size = (int(region["original_height"]), int(region["original_width"]))
    rle = masks.rle_of(brush.pixels(region["value"]["rle"], size))
    for label in region["value"].get("brushlabels", []):
        yield {"label": label, "rle": rle}


def result_of(
    values: Mapping[str, Any], questions: Sequence[Question], content: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the regions of a response; what cannot be decided and per-turn answers have none."""
    result: list[dict[str, Any]] = []
    for question in questions:
        value = values.get(question.name)
        if value is None or question.per_turn or undecided(value):
            continue
        base = {"from_name": question.name, "to_name": to_name(question), "origin": "manual"}
        base["type"] = tag_of(question).lower()
        if question.kind is Kind.SPANS:
            result += _written_spans(base, value, str(content.get("text", "")))
        elif isinstance(value, list) and question.kind is not Kind.MULTIPLE:
            result += [_written_mark(base, question, n, mark, content) for n, mark in enumerate(value)]
        else:
            result.append(base | {"id": question.name, "value": _written(question, value)})
    return result


def _written(question: Question, value: Any) -> dict[str, Any]:  # noqa: ANN401 -- an answer of any kind
    if question.kind in CHOICES:
        chosen = value if isinstance(value, list) else [value]
        if tag_of(question) == "Choices":
            return {"choices": chosen}
        return {"taxonomy": [_path(question, each) for each in chosen]}
    if question.kind is Kind.TEXT:
        return {"text": [value]}
    if question.kind is Kind.RANKING:
        return {"ranker": {"rank": [thing for place in value["order"] for thing in place]}}
    return {"rating" if question.kind is Kind.RATING else "number": value}


def _path(question: Question, value: str) -> list[str]:
    parents = {option.value: option.parent for option in question.options}
    path = [value]
    while parents.get(path[0]):
        path.insert(0, parents[path[0]])
    return path


def _written_spans(base: dict[str, Any], value: dict[str, Any], text: str) -> Iterator[dict[str, Any]]:
    for n, span in enumerate(value["spans"]):
        quoted = {"start": span["start"], "end": span["end"], "text": text[span["start"] : span["end"]]}
        yield base | {"id": span.get("id", f"{base['from_name']}{n}"), "value": quoted | {"labels": [span["label"]]}}
    for relation in value.get("relations", []):
        found = {"from_id": relation["from"], "to_id": relation["to"], "labels": [relation["label"]]}
        yield {"type": "relation", "direction": "right"} | found


def _written_mark(
    base: dict[str, Any], question: Question, n: int, mark: dict[str, Any], content: Mapping[str, Any]
) -> dict[str, Any]:
    if question.kind is Kind.MASK:
        height, width = mark["rle"]["size"]
        region = {"original_width": width, "original_height": height, "image_rotation": 0}
        drawn = {"format": "rle", "rle": brush.packed(masks.pixels(mark["rle"])), base["type"]: [mark["label"]]}
        return base | region | {"id": f"{question.name}{n}", "value": drawn}
    width, height = content.get("width") or _WHOLE, content.get("height") or _WHOLE
    across, down = _WHOLE / width, _WHOLE / height
    if question.kind is Kind.POLYGONS:
        value: dict[str, Any] = {"points": [[x * across, y * down] for x, y in mark["points"]], "closed": True}
    else:
        value = {"x": mark["x"] * across, "y": mark["y"] * down}
        if question.kind is Kind.BOXES:
            value |= {"width": mark["width"] * across, "height": mark["height"] * down, "rotation": 0}
        else:
            value["width"] = 0.5
    value[base["type"]] = [mark["label"]]
    size = {"original_width": width, "original_height": height, "image_rotation": 0}
    return base | size | {"id": f"{question.name}{n}", "value": value}
