"""Pascal VOC: a ZIP with an XML file of boxes in whole pixels for every image."""

from __future__ import annotations

import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from headwater.annotation.exchange.files import Pieces, bad, members, tree, whole
from headwater.annotation.exchange.model import Codec, Feature, Item, Reply, first
from headwater.annotation.exchange.pictures import Stems
from headwater.annotation.questions import Kind
from headwater.annotation.responses import undecided

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from headwater.annotation.questions import Question

_LISTED = "ImageSets/Main/default.txt"
"""Which images there are, without which other tools find none."""
_BITS, _CHANNELS = 8, 3
_FOLDER = "Annotations"
_COLON, _LIKE_A_COLON = ":", "\ua789"
"""A colon ends a label in the list of labels: a list with one more cannot be read at all. This letter looks like it."""


def write(items: Iterable[Item], questions: Sequence[Question]) -> Iterator[bytes]:
    """Yield the archive; images themselves are not in it."""
    asked = first(questions, Kind.BOXES)
    sink = Pieces()
    names: list[str] = []
    stem = Stems()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("labelmap.txt", "".join(f"{line}\n" for line in _colours(asked)))
        for item in items:
            names.append(stem(item))
            archive.writestr(f"{_FOLDER}/{names[-1]}.xml", tostring(_annotation(item, asked), encoding="utf-8"))
            yield sink.take()
        archive.writestr(_LISTED, "".join(f"{name}\n" for name in names))
    yield sink.take()


def _colours(asked: Question | None) -> Iterator[str]:
    """The labels as other tools list them: name, colour, parts, actions; colours by the bits of the label's number."""
    yield "# label:color_rgb:parts:actions"
    for number, label in enumerate(("background", *(asked.values if asked else ()))):
        channels = (
            sum((number >> 3 * bit + channel & 1) << 7 - bit for bit in range(_BITS)) for channel in range(_CHANNELS)
        )
        yield f"{_written(label)}:{','.join(map(str, channels))}::"


def _written(label: str) -> str:
    return label.replace(_COLON, _LIKE_A_COLON)


def _annotation(item: Item, asked: Question | None) -> Element:
    root = Element("annotation")
    _leaf(root, "folder", "JPEGImages")
    _leaf(root, "filename", item.content.get("image", item.id))
    size = SubElement(root, "size")
    for name in ("width", "height"):
        _leaf(size, name, item.content.get(name, 0))
    _leaf(size, "depth", 3)
    _leaf(root, "segmented", 0)
    for reply in item.answers:
        value = reply.values.get(asked.name) if asked else None
        for mark in value if isinstance(value, list) and not undecided(value) else ():
            thing = SubElement(root, "object")
            for name, text in (
                ("name", _written(mark["label"])),
                ("pose", "Unspecified"),
                ("truncated", 0),
                ("difficult", 0),
            ):
                _leaf(thing, name, text)
            box = SubElement(thing, "bndbox")
            corners = (mark["x"], mark["y"], mark["x"] + mark["width"], mark["y"] + mark["height"])
            for name, number in zip(("xmin", "ymin", "xmax", "ymax"), corners, strict=True):
                _leaf(box, name, round(number))
    indent(root)
    return root


def _leaf(parent: Element, name: str, value: object) -> None:
    SubElement(parent, name).text = str(value)


def read(path: Path, questions: Sequence[Question]) -> Iterator[Item]:
    """Yield the images; corners are taken as they stand, counted from 0."""
    asked = first(questions, Kind.BOXES)
    labels = {_written(value): value for value in (asked.values if asked else ())}
    for info, file in members(path):
        if not info.filename.endswith(".xml"):
            continue
        where = f"File '{info.filename}'"
        root = tree(info.filename, whole(path, info, file))
        try:
            marks = [_mark(thing, labels) for thing in root.iter("object")]
            content = {
                "kind": "image",
                "image": root.findtext("filename") or PurePosixPath(info.filename).stem,
                "width": int(float(root.findtext("size/width") or 0)),
                "height": int(float(root.findtext("size/height") or 0)),
            }
        except (TypeError, ValueError) as error:
            raise bad(path, where, f"a box has no numbers for its corners ({error})") from error
        answers = (Reply(values={asked.name: marks}),) if asked and marks else ()
        place = PurePosixPath(info.filename)
        inside = place.parts.index(_FOLDER) + 1 if _FOLDER in place.parts[:-1] else len(place.parts) - 1
        yield Item(id="/".join((*place.parts[inside:-1], place.stem)), content=content, answers=answers)


def _mark(thing: Element, labels: Mapping[str, str]) -> dict[str, Any]:
    left, top, right, bottom = (
        float(thing.findtext(f"bndbox/{name}") or "none") for name in ("xmin", "ymin", "xmax", "ymax")
    )
    box = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    label = thing.findtext("name") or ""
    return box | {"label": labels.get(label, label)}


CODEC = Codec(
    name="voc",
    title="Pascal VOC (ZIP)",
    suffix="zip",
    media_type="application/zip",
    write=write,
    read=read,
    carries={
        Feature.BOXES: "corners are rounded to whole pixels",
        Feature.SEVERAL_ANNOTATORS: "all boxes together, whoever drew them",
    },
    losses=(
        "Only the first question of boxes. Parts, poses and difficulty are not read.",
        "A colon in a label is written as the letter U+A789, which looks like it; it is read back as a colon.",
    ),
)
