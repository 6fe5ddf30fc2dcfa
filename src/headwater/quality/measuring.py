"""Choosing what agreement on a question is measured by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import queries as annotation
from headwater.core.errors import InvalidError
from headwater.governance import ledger
from headwater.governance.authority import require_accountable
from headwater.governance.model import Decision
from headwater.quality import yardsticks
from headwater.quality.model import NotAssessableError
from headwater.quality.store import yardsticks as store
from headwater.quality.yardsticks import Choice

if TYPE_CHECKING:
    from headwater.annotation.questions import Question
    from headwater.context import Context
    from headwater.quality.yardsticks import Yardstick


def choose(ctx: Context, yardstick: Yardstick, *, question: str, campaign_id: str = "", reason: str) -> Choice:
    """Measure agreement on a question by this yardstick from the next assessment and the next gate on.

    It is the Accountable's, not of those who run the work: who is measured does not choose the measure.

    Args:
        ctx: The context.
        yardstick: Coefficient and distance.
        question: The question.
        campaign_id: One campaign, by id or name; empty for all of the program without a choice of their own.
        reason: Why; kept, and shown beside the figures.

    Raises:
        NotYoursError: The actor is not the Accountable for accepting batches.
        YardstickError: The coefficient or the distance makes no sense for the question.
        NotAssessableError: No campaign asks this question.
        InvalidError: There is no reason.
    """
    require_accountable(ctx, Decision.BATCH_ACCEPT)
    if not reason.strip():
        raise InvalidError("A choice of the measure needs its reason.", remedy="Say why; it stands beside the figures.")
    campaign = annotation.campaign(ctx, campaign_id) if campaign_id else None
    asked = [_asked(ctx, campaign.schema_id, question)] if campaign else _everywhere(ctx, question)
    for each in asked:
        yardsticks.check(each, yardstick)
    row = Choice(
        campaign_id=campaign.id if campaign else "",
        question=question,
        yardstick=yardstick,
        reason=reason.strip(),
        by=ctx.actor,
        at=ctx.clock.now(),
    )
    store.add(ctx.db, ctx.program, row)
    body = {"question": question, "coefficient": yardstick.coefficient, "distance": yardstick.distance}
    ledger.append(ctx, "agreement.yardstick_chosen", subject=row.campaign_id, body=body | {"reason": row.reason})
    return row


def _asked(ctx: Context, schema_id: str, question: str) -> Question:
    return annotation.schema(ctx, schema_id).question(question)


def _everywhere(ctx: Context, question: str) -> list[Question]:
    """The question in every schema that campaigns use, which need not ask it alike."""
    schemas = sorted({each.schema_id for each in annotation.campaigns(ctx)})
    found = [each for name in schemas for each in annotation.schema(ctx, name).questions if each.name == question]
    if not found:
        raise NotAssessableError(f"No campaign asks '{question}'.", remedy="Name a question of a campaign's schema.")
    return found
