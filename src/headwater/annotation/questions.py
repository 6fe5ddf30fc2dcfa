"""Questions of a label schema as data: kinds, options, conditions, and the rules a schema must obey."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from typing import Any

from headwater.annotation import shortcuts
from headwater.core.errors import InvalidError

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
"""What a question may be called: it becomes a column in exports."""
_TEXTS = ("name", "text", "help", "per_turn", "unit", "prefill")
_SWITCHES = ("required", "leaves_only", "overlapping", "ties")
VALUE_LIMIT = 128
RATING_LIMIT = 101
UNDECIDED = "cannot_decide"
"""The key of an answer that says the question cannot be decided, with its reason; open to every question."""


class Kind(StrEnum):
    """What sort of answer a question takes (the shapes are in `responses`)."""

    SINGLE = "single"
    """One of the options; options with parents make a hierarchy."""
    MULTIPLE = "multiple"
    """Some of the options."""
    REFUSAL = "refusal"
    """Whether the model should have answered: comply, partial or refuse, unless the options say otherwise."""
    RATING = "rating"
    """A whole number from minimum to maximum (1 to 5 unless said otherwise)."""
    NUMERIC = "numeric"
    """A number."""
    TEXT = "text"
    """Free text: a demonstration, a rewrite of `prefill`, a comment."""
    RANKING = "ranking"
    """An order of the options, or else of the record's responses; of two it is a pairwise choice."""
    SPANS = "spans"
    """Labelled stretches of text, with labelled relations between them."""
    BOXES = "boxes"
    """Labelled rectangles on an image."""
    POLYGONS = "polygons"
    """Labelled outlines on an image."""
    MASK = "mask"
    """Labelled regions of an image as COCO run lengths."""
    KEYPOINTS = "keypoints"
    """Labelled points on an image; with a skeleton, of objects whose points are joined."""


CHOICES = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.REFUSAL})
CLOSED = frozenset({Kind.SINGLE, Kind.REFUSAL, Kind.RATING})
"""Kinds with one value out of a closed set: what agreement and label resolution work on directly."""
MARKS = frozenset({Kind.SPANS, Kind.BOXES, Kind.POLYGONS, Kind.MASK, Kind.KEYPOINTS})
IMAGE_MARKS = MARKS - {Kind.SPANS}
NEEDS_OPTIONS = (CHOICES | MARKS) - {Kind.REFUSAL}
TOLERANT = frozenset({Kind.RATING, Kind.NUMERIC, Kind.KEYPOINTS})
"""Kinds whose answers lie at a distance from the right one."""
TURNS = frozenset({"", "any", "user", "assistant", "system", "tool"})


class SchemaError(InvalidError):
    """The label schema cannot stand."""

    code = "bad_schema"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One closed answer."""

    value: str
    """What is stored."""
    label: str = ""
    """What is shown; the value when empty."""
    help: str = ""
    """One line beside it; the guideline holds the rules."""
    parent: str = ""
    """The option it is a kind of; empty at the top."""
    key: str = ""
    """Keyboard shortcut; numbered by place when empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A question is asked only when another one has one of these answers."""

    question: str
    values: tuple[str, ...]

    def holds(self, answer: object) -> bool:
        """Return whether the other question's answer is, or contains, one of the values."""
        given = answer if isinstance(answer, list | tuple) else (answer,)
        return any(str(value) in self.values for value in given if not isinstance(value, dict))


