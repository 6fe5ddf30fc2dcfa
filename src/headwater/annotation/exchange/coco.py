"""COCO: images, annotations, categories in one document."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from headwater.annotation import masks
from headwater.annotation.exchange.files import bad, document, encoded
from headwater.annotation.exchange.model import Codec, Feature, Item, Reply, first
from headwater.annotation.questions import IMAGE_MARKS, Kind
from headwater.annotation.responses import undecided

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from headwater.annotation.questions import Question

_MEMORY = 8_000_000
_PIECE = 1 << 20
_CORNERS = 3
_TRIPLE = 3
"""Numbers of a point: x, y, visibility."""
_HIDDEN, _SEEN = 1, 2
"""Visibility of a point that is labelled; 0 when it is not."""


def write(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield the document: images as they come, annotations after them from a file of their own."""
    asked = _asked(questions)
    categories = {name: n for n, name in enumerate(_categories(asked), 1)}
    yield b'{"info":{"description":"Headwater"},"images":['
    with tempfile.SpooledTemporaryFile(max_size=_MEMORY) as spool:
        count = 0
        for number, item in enumerate(items, 1):
            image = {"id": number, "file_name": str(item.content.get("image", item.id))}
            size = {name: item.content.get(name, 0) for name in ("width", "height")}
            yield (("," if number > 1 else "") + encoded(image | size)).encode()
            for each in _annotations(item, asked, categories):
                count += 1
                spool.write((("," if count > 1 else "") + encoded({"id": count, "image_id": number} | each)).encode())
        yield b'],"annotations":['
        spool.seek(0)
        while piece := spool.read(_PIECE):
            yield piece
    listed = [{"id": n, "name": name} | _points_of(asked, name) for name, n in categories.items()]
    yield f'],"categories":{encoded(listed)}}}\n'.encode()


def _asked(questions: Sequence[Question]) -> dict[Kind, Question]:
    return {kind: found for kind in Kind if kind in IMAGE_MARKS and (found := first(questions, kind))}


def _categories(asked: dict[Kind, Question]) -> list[str]:
    """The labels; of a question with a skeleton its name, which is the category its points belong to."""
    named = [(each.name,) if each.skeleton else each.values for each in asked.values()]
    return list(dict.fromkeys(name for names in named for name in names))


def _points_of(asked: dict[Kind, Question], name: str) -> dict[str, Any]:
    question = asked.get(Kind.KEYPOINTS)
    if question is not None and question.skeleton and name == question.name:
        place = {value: n for n, value in enumerate(question.values, 1)}
        lines = [[place[one], place[other]] for one, other in question.skeleton]
        return {"keypoints": list(question.values), "skeleton": lines}
    single = question is not None and not question.skeleton and name in question.values
    return {"keypoints": [name], "skeleton": []} if single else {}


def _annotations(item: Item, asked: dict[Kind, Question], categories: dict[str, int]) -> Iterator[dict[str, Any]]:
    for reply in item.answers:
        for kind, question in asked.items():
            value = reply.values.get(question.name)
            marks = value if isinstance(value, list) and not undecided(value) else []
            about = {"attributes": {"annotator": reply.by}}
            if question.skeleton:
                known = {"category_id": categories[question.name], "iscrowd": 0}
                yield from (known | each | about for each in _objects(question, marks))
                continue
            for mark in marks:
                known = {"category_id": categories[mark["label"]], "iscrowd": int(kind is Kind.MASK)}
                yield known | _shape(kind, mark) | about


