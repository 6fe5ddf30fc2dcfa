"""The tasks that Headwater and the libraries of each format hand each other, and what either must see of them.

The libraries' side is in `peers/`; `python scripts/interchange.py` makes both meet.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from headwater.annotation import masks
from headwater.annotation.exchange.formats import CODECS, Format
from headwater.annotation.exchange.model import Item, Reply
from headwater.annotation.questions import Question, parse

CASE: dict[str, Any] = json.loads((Path(__file__).parent / "peers" / "case.json").read_text(encoding="utf-8"))
MADE = Path(__file__).parent / "made" / "peers"
_MARKS = ("boxes", "polygons", "points", "masks", "tags")
_WRITTEN = {"coco": _MARKS[:4], "yolo": ("boxes",), "voc": ("boxes",), "cvat": _MARKS}
"""What Headwater writes for a library that reads it; the library of YOLO reads no outlines."""
_READ = {"coco": ("boxes", "polygons", "masks"), "cvat": ("boxes", "polygons", "points", "tags")}
"""What the libraries write of what both can, where that is less than Headwater writes."""
_PEOPLE = "coco-people"
_HIDDEN, _SEEN = 1, 2
_KINDS = {"points": "keypoints", "masks": "mask"}


def form_of(name: str) -> str:
    """Return the format of a file's name: `yolo-ultralytics` is another writer of `yolo`."""
    return next((form for form in ("yolo", "doccano", "coco") if name.startswith(form)), name)


def questions(name: str) -> tuple[Question, ...]:
    """Return the questions whose answers a format carries here."""
    form = form_of(name)
    if name == _PEOPLE:
        return parse([{"name": "people", "kind": "keypoints", "options": CASE["joints"], "skeleton": CASE["bones"]}])
    if form in _WRITTEN:
        kinds = [kind for kind in _WRITTEN[form] if kind != "tags"]
        asked: list[dict[str, Any]] = [
            {"name": kind, "kind": _KINDS.get(kind, kind), "options": CASE["labels"]} for kind in kinds
        ]
        tags = {"name": "tags", "kind": "multiple", "options": CASE["options"]}
        return parse([*asked, tags] if "tags" in _WRITTEN[form] else asked)
    if "preference" in form:
        return parse([{"name": "asked", "kind": "ranking"}])
    if form == "trl-stepwise":
        return parse([{"name": "asked", "kind": "single", "options": CASE["options"], "per_turn": "assistant"}])
    if form in {"openai", "trl-completion"}:
        return parse([{"name": "asked", "kind": "text"}])
    verdict = {"name": "verdict", "kind": "single", "options": CASE["options"]}
    return parse(
        [verdict]
        if form == "trl-kto" or name == "doccano-classes"
        else [{"name": "parts", "kind": "spans", "options": CASE["labels"]}, verdict]
    )


def write(name: str, path: Path) -> None:
    """Write the shared tasks as Headwater writes them."""
    form = form_of(name)
    items = _pictures() if form in _WRITTEN else _chats(form) if _is_chat(form) else _texts()
    path.write_bytes(b"".join(CODECS[Format(form)].write(items, questions(name))))


def _is_chat(form: str) -> bool:
    return form.startswith(("openai", "trl"))


def _pictures() -> list[Item]:
    found = []
    for each in CASE["pictures"]:
        size = {"width": each["width"], "height": each["height"]}
        values = {
            "boxes": [dict(zip(("label", "x", "y", "width", "height"), box, strict=True)) for box in each["boxes"]],
            "polygons": [
                {"label": x[0], "points": [list(p) for p in zip(x[1::2], x[2::2], strict=True)]}
                for x in each["polygons"]
            ],
            "points": [dict(zip(("label", "x", "y"), point, strict=True)) for point in each["points"]],
            "masks": [{"label": box[0], "rle": _rle(box, size)} for box in each["masks"]],
            "tags": each["tags"],
            "people": [
                {"label": label, "x": x, "y": y, "object": number} | ({"hidden": True} if seen == _HIDDEN else {})
                for number, person in enumerate(each["people"], 1)
                for label, x, y, seen in person
            ],
        }
        content = {"kind": "image", "image": f"{each['name']}.png"} | size
        found.append(Item(id=each["name"], content=content, answers=(Reply(values=values, by="ann_1"),)))
    return found


