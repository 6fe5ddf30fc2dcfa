"""Ready-made batches with resolved labels, and inspections of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import batches, queries, tasks
from headwater.governance import queries as governance
from headwater.governance.model import Decision
from headwater.quality import acceptance, labels
from headwater.quality import queries as quality
from tests.annotation import factories as make

if TYPE_CHECKING:
    from headwater.quality.model import Inspection
    from tests.workspaces import Team


def labelled(team: Team, sizes: tuple[int, ...] = (60,)) -> tuple[str, list[str]]:
    """Return a campaign and its batches, answered by one annotator and resolved."""
    records = make.put_records(team, [f"message {place}" for place in range(sum(sizes))])
    campaign = make.plan_campaign(team, records[: sizes[0]])
    start = sizes[0]
    with team.act(team.ops) as ctx:
        for number, size in enumerate(sizes[1:], 2):
            batches.add(ctx, campaign.id, name=f"batch {number}", records=records[start : start + size])
            start += size
    make.open_planned(team, campaign.id)
    answer_and_resolve(team, campaign.id)
    with team.read() as ctx:
        return campaign.id, [batch.id for batch in queries.batches(ctx, campaign.id)]


def answer_and_resolve(team: Team, campaign: str, *, topic: str = "billing") -> None:
    """Answer what is open in a campaign and resolve its labels."""
    while True:
        with team.act(team.annotators[0]) as ctx:
            assignment = tasks.claim(ctx, campaign).assignment
            while assignment is not None:
                following = tasks.submit(ctx, campaign, make.submission(assignment, topic=topic)).next
                assignment = following.assignment if following else None
        break
    with team.act(team.ops) as ctx:
        labels.resolve(ctx, campaign, question="topic", method="majority")


def sampled(team: Team, batch: str, *, aql: float = 4.0, seed: int = 1) -> Inspection:
    """Plan a batch and draw its sample."""
    with team.act(team.ops) as ctx:
        return acceptance.draw(ctx, batch, question="topic", aql=aql, seed=seed)


def judged(team: Team, batch: str, *, wrong: int) -> Inspection:
    """Judge what is asked for, with so many errors at the front."""
    with team.act(team.expert) as ctx:
        row = quality.inspection(ctx, batch)
        known = quality.judgements(ctx, row)
        asked = [task for task in row.sample[: row.due] if task not in known]
        truth = {task: "fault" if place < wrong else "billing" for place, task in enumerate(asked)}
        return acceptance.judge(ctx, batch, truth=truth)


def decided(team: Team, batch: str, *, wrong: int, accept: bool, seed: int = 1) -> Inspection:
    """Take a batch through plan, sample, judgement and decision."""
    sampled(team, batch, seed=seed)
    judged(team, batch, wrong=wrong)
    with team.act(team.ops) as ctx:
        acceptance.propose(ctx, batch)
    with team.read(team.lead) as ctx:
        asked = [each for each in governance.proposals(ctx, subject=batch) if each.decision is Decision.BATCH_ACCEPT]
    if any(each.consultations for each in asked):
        team.app.clock.advance(hours=49)  # type: ignore[attr-defined]
    with team.act(team.lead) as ctx:
        decide = acceptance.accept if accept else acceptance.reject
        return decide(ctx, batch, reason="as the plan says" if accept else "Billing and fault are mixed up.")
