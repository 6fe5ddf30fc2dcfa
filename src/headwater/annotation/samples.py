"""Schemas to begin from, and a made-up record on which a schema can be tried before anybody answers under it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headwater.annotation import handouts
from headwater.annotation.questions import IMAGE_MARKS, Kind, Question

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = "The parcel of Monday arrived with a cracked lid, and one of the two filters was missing. I was charged twice."
TURNS = (
    ("user", "I was charged twice for invoice 4711. Can I have the money back?"),
    ("assistant", "Yes. A double charge is returned within five days."),
    ("user", "And how do I see that it was?"),
    ("assistant", "Open Account, then Payments."),
)
RESPONSES = (
    "Open Account, then Payments.",
    "Ask your bank.",
    "It is returned within five days; you need not do anything.",
)
WIDTH, HEIGHT = 960, 600
"""Of the picture that the page makes."""


@dataclass(frozen=True, slots=True)
class Starter:
    """A schema to begin from."""

    name: str
    title: str
    text: str
    """YAML."""


STARTERS = (
    Starter(
        "one",
        "One label",
        """\
- name: topic
  kind: single
  text: What is the message about?
  options: [billing, fault, praise]
""",
    ),
    Starter(
        "several",
        "Several labels and a rating",
        """\
- name: topics
  kind: multiple
  text: What is the message about?
  options: [billing, fault, {value: other, help: everything else}]
- name: urgency
  kind: rating
  text: How urgent is it?
""",
    ),
    Starter(
        "hierarchy",
        "Labels within labels",
        """\
- name: area
  kind: single
  text: Which part is it about?
  leaves_only: true
  options:
  - device
  - {value: phone, parent: device}
  - {value: tablet, parent: device}
  - service
""",
    ),
    Starter(
        "spans",
        "Spans in a text, with relations",
        """\
- name: parts
  kind: spans
  text: Mark the thing and what happened to it.
  options: [thing, event]
  relations: [suffers]
""",
    ),
    Starter(
        "preference",
        "Preference between responses",
        """\
- name: better
  kind: ranking
  text: Which response is better?
  ties: true
  reasons: [{value: correct, label: More accurate}, {value: brief, label: Shorter}]
""",
    ),
    Starter(
        "chat",
        "A chat, turn by turn and as a whole",
        """\
- name: helpful
  kind: rating
  per_turn: assistant
  text: How helpful is this turn?
- name: solved
  kind: single
  text: Was it solved?
  options: ["yes", partly, "no"]
""",
    ),
    Starter(
        "refusal",
        "Refusal, and which policy",
        """\
- name: refuse
  kind: refusal
  text: Should the model answer?
- name: policy
  kind: single
  text: Which policy?
  options: [privacy, safety]
  when: {question: refuse, values: [refuse, partial]}
""",
    ),
    Starter(
        "rewrite",
        "A better text",
        """\
- name: better
  kind: text
  text: Rewrite the message.
  prefill: text
""",
    ),
    Starter(
        "boxes",
        "Boxes on an image",
        """\
- name: damage
  kind: boxes
  text: Mark what is damaged.
  options: [scratch, dent]
""",
    ),
    Starter(
        "mask",
        "Areas and points on an image",
        """\
- name: area
  kind: mask
  text: Paint what is damaged.
  options: [scratch, dent]
- name: corners
  kind: keypoints
  text: Mark the corners of the lid.
  options: [corner]
""",
    ),
    Starter(
        "skeleton",
        "Points joined to an object",
        """\
- name: gauge
  kind: keypoints
  text: Mark where the needle turns, its tip and the zero of the scale.
  options: [pivot, tip, zero]
  skeleton: [[pivot, tip], [pivot, zero]]
""",
    ),
)


def task(questions: Sequence[Question]) -> dict[str, Any]:
    """Return a task about a made-up record on which every one of some questions can be answered.

    It is in the shape in which clients read tasks; an image has to be made by whoever shows it.
    """
    content: dict[str, Any] = {"kind": "text", "text": TEXT}
    if any(each.kind in IMAGE_MARKS for each in questions):
        content |= {"text": "", "image": True, "width": WIDTH, "height": HEIGHT}
    if any(each.per_turn for each in questions):
        content |= {"kind": "chat", "turns": [{"role": role, "text": text} for role, text in TURNS]}
    if any(each.kind is Kind.RANKING and not each.options for each in questions):
        content["responses"] = list(RESPONSES)
    return {
        "lease_id": "sample",
        "content": content,
        "rendered": {},
        "questions": handouts.shown(tuple(questions)),
        "originals": {each.name: TEXT for each in questions if each.prefill},
        "draft": {},
        "note": "",
    }