def _rle(box: list[Any], size: dict[str, int]) -> dict[str, Any]:
    left, top, width, height = box[1:]
    counts = masks.unboxed([0, width * height], (left, top, width, height), (size["height"], size["width"]))
    return masks.rle_of(counts)


def _texts() -> list[Item]:
    return [
        Item(
            id=f"tsk_{n}",
            content={"kind": "text", "text": each["text"]},
            answers=(
                Reply(
                    values={
                        "parts": {
                            "spans": [dict(zip(("start", "end", "label"), x, strict=True)) for x in each["spans"]]
                        },
                        "verdict": each["tags"][0],
                    },
                    by="ann_1",
                ),
            ),
        )
        for n, each in enumerate(CASE["texts"])
    ]


def _chats(form: str) -> list[Item]:
    found = []
    for n, each in enumerate(CASE["chats"]):
        turns = [{"role": role, "text": text} for role, text in each["messages"]]
        good, bad = each["answers"]
        content = {"kind": "chat", "text": turns[0]["text"], "turns": turns}
        if "preference" in form:
            found.append(_item(n, content | {"responses": [bad, good]}, {"asked": {"order": [["1"], ["0"]]}}))
        elif form == "trl-kto":
            spoken = [*turns, {"role": "assistant", "text": good}]
            found.append(_item(n, content | {"turns": spoken}, {"verdict": "good"}))
        elif form == "trl-stepwise":
            steps = [turns[-1], *({"role": "assistant", "text": text} for text in (good, bad))]
            found.append(_item(n, content | {"turns": steps}, {"asked": {"1": "good", "2": "bad"}}))
        else:
            found.append(_item(n, content, {"asked": good}))
    return found


def _item(number: int, content: dict[str, Any], values: dict[str, Any]) -> Item:
    return Item(id=f"tsk_{number}", content=content, answers=(Reply(values=values, by="ann_1"),))


def expected(name: str, *, ours: bool) -> list[Any]:
    """Return what must be seen of the shared tasks in a file that Headwater (or else a library) wrote."""
    form = form_of(name)
    if name == _PEOPLE:
        return [{"name": each["name"], "people": each["people"]} for each in CASE["pictures"]]
    if form in _WRITTEN:
        kinds = _WRITTEN[form] if ours else _READ.get(form, _WRITTEN[form])
        found = [{"name": each["name"]} | {kind: each[kind] for kind in kinds} for each in CASE["pictures"]]
        return pictures(found, whole=form == "voc" and ours)
    if _is_chat(form):
        return [_chat(form, each) for each in CASE["chats"]]
    if form.startswith("conll"):
        return words(CASE["texts"])
    if form == "doccano":
        left_out = "tags" if name == "doccano" else "spans"
        return [each | {left_out: []} for each in CASE["texts"]]
    return list(CASE["texts"])


def pictures(found: list[dict[str, Any]], *, whole: bool = False) -> list[Any]:
    """Return images in one order, with masks as box and area, and numbers to the second decimal.

    Args:
        found: As a library or the case tells them.
        whole: Whether corners were rounded to pixels.
    """
    told = []
    for each in sorted(found, key=lambda one: str(one["name"])):
        marks: dict[str, Any] = {"name": each["name"]}
        for kind in _MARKS:
            if each.get(kind):
                marks[kind] = sorted(map(_rounded, each[kind])) if kind != "tags" else sorted(each[kind])
        if "masks" in marks:
            marks["masks"] = [[*x[:5], x[3] * x[4]] for x in marks["masks"]]
        if whole:
            marks["boxes"] = [_cornered(box) for box in marks["boxes"]]
        told.append(marks)
    return told


