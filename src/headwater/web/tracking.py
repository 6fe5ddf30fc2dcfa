"""The tasks of a campaign on pages: a list that is filtered, and the story of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Response

from headwater.annotation import content, queries, tracking, wording
from headwater.annotation.tracking_model import Progress
from headwater.sourcing import queries as sourcing
from headwater.web.session import Visitor, page

if TYPE_CHECKING:
    from headwater.annotation.model import Answer
    from headwater.context import Context

router = APIRouter(prefix="/p/{program}/campaigns/{campaign}/tasks")
SHOWN = 50
EXCERPT = 160


@router.get("")
def listing(visitor: Visitor, campaign: str, progress: str = "", batch: str = "", after: str = "") -> Response:
    """Show tasks with their answers in a few words."""
    wanted = Progress(progress) if progress in set(Progress) else None
    with visitor.reading() as ctx:
        found = queries.campaign(ctx, campaign)
        rows = tracking.lines(ctx, campaign, progress=wanted, batch=batch, after=after, limit=SHOWN + 1)
        shown = rows[:SHOWN]
        records = sourcing.present(ctx, [row.record_id for row in shown])
        return page(
            visitor,
            ctx,
            "annotation/tasks.html",
            active="campaigns",
            campaign=found,
            rows=shown,
            texts={name: record.text[:EXCERPT] for name, record in records.items()},
            records=records,
            given=_told(ctx, [row.id for row in shown]),
            batches=queries.batches(ctx, found.id),
            states=list(Progress),
            progress=progress,
            batch=batch,
            after=after,
            next=shown[-1].id if len(rows) > SHOWN else "",
        )


@router.get("/{task}")
def one(visitor: Visitor, campaign: str, task: str) -> Response:
    """Show a task: its record, every answer with what became of it, who passed it on."""
    with visitor.reading() as ctx:
        found = tracking.story(ctx, campaign, task)
        record = sourcing.present(ctx, [found.line.record_id]).get(found.line.record_id)
        return page(
            visitor,
            ctx,
            "annotation/task.html",
            active="campaigns",
            campaign=queries.campaign(ctx, campaign),
            story=found,
            shown=content.of_record(record).shown if record else None,
            told={each.answer.id: words(each.answer) for each in found.given},
            summary=wording.summary,
        )


def words(answer: Answer) -> list[tuple[str, str]]:
    """Return an answer question by question, in a few words each."""
    return [(name, wording.summary(value)) for name, value in answer.values.items()]


def _told(ctx: Context, tasks: list[str]) -> dict[str, dict[str, int]]:
    """Task → what was answered, with how many gave it, the commonest first."""
    found: dict[str, dict[str, int]] = {}
    for task, given in queries.answers_beside(ctx, tasks).items():
        counts: dict[str, int] = {}
        for each in given:
            told = "; ".join(text for _, text in words(each))[:EXCERPT]
            counts[told] = counts.get(told, 0) + 1
        found[task] = dict(sorted(counts.items(), key=lambda pair: -pair[1]))
    return found
