"""Deciding on an alarm: dismissed, or paused, requalified, relabelled; always by a person, always with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation import calibration, campaigns, rework
from headwater.annotation import queries as annotation
from headwater.annotation.model import CampaignState
from headwater.core.errors import InvalidError
from headwater.governance import decisions, ledger, notices
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.quality import queries
from headwater.quality.frames import frame_of
from headwater.quality.model import Alarm, AlarmState, AlarmStateError, Remedy
from headwater.quality.store import alarms as store
from headwater.workforce import service as workforce

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.context import Context
    from headwater.quality.timeline import Frame


def decide(ctx: Context, alarm_id: str, remedy: Remedy, *, reason: str) -> Alarm:
    """Decide on an alarm and carry the decision out; the chart it came from starts afresh.

    Raises:
        InvalidError: There is no reason.
        AlarmStateError: It was decided on already.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    row = queries.alarm(ctx, alarm_id)
    if not reason.strip():
        raise InvalidError("A decision on an alarm needs a reason.")
    if row.state is AlarmState.DECIDED:
        raise AlarmStateError(f"Alarm {row.id} was decided on already: {row.reason}")
    done = _carry_out(ctx, row, remedy, reason.strip())
    store.move_alarm(
        ctx.db,
        row.id,
        state=AlarmState.DECIDED.value,
        decided_by=ctx.actor,
        remedy=remedy.value,
        reason=reason.strip(),
        decided_at=ctx.clock.now(),
    )
    body = {"campaign": row.campaign_id, "remedy": remedy, "reason": reason.strip(), **done}
    ledger.append(ctx, "alarm.decided", subject=row.id, body=body)
    decisions.record(ctx, Decision.BATCH_ACCEPT, subject=row.id, reason=f"alarm: {remedy.value}; {reason.strip()}")
    return queries.alarm(ctx, row.id)


def affected(ctx: Context, row: Alarm) -> list[str]:
    """Return the ordinary tasks answered since the change where the alarm, or its first cause, points to."""
    require(ctx, Decision.BATCH_ACCEPT)
    frame = frame_of(ctx, row.campaign_id, question=row.question)
    given = frame.given
    since = round(row.since.timestamp() * 1e6)
    rows = frame.usable & ~given.is_gold & (given.submitted_at >= since)
    chosen = np.flatnonzero(rows)
    chosen = chosen[_inside(frame, chosen, row)]
    return [given.task_ids[code] for code in np.unique(given.task[chosen])]


def _inside(frame: Frame, rows: NDArray[np.int64], row: Alarm) -> NDArray[np.bool_]:
    if row.people:
        codes = [place for place, name in enumerate(frame.given.annotator_ids) if name in row.people]
        return np.asarray(np.isin(frame.given.annotator[rows], codes))
    kind, name = row.about, row.explanations[0].name if row.explanations else row.scope.partition(":")[2]
    if kind == "slice" and (charted := dict(frame.parts).get(name)) is not None:
        return charted[rows]
    if kind == "slice":
        field, _, value = name.partition(" = ")
        kind, name = f"slice {field}", value.strip("'")
    column = frame.groups(rows).get(kind)
    return np.ones(rows.size, np.bool_) if column is None else np.asarray(column == name)


def _carry_out(ctx: Context, row: Alarm, remedy: Remedy, reason: str) -> dict[str, object]:
    """Do what was decided; returns what the ledger keeps of it."""
    if remedy is Remedy.RELABEL:
        return {"tasks": rework.ask_again(ctx, row.campaign_id, affected(ctx, row), reason=reason)}
    if remedy is Remedy.REQUALIFY:
        return _requalify(ctx, row, reason)
    if remedy is Remedy.PAUSE and row.people:
        for person in row.people:
            workforce.stop(ctx, person, reason=reason)
        return {"people": list(row.people)}
    if remedy is Remedy.PAUSE and annotation.campaign(ctx, row.campaign_id).state is CampaignState.OPEN:
        campaigns.pause(ctx, row.campaign_id)
    return {}


def _requalify(ctx: Context, row: Alarm, reason: str) -> dict[str, object]:
    """Ask the people concerned to pass calibration again before any further task.

    Where the campaign asks for no calibration they are told to read the guideline, and those the alarm names are
    stopped until operations let them in again.
    """
    people = list(row.people)
    if not people:
        frame = frame_of(ctx, row.campaign_id, question=row.question)
        rows = np.flatnonzero(frame.given.submitted_at >= round(row.since.timestamp() * 1e6))
        rows = rows[_inside(frame, rows, row)]
        people = [frame.given.annotator_ids[code] for code in np.unique(frame.given.annotator[rows])]
    campaign = annotation.campaign(ctx, row.campaign_id)
    if campaign.plan.calibration_bar > 0:
        for person in people:
            calibration.ask_again(ctx, person, what=campaign.guideline_id, reason=reason)
        return {"people": people}
    for person in row.people:
        workforce.stop(ctx, person, reason=reason)
    text = f"Please go through the guideline of '{campaign.name}' again: {reason}"
    notices.send(ctx, people, kind="requalify", subject=row.campaign_id, text=text)
    return {"people": people}
