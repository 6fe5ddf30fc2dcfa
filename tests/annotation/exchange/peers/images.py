"""Image formats as the libraries of others write and read them; runs in their environment, without Headwater.

Sources: datumaro (MIT), pycocotools (BSD).
"""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import datumaro
import numpy as np
from pycocotools import mask as packed
from pycocotools.coco import COCO

Picture = dict[str, Any]


def _drawn(picture: Picture, box: list[Any]) -> Any:
    """Return a mask (height × width) of a filled rectangle."""
    found = np.zeros((picture["height"], picture["width"]), np.uint8)
    left, top, width, height = box[1:]
    found[top : top + height, left : left + width] = 1
    return found


def _dataset(case: dict[str, Any], kinds: tuple[str, ...], subsets: tuple[str, ...] = ("default",)) -> datumaro.Dataset:
    number = {name: n for n, name in enumerate([*case["labels"], *case["options"]])}
    items = []
    for place, picture in enumerate(case["pictures"]):
        made: list[Any] = []
        if "boxes" in kinds:
            made += [datumaro.Bbox(*box[1:], label=number[box[0]]) for box in picture["boxes"]]
        if "polygons" in kinds:
            made += [datumaro.Polygon(each[1:], label=number[each[0]]) for each in picture["polygons"]]
        if "points" in kinds:
            made += [datumaro.Points(each[1:], label=number[each[0]]) for each in picture["points"]]
        if "tags" in kinds:
            made += [datumaro.Label(number[tag]) for tag in picture["tags"]]
        blank = datumaro.Image.from_numpy(np.zeros((picture["height"], picture["width"], 3), np.uint8), ext=".png")
        items.append(
            datumaro.DatasetItem(picture["name"], media=blank, annotations=made, subset=subsets[place % len(subsets)])
        )
    return datumaro.Dataset.from_iterable(items, categories=list(number))


def _seen(dataset: datumaro.Dataset) -> list[Picture]:
    names = [label.name for label in dataset.categories()[datumaro.AnnotationType.label]]
    found = []
    for item in dataset:
        seen: Picture = {"name": Path(item.id).name, "boxes": [], "polygons": [], "points": [], "masks": [], "tags": []}
        for each in item.annotations:
            label = names[each.label]
            if each.type is datumaro.AnnotationType.bbox:
                seen["boxes"].append([label, *each.get_bbox()])
            elif each.type is datumaro.AnnotationType.polygon:
                seen["polygons"].append([label, *each.points])
            elif each.type is datumaro.AnnotationType.points:
                seen["points"].append([label, *each.points])
            elif each.type is datumaro.AnnotationType.mask:
                seen["masks"].append([label, *map(int, each.get_bbox()), int(each.image.sum())])
            elif each.type is datumaro.AnnotationType.label:
                seen["tags"].append(label)
        found.append(seen)
    return found


def _folder(path: Path) -> Path:
    folder = path.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def _zipped(folder: Path, path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                entry = zipfile.ZipInfo(file.relative_to(folder).as_posix())  # of no date: the same every time
                archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)


def _unzipped(path: Path, case: dict[str, Any], images: str) -> Path:
    folder = _folder(path)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return _illustrated(folder, case, images)


def _illustrated(folder: Path, case: dict[str, Any], images: str) -> Path:
    """Lay the images beside what was marked on them, as whoever uses it has them."""
    (folder / images).mkdir(parents=True, exist_ok=True)
    for picture in case["pictures"]:
        blank = np.zeros((picture["height"], picture["width"], 3), np.uint8)
        datumaro.Image.from_numpy(blank, ext=".png").save(str(folder / images / f"{picture['name']}.png"))
    return folder


def write_voc(case: dict[str, Any], path: Path) -> None:
    """Write Pascal VOC by datumaro."""
    folder = _folder(path)
    _dataset(case, ("boxes",)).export(str(folder), "voc", save_media=False)
    _zipped(folder, path)


def read_voc(case: dict[str, Any], path: Path) -> list[Picture]:
    """Read Pascal VOC by datumaro."""
    return _seen(datumaro.Dataset.import_from(str(_unzipped(path, case, "JPEGImages")), "voc_detection"))


def write_yolo(case: dict[str, Any], path: Path) -> None:
    """Write YOLO as Darknet wants it, by datumaro."""
    folder = _folder(path)
    _dataset(case, ("boxes",), ("train",)).export(str(folder), "yolo", save_media=True)
    _zipped(folder, path)


def write_ultralytics(case: dict[str, Any], path: Path) -> None:
    """Write YOLO as Ultralytics wants it, by datumaro."""
    folder = _folder(path)
    _dataset(case, ("boxes",), ("train", "val")).export(str(folder), "yolo_ultralytics", save_media=True)
    _zipped(folder, path)


def read_yolo(case: dict[str, Any], path: Path) -> list[Picture]:
    """Read YOLO by datumaro."""
    return _seen(datumaro.Dataset.import_from(str(_unzipped(path, case, "images")), "yolo"))


def write_cvat(case: dict[str, Any], path: Path) -> None:
    """Write CVAT's XML by datumaro, which writes no masks."""
    folder = _folder(path)
    _dataset(case, ("boxes", "polygons", "points", "tags")).export(str(folder), "cvat", save_media=False)
    shutil.copy(folder / "default.xml", path)


