"""Tasks and answers leaving the platform as they stood at one moment, annotators under pseudonyms.

An export holds no transaction open while its reader is slow: each block is a read of its own, and all of them see the
moment at which the export began.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headwater.annotation import content, queries
from headwater.annotation.exchange.model import COMMENTS, Item, Reply
from headwater.annotation.model import Batch, Campaign, Schema
from headwater.annotation.store import comments, priors, reads, rulings
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.sourcing import queries as sourcing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from typing import Any

    from headwater.context import Context

    Opened = Callable[[], AbstractContextManager[Context]]
    """Opens a read transaction as the person who exports."""

BLOCK = 2_000
"""Tasks in memory at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is exported."""

    campaign: Campaign
    schema: Schema
    batches: tuple[Batch, ...]
    as_of: datetime
    unanswered: bool
    """Whether tasks without an answer are in it."""
    has_priors: bool
    """Whether answers came with records from elsewhere."""
    has_comments: bool
    """Whether anything was said about answers."""


def scope(ctx: Context, campaign_id: str, *, unanswered: bool = False) -> Scope:
    """Return what an export of a campaign that begins now contains.

    Raises:
        NotYoursError: The actor may not accept the campaign's work.
        UnknownCampaignError: There is none.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    found = queries.campaign(ctx, campaign_id)
    return Scope(
        campaign=found,
        schema=queries.schema(ctx, found.schema_id),
        batches=tuple(queries.batches(ctx, found.id)),
        as_of=ctx.clock.now(),
        unanswered=unanswered,
        has_priors=priors.has_any(ctx.db, found.id),
        has_comments=bool(comments.newest(ctx.db, found.id, limit=1)),
    )


def items(opened: Opened, wanted: Scope) -> Iterator[Item]:
    """Yield the tasks batch by batch, a block of them in memory at a time."""
    with opened() as ctx:
        settled = _settled(ctx, wanted)
    people: dict[str, str] = {}
    for batch in wanted.batches:
        after = ""
        while True:
            with opened() as ctx:
                rows = _page(ctx, wanted, batch, after)
                people |= {row.annotator: pseudonym(ctx, row.annotator) for row in rows if row.annotator not in people}
                block = list(_items(ctx, wanted, batch, rows, people, settled))
                if wanted.has_priors:
                    block = _with_priors(ctx, wanted, block)
            for item in block:
                if item.answers or wanted.unanswered:
                    yield item
            if len(block) < BLOCK:
                break
            after = block[-1].id


def pseudonym(ctx: Context, person: str | None) -> str:
    """Return the name under which an annotator leaves the platform: always the same, no way back without the key."""
    return f"ann_{ctx.keys.hmac('annotator', person.encode())[-16:]}" if person else ""


def _page(ctx: Context, wanted: Scope, batch: Batch, after: str) -> Sequence[Any]:
    return reads.with_answers(
        ctx.db,
        batch.id,
        after=after,
        limit=BLOCK,
        as_of=wanted.as_of,
        unanswered=wanted.unanswered or wanted.has_priors,
    )


def _settled(ctx: Context, wanted: Scope) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for ruling in rulings.of_campaign(ctx.db, wanted.campaign.id):
        if ruling.decided_at <= wanted.as_of:
            found.setdefault(ruling.task_id, {})[ruling.question] = ruling.value
    return found


def _items(
    ctx: Context,
    wanted: Scope,
    batch: Batch,
    rows: Sequence[Any],
    people: dict[str, str],
    settled: dict[str, dict[str, Any]],
) -> Iterator[Item]:
    records = sourcing.present(ctx, [row.record for row in rows])
    said = _said(ctx, wanted, rows)
    replies: dict[str, list[Reply]] = {}
    about: dict[str, str] = {}
    for row in rows:
        about[row.task] = row.record
        mine = replies.setdefault(row.task, [])
        if row.id is not None:
            mine.append(_reply(row, people[row.annotator], said.get((row.task, row.annotator), [])))
    for task, record_id in about.items():
        record = records.get(record_id)
        yield Item(
            id=task,
            record=record_id,
            batch=batch.name,
            content=content.exported(record) if record else {},
            attributes=record.attributes if record else {},
            answers=tuple(replies[task]),
            settled=settled.get(task, {}),
            foreign=record.payload.get("foreign") or {} if record else {},  # type: ignore[arg-type]
        )


def _said(ctx: Context, wanted: Scope, rows: Sequence[Any]) -> dict[tuple[str, str], list[dict[str, str]]]:
    """The comments that were there when the export began, by task and annotator."""
    if not wanted.has_comments:
        return {}
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    for each in comments.of_tasks(ctx.db, sorted({row.task for row in rows})):
        if each.written_at <= wanted.as_of:
            key = (each.task_id, str(each.annotator))
            one = {"text": each.text, "by": each.speaker, "at": _moment(each.written_at)}
            found.setdefault(key, []).append(one)
    return found


def _with_priors(ctx: Context, wanted: Scope, block: list[Item]) -> list[Item]:
    """The tasks with the answers and suggestions their records came with before those given here."""
    came: dict[tuple[str, bool], list[Reply]] = {}
    for row in priors.of_records(ctx.db, wanted.campaign.id, [item.record for item in block]):
        foreign = dict(row.foreign_data)
        reply = Reply(
            id=foreign.pop("id", ""),
            by=row.author,
            at=row.given_at,
            score=row.score,
            values=row.response,
            provenance={"imported": True} | row.provenance,
            foreign=foreign,
        )
        came.setdefault((row.record_id, row.is_answer), []).append(reply)
    return [
        replace(
            item,
            answers=(*came.get((item.record, True), ()), *item.answers),
            suggestions=tuple(came.get((item.record, False), ())),
        )
        for item in block
    ]


def _reply(row: Any, by: str, said: list[dict[str, str]]) -> Reply:  # noqa: ANN401 -- a row of the store
    provenance = {
        "schema": row.schema_id,
        "guideline": row.guideline_id,
        "cohort": row.cohort_id,
        "version": row.version,
        "lead_time_ms": row.lead_time_ms,
    }
    if row.prelabel:
        provenance |= {"prelabel": row.prelabel, "blinded": row.is_blinded, "edited": row.is_edited}
    if said:
        provenance[COMMENTS] = said
    return Reply(id=row.id, by=by, at=_moment(row.submitted_at), values=row.response, provenance=provenance)


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
