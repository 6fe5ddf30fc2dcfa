"""A task that has each feature, its questions, and what must come back of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from headwater.annotation.exchange.model import Feature, Item, Reply
from headwater.annotation.questions import Question, parse

TEXT = 'Ada Lovelace wrote to Charles Babbage in London.\nHe replied:  "yes", café 😀 ok.'
WORDS = {"kind": "text", "text": TEXT}
PICTURE = {"kind": "image", "image": "unit-7.png", "width": 640, "height": 480}
CHAT = {
    "kind": "chat",
    "text": "How do I reset it?",
    "turns": [
        {"role": "user", "text": "How do I reset it?"},
        {"role": "assistant", "text": "Hold the key for five seconds."},
        {"role": "assistant", "text": "Then wait for the light."},
    ],
}
RESPONSES = WORDS | {"responses": ["Short.", "A longer and better one.", "Wrong."]}
COMMENTS = [
    {"text": "Is 'ok' praise?", "by": "annotator", "at": "2026-03-02T09:30:01.250Z"},
    {"text": "It is.", "by": "reviewer", "at": "2026-03-03T10:00:00.000Z"},
]
MASK = {"size": [480, 640], "counts": [480 * 100 + 20, 30, 450, 30, 480 * 640 - 480 * 100 - 530]}
SPANS: list[dict[str, Any]] = [{"start": 0, "end": 12, "label": "person"}, {"start": 69, "end": 73, "label": "place"}]


def _named(spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": str(n)} | span for n, span in enumerate(spans)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One feature in a task."""

    questions: tuple[Question, ...]
    item: Item
    seen: Callable[[list[Item]], object]
    """What of the tasks that came back shows the feature."""


def _answers(items: list[Item]) -> object:
    return [[reply.values for reply in item.answers] for item in items]


def _several(items: list[Item]) -> object:
    return [reply.values for item in items for reply in item.answers if len(reply.values) > 1]


def _sample(
    answer: object, content: dict[str, Any], seen: Callable[[list[Item]], object] = _answers, **question: object
) -> Sample:
    questions = parse([{"name": "asked", **question}])
    item = Item(id="tsk_1", record="rec_1", content=content, answers=(Reply(values={"asked": answer}),))
    return Sample(questions=questions, item=item, seen=seen)


def _more(sample: Sample, seen: Callable[[list[Item]], object] = _answers, **changes: Any) -> Sample:
    return Sample(questions=sample.questions, item=replace(sample.item, **changes), seen=seen)


OPTIONS = ["good", "middling", "bad"]
LABELS = ["person", "place"]
_ONE = _sample("middling", WORDS, kind="single", options=OPTIONS)
_BOX = {"x": 10.5, "y": 20.25, "width": 100.0, "height": 50.5, "label": "place"}
_SHAPES: dict[str, Any] = {"content": PICTURE, "options": LABELS}
_WHO = (Reply(values={"asked": "good"}, by="ann_1"), Reply(values={"asked": "bad"}, by="ann_2"))
_WHO_TEXT = (Reply(values={"asked": "one"}, by="ann_1"), Reply(values={"asked": "two"}, by="ann_2"))
_OUTLINE = {"points": [[1.5, 2.0], [30.0, 2.5], [20.0, 40.0]], "label": "person"}

