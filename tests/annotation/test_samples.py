"""Schemas to begin from, and the made-up record they are tried on."""

from __future__ import annotations

import pytest
import yaml

from headwater.annotation import samples
from headwater.annotation.questions import IMAGE_MARKS, Kind, parse
from headwater.annotation.samples import STARTERS, Starter


@pytest.mark.parametrize("starter", STARTERS, ids=lambda each: each.name)
def test_every_schema_to_begin_from_is_sound_and_can_be_tried(starter: Starter) -> None:
    questions = parse(yaml.safe_load(starter.text))
    task = samples.task(questions)
    content = task["content"]
    assert [each["name"] for each in task["questions"]] == [each.name for each in questions]
    for question in questions:
        if question.kind in IMAGE_MARKS:
            assert content["image"]
            assert (content["width"], content["height"]) == (samples.WIDTH, samples.HEIGHT)
        elif question.kind is Kind.RANKING:
            assert len(content["responses"]) > 1
        elif question.per_turn:
            assert question.per_turn in {turn["role"] for turn in content["turns"]}
        else:
            assert content["text"] or content["image"]


def test_a_rewrite_begins_from_a_text() -> None:
    questions = parse([{"name": "better", "kind": "text", "prefill": "reply"}])
    assert samples.task(questions)["originals"] == {"better": samples.TEXT}
