"""Words of reading the answers of one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Only(StrEnum):
    """Which of a person's answers are wanted."""

    ALL = "all"
    GOLD_MISTAKES = "gold-mistakes"
    """Those that miss the known answer of a gold task."""
    DIFFERENT = "different"
    """Those that fewer than half of the others who answered the task gave too."""
    REPEATS = "repeats"
    """Those that equal the one before."""
    LONGEST_RUN = "longest-run"
    """The longest stretch of answers that are all equal; the earliest of several."""
    SHARED_MISTAKES = "shared-mistakes"
    """Wrong ones that the person they are read beside gave too: against gold, else against more than half of at least
    three answers."""


class Order(StrEnum):
    """In which order a person's answers are read."""

    GIVEN = "given"
    """As they were given."""
    QUICKEST = "quickest"
    """By the time at the task, the shortest first; those whose time is not known are left out."""
    RANDOM = "random"
    """Drawn at random by a seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which answers of a person are read, and how."""

    question: str = ""
    """The schema's first with one closed answer, else its first, when empty."""
    since: datetime | None = None
    until: datetime | None = None
    """The first and the last moment, both included."""
    value: str = ""
    """Only this answer; of several choices or marks one of them, of a ranking its best; `cannot_decide` for those."""
    only: Only = Only.ALL
    order: Order = Order.GIVEN
    seed: int = 0
    """Of the random order: the same seed draws the same answers in the same order."""
    beside: str = ""
    """Another person whose answers stand first among the others'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What somebody else answered to the same task."""

    person: str
    value: object
    said: str
    """The value in words."""
    is_same: bool
    """Whether it is as like as an answer must be to be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """An answer of a person beside what it answers, what others said, and what is known."""

    id: str
    task_id: str
    record_id: str
    text: str
    """The record as text, at most its first 4,000 characters; empty when it has none or was erased."""
    is_cut: bool
    """Whether the record's text goes on."""
    is_erased: bool
    has_image: bool
    size: tuple[int, int] | None
    """Width and height of its image in pixels; None without one, or where they are not known."""
    value: object
    said: str
    """The value in words, with what is marked of a text."""
    seconds: float | None
    """Time at the task; None where it was not told."""
    given_at: datetime
    guideline_id: str
    guideline: str
    """Name and version of the guideline it was given under."""
    others: tuple[Voice, ...]
    """Oldest first, after that of the person it is read beside."""
    is_gold: bool
    """Whether the right answer is known; False as well for those who may not see gold."""
    known: object
    """The right answer; None where it is not known or not to be seen."""
    known_said: str
    is_right: bool | None
    """Whether it is like the known answer; None without one."""
    equals_before: bool
    """Whether it is the same as the person's answer before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A part of a person's answers."""

    campaign_id: str
    person: str
    question: str
    rows: tuple[GivenAnswer, ...]
    more: str
    """Id of the answer after which the next part begins; empty at the end."""
    looked: int
    """Answers that were looked through for this part."""
    is_whole: bool
    """Whether all answers were there to choose from; False when only the newest were, as of very many."""