def _objects(question: Question, marks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The objects of a question with a skeleton, each with its points in the order of the options; (0, 0, 0) for none.

    What lies around an object is the box around its points.
    """
    for number in dict.fromkeys(mark.get("object", 1) for mark in marks):
        placed = {mark["label"]: mark for mark in marks if mark.get("object", 1) == number}
        triples = [_triple(placed[each]) if each in placed else [0, 0, 0] for each in question.values]
        flat = [value for triple in triples for value in triple]
        around = _around([[mark["x"], mark["y"]] for mark in placed.values()])
        left, top, width, height = around["bbox"]
        yield {
            "keypoints": flat,
            "num_keypoints": len(placed),
            "bbox": [left, top, width, height],
            "area": width * height,
        }


def _triple(mark: dict[str, Any]) -> list[float]:
    return [mark["x"], mark["y"], _HIDDEN if mark.get("hidden") else _SEEN]


def _shape(kind: Kind, mark: dict[str, Any]) -> dict[str, Any]:
    if kind is Kind.BOXES:
        box = [mark["x"], mark["y"], mark["width"], mark["height"]]
        return {"bbox": box, "area": box[2] * box[3], "segmentation": []}
    if kind is Kind.KEYPOINTS:
        return {
            "keypoints": _triple(mark),
            "num_keypoints": 1,
            "bbox": [mark["x"], mark["y"], 0, 0],
            "area": 0,
        }
    if kind is Kind.POLYGONS:
        points = mark["points"]
        return {"segmentation": [[number for point in points for number in point]]} | _around(points)
    left, top, width, height, _ = masks.boxed(masks.pixels(mark["rle"]))
    counts = masks.counts_of(mark["rle"])
    rle = {"size": mark["rle"]["size"], "counts": counts}
    return {"segmentation": rle, "bbox": [left, top, width, height], "area": sum(counts[1::2])}


def _around(points: list[list[float]]) -> dict[str, Any]:
    across, down = [x for x, _ in points], [y for _, y in points]
    doubled = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*points, points[0]]))
    box = [min(across), min(down), max(across) - min(across), max(down) - min(down)]
    return {"bbox": box, "area": abs(doubled) / 2}


def read(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield the images with their annotations, as answers of whom the attribute `annotator` names."""
    data = document(path)
    asked = _asked(questions)
    try:
        names = {each["id"]: str(each["name"]) for each in data["categories"]}
        points = {each["id"]: [str(name) for name in each.get("keypoints") or ()] for each in data["categories"]}
        images = {each["id"]: each for each in data["images"]}
        marks: dict[Any, list[dict[str, Any]]] = {}
        for each in data["annotations"]:
            if each["image_id"] not in images or each["category_id"] not in names:
                problem = "names an image or category that is not in the file"
                raise bad(path, f"Annotation {each.get('id')}", problem)
            marks.setdefault(each["image_id"], []).append(each)
    except (KeyError, TypeError) as error:
        raise bad(path, "The document", f"a part is missing or has another shape ({error!r})") from error
    for identifier, image in images.items():
        content = {"kind": "image", "image": str(image.get("file_name", identifier))}
        size = {name: int(image.get(name) or 0) for name in ("width", "height")}
        people: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for each in marks.get(identifier, ()):
            mine = people.setdefault(str((each.get("attributes") or {}).get("annotator", "")), {})
            category = each["category_id"]
            try:
                if points[category] and len(each.get("keypoints") or ()) > _TRIPLE:
                    _join(mine, asked.get(Kind.KEYPOINTS), points[category], each["keypoints"])
                    each = {name: value for name, value in each.items() if name != "keypoints"}  # noqa: PLW2901
                kind, mark = _mark(each, size)
            except (KeyError, TypeError, ValueError, IndexError) as error:
                raise bad(path, f"Annotation {each.get('id')}", f"its shape is unusable ({error})") from error
            if kind in asked and (names[category] in asked[kind].values or not points[category]):
                mine.setdefault(asked[kind].name, []).append(mark | {"label": names[category]})
        answers = tuple(Reply(values=dict(values), by=by) for by, values in people.items() if values)
        yield Item(id=str(identifier), content=content | size, answers=answers)


def _join(
    mine: dict[str, list[dict[str, Any]]], question: Question | None, names: Sequence[str], flat: list[float]
) -> None:
    """Add the points of one object, the next one of its image; what was not labelled is left out."""
    if question is None:
        return
    number = max((mark["object"] for mark in mine.get(question.name, ()) if "object" in mark), default=0) + 1
    for name, x, y, seen in zip(names, flat[::3], flat[1::3], flat[2::3], strict=True):
        if seen:
            mine.setdefault(question.name, []).append(_point(x, y, seen) | {"label": name, "object": number})


def _point(x: float, y: float, seen: float) -> dict[str, Any]:
    return {"x": x, "y": y} | ({"hidden": True} if seen == _HIDDEN else {})


def _mark(each: dict[str, Any], size: dict[str, int]) -> tuple[Kind, dict[str, Any]]:
    shape = each.get("segmentation")
    if isinstance(shape, dict):
        rle = {"size": list(shape.get("size") or [size["height"], size["width"]]), "counts": shape["counts"]}
        return Kind.MASK, {"rle": rle | {"counts": masks.counts_of(rle)}}
    if shape and len(shape[0]) >= 2 * _CORNERS:
        return Kind.POLYGONS, {"points": [[shape[0][n], shape[0][n + 1]] for n in range(0, len(shape[0]) - 1, 2)]}
    if points := each.get("keypoints"):
        return Kind.KEYPOINTS, _point(*points[:_TRIPLE])
    x, y, width, height = each["bbox"]
    return Kind.BOXES, {"x": x, "y": y, "width": width, "height": height}


CODEC = Codec(
    name="coco",
    title="COCO",
    suffix="json",
    media_type="application/json",
    write=write,
    read=read,
    carries=dict.fromkeys(
        (
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
    | {Feature.SEVERAL_QUESTIONS: "one of boxes, one of outlines, one of masks, one of points"},
    losses=(
        "Without a skeleton every point is an annotation; with one, an object is, in a category named as the question.",
        "Of an outline in several parts only the first is read.",
        "A file is read whole: at most 512 MB.",
    ),
)
