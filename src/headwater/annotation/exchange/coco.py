"""COCO: images, annotations, categories in one document."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from headwater.annotation.exchange import masks
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


def write(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield the document: images as they come, annotations after them from a file of their own."""
    asked = _asked(questions)
    categories = {label: n for n, label in enumerate(_labels(asked), 1)}
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
    listed = [
        {"id": n, "name": label} | ({"keypoints": [label], "skeleton": []} if _pointed(asked, label) else {})
        for label, n in categories.items()
    ]
    yield f'],"categories":{encoded(listed)}}}\n'.encode()


def _asked(questions: Sequence[Question]) -> dict[Kind, Question]:
    return {kind: found for kind in Kind if kind in IMAGE_MARKS and (found := first(questions, kind))}


def _labels(asked: dict[Kind, Question]) -> list[str]:
    return list(dict.fromkeys(value for question in asked.values() for value in question.values))


def _pointed(asked: dict[Kind, Question], label: str) -> bool:
    return Kind.KEYPOINTS in asked and label in asked[Kind.KEYPOINTS].values


def _annotations(item: Item, asked: dict[Kind, Question], categories: dict[str, int]) -> Iterator[dict[str, Any]]:
    for reply in item.answers:
        for kind, question in asked.items():
            value = reply.values.get(question.name)
            for mark in value if isinstance(value, list) and not undecided(value) else ():
                known = {"category_id": categories[mark["label"]], "iscrowd": int(kind is Kind.MASK)}
                yield known | _shape(kind, mark) | {"attributes": {"annotator": reply.by}}


def _shape(kind: Kind, mark: dict[str, Any]) -> dict[str, Any]:
    if kind is Kind.BOXES:
        box = [mark["x"], mark["y"], mark["width"], mark["height"]]
        return {"bbox": box, "area": box[2] * box[3], "segmentation": []}
    if kind is Kind.KEYPOINTS:
        return {
            "keypoints": [mark["x"], mark["y"], 2],
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
            try:
                kind, mark = _mark(each, size)
            except (KeyError, TypeError, ValueError, IndexError) as error:
                raise bad(path, f"Annotation {each.get('id')}", f"its shape is unusable ({error})") from error
            if kind in asked:
                mine = people.setdefault(str((each.get("attributes") or {}).get("annotator", "")), {})
                mine.setdefault(asked[kind].name, []).append(mark | {"label": names[each["category_id"]]})
        answers = tuple(Reply(values=dict(values), by=by) for by, values in people.items())
        yield Item(id=str(identifier), content=content | size, answers=answers)


def _mark(each: dict[str, Any], size: dict[str, int]) -> tuple[Kind, dict[str, Any]]:
    shape = each.get("segmentation")
    if isinstance(shape, dict):
        rle = {"size": list(shape.get("size") or [size["height"], size["width"]]), "counts": shape["counts"]}
        return Kind.MASK, {"rle": rle | {"counts": masks.counts_of(rle)}}
    if shape and len(shape[0]) >= 2 * _CORNERS:
        return Kind.POLYGONS, {"points": [[shape[0][n], shape[0][n + 1]] for n in range(0, len(shape[0]) - 1, 2)]}
    if points := each.get("keypoints"):
        return Kind.KEYPOINTS, {"x": points[0], "y": points[1]}
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
            Feature.SEVERAL_ANNOTATORS,
            Feature.ANNOTATOR,
        ),
        "",
    )
    | {Feature.SEVERAL_QUESTIONS: "one of boxes, one of outlines, one of masks, one of points"},
    losses=(
        "Every point is an annotation of its own. Of an outline in several parts only the first is read.",
        "A file is read whole: at most 512 MB.",
    ),
)