def _rounded(mark: list[Any]) -> list[Any]:
    return [mark[0], *(round(float(number), 2) for number in mark[1:])]


def _cornered(box: list[Any]) -> list[Any]:
    label, x, y, width, height = box
    left, top = round(x), round(y)
    return [label, left, top, round(x + width) - left, round(y + height) - top]


def words(texts: list[dict[str, Any]]) -> list[list[str]]:
    """Return the words of the texts' spans with their labels, for formats without offsets and firm ends of texts."""
    return [[each["text"][start:end], label] for each in texts for start, end, label in each["spans"]]


def _chat(form: str, each: dict[str, Any]) -> dict[str, Any]:
    good, bad = each["answers"]
    if form == "trl-stepwise":
        return {"prompt": each["messages"][-1][1], "answers": [good, bad], "labels": [True, False]}
    answers = [good, bad] if "preference" in form else [good]
    return {"messages": each["messages"], "answers": answers} | ({"label": True} if form == "trl-kto" else {})


def seen(name: str, path: Path) -> list[Any]:
    """Return what Headwater sees in a file, in the shape of `expected`."""
    form = form_of(name)
    items = list(CODECS[Format(form)].read(path, questions(name)))
    if name == _PEOPLE:
        return [{"name": Path(str(item.content["image"])).stem, "people": _people(item)} for item in items]
    if form in _WRITTEN:
        return pictures([_picture(item) for item in items])
    if _is_chat(form):
        return [_heard(form, item) for item in items]
    texts = [_text(item) for item in items]
    return words(texts) if form.startswith("conll") else texts


def _picture(item: Item) -> dict[str, Any]:
    found: dict[str, Any] = {"name": Path(str(item.content["image"])).stem}
    for reply in item.answers:
        for kind, marks in reply.values.items():
            told = marks if kind == "tags" else [_mark(kind, mark) for mark in marks]
            found[kind] = [*found.get(kind, []), *told]
    return found


def _people(item: Item) -> list[list[list[Any]]]:
    (reply,) = item.answers
    found: dict[int, list[list[Any]]] = {}
    for mark in reply.values["people"]:
        seen = _HIDDEN if mark.get("hidden") else _SEEN
        found.setdefault(mark["object"], []).append([mark["label"], mark["x"], mark["y"], seen])
    return list(found.values())


def _mark(kind: str, mark: dict[str, Any]) -> list[Any]:
    if kind == "polygons":
        return [mark["label"], *(number for point in mark["points"] for number in point)]
    if kind == "masks":
        return [mark["label"], *masks.boxed(masks.pixels(mark["rle"]))[:4]]
    return [mark["label"], *(mark[key] for key in ("x", "y", "width", "height") if key in mark)]


def _text(item: Item) -> dict[str, Any]:
    (reply,) = item.answers
    parts = reply.values.get("parts", {"spans": []})
    spans = [[each["start"], each["end"], each["label"]] for each in parts["spans"]]
    tags = [reply.values["verdict"]] if "verdict" in reply.values else []
    return {"text": item.content["text"], "spans": spans, "tags": tags}


def _heard(form: str, item: Item) -> dict[str, Any]:
    content, (reply,) = item.content, item.answers
    turns = content.get("turns") or [{"role": "user", "text": content["text"]}]
    messages = [[each["role"], each["text"]] for each in turns]
    if form == "trl-stepwise":
        labels = [reply.values["asked"][str(n)] == "good" for n in range(1, len(turns))]
        return {"prompt": messages[0][1], "answers": [text for _, text in messages[1:]], "labels": labels}
    if form == "trl-kto":
        label = reply.values["verdict"] == "good"
        return {"messages": messages[:-1], "answers": [messages[-1][1]], "label": label}
    answers = content["responses"] if "preference" in form else [reply.values["asked"]]
    return {"messages": messages, "answers": list(answers)}
