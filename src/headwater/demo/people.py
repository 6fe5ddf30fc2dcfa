"""The demo's people: four roles, and simulated annotators in cohorts with known behaviour.

No person is invented: accounts are named after their role, annotators after their cohort and number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.governance.model import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

ROLES = {"lead": Role.LEAD, "operations": Role.OPERATIONS, "expert": Role.EXPERT, "engineer": Role.ENGINEER}
"""Accounts of the four roles, by handle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How the annotators of a cohort answer."""

    team: str
    """Name of the team; its cohort is this team under this guideline version."""
    size: int
    """Annotators in it."""
    slip: float
    """Chance of a slip: another topic, near ones likelier."""
    misread: str = ""
    """A topic whose guideline section they read differently…"""
    reads_as: str = ""
    """…and the topic they give instead."""
    misread_rate: float = 0.0
    """Share of that topic they misread."""

    def answer(self, truth: str, topics: tuple[str, ...], rng: np.random.Generator) -> str:
        """Return what one annotator of the cohort answers when the corpus says `truth`."""
        if truth == self.misread and rng.random() < self.misread_rate:
            return self.reads_as
        if rng.random() >= self.slip:
            return truth
        near = NEIGHBOURS.get(truth, ())
        if near and rng.random() < NEAR_SHARE:
            return str(rng.choice(near))
        return str(rng.choice([topic for topic in topics if topic != truth]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hurry:
    """How one annotator answers who works with care at first and then only to be done: at once, and not by the item."""

    handle: str
    after: int
    """Answers in a campaign before it begins, those of calibration among them."""
    run: int
    """How often in a row one key is pressed, whatever the item is."""
    pace: float
    """Time an answer takes, as a share of what reading it takes."""

    def key(self, answers: int) -> int | None:
        """Return which key in turn is pressed after so many answers; None while there is care."""
        return None if answers < self.after else (answers - self.after) // self.run


HURRIED_TEAM = "vendor-c"
"""The team of whom one hurries: it is careful otherwise, so nothing but that stands out."""


def hurry(members: Sequence[str], rng: np.random.Generator) -> Hurry:
    """Return who of a team hurries, and how, over the last quarter or so of their work."""
    return Hurry(handle=str(rng.choice(members)), after=120, run=6, pace=0.1)


NEAR_SHARE = 0.6
"""Share of slips that go to a neighbouring topic."""

NEIGHBOURS = {
    "ai": ("botprofile", "computers"),
    "botprofile": ("ai", "conversations"),
    "coding": ("computers",),
    "computers": ("tech_support", "ai"),
    "conversations": ("greetings", "emotion"),
    "emotion": ("psychology", "conversations"),
    "greetings": ("conversations",),
    "history": ("politics", "trivia"),
    "literature": ("movies", "history"),
    "money": ("politics",),
    "movies": ("literature",),
    "politics": ("history", "money"),
    "psychology": ("emotion", "conversations"),
    "science": ("trivia",),
    "tech_support": ("computers",),
    "trivia": ("science", "history"),
}

CONFLICTS = (("emotion", "psychology"), ("ai", "computers"), ("coding", "tech_support"))
"""Conflicting readings the seed chooses from: topic, and what it is taken for."""

STARVABLE = ("coding", "ai", "psychology", "literature", "conversations")
"""Topics the seed chooses from when the first sourcing leaves two of them nearly out."""


def cohorts(rng: np.random.Generator) -> tuple[Behaviour, ...]:
    """Return the cohorts of one run: two careful, one noisy, one with a conflicting reading.

    Each has as many annotators as a task wants answers, so whoever comes first, a task is answered by the same people
    and a seed tells one story.
    """
    topic, taken_for = CONFLICTS[rng.integers(len(CONFLICTS))]
    return (
        Behaviour(team="in-house", size=3, slip=0.05),
        Behaviour(team="vendor-a", size=3, slip=float(rng.uniform(0.30, 0.40))),
        Behaviour(team="vendor-b", size=3, slip=0.06, misread=topic, reads_as=taken_for, misread_rate=0.9),
        Behaviour(team="vendor-c", size=3, slip=0.06),
    )