SAMPLES: dict[Feature, list[Sample]] = {
    Feature.SINGLE: [_ONE, _sample("middling", CHAT, kind="single", options=OPTIONS)],
    Feature.MULTIPLE: [_sample(["good", "bad"], WORDS, kind="multiple", options=OPTIONS)],
    Feature.REFUSAL: [_sample("partial", WORDS, kind="refusal"), _sample("partial", CHAT, kind="refusal")],
    Feature.RATING: [_sample(4, WORDS, kind="rating")],
    Feature.NUMERIC: [_sample(2.5, WORDS, kind="numeric")],
    Feature.TEXT: [_sample("Dear Ada,\nyes.", WORDS, kind="text")],
    Feature.RANKING: [
        _sample({"order": [["0"], ["1"]]}, RESPONSES | {"responses": ["Better.", "Worse."]}, kind="ranking")
    ],
    Feature.RANKING_MANY: [
        _sample(
            {"order": [["1"], ["0", "2"]], "reasons": ["clear"], "comment": "by far"},
            RESPONSES,
            kind="ranking",
            ties=True,
            reasons=["clear"],
        )
    ],
    Feature.SPANS: [_sample({"spans": SPANS}, WORDS, kind="spans", options=LABELS)],
    Feature.SPANS_OVERLAPPING: [
        _sample(
            {"spans": [{"start": 0, "end": 12, "label": "person"}, {"start": 4, "end": 20, "label": "place"}]},
            WORDS,
            kind="spans",
            options=LABELS,
        )
    ],
    Feature.RELATIONS: [
        _sample(
            {"spans": _named(SPANS), "relations": [{"from": "0", "to": "1", "label": "wrote_in"}]},
            WORDS,
            kind="spans",
            options=LABELS,
            relations=["wrote_in"],
        )
    ],
    Feature.BOXES: [_sample([_BOX], kind="boxes", **_SHAPES)],
    Feature.POLYGONS: [_sample([_OUTLINE], kind="polygons", **_SHAPES)],
    Feature.MASK: [_sample([{"rle": MASK, "label": "person"}], kind="mask", **_SHAPES)],
    Feature.KEYPOINTS: [_sample([{"x": 12.5, "y": 99.0, "label": "place"}], kind="keypoints", **_SHAPES)],
    Feature.SKELETON: [
        _sample(
            [
                {"x": 12.5, "y": 99.0, "label": "head", "object": 1},
                {"x": 20.0, "y": 120.5, "label": "foot", "object": 1},
                {"x": 300.0, "y": 80.0, "label": "foot", "object": 2},
            ],
            PICTURE,
            kind="keypoints",
            options=["head", "hip", "foot"],
            skeleton=[["head", "hip"], ["hip", "foot"]],
        )
    ],
    Feature.HIDDEN: [
        _sample([{"x": 12.5, "y": 99.0, "label": "place", "hidden": True}], kind="keypoints", **_SHAPES),
    ],
    Feature.PER_TURN: [
        _sample({"1": "good", "2": "middling"}, CHAT, kind="single", options=OPTIONS, per_turn="assistant")
    ],
    Feature.UNDECIDED: [_sample({"cannot_decide": "too blurred"}, WORDS, kind="single", options=OPTIONS)],
    Feature.SEVERAL_QUESTIONS: [
        Sample(
            questions=parse(
                [
                    {"name": "asked", "kind": "single", "options": OPTIONS},
                    {"name": "other", "kind": "single", "options": OPTIONS},
                    {"name": "parts", "kind": "spans", "options": LABELS},
                ]
            ),
            item=replace(
                _ONE.item,
                answers=(Reply(values={"asked": "good", "other": "bad", "parts": {"spans": SPANS}}),),
            ),
            seen=_several,
        ),
        Sample(
            questions=parse(
                [
                    {"name": "asked", "kind": "boxes", "options": LABELS},
                    {"name": "other", "kind": "boxes", "options": LABELS},
                    {"name": "parts", "kind": "polygons", "options": LABELS},
                ]
            ),
            item=Item(
                id="tsk_1",
                content=PICTURE,
                answers=(Reply(values={"asked": [_BOX], "other": [_BOX], "parts": [_OUTLINE]}),),
            ),
            seen=_several,
        ),
    ],
    Feature.SEVERAL_ANNOTATORS: [
        _more(_ONE, answers=_WHO),
        _more(_sample("good", CHAT, kind="single", options=OPTIONS), answers=_WHO),
        _more(_sample("x", WORDS, kind="text"), answers=_WHO_TEXT),
        _more(
            _sample({}, WORDS, kind="spans", options=LABELS),
            answers=tuple(Reply(values={"asked": {"spans": [span]}}, by=span["label"]) for span in SPANS),
        ),
        _more(
            _sample([], kind="boxes", **_SHAPES),
            answers=tuple(Reply(values={"asked": [_BOX]}, by=by) for by in ("ann_1", "ann_2")),
        ),
        _more(
            _sample([], RESPONSES | {"responses": ["Better.", "Worse."]}, kind="ranking"),
            answers=tuple(Reply(values={"asked": {"order": [[a], [b]]}}, by=f"ann_{a}") for a, b in ("01", "10")),
        ),
    ],
    Feature.ANNOTATOR: [
        _more(sample, lambda items: [reply.by for item in items for reply in item.answers], answers=(answer,))
        for sample, answer in (
            (_ONE, Reply(values={"asked": "good"}, by="ann_7")),
            (_sample([], kind="boxes", **_SHAPES), Reply(values={"asked": [_BOX]}, by="ann_7")),
        )
    ],
    Feature.TIME: [
        _more(
            _ONE,
            lambda items: [reply.at for item in items for reply in item.answers],
            answers=(Reply(values={"asked": "good"}, at="2026-03-02T09:30:01.250Z"),),
        )
    ],
    Feature.SUGGESTIONS: [
        _more(
            _ONE,
            lambda items: [(reply.by, reply.score, reply.values) for item in items for reply in item.suggestions],
            suggestions=(Reply(values={"asked": "bad"}, by="model-3", score=0.75),),
        )
    ],
    Feature.ATTRIBUTES: [
        _more(
            _ONE,
            lambda items: [item.attributes for item in items],
            attributes={"domain": "history", "length": 3},
        )
    ],
    Feature.COMMENTS: [
        _more(
            _ONE,
            lambda items: [reply.comments for item in items for reply in item.answers],
            answers=(Reply(values={"asked": "good"}, provenance={"comments": COMMENTS}),),
        )
    ],
    Feature.CHAT: [
        Sample(
            questions=sample.questions,
            item=sample.item,
            seen=lambda items: [each.content.get("turns") for each in items],
        )
        for sample in (
            _sample("Good question.", CHAT, kind="text"),
            _sample("good", CHAT, kind="single", options=OPTIONS),
            _sample({"order": [["0"], ["1"]]}, CHAT | {"responses": ["Better.", "Worse."]}, kind="ranking"),
            _sample({"1": "good", "2": "bad"}, CHAT, kind="single", options=OPTIONS, per_turn="assistant"),
        )
    ],
}
"""At least one task for every feature; a format carries the feature when any of them comes back as it went in."""
