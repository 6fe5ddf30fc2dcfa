"""YOLO: a ZIP with a text file of normalised boxes or outlines for every image, and the names of the classes."""

from __future__ import annotations

import json
import re
import zipfile
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import yaml

from headwater.annotation.exchange.files import Pieces, bad, encoded, members, text_of, whole
from headwater.annotation.exchange.model import Codec, ExchangeError, Feature, Item, Reply, first
from headwater.annotation.exchange.pictures import Stems, size_of
from headwater.annotation.questions import Kind
from headwater.annotation.responses import undecided

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from headwater.annotation.questions import Question

_SIZES = "sizes.json"
_DARKNET = re.compile(r"obj(_\w+)?_data")
"""Where Darknet and CVAT keep the marks, beside the images."""
_BOX = 5
_IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"}


def write(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield the archive; images themselves are not in it."""
    boxes, outlines = first(questions, Kind.BOXES), first(questions, Kind.POLYGONS)
    labels = list(dict.fromkeys(value for each in (boxes, outlines) if each for value in each.values))
    numbers = {label: n for n, label in enumerate(labels)}
    sink = Pieces()
    sizes: dict[str, Any] = {}
    stem = Stems()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "data.yaml", yaml.safe_dump({"path": ".", "train": "images", "names": dict(enumerate(labels))})
        )
        for item in items:
            if not item.content.get("width"):
                continue
            name = stem(item)
            sizes[name] = [str(item.content.get("image", "")), item.content["width"], item.content["height"]]
            lines = [line for each in (boxes, outlines) if each for line in _lines(item, each, numbers)]
            archive.writestr(f"labels/{name}.txt", "".join(f"{line}\n" for line in lines))
            yield sink.take()
        archive.writestr(_SIZES, encoded(sizes))
    yield sink.take()


def _lines(item: Item, asked: Question, numbers: dict[str, int]) -> Iterator[str]:
    width, height = item.content["width"], item.content["height"]
    for reply in item.answers:
        value = reply.values.get(asked.name)
        if not isinstance(value, list) or undecided(value):
            continue
        for mark in value:
            if asked.kind is Kind.BOXES:
                middle = [mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2]
                found = [middle[0] / width, middle[1] / height, mark["width"] / width, mark["height"] / height]
            else:
                found = [
                    number / side
                    for point in mark["points"]
                    for number, side in zip(point, (width, height), strict=True)
                ]
            yield " ".join((str(numbers[mark["label"]]), *(f"{number:.10g}" for number in found)))


def read(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield the images; their sizes come from the images in the archive, or from `sizes.json` as it is written here."""
    boxes, outlines = first(questions, Kind.BOXES), first(questions, Kind.POLYGONS)
    names: list[str] = []
    sizes: dict[str, list[Any]] = {}
    texts: dict[str, str] = {}
    for info, file in members(path):
        place = PurePosixPath(info.filename)
        where = f"File '{info.filename}'"
        if place.suffix in {".yaml", ".yml"}:
            names = _names(path, where, text_of(path, where, whole(path, info, file)))
        elif place.name in {"classes.txt", "obj.names"}:
            names = text_of(path, where, whole(path, info, file)).splitlines()
        elif place.name == _SIZES:
            sizes |= json.loads(whole(path, info, file))
        elif place.suffix.lower() in _IMAGES:
            sizes[_key(place)] = [str(place), *size_of(file.read(1 << 18))]
        elif place.suffix == ".txt" and any(part == "labels" or _DARKNET.fullmatch(part) for part in place.parts[:-1]):
            texts[_key(place)] = text_of(path, where, whole(path, info, file))
    alone = Counter(PurePosixPath(name).name for name in sizes)
    last = {PurePosixPath(name).name: size for name, size in sizes.items() if alone[PurePosixPath(name).name] == 1}
    for name, text in texts.items():
        image, width, height = sizes.get(name) or last.get(PurePosixPath(name).name) or ["", 0, 0]
        if not width or not height:
            raise ExchangeError(
                f"'{path.name}' does not say how large the image of 'labels/{name}.txt' is.",
                remedy="Put the images into the archive, or sizes.json with {name: [file, width, height]}.",
            )
        values: dict[str, list[dict[str, Any]]] = {}
        for number, line in enumerate(text.splitlines(), 1):
            try:
                kind, mark = _mark(line.split(), names, width, height)
            except (ValueError, IndexError) as error:
                raise bad(path, f"Line {number} of 'labels/{name}.txt'", f"not a box or outline ({error})") from error
            asked = boxes if kind is Kind.BOXES else outlines
            if asked:
                values.setdefault(asked.name, []).append(mark)
        content = {"kind": "image", "image": image or name, "width": width, "height": height}
        yield Item(id=name, content=content, answers=(Reply(values=dict(values)),) if values else ())


def _key(place: PurePosixPath) -> str:
    """Return what a file of marks and its image have in common: the path without ending, `labels` and `images`."""
    folders = [part for part in place.parts[:-1] if part not in {"labels", "images"} and not _DARKNET.fullmatch(part)]
    return "/".join((*folders, place.stem))


def _names(path: Path, where: str, text: str) -> list[str]:
    try:
        found = (yaml.safe_load(text) or {}).get("names", [])
    except (yaml.YAMLError, AttributeError) as error:
        raise bad(path, where, "expected a mapping with 'names'") from error
    return [str(found[key]) for key in sorted(found)] if isinstance(found, dict) else [str(each) for each in found]


def _mark(cells: list[str], names: list[str], width: int, height: int) -> tuple[Kind, dict[str, Any]]:
    label = names[int(cells[0])]
    numbers = [float(cell) for cell in cells[1:]]
    if len(cells) == _BOX:
        x, y, w, h = (n * side for n, side in zip(numbers, (width, height, width, height), strict=True))
        return Kind.BOXES, {"x": x - w / 2, "y": y - h / 2, "width": w, "height": h, "label": label}
    if len(numbers) < 2 * 3 or len(numbers) % 2:
        raise ValueError(f"{len(numbers)} numbers")
    points = [[numbers[n] * width, numbers[n + 1] * height] for n in range(0, len(numbers), 2)]
    return Kind.POLYGONS, {"points": points, "label": label}


CODEC = Codec(
    name="yolo",
    title="YOLO (ZIP)",
    suffix="zip",
    media_type="application/zip",
    write=write,
    read=read,
    carries={
        Feature.BOXES: "",
        Feature.POLYGONS: "",
        Feature.SEVERAL_QUESTIONS: "one of boxes, one of outlines",
        Feature.SEVERAL_ANNOTATORS: "all marks together, whoever made them",
    },
    losses=(
        "Shares of the image with ten digits. The format does not know an image's size: it is kept in sizes.json.",
        "Images of unknown size are left out.",
    ),
)
