"""Moving a campaign to another version of its schema: what becomes of its answers, told before it is done."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from headwater.annotation import adaptive, beforehand, campaigns, queries, rework
from headwater.annotation.changes import Carry, Fate, carries_over
from headwater.annotation.model import (
    Campaign,
    CampaignState,
    CampaignStateError,
    Schema,
    Standing,
    StandingError,
)
from headwater.annotation.questions import CLOSED, UNDECIDED
from headwater.annotation.responses import ResponseError
from headwater.annotation.store import answers as given
from headwater.annotation.store import campaigns as store
from headwater.annotation.store import folds
from headwater.core.errors import InvalidError, StaleError
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision

if TYPE_CHECKING:
    from headwater.annotation.questions import Question
    from headwater.context import Context

_MAY_MOVE = (CampaignState.DRAFT, CampaignState.OPEN, CampaignState.PAUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What becomes of the answers to one question."""

    carry: Carry
    answers: int
    """Decided ones in force now."""
    stand: int | None
    """Those that may be given under the new version too; None where only checking each could tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What moving a campaign to another version of its schema would do."""

    campaign: Campaign
    now: Schema
    target: Schema
    lines: tuple[Line, ...]
    gold: str
    """Why known right answers forbid the move; empty when they do not."""


def newest(ctx: Context, campaign_id: str) -> Schema:
    """Return the published version of a campaign's schema, or the one it runs under when none is."""
    now = queries.schema(ctx, queries.campaign(ctx, campaign_id).schema_id)
    found = [row for row in queries.schemas(ctx, name=now.name) if row.standing is Standing.PUBLISHED]
    return found[0] if found else now


def preview(ctx: Context, campaign_id: str, schema_id: str) -> Preview:
    """Return what moving a campaign to another version of its schema would do; nothing is changed.

    Raises:
        InvalidError: It is a version of another schema.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    campaign = queries.campaign(ctx, campaign_id)
    now, target = queries.schema(ctx, campaign.schema_id), queries.schema(ctx, schema_id)
    if target.name != now.name:
        raise InvalidError(
            f"'{target.name}' is another schema than '{now.name}'.", remedy="Plan another campaign for other questions."
        )
    asked = {question.name: question for question in now.questions}
    after = {question.name: question for question in target.questions}
    lines = []
    for carry in carries_over(now.questions, target.questions):
        before = asked.get(carry.question)
        counts = _counts(ctx, campaign, before) if before else {}
        lines.append(
            Line(
                carry=carry,
                answers=sum(counts.values()),
                stand=_stand(carry, before, after.get(carry.question), counts),
            )
        )
    return Preview(campaign=campaign, now=now, target=target, lines=tuple(lines), gold=_gold(ctx, campaign, target))


def move(
    ctx: Context, campaign_id: str, schema_id: str, *, reopen: bool = False, seen_version: int | None = None
) -> Campaign:
    """Move a campaign to another published version of its schema; what was answered stays tied to the old one.

    Tasks that are being worked on keep the version they were given under.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        schema_id: The version.
        reopen: Whether tasks with answers out of a closed question's options are given out again.
        seen_version: The campaign's version as it was seen.

    Raises:
        CampaignStateError: It is closed or waits for approval.
        StandingError: The version is not published.
        ResponseError: A known right answer is none under it.
        StaleError: The campaign is no longer at `seen_version`.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    found = preview(ctx, campaign_id, schema_id)
    before, target = found.campaign, found.target
    if before.state not in _MAY_MOVE:
        raise CampaignStateError(f"Campaign '{before.name}' is {before.state}; this needs draft, open or paused.")
    if seen_version is not None and seen_version != before.version:
        raise StaleError(f"Campaign '{before.name}' is now at version {before.version}, not {seen_version}.")
    if target.standing is not Standing.PUBLISHED:
        raise StandingError(
            f"'{target.name}' v{target.version} is {target.standing}; a campaign runs under published ones."
        )
    if found.gold:
        raise ResponseError(found.gold, remedy="Correct or retire that gold first.")
    adaptive.check(before.plan, target.questions)
    lost = _lost(ctx, found) if reopen else {}
    row = replace(before, schema_id=target.id, version=before.version + 1)
    row = replace(row, digest=campaigns.digest_of(row))
    folds.forget(ctx.db, row.id)  # their codes count from the options of the old version
    store.save(ctx.db, row)
    body = {"schema": target.id, "plan": asdict(row.plan), "digest": row.digest, "before": before.digest}
    ledger.append(ctx, "campaign.changed", subject=row.id, body=body)
    said = f"Asked again under version {target.version} of the questions."
    for batch_id, task_ids in lost.items():
        rework.reopen(ctx, batch_id, sorted(task_ids), reason=said)
    return row


def _counts(ctx: Context, campaign: Campaign, question: Question) -> dict[str, int]:
    """How often each value was given; those that are mappings count under their JSON text."""
    columns = queries.answers(ctx, campaign.id, question=question.name, structured=True)
    found: dict[str, int] = {}
    for code in columns.value.tolist():
        found[columns.values[code]] = found.get(columns.values[code], 0) + 1
    return found


def _stand(carry: Carry, before: Question | None, after: Question | None, counts: dict[str, int]) -> int | None:
    if carry.fate is Fate.LOST or before is None or after is None:
        return 0
    if carry.fate in (Fate.KEPT, Fate.WIDENED):
        return sum(counts.values())
    if before.kind not in CLOSED or before.per_turn:
        return None
    return sum(count for value, count in counts.items() if _allowed(after, value))


def _allowed(question: Question, value: str) -> bool:
    if question.values:
        parents = {option.parent for option in question.options}
        return value in question.values and not (question.leaves_only and value in parents)
    low, high = question.bounds
    return low <= float(value) <= high


def _lost(ctx: Context, found: Preview) -> dict[str, set[str]]:
    """Batch → tasks with an answer to a closed question that the new version does not allow."""
    after = {question.name: question for question in found.target.questions}
    batches: dict[str, set[str]] = {}
    for question in found.now.questions:
        new = after.get(question.name)
        if question.kind not in CLOSED or question.per_turn or new is None or new.kind is not question.kind:
            continue
        columns = queries.answers(ctx, found.campaign.id, question=question.name)
        gone = {code for code, value in enumerate(columns.values) if not _allowed(new, value)}
        for task, batch, value in zip(columns.task, columns.batch, columns.value, strict=True):
            if int(value) in gone:
                batches.setdefault(columns.batch_ids[int(batch)], set()).add(columns.task_ids[int(task)])
    return {batch: tasks for batch, tasks in batches.items() if batch}


def _gold(ctx: Context, campaign: Campaign, target: Schema) -> str:
    """Why a known right answer is none under a version of the schema."""
    asked = {question.name for question in target.questions}
    for row in given.golds(ctx.db, campaign.id):
        values = {name: value for name, value in row.values.items() if name != UNDECIDED}
        if gone := sorted(set(values) - asked):
            return f"Gold of record '{row.record_id}' answers '{gone[0]}', which is no longer asked."
        try:
            beforehand.check(ctx, target, {row.record_id: values}, said="Gold of")
        except ResponseError as error:
            return error.message
    return ""