REFUSAL_OPTIONS = (
    Option(value="comply", label="Should answer"),
    Option(value="partial", label="Should answer in part"),
    Option(value="refuse", label="Should refuse"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing asked about a record."""

    name: str
    """Unique in the schema: lower-case letters, digits, underscores."""
    kind: Kind
    text: str = ""
    """What the annotator reads."""
    help: str = ""
    options: tuple[Option, ...] = ()
    """Closed answers, or the labels of marks, or fixed things to rank."""
    required: bool = True
    when: Condition | None = None
    per_turn: str = ""
    """Ask it for every turn of a chat: `any`, or only turns of one role; empty asks once."""
    minimum: float | None = None
    """Fewest choices or marks, lowest rating or number, fewest characters."""
    maximum: float | None = None
    """Most choices or marks, highest rating or number, most characters."""
    unit: str = ""
    """Unit of a number."""
    leaves_only: bool = False
    """In a hierarchy, only options without children may be chosen."""
    relations: tuple[Option, ...] = ()
    """Labels of relations between spans; empty for none."""
    overlapping: bool = True
    """Whether spans may overlap."""
    ties: bool = False
    """Whether things may share a place in a ranking."""
    skeleton: tuple[tuple[str, str], ...] = ()
    """Pairs of keypoints that are joined by a line; with it, an object has each keypoint at most once."""
    reasons: tuple[Option, ...] = ()
    """Reasons a ranking may give."""
    prefill: str = ""
    """Field of the record that free text starts from; the difference is shown."""
    right_from: float | None = None
    """Likeness to a known right answer from which an answer counts as right, in (0, 1]; by its kind when not given."""
    tolerance: float | None = None
    """How far a rating, number or point may lie from the right one and still be as good: steps, the unit, pixels."""

    @property
    def values(self) -> tuple[str, ...]:
        """The values of the options, in order."""
        return tuple(option.value for option in self.options)

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and highest rating, number or count allowed."""
        low, high = _DEFAULT_BOUNDS.get(self.kind, (0.0, float("inf")))
        return (low if self.minimum is None else self.minimum, high if self.maximum is None else self.maximum)


_DEFAULT_BOUNDS = {Kind.RATING: (1.0, 5.0), Kind.NUMERIC: (float("-inf"), float("inf"))}
_LISTS = {"options", "relations", "reasons"}


def parse(data: object, *, stored: bool = False) -> tuple[Question, ...]:
    """Return the questions of a schema given as plain data (from JSON, YAML or a form).

    Options may be strings or mappings; a key without a value is as good as none.

    Args:
        data: The questions.
        stored: Whether they were taken once: the types of their texts and switches, and their keys, are then as
            they were taken.

    Raises:
        SchemaError: The data has another shape, or breaks a rule of `check`.
    """
    if isinstance(data, Mapping):
        data = data.get("questions")
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise SchemaError("A schema is a list of questions, or a mapping with the key 'questions'.")
    asked = check([_question(item, number, stored=stored) for number, item in enumerate(data, 1)])
    for number, question in enumerate(asked, 1):
        if not stored and (problem := shortcuts.problem(question)):
            raise SchemaError(f"Question {number} '{question.name}': {problem}")
    return asked


def as_data(question: Question) -> dict[str, object]:
    """Return a question as plain data that `parse` reads back, without what is default."""
    found: dict[str, object] = {}
    for item in fields(question):
        value = getattr(question, item.name)
        if value != item.default:
            found[item.name] = _plain(value)
    return found


def _plain(value: object) -> object:
    if isinstance(value, Kind):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Option):
        return {
            item.name: getattr(value, item.name) for item in fields(value) if getattr(value, item.name) != item.default
        }
    if isinstance(value, Condition):
        return {"question": value.question, "values": list(value.values)}
    return value


def _question(item: object, number: int, *, stored: bool) -> Question:
    where = f"Question {number}"
    if not isinstance(item, Mapping):
        raise SchemaError(f"{where} is {type(item).__name__}: expected a mapping with at least 'name' and 'kind'.")
    where += f" '{item.get('name', '')}'"
    _only_known(item, Question, where)
    values = _given(item)
    if not stored:
        _check_shapes(values, where)
    try:
        values["kind"] = Kind(values["kind"])
    except ValueError:
        raise SchemaError(f"{where}: there is no kind '{item['kind']}'; kinds are {', '.join(Kind)}.") from None
    for name in _LISTS & values.keys():
        values[name] = tuple(_option(option, f"{where}, {name}") for option in _list(values[name], f"{where}, {name}"))
    if values["kind"] is Kind.REFUSAL and not values.get("options"):
        values["options"] = REFUSAL_OPTIONS
    if "skeleton" in values:
        values["skeleton"] = tuple(_bone(each, where) for each in _list(values["skeleton"], f"{where}, skeleton"))
    if values.get("when") is not None:
        values["when"] = _condition(values["when"], where)
    for name in ("minimum", "maximum", "right_from", "tolerance"):
        if values.get(name) is not None and not _is_number(values[name]):
            raise SchemaError(f"{where}: '{name}' must be a number, not {values[name]!r}.")
    return Question(**values)


def _given(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if value is not None}


def _check_shapes(values: Mapping[str, object], where: str) -> None:
    for name in _TEXTS:
        if not isinstance(values.get(name, ""), str):
            raise SchemaError(f"{where}: '{name}' must be a text, not {values[name]!r}; put it in quotes.")
    for name in _SWITCHES:
        if not isinstance(values.get(name, False), bool):
            raise SchemaError(f"{where}: '{name}' must be true or false, not {values[name]!r}.")


def _option(item: object, where: str) -> Option:
    if isinstance(item, str | int) and not isinstance(item, bool):
        return Option(value=str(item))
    if not isinstance(item, Mapping):
        raise SchemaError(f"{where}: an option is a text or a mapping with 'value', not {item!r}.")
    _only_known(item, Option, where)
    values = _given(item)
    for name, value in values.items():
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise SchemaError(f"{where}: '{name}' must be a text, not {value!r}; put it in quotes.")
    return Option(**{name: str(value) for name, value in values.items()})


def _bone(item: object, where: str) -> tuple[str, str]:
    ends = [str(each) for each in _list(item, f"{where}, skeleton")]
    if len(ends) != 2 or ends[0] == ends[1]:  # noqa: PLR2004 -- a line has two ends
        raise SchemaError(f"{where}: a line of the skeleton joins two keypoints, not {item!r}.")
    return ends[0], ends[1]


def _condition(item: object, where: str) -> Condition:
    if not isinstance(item, Mapping) or set(item) != {"question", "values"}:
        raise SchemaError(f"{where}: 'when' is a mapping with 'question' and 'values'.")
    values = _list(item["values"], f"{where}, when")
    return Condition(question=str(item["question"]), values=tuple(str(value) for value in values))


def _list(value: object, where: str) -> Sequence[object]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise SchemaError(f"{where}: expected a list.")
    return value


def _only_known(item: Mapping[str, object], shape: type, where: str) -> None:
    known = {each.name: each for each in fields(shape)}
    unknown = [str(name) for name in item if name not in known]
    if unknown:
        raise SchemaError(f"{where}: unknown key '{unknown[0]}'; known are {', '.join(known)}.")
    missing = [name for name, each in known.items() if each.default is MISSING and not item.get(name)]
    if missing:
        raise SchemaError(f"{where}: '{missing[0]}' is missing.")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def check(questions: Sequence[Question]) -> tuple[Question, ...]:
    """Return the questions when they make a sound schema.

    Raises:
        SchemaError: There are none; a name is unusable or used twice; options are missing, doubled, or have a
            parent that is not there or is their own descendant; bounds are crossed; a condition looks at a
            question that does not stand before it or at a value that question does not have; a skeleton joins
            what are no options.
    """
    if not questions:
        raise SchemaError("A schema needs at least one question.")
    seen: dict[str, Question] = {}
    for number, question in enumerate(questions, 1):
        where = f"Question {number} '{question.name}'"
        if not NAME.fullmatch(question.name):
            raise SchemaError(f"{where}: a name is lower-case letters, digits and underscores, first a letter.")
        if question.name in seen:
            first = [each.name for each in questions].index(question.name) + 1
            raise SchemaError(f"{where} has the same name as question {first}; names are unique in a schema.")
        _check_options(question, where)
        _check_bounds(question, where)
        _check_skeleton(question, where)
        if question.when is not None:
            _check_condition(question.when, seen, where)
        seen[question.name] = question
    return tuple(questions)


def _check_options(question: Question, where: str) -> None:
    if question.kind in NEEDS_OPTIONS and not question.options:
        raise SchemaError(f"{where}: a {question.kind} question needs options.")
    if question.kind not in NEEDS_OPTIONS | {Kind.REFUSAL, Kind.RANKING, Kind.RATING} and question.options:
        raise SchemaError(f"{where}: a {question.kind} question takes no options.")
    for name in _LISTS:
        options: tuple[Option, ...] = getattr(question, name)
        known = {option.value: option for option in options}
        for option in options:
            if not option.value.strip() or len(option.value) > VALUE_LIMIT:
                raise SchemaError(f"{where}: option '{option.value}' must have 1 to {VALUE_LIMIT} characters.")
        if len(known) < len(options):
            doubled = next(v for v in known if sum(option.value == v for option in options) > 1)
            raise SchemaError(f"{where}: option '{doubled}' occurs twice in {name}.")
        for option in options:
            _check_ancestry(option, known, where)
    if question.kind is Kind.RANKING and len(question.options) == 1:
        raise SchemaError(f"{where}: one thing cannot be ranked; give two or more options, or none to rank responses.")
    if question.per_turn not in TURNS:
        raise SchemaError(f"{where}: per_turn is one of {', '.join(sorted(TURNS - {''}))}, not '{question.per_turn}'.")


def _check_skeleton(question: Question, where: str) -> None:
    if question.skeleton and question.kind is not Kind.KEYPOINTS:
        raise SchemaError(f"{where}: a {question.kind} question has no skeleton.")
    lines = [frozenset(ends) for ends in question.skeleton]
    for ends in question.skeleton:
        if strange := [each for each in ends if each not in question.values]:
            raise SchemaError(f"{where}: its skeleton joins '{strange[0]}', which is no option.")
        if lines.count(frozenset(ends)) > 1:
            raise SchemaError(f"{where}: its skeleton joins '{ends[0]}' and '{ends[1]}' twice.")


def _check_ancestry(option: Option, known: Mapping[str, Option], where: str) -> None:
    walked = {option.value}
    while option.parent:
        if option.parent not in known:
            raise SchemaError(f"{where}: option '{option.value}' has the parent '{option.parent}', which is no option.")
        option = known[option.parent]
        if option.value in walked:
            raise SchemaError(f"{where}: option '{option.value}' is its own ancestor.")
        walked.add(option.value)


def _check_bounds(question: Question, where: str) -> None:
    low, high = question.bounds
    if low > high:
        raise SchemaError(f"{where}: the minimum {low:g} is above the maximum {high:g}.")
    if question.kind is Kind.RATING and (low != int(low) or high != int(high) or high - low >= RATING_LIMIT):
        raise SchemaError(f"{where}: a rating runs over at most {RATING_LIMIT} whole numbers.")
    if question.right_from is not None and not 0 < question.right_from <= 1:
        raise SchemaError(f"{where}: 'right_from' is {question.right_from:g}; expected above 0, at most 1.")
    if question.tolerance is not None and (question.tolerance < 0 or question.kind not in TOLERANT):
        raise SchemaError(f"{where}: 'tolerance' is 0 or more, and for {', '.join(sorted(TOLERANT))} only.")
    if question.kind is Kind.MULTIPLE and low > len(question.options):
        raise SchemaError(f"{where}: asks for {low:g} choices of only {len(question.options)} options.")


def _check_condition(when: Condition, before: Mapping[str, Question], where: str) -> None:
    other = before.get(when.question)
    if other is None:
        raise SchemaError(f"{where}: its condition looks at '{when.question}', which does not stand before it.")
    if other.kind not in CHOICES | {Kind.RATING} or other.per_turn:
        raise SchemaError(f"{where}: its condition looks at '{when.question}', which has no closed answer as a whole.")
    allowed = (
        set(other.values)
        if other.kind in CHOICES
        else {str(n) for n in range(int(other.bounds[0]), int(other.bounds[1]) + 1)}
    )
    wrong = [value for value in when.values if value not in allowed]
    if wrong or not when.values:
        named = f"'{wrong[0]}'" if wrong else "nothing"
        raise SchemaError(f"{where}: its condition waits for {named}, which is no answer of '{when.question}'.")
