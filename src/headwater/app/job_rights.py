"""Who may ask for each kind of durable job, and command it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.core.errors import NotFoundError
from headwater.governance.authority import require
from headwater.governance.model import Decision

if TYPE_CHECKING:
    from headwater.context import Context
    from headwater.storage.jobs import JobStatus

DECISIONS = {
    "intake": Decision.INTAKE_RUN,
    "fetch": Decision.AUTOMATION_CHANGE,
    "release build": Decision.RELEASE_BUILD,
    "release export": Decision.RELEASE_BUILD,
    "campaign import": Decision.CAMPAIGN_OPEN,
    "campaign export": Decision.BATCH_ACCEPT,
    "watch": Decision.BATCH_ACCEPT,
}
"""The decision that each kind of job carries out: whoever may do it may command the job."""


def permit(ctx: Context, kind: str) -> None:
    """Return only when the actor may ask for a kind of job.

    Raises:
        NotYoursError: The chart gives what it does to others.
    """
    require(ctx, DECISIONS[kind])


def commanded(ctx: Context, status: JobStatus) -> JobStatus:
    """Return a job that the actor may cancel, resume or take the file of: their own, or one whose work is theirs to do.

    Raises:
        NotFoundError: It belongs to another program.
        NotYoursError: Somebody else asked for it, and the chart gives what it does to others.
    """
    if status.program != ctx.program:
        raise NotFoundError(f"There is no job '{status.id}' in this program.", remedy="See: headwater job list")
    if status.actor != ctx.actor:
        permit(ctx, status.kind)
    return status
