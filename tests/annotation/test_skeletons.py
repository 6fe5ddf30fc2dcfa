"""Keypoints with a skeleton: what a schema may say, what an answer may be, what a changed schema keeps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from headwater.annotation import responses
from headwater.annotation.changes import Fate, carries_over
from headwater.annotation.exchange.formats import CODECS, Format
from headwater.annotation.questions import SchemaError, as_data, parse
from headwater.annotation.responses import Facts, ResponseError

if TYPE_CHECKING:
    from pathlib import Path

PLAIN: dict[str, Any] = {"name": "person", "kind": "keypoints", "options": ["head", "hip", "foot"]}
JOINED = PLAIN | {"skeleton": [["head", "hip"], ["hip", "foot"]]}
FACTS = Facts(turns=(), lengths=(0,), responses=0, width=100, height=100)


def problem(question: dict[str, Any], marks: list[dict[str, Any]]) -> str:
    """Return why an answer is refused; empty when it is not."""
    try:
        responses.check(parse([question]), {"person": marks}, FACTS)
    except ResponseError as error:
        return str(error)
    return ""


def test_a_skeleton_is_read_and_written() -> None:
    (question,) = parse([JOINED])
    assert question.skeleton == (("head", "hip"), ("hip", "foot"))
    assert parse([as_data(question)]) == (question,)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"skeleton": [["head", "hand"]]}, "joins 'hand', which is no option"),
        ({"skeleton": [["head", "head"]]}, "joins two keypoints"),
        ({"skeleton": [["head"]]}, "joins two keypoints"),
        ({"skeleton": ["head"]}, "expected a list"),
        ({"skeleton": [["head", "hip"], ["hip", "head"]]}, "'hip' and 'head' twice|'head' and 'hip' twice"),
        ({"kind": "boxes", "skeleton": [["head", "hip"]]}, "boxes question has no skeleton"),
    ],
)
def test_a_skeleton_joins_two_options_of_a_question_of_keypoints_once(change: dict[str, Any], told: str) -> None:
    with pytest.raises(SchemaError, match=told):
        parse([PLAIN | change])


def test_an_object_has_each_point_once() -> None:
    twice = [{"x": 1, "y": 1, "label": "head"}, {"x": 2, "y": 2, "label": "head", "object": 1}]
    assert problem(PLAIN, twice) == ""
    assert "object 1 has 'head' 2 times" in problem(JOINED, twice)
    assert problem(JOINED, [twice[0], twice[1] | {"object": 2}]) == ""
    for strange in (0, -1, 1.5, "1", True):
        assert problem(PLAIN, [twice[0] | {"object": strange}])
    assert problem(PLAIN, [twice[0] | {"hidden": False}, twice[1] | {"hidden": True}]) == ""
    assert "'hidden' with something else" in problem(PLAIN, [twice[0] | {"hidden": "yes"}])


def test_answers_are_kept_when_lines_change_and_looked_at_when_there_are_any_for_the_first_time() -> None:
    plain, joined = parse([PLAIN]), parse([JOINED])
    other = parse([PLAIN | {"skeleton": [["head", "foot"]]}])
    assert [each.fate for each in carries_over(plain, joined)] == [Fate.PARTIAL]
    assert [each.fate for each in carries_over(joined, plain)] == [Fate.WIDENED]
    assert [each.fate for each in carries_over(joined, other)] == [Fate.WIDENED]


def test_people_of_a_coco_file_are_read_point_by_point_with_their_boxes(tmp_path: Path) -> None:
    category = {"id": 7, "name": "whole", "keypoints": ["head", "hip", "foot"], "skeleton": [[1, 2], [2, 3]]}
    shared: dict[str, Any] = {"image_id": 3, "category_id": 7, "iscrowd": 0, "segmentation": [], "area": 100}
    first = shared | {"id": 1, "keypoints": [10, 20, 2, 0, 0, 0, 12, 40, 1], "num_keypoints": 2, "bbox": [5, 5, 20, 40]}
    second = shared | {"id": 2, "keypoints": [0, 0, 0, 60, 30, 2, 0, 0, 0], "num_keypoints": 1, "bbox": [50, 9, 20, 40]}
    image = {"id": 3, "file_name": "a.png", "width": 100, "height": 100}
    path = tmp_path / "people.json"
    path.write_text(json.dumps({"images": [image], "categories": [category], "annotations": [first, second]}))
    questions = parse([JOINED, {"name": "around", "kind": "boxes", "options": ["whole"]}])
    (item,) = CODECS[Format.COCO].read(path, questions)
    (reply,) = item.answers
    assert reply.values["person"] == [
        {"x": 10, "y": 20, "label": "head", "object": 1},
        {"x": 12, "y": 40, "label": "foot", "object": 1, "hidden": True},
        {"x": 60, "y": 30, "label": "hip", "object": 2},
    ]
    assert [(box["x"], box["label"]) for box in reply.values["around"]] == [(5, "whole"), (50, "whole")]
    assert responses.check(questions, reply.values, FACTS) == reply.values


def test_a_skeleton_becomes_the_category_of_a_coco_file(tmp_path: Path) -> None:
    questions = parse([JOINED, {"name": "around", "kind": "boxes", "options": ["person"]}])
    marks = [{"x": 10, "y": 20, "label": "head"}, {"x": 12, "y": 40, "label": "foot", "hidden": True}]
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps({"id": "a", "content": {"image": "a.png"}, "answers": [{"values": {"person": marks}}]}))
    (item,) = CODECS[Format.JSONL].read(path, questions)
    written = json.loads(b"".join(CODECS[Format.COCO].write([item], questions)))
    (category,) = written["categories"]
    assert category == {"id": 1, "name": "person", "keypoints": ["head", "hip", "foot"], "skeleton": [[1, 2], [2, 3]]}
    (annotation,) = written["annotations"]
    assert annotation["keypoints"] == [10, 20, 2, 0, 0, 0, 12, 40, 1]
    assert (annotation["num_keypoints"], annotation["bbox"], annotation["area"]) == (2, [10, 20, 2, 20], 40)
