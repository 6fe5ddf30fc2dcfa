"""What crosses the border: tasks with content, answers and suggestions, in no format's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from headwater.annotation.questions import Kind, Question
from headwater.core.errors import InvalidError

_PAIR = 2
"""A ranking of more things is one of many."""
COMMENTS = "comments"
"""Where the provenance of a reply holds what was said about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One response to a task: an annotator's answer, or what a model suggested."""

    values: dict[str, Any]
    """Question → answer, in the shapes of `responses`."""
    by: str = ""
    """Pseudonym of the person, or name of the model."""
    id: str = ""
    at: str = ""
    """When it was given, ISO 8601 UTC."""
    score: float | None = None
    """A model's confidence, 0 to 1."""
    provenance: dict[str, Any] = field(default_factory=dict)
    """Schema and guideline version, cohort, time spent, comments, and whatever else belongs to it."""
    foreign: dict[str, Any] = field(default_factory=dict)
    """What the format it came from says of it beyond this, for writing that format again unchanged."""

    @property
    def comments(self) -> list[dict[str, str]]:
        """What was said about it, oldest first: `text`, and `by` (`annotator` or `reviewer`) and `at` where known."""
        found: list[dict[str, str]] = self.provenance.get(COMMENTS) or []
        return found


def said(comments: object) -> dict[str, Any]:
    """Return comments as a part of a reply's provenance: mappings with a `text`, or only their words."""
    rows = comments if isinstance(comments, list) else []
    made = [{"text": each} if isinstance(each, str) else dict(each) for each in rows]
    return {COMMENTS: made} if made else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One task."""

    id: str
    content: dict[str, Any]
    """`kind`, and what the kind has: `text`, `turns` of role and text, `responses`, `image` with width and height in
    pixels, `language`; empty when the record was erased."""
    record: str = ""
    """The record it is about; empty for one that never was in Headwater."""
    batch: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    answers: tuple[Reply, ...] = ()
    """In force, oldest first."""
    suggestions: tuple[Reply, ...] = ()
    settled: dict[str, Any] = field(default_factory=dict)
    """Question → what a reviewer or expert ruled; it stands above the answers."""
    foreign: dict[str, Any] = field(default_factory=dict)
    """As in `Reply`."""


class Feature(StrEnum):
    """What a format can carry, or cannot: an answer of each kind, and what else belongs to a task."""

    SINGLE = "one of the options"
    MULTIPLE = "some of the options"
    REFUSAL = "refusal decision"
    RATING = "rating"
    NUMERIC = "number"
    TEXT = "free text"
    RANKING = "ranking of two"
    RANKING_MANY = "ranking of many, with ties and reasons"
    SPANS = "spans"
    SPANS_OVERLAPPING = "overlapping spans"
    RELATIONS = "relations between spans"
    BOXES = "boxes"
    POLYGONS = "polygons"
    MASK = "masks"
    KEYPOINTS = "keypoints"
    SKELETON = "keypoints of several objects, joined by a skeleton"
    HIDDEN = "keypoints that are hidden in the image"
    PER_TURN = "answers per turn"
    UNDECIDED = "cannot decide, with the reason"
    SEVERAL_QUESTIONS = "several questions"
    SEVERAL_ANNOTATORS = "several annotators"
    ANNOTATOR = "who answered"
    TIME = "when"
    SUGGESTIONS = "suggestions of models"
    ATTRIBUTES = "attributes of the record"
    CHAT = "chats"
    COMMENTS = "comments on answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """One format: how it is written and read, and what it carries."""

    name: str
    title: str
    suffix: str
    media_type: str
    write: Callable[[Iterable[Item], Sequence[Question]], Iterator[bytes]]
    """Yields the file piece by piece."""
    read: Callable[[Path, Sequence[Question]], Iterator[Item]]
    """Yields the tasks of a file as answers to these questions."""
    carries: Mapping[Feature, str]
    """What comes back from a file as it went in (empty text), or with the loss named; all else is not carried."""
    losses: tuple[str, ...] = ()
    """What else a user should know before relying on it."""

    def carried(self, questions: Sequence[Question]) -> tuple[list[str], list[str]]:
        """Return the names of the questions whose answers it carries, and of those it leaves out."""
        kept: dict[bool, list[str]] = {True: [], False: []}
        for question in questions:
            kept[_feature(question) in self.carries].append(question.name)
        return kept[True], kept[False]


def _feature(question: Question) -> Feature:
    if question.per_turn:
        return Feature.PER_TURN
    if question.kind is Kind.RANKING and len(question.options) > _PAIR:
        return Feature.RANKING_MANY
    return Feature[question.kind.name]


class ExchangeError(InvalidError):
    """The file is not in the format it is said to be in."""

    code = "bad_exchange_file"


def first(questions: Sequence[Question], *kinds: Kind) -> Question | None:
    """Return the first question of some kinds that is asked once per task."""
    return next((each for each in questions if each.kind in kinds and not each.per_turn), None)
