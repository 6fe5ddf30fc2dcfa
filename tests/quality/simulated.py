"""Simulated campaigns as monitoring sees them: honest people, and what goes wrong when asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation.answers import Answers
from headwater.quality.model import LEVEL, Watch
from headwater.quality.timeline import Frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

LABELS = ("billing", "fault", "praise")
MIX = (0.5, 0.3, 0.2)
OVERLAP = 3
GOLD_RATE = 0.15
SECOND = 1_000_000


@dataclass(slots=True)
class Campaign:
    """Columns of a campaign in the order of its answers; change them to plant a fault."""

    seed: int
    tasks: int = 400
    people: int = 8
    gold: int = 40
    apart: bool = False
    """Whether each task goes to people of one team, as when teams have batches of their own."""
    rng: np.random.Generator = field(init=False)
    truth: NDArray[np.int64] = field(init=False)
    """Right label of each task; the last `gold` are gold."""
    task: NDArray[np.int64] = field(init=False)
    annotator: NDArray[np.int64] = field(init=False)
    value: NDArray[np.int64] = field(init=False)
    seconds: NDArray[np.float64] = field(init=False)
    guideline: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        """Let honest people work: skill, pace and difficulty differ, errors on gold are at most one in ten."""
        self.rng = rng = np.random.default_rng(self.seed)
        self.truth = rng.choice(len(LABELS), size=self.tasks + self.gold, p=MIX)
        self.task, self.annotator = self._hand_out()
        skill, pace = rng.uniform(0.9, 0.97, self.people), np.exp(rng.normal(0, 0.3, self.people))
        right = rng.random(self.task.size) < skill[self.annotator]
        off = rng.integers(1, len(LABELS), self.task.size)
        truth = self.truth[self.task]
        self.value = np.where(right, truth, (truth + off) % len(LABELS))
        self.seconds = 20 * pace[self.annotator] * np.exp(rng.normal(0, 0.6, self.task.size))
        self.guideline = np.zeros(self.task.size, np.int64)

    def _hand_out(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Ordinary tasks in their order to people at random; a share of every person's tasks is gold."""
        tasks, people = [], []
        fresh = [iter(self.rng.permutation(np.arange(self.tasks, self.tasks + self.gold))) for _ in range(self.people)]
        for task in range(self.tasks):
            pool = np.arange(task % 2, self.people, 2) if self.apart else np.arange(self.people)
            for person in self.rng.choice(pool, OVERLAP, replace=False):
                tasks.append(task)
                people.append(person)
                if self.rng.random() < GOLD_RATE and (gold := next(fresh[person], None)) is not None:
                    tasks.append(gold)
                    people.append(person)
        return np.array(tasks, np.int64), np.array(people, np.int64)

    @property
    def late(self) -> NDArray[np.bool_]:
        """The second half of the answers."""
        return np.arange(self.task.size) >= self.task.size // 2

    def err(self, rows: NDArray[np.bool_], rate: float) -> None:
        """Make some answers wrong at a rate."""
        wrong = rows & (self.rng.random(self.task.size) < rate)
        self.value = np.where(wrong, (self.truth[self.task] + 1) % len(LABELS), self.value)

    def frame(self, slices: Callable[[NDArray[np.int64]], dict[str, NDArray[np.str_]]] | None = None) -> Frame:
        """Return it as monitoring sees it."""
        is_gold = self.task >= self.tasks
        zeros = np.zeros(self.task.size, np.int64)
        given = Answers(
            question="topic",
            task=self.task,
            annotator=self.annotator,
            value=self.value,
            cohort=self.annotator % 2,
            batch=zeros,
            guideline=self.guideline,
            is_gold=is_gold,
            gold_value=np.where(is_gold, self.truth[self.task], -1),
            is_right=is_gold & (self.value == self.truth[self.task]),
            lead_time_ms=(self.seconds * 1000).astype(np.int64),
            submitted_at=np.arange(1, self.task.size + 1) * SECOND,
            task_ids=tuple(f"tsk_{code}" for code in range(self.tasks + self.gold)),
            record_ids=tuple(f"rec_{code}" for code in range(self.tasks + self.gold)),
            annotator_ids=tuple(f"per_{code}" for code in range(self.people)),
            values=LABELS,
            cohort_ids=("coh_0", "coh_1"),
            batch_ids=("bat_0",),
            guideline_ids=("gdl_0", "gdl_1"),
            undecided=0,
        )
        return Frame(
            given=given,
            team=given.cohort,
            teams=("blue", "green"),
            usable=np.ones(self.task.size, np.bool_),
            slices=slices or (lambda _rows: {}),
            lengths=lambda _rows: None,
        )

    @property
    def watch(self) -> Watch:
        """How it is watched."""
        planned = round(self.tasks * OVERLAP * GOLD_RATE / (1 - GOLD_RATE))
        return Watch(
            campaign_id="cmp_1",
            question="topic",
            good=0.1,
            bad=0.3,
            gold_planned=planned,
            tasks_planned=self.tasks,
            level=LEVEL,
            looks=0,
            started_at=datetime(2026, 1, 1, tzinfo=UTC),
            watched_at=datetime(2026, 1, 1, tzinfo=UTC),
            answers=0,
        )
