"""The tasks of a campaign, looked through one by one by those who accept its work: how far each is, and its story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import comments, queries
from headwater.annotation.model import UnknownTaskError
from headwater.annotation.store import answers
from headwater.annotation.store import tracking as store
from headwater.annotation.tracking_model import Given, Line, Progress, Story
from headwater.governance.authority import require
from headwater.governance.model import Decision

if TYPE_CHECKING:
    from headwater.annotation.model import Answer
    from headwater.context import Context


def lines(
    ctx: Context,
    campaign_id: str,
    *,
    progress: Progress | None = None,
    batch: str = "",
    after: str = "",
    limit: int = 50,
) -> list[Line]:
    """Return tasks of a campaign, oldest first.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        progress: Only those that are so far.
        batch: Only those of this batch.
        after: Id of the last one before.
        limit: Most tasks.

    Raises:
        NotYoursError: The actor may not accept the campaign's work.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    found = queries.campaign(ctx, campaign_id)
    batch_id = queries.batch(ctx, batch).id if batch else ""
    return store.lines(ctx.db, found.id, progress=progress, batch_id=batch_id, after=after, limit=limit)


def story(ctx: Context, campaign_id: str, task_id: str) -> Story:
    """Return everything that happened to a task: who answered what under which guideline, checks, rulings, skips.

    Raises:
        NotYoursError: The actor may not accept the campaign's work.
        UnknownTaskError: The campaign has no such task.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    campaign = queries.campaign(ctx, campaign_id)
    line = store.line(ctx.db, campaign.id, task_id)
    if line is None:
        raise UnknownTaskError(f"There is no task '{task_id}' in campaign '{campaign.name}'.")
    said = comments.beside(ctx, [line.id])
    return Story(
        line=line,
        given=tuple(
            Given(
                answer=each,
                guideline=_guideline(ctx, each),
                reviews=tuple(queries.reviews(ctx, campaign.id, answer_id=each.id)),
                comments=tuple(said.get((line.id, each.annotator), ())) if each.superseded_at is None else (),
            )
            for each in answers.of_task(ctx.db, line.id, current=False)
        ),
        rulings=tuple(store.rulings(ctx.db, campaign.id, line.id)),
        passed=tuple(store.passed(ctx.db, line.id)),
    )


def _guideline(ctx: Context, answer: Answer) -> str:
    found = queries.guideline(ctx, answer.guideline_id)
    return f"{found.name} v{found.version}"
