"""A real campaign answered by a simulated crowd."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation import campaigns, gold, tasks
from headwater.annotation.plan import Plan
from headwater.annotation.submissions import Submission
from tests.annotation.factories import TOPICS, open_planned, plan_campaign, put_records

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.annotation.model import Campaign
    from tests.workspaces import Team


@dataclass(slots=True)
class Crowd:
    """People who answer what they are given: right nine times of ten, unless told otherwise."""

    team: Team
    campaign: Campaign
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(7))
    answered: int = 0

    def work(
        self, *, error: Callable[[str], float] = lambda _who: 0.05, seconds: Callable[[str], float] = lambda _who: 20.0
    ) -> int:
        """Let everybody answer in turn until nothing is left; returns how many."""
        return self.answer(10**9, error=error, seconds=seconds)

    def answer(
        self,
        count: int,
        *,
        error: Callable[[str], float] = lambda _who: 0.05,
        seconds: Callable[[str], float] = lambda _who: 20.0,
    ) -> int:
        """Let everybody answer in turn, at most so often in all; returns how many answers were given."""
        given, idle = 0, set[str]()
        while given < count and len(idle) < len(self.team.annotators):
            for person in self.team.annotators:
                if person in idle or given >= count:
                    continue
                if not self._one(person, error(person), seconds(person)):
                    idle.add(person)
                    continue
                given += 1
        self.answered += given
        return given

    def _one(self, person: str, error: float, seconds: float) -> bool:
        with self.team.act(person) as ctx:
            found = tasks.claim(ctx, self.campaign.id).assignment
            if found is None:
                return False
            truth = next(topic for topic in TOPICS if topic in str(found.content))
            others = [topic for topic in TOPICS if topic != truth]
            topic = str(self.rng.choice(others)) if self.rng.random() < error else truth
            lead = seconds * float(np.exp(self.rng.normal(0, 0.4)))
            tasks.submit(
                ctx,
                self.campaign.id,
                Submission(
                    lease_id=found.lease_id,
                    token=found.token,
                    client_id=str(uuid.uuid4()),
                    values={"topic": topic},
                    lead_time_ms=int(lead * 1000),
                ),
                claim_next=False,
            )
        self.team.app.clock.advance(seconds=5)  # type: ignore[attr-defined]
        return True

    def change_guideline(self, guideline_id: str) -> None:
        """Move the campaign to another version of its guideline."""
        with self.team.act(self.team.ops) as ctx:
            campaigns.change(ctx, self.campaign.id, guideline_id=guideline_id)


def crowd(
    team: Team, *, tasks: int = 100, known: int = 20, overlap: int = 2, languages: tuple[str, ...] = ("en",)
) -> Crowd:
    """Open a campaign about records whose text names their topic, with hidden gold at a fifth of the tasks."""
    texts = [f"message {place} about {TOPICS[place % 3]}" for place in range(tasks + known)]
    ids = put_records(team, texts, languages=languages)
    row = plan_campaign(team, ids[:tasks], plan=Plan(overlap=overlap, gold_rate=0.2))
    right = {ids[place]: {"topic": TOPICS[place % 3]} for place in range(tasks, tasks + known)}
    with team.act(team.ops) as ctx:
        gold.mark(ctx, row.id, right)
    open_planned(team, row.id)
    return Crowd(team=team, campaign=row)
