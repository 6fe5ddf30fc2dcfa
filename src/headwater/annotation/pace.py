"""What annotators see of their own work: today's count, pace, what is left, accuracy where the plan shows it.

Nothing here may tell hidden gold from other tasks. What is left is said in steps, so that one answer does not move it,
and accuracy covers earlier days only, so that no figure changes with the answer just given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from headwater.annotation import likeness, queries
from headwater.annotation.store import queue
from headwater.annotation.store import today as store
from headwater.stats.interval import Estimate, wilson

if TYPE_CHECKING:
    from headwater.context import Context

STEPS = (1000, 500, 200, 100, 50, 20)
"""How many tasks are left is told as the highest of these that it exceeds."""
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """An annotator's own work in a campaign."""

    today: int
    """Answers in force that were given since the start of their day."""
    last_hour: int
    """Answers in force of the last 60 minutes."""
    left: str
    """What is left for them, in words: a step, never a count."""
    accuracy: Estimate | None
    """Share of gold they answered right on the days before, UTC; None unless the plan shows it and there was any."""


def pace(ctx: Context, campaign_id: str, *, since: datetime) -> Pace:
    """Return how the actor's own work in a campaign goes.

    Args:
        ctx: The annotator's context.
        campaign_id: The campaign.
        since: When their day began; a moment in the future or more than a day ago counts as a day ago.
    """
    found, now = queries.campaign(ctx, campaign_id), ctx.clock.now()
    start = since if now - _DAY <= since <= now else now - _DAY
    count = store.given_since(ctx.db, found.id, ctx.actor, start)
    recent = store.given_since(ctx.db, found.id, ctx.actor, now - _HOUR)
    left = queue.left(ctx.db, found.id, ctx.actor, STEPS[0] + 1)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)  # never a moment the asker may choose: it would
    accuracy = _accuracy(ctx, found.id, midnight) if found.plan.shows_accuracy else None  # tell which answer was gold
    return Pace(today=count, last_hour=recent, left=_step(left), accuracy=accuracy)


def _step(left: int) -> str:
    if not left:
        return "nothing left for you now"
    found = next((step for step in STEPS if left > step), 0)
    return f"more than {found:,} left" if found else f"at most {STEPS[-1]} left"


def _accuracy(ctx: Context, campaign_id: str, before: datetime) -> Estimate | None:
    pairs = store.on_gold(ctx.db, campaign_id, ctx.actor, before)
    if not pairs:
        return None
    questions = queries.schema(ctx, queries.campaign(ctx, campaign_id).schema_id).questions
    return wilson(sum(likeness.agrees(questions, known, values) for known, values in pairs), len(pairs))
