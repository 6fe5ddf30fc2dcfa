"""CVAT for images, XML 1.1: boxes, polygons, points, masks and tags, an element for every image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from headwater.annotation import masks
from headwater.annotation.exchange.files import bad, branches, written
from headwater.annotation.exchange.model import Codec, Feature, Item, Reply, first
from headwater.annotation.questions import CHOICES, IMAGE_MARKS, Kind, Question
from headwater.annotation.responses import undecided

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from xml.etree.ElementTree import Element

_TYPES = {Kind.BOXES: "rectangle", Kind.POLYGONS: "polygon", Kind.KEYPOINTS: "points", Kind.MASK: "mask"}
_KINDS = {"box": Kind.BOXES, "polygon": Kind.POLYGONS, "points": Kind.KEYPOINTS, "mask": Kind.MASK}


def write(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield the document, image by image."""
    return written(_lines(items, questions))


def _lines(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[str]:
    asked = _asked(questions)
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield "<annotations><version>1.1</version><meta><task><labels>"
    for question in asked:
        for option in question.values:
            yield f"<label><name>{_escaped(option)}</name><type>{_TYPES.get(question.kind, 'tag')}</type></label>"
    yield "</labels></task></meta>"
    for number, item in enumerate(items):
        name = str(item.content.get("image", item.id))
        size = {key: item.content.get(key, 0) for key in ("width", "height")}
        yield f"<image{_attributes({'id': number, 'name': name} | size)}>"
        for reply in item.answers:
            for question in asked:
                value = reply.values.get(question.name)
                if value is not None and not undecided(value):
                    yield from _shapes(question, value, reply.by)
        yield "</image>"
    yield "</annotations>"


def _asked(questions: Sequence[Question]) -> list[Question]:
    found = [first(questions, *CHOICES), *(first(questions, kind) for kind in Kind if kind in IMAGE_MARKS)]
    return [each for each in found if each]


def _shapes(question: Question, value: Any, by: str) -> Iterator[str]:  # noqa: ANN401 -- an answer of any kind
    common = {"source": by or "manual"}
    if question.kind in CHOICES:
        for each in value if isinstance(value, list) else [value]:
            yield f"<tag{_attributes({'label': each} | common)}></tag>"
        return
    for mark in value:
        known: dict[str, object] = {"label": mark["label"]} | common | {"occluded": 0, "z_order": 0}
        if question.kind is Kind.BOXES:
            corners = {"xtl": mark["x"], "ytl": mark["y"]}
            corners |= {"xbr": mark["x"] + mark["width"], "ybr": mark["y"] + mark["height"]}
            yield f"<box{_attributes(known | corners)}></box>"
        elif question.kind is Kind.POLYGONS:
            points = ";".join(f"{x},{y}" for x, y in mark["points"])
            yield f"<polygon{_attributes(known | {'points': points})}></polygon>"
        elif question.kind is Kind.KEYPOINTS:
            place = f"{mark['x']},{mark['y']}"
            group = {"group_id": mark["object"]} if "object" in mark else {}
            seen = {"occluded": int(mark.get("hidden", False))}
            yield f"<points{_attributes(known | seen | {'points': place} | group)}></points>"
        else:
            left, top, width, height, counts = masks.boxed(masks.pixels(mark["rle"]))
            box = {"left": left, "top": top, "width": width, "height": height}
            yield f"<mask{_attributes(known | {'rle': ', '.join(map(str, counts))} | box)}></mask>"


def _attributes(values: dict[str, object]) -> str:
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in values.items())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def read(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield the images, one of them in memory at a time; marks are told apart by their `source`."""
    asked = {each.kind: each for each in _asked(questions)}
    for where, image in branches(path, "image"):
        size = (int(image.get("height") or 0), int(image.get("width") or 0))
        people: dict[str, dict[str, Any]] = {}
        for shape in image:
            by = shape.get("source", "")
            mine = people.setdefault("" if by == "manual" else by, {})
            try:
                _take(asked, mine, shape, size)
            except (TypeError, ValueError) as error:
                raise bad(path, where, f"<{shape.tag}> is unusable ({error})") from error
        content = {"kind": "image", "image": image.get("name", ""), "width": size[1], "height": size[0]}
        answers = tuple(Reply(values=values, by=by) for by, values in people.items() if values)
        yield Item(id=image.get("id", where), content=content, answers=answers)


def _take(asked: dict[Kind, Question], mine: dict[str, Any], shape: Element, size: tuple[int, int]) -> None:
    label = shape.get("label", "")
    if shape.tag == "tag":
        question = next((each for kind, each in asked.items() if kind in CHOICES), None)
        if question is not None and question.kind is Kind.MULTIPLE:
            mine.setdefault(question.name, []).append(label)
        elif question is not None:
            mine[question.name] = label
        return
    kind = _KINDS.get(shape.tag)
    if kind is not None and kind in asked:
        held = mine.setdefault(asked[kind].name, [])
        held += [mark | {"label": label} for mark in _marks(kind, shape, size)]


def _marks(kind: Kind, shape: Element, size: tuple[int, int]) -> list[dict[str, Any]]:
    if kind is Kind.BOXES:
        left, top, right, bottom = (float(shape.get(name) or "none") for name in ("xtl", "ytl", "xbr", "ybr"))
        return [{"x": left, "y": top, "width": right - left, "height": bottom - top}]
    if kind is Kind.MASK:
        left, top, width, height = (int(shape.get(name) or "none") for name in ("left", "top", "width", "height"))
        counts = [int(each) for each in (shape.get("rle") or "").split(",") if each.strip()]
        return [{"rle": masks.rle_of(masks.unboxed(counts, (left, top, width, height), size))}]
    points = [[float(number) for number in pair.split(",")] for pair in (shape.get("points") or "none").split(";")]
    if kind is Kind.POLYGONS:
        return [{"points": points}]
    group = int(shape.get("group_id") or 0)
    about = ({"object": group} if group > 0 else {}) | ({"hidden": True} if shape.get("occluded") == "1" else {})
    return [{"x": x, "y": y} | about for x, y in points]


CODEC = Codec(
    name="cvat",
    title="CVAT for images, XML 1.1",
    suffix="xml",
    media_type="application/xml",
    write=write,
    read=read,
    carries=dict.fromkeys(
        (
            Feature.SINGLE,
            Feature.MULTIPLE,
            Feature.REFUSAL,
            Feature.BOXES,
            Feature.POLYGONS,
            Feature.MASK,
            Feature.KEYPOINTS,
            Feature.SKELETON,
            Feature.HIDDEN,
            Feature.SEVERAL_ANNOTATORS,
            Feature.ANNOTATOR,
        ),
        "",
    )
    | {Feature.SEVERAL_QUESTIONS: "one of choices, as tags, and one of each shape"},
    losses=(
        "The annotator stands in `source`. Rotation, order and attributes of shapes are not read.",
        "Occlusion is read of points only.",
        "Tracks, lines, ellipses, cuboids and skeletons are not read.",
    ),
)
