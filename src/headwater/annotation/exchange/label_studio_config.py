"""Label Studio's labelling configuration into a schema, and a schema into a configuration."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from headwater.annotation import shortcuts
from headwater.annotation.exchange.files import tree
from headwater.annotation.questions import CHOICES, Kind, Question, SchemaError, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

MARKS = {
    "Labels": Kind.SPANS,
    "HyperTextLabels": Kind.SPANS,
    "ParagraphLabels": Kind.SPANS,
    "RectangleLabels": Kind.BOXES,
    "PolygonLabels": Kind.POLYGONS,
    "KeyPointLabels": Kind.KEYPOINTS,
    "BrushLabels": Kind.MASK,
}
TAGS = {kind: tag for tag, kind in reversed(MARKS.items())}
OBJECTS = frozenset({"Text", "HyperText", "Paragraphs", "Chat", "Image", "Audio", "Video", "List", "Table", "PDF"})
_LAYOUT = frozenset({"View", "Header", "Style", "Collapse", "Panel", "Choice", "Label", "Relation", "Shortcut"})
_UNSAFE = re.compile(r"[^a-z0-9_]+")


class Converted(NamedTuple):
    """What a configuration became."""

    questions: tuple[Question, ...]
    left_out: tuple[str, ...]
    """What has no question here, in words."""


def slug(name: str) -> str:
    """Return the name of the question for a control: lower-case letters, digits and underscores."""
    found = _UNSAFE.sub("_", name.lower()).strip("_")[:60]
    return found if found[:1].isalpha() else f"q_{found}".rstrip("_")


def to_schema(config: bytes) -> Converted:
    """Return the questions of a labelling configuration, and what could not become one.

    Raises:
        ExchangeError: It is not well-formed XML, or declares a document type.
        SchemaError: No control in it became a question.
    """
    root = tree("the labelling configuration", config)
    relations = [each.get("value", "") for each in root.iter("Relation")]
    questions: list[dict[str, Any]] = []
    left_out: list[str] = []
    for control in root.iter():
        made = _question(control)
        if made is not None:
            if made["kind"] == "spans" and relations:
                made["relations"] = relations
            if control.get("perRegion") == "true":
                left_out.append(f"<{control.tag}> '{control.get('name')}' is asked about each region")
                continue
            _condition(control, made, questions, left_out)
            questions.append(made)
        elif control.get("toName") is not None or control.tag not in _LAYOUT | OBJECTS | {"Relations"}:
            left_out.append(f"<{control.tag}> '{control.get('name', '')}' has no question of its kind")
    if not questions:
        raise SchemaError("No control of this labelling configuration became a question.", remedy="; ".join(left_out))
    asked = tuple(_with_sound_keys(each, left_out) for each in parse(questions, stored=True))
    return Converted(asked, tuple(left_out))


def _with_sound_keys(question: Question, left_out: list[str]) -> Question:
    problem = shortcuts.problem(question)
    if not problem:
        return question
    left_out.append(f"the hotkeys of '{question.name}': {problem}")
    return replace(question, options=tuple(replace(option, key="") for option in question.options))


def _question(control: Element) -> dict[str, Any] | None:
    made = _of_kind(control)
    if made is None:
        return None
    wanted = made["kind"] not in MARKS.values() and control.get("required") == "true"
    return {"name": slug(control.get("name", "")), "required": wanted} | made


def _of_kind(control: Element) -> dict[str, Any] | None:
    tag = control.tag
    if tag in {"Choices", "Taxonomy"}:
        several = control.get("choice", "multiple" if tag == "Taxonomy" else "") == "multiple"
        several = several and control.get("maxUsages") != "1"
        return {"kind": "multiple" if several else "single", "options": _options(control, "")}
    if tag in MARKS:
        return {"kind": MARKS[tag].value, "options": [_option(each, "") for each in control.iter("Label")]}
    if tag == "Rating":
        return {"kind": "rating", "minimum": 1, "maximum": int(control.get("maxRating", "5"))}
    if tag == "Number":
        bounds = {ours: float(bound) for ours, theirs in _BOUNDS if (bound := control.get(theirs))}
        return {"kind": "numeric"} | bounds
    if tag == "TextArea":
        return {"kind": "text", "help": control.get("placeholder", "")}
    return {"kind": "ranking"} if tag in {"Pairwise", "Ranker"} else None


_BOUNDS = (("minimum", "min"), ("maximum", "max"))


def _options(parent: Element, above: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for each in parent:
        if each.tag == "Choice":
            option = _option(each, above)
            found += [option, *_options(each, option["value"])]
        elif each.tag == "View":
            found += _options(each, above)
    return found


def _option(each: Element, above: str) -> dict[str, str]:
    value: str = each.get("alias") or each.get("value") or ""
    option: dict[str, str] = {
        "value": value,
        "parent": above,
        "key": each.get("hotkey", ""),
        "help": each.get("hint", ""),
    }
    if each.get("alias"):
        option["label"] = each.get("value") or ""
    return {name: text for name, text in option.items() if text or name == "value"}


def _condition(control: Element, made: dict[str, Any], before: list[dict[str, Any]], left_out: list[str]) -> None:
    other, values = slug(control.get("whenTagName", "")), control.get("whenChoiceValue", "")
    if control.get("visibleWhen") is None:
        return
    asked = next((each for each in before if each["name"] == other and each["kind"] in CHOICES), None)
    if control.get("visibleWhen") != "choice-selected" or asked is None or not values:
        left_out.append(f"<{control.tag}> '{control.get('name')}' is asked always: its condition has no counterpart")
        return
    shown = {option.get("label", option["value"]): option["value"] for option in asked["options"]}
    wanted = [shown.get(value.strip(), value.strip()) for value in values.split(",")]
    made["when"] = {"question": other, "values": wanted}


def from_schema(questions: Sequence[Question]) -> Converted:
    """Return the questions that a configuration can ask, and what it cannot, in words."""
    kept = tuple(each for each in questions if not each.per_turn)
    return Converted(kept, tuple(f"'{each.name}' ({each.kind})" for each in questions if each not in kept))


def config(questions: Sequence[Question]) -> str:
    """Return a labelling configuration that asks the questions Label Studio has a control for."""
    root = Element("View")
    kinds = {each.kind for each in questions}
    SubElement(root, "Text", name="text", value="$text")
    if kinds & {Kind.BOXES, Kind.POLYGONS, Kind.KEYPOINTS, Kind.MASK}:
        SubElement(root, "Image", name="image", value="$image")
    if Kind.RANKING in kinds:
        SubElement(root, "List", name="responses", value="$responses")
    for question in from_schema(questions).questions:
        _control(root, question)
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def to_name(question: Question) -> str:
    """Return the object a question is about."""
    if question.kind in {Kind.BOXES, Kind.POLYGONS, Kind.KEYPOINTS, Kind.MASK}:
        return "image"
    return "responses" if question.kind is Kind.RANKING else "text"


def tag_of(question: Question) -> str:
    """Return the control for a question."""
    if question.kind in CHOICES:
        return "Taxonomy" if any(option.parent for option in question.options) else "Choices"
    if question.kind in TAGS:
        return TAGS[question.kind]
    return {Kind.RATING: "Rating", Kind.NUMERIC: "Number", Kind.TEXT: "TextArea"}.get(question.kind, "Ranker")


def _control(root: Element, question: Question) -> None:
    about = {"name": question.name, "toName": to_name(question)}
    if question.required and question.kind not in TAGS:
        about["required"] = "true"
    if question.when:
        about |= {"visibleWhen": "choice-selected", "whenTagName": question.when.question}
        about["whenChoiceValue"] = ",".join(question.when.values)
    tag = tag_of(question)
    if tag == "Choices":
        about["choice"] = "multiple" if question.kind is Kind.MULTIPLE else "single"
    if tag == "Taxonomy" and question.kind is Kind.SINGLE:
        about["maxUsages"] = "1"
    if question.kind is Kind.RATING:
        about["maxRating"] = f"{question.bounds[1]:g}"
    if question.kind is Kind.NUMERIC:
        about |= {theirs: f"{bound:g}" for ours, theirs in _BOUNDS if (bound := getattr(question, ours)) is not None}
    control = SubElement(root, tag, about)
    inner = "Label" if question.kind in TAGS else "Choice"
    places = {"": control}
    for option in question.options if question.kind is not Kind.RANKING else ():
        shown = {"value": option.label or option.value} | ({"alias": option.value} if option.label else {})
        shown |= {"hotkey": option.key} if option.key else {}
        places[option.value] = SubElement(places.get(option.parent, control), inner, shown)
    if question.relations:
        listed = SubElement(root, "Relations")
        for option in question.relations:
            SubElement(listed, "Relation", value=option.value)