def read_cvat(case: dict[str, Any], path: Path) -> list[Picture]:
    """Read CVAT's XML by datumaro."""
    folder = _folder(path)
    _illustrated(folder, case, "images")
    shutil.copy(path, folder / "annotations.xml")
    return _seen(datumaro.Dataset.import_from(str(folder), "cvat"))


def write_coco(case: dict[str, Any], path: Path) -> None:
    """Write COCO: boxes and outlines by datumaro, masks packed by pycocotools."""
    folder = _folder(path)
    _dataset(case, ("boxes", "polygons")).export(str(folder), "coco_instances", save_media=False)
    made = json.loads((folder / "annotations" / "instances_default.json").read_text(encoding="utf-8"))
    images = {Path(each["file_name"]).stem: each["id"] for each in made["images"]}
    categories = {each["name"]: each["id"] for each in made["categories"]}
    for picture in case["pictures"]:
        for box in picture["masks"]:
            rle = packed.encode(np.asfortranarray(_drawn(picture, box)))
            area, around = float(packed.area(rle)), packed.toBbox(rle).tolist()
            rle["counts"] = rle["counts"].decode()
            known = {"image_id": images[picture["name"]], "category_id": categories[box[0]], "iscrowd": 1}
            shape = {"id": len(made["annotations"]) + 1, "segmentation": rle, "area": area, "bbox": around}
            made["annotations"].append(known | shape)
    path.write_text(json.dumps(made), encoding="utf-8")


def read_coco(_case: dict[str, Any], path: Path) -> list[Picture]:
    """Read COCO by pycocotools: masks and outlines as the pixels it draws, points as they stand."""
    coco = COCO(str(path))
    found = []
    for number, image in coco.imgs.items():
        seen: Picture = {"name": Path(image["file_name"]).stem, "boxes": [], "polygons": [], "points": [], "masks": []}
        for each in coco.loadAnns(coco.getAnnIds(imgIds=number)):
            label = coco.cats[each["category_id"]]["name"]
            if each.get("keypoints"):
                seen["points"].append([label, *each["keypoints"][:2]])
            elif isinstance(each.get("segmentation"), dict):
                around = packed.toBbox(coco.annToRLE(each)).tolist()
                seen["masks"].append([label, *map(int, around), int(coco.annToMask(each).sum())])
            elif each.get("segmentation"):
                seen["polygons"].append([label, *each["segmentation"][0]])
            else:
                seen["boxes"].append([label, *each["bbox"]])
        found.append(seen)
    return found


def write_people(case: dict[str, Any], path: Path) -> None:
    """Write the points of people in COCO by datumaro."""
    folder, joints = _folder(path), case["joints"]
    kinds = datumaro.PointsCategories()
    kinds.add(0, joints, {(joints.index(one) + 1, joints.index(other) + 1) for one, other in case["bones"]})
    items = []
    for picture in case["pictures"]:
        made = []
        for number, person in enumerate(picture["people"], 1):
            placed = {name: (x, y, seen) for name, x, y, seen in person}
            triples = [placed.get(name, (0, 0, 0)) for name in joints]
            points = [value for x, y, _ in triples for value in (x, y)]
            made.append(datumaro.Points(points, [seen for *_, seen in triples], label=0, id=number))
        blank = datumaro.Image.from_numpy(np.zeros((picture["height"], picture["width"], 3), np.uint8), ext=".png")
        items.append(datumaro.DatasetItem(picture["name"], media=blank, annotations=made, subset="default"))
    labels = datumaro.LabelCategories.from_iterable(["people"])
    categories = {datumaro.AnnotationType.label: labels, datumaro.AnnotationType.points: kinds}
    dataset = datumaro.Dataset.from_iterable(items, categories=categories)
    dataset.export(str(folder), "coco_person_keypoints", save_media=False)
    shutil.copy(folder / "annotations" / "person_keypoints_default.json", path)


def read_people(case: dict[str, Any], path: Path) -> list[Picture]:
    """Read the points of people in COCO by pycocotools."""
    coco = COCO(str(path))
    (category,) = coco.cats.values()
    assert [[category["keypoints"][at - 1] for at in bone] for bone in category["skeleton"]] == case["bones"]
    found = []
    for number, image in coco.imgs.items():
        people = []
        for each in coco.loadAnns(coco.getAnnIds(imgIds=number)):
            triples = zip(*(each["keypoints"][at::3] for at in range(3)), strict=True)
            people.append([[name, *at] for name, at in zip(category["keypoints"], triples, strict=True) if at[2]])
        found.append({"name": Path(image["file_name"]).stem, "people": people})
    return found


PEERS = {
    "coco": ("pycocotools", write_coco, read_coco),
    "coco-people": ("datumaro", write_people, read_people),
    "yolo": ("datumaro", write_yolo, read_yolo),
    "yolo-ultralytics": ("datumaro", write_ultralytics, None),
    "voc": ("datumaro", write_voc, read_voc),
    "cvat": ("datumaro", write_cvat, read_cvat),
}
"""Format → library, writer and reader."""
