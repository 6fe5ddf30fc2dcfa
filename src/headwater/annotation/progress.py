"""How far a campaign is, for those who run it; and what single annotators did, for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from headwater.annotation.automation_model import MODEL
from headwater.annotation.model import Batch, BatchKind
from headwater.annotation.store import answers, campaigns, tasks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.annotation.model import Campaign
    from headwater.annotation.store.answers import Tally
    from headwater.context import Context

_SHORTEST_H = 1 / 60
"""Hours that tell a pace; less is what came at once, such as a delivery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchProgress:
    """How far a batch is."""

    batch: Batch
    done: int
    """Tasks with all the answers they want."""
    answers: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a campaign is, without its calibration batches."""

    tasks: int
    done: int
    answers: int
    """Answers to all tasks, gold among them."""
    skipped: int
    annotators: int
    """Different people who answered."""
    held: int
    """Tasks being worked on."""
    per_hour: float | None
    """People's answers per hour between the first and the last one; None before they span a minute."""
    first_at: datetime | None
    last_at: datetime | None
    batches: tuple[BatchProgress, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnProgress:
    """What one annotator did in a campaign, with calibration and tasks of every kind alike: nothing tells gold."""

    answers: int
    skipped: int
    held: int
    """Tasks they are working on."""
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many answers there are and since when."""

    answers: int
    first_at: datetime | None
    last_at: datetime | None


def progress_of(ctx: Context, found: Campaign) -> Progress:
    """Return how far a campaign is."""
    sums = answers.tallies(ctx.db, found.id)
    before = campaigns.done_before(ctx.db, found.id)
    parts = []
    for each in campaigns.batches(ctx.db, found.id):
        mine = [row for row in sums if row.batch_id == each.id]
        parts.append(
            BatchProgress(
                batch=each,
                done=before[each.id] + sum(row.closed for row in mine),
                answers=sum(row.answers for row in mine),
                skipped=sum(row.skipped for row in mine),
            )
        )
    work = [part for part in parts if part.batch.kind is not BatchKind.CALIBRATION]
    whole, people = pace_of(sums), [row for row in sums if row.answers and not row.annotator.startswith(MODEL)]
    pace = pace_of(people)
    hours = (pace.last_at - pace.first_at).total_seconds() / 3600 if pace.first_at and pace.last_at else 0.0
    return Progress(
        tasks=sum(part.batch.tasks for part in work),
        done=sum(part.done for part in work),
        answers=whole.answers,
        skipped=sum(row.skipped for row in sums),
        annotators=len({row.annotator for row in people}),
        held=len(tasks.leases(ctx.db, found.id)),
        per_hour=pace.answers / hours if hours > _SHORTEST_H else None,
        first_at=whole.first_at,
        last_at=whole.last_at,
        batches=tuple(parts),
    )


def own_progress(ctx: Context, found: Campaign) -> OwnProgress:
    """Return what the actor did in a campaign."""
    sums = answers.tallies(ctx.db, found.id, annotator=ctx.actor)
    whole = pace_of(sums)
    return OwnProgress(
        answers=whole.answers,
        skipped=sum(row.skipped for row in sums),
        held=len(tasks.leases(ctx.db, found.id, annotator=ctx.actor)),
        first_at=whole.first_at,
        last_at=whole.last_at,
    )


def pace_of(sums: Sequence[Tally]) -> Pace:
    """Return how many answers there are in sums, and since when."""
    return Pace(
        answers=sum(row.answers for row in sums),
        first_at=min((row.first_at for row in sums), default=None),
        last_at=max((row.last_at for row in sums), default=None),
    )
