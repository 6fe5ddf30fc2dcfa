"""Use cases of intakes: one run from raw items to records and rejects, in chunks that each commit whole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from headwater.core.ids import new_id
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.sourcing import queries, store, tallies
from headwater.sourcing.curation import Curator, Reason, Recipe, turned
from headwater.sourcing.items import chunked
from headwater.sourcing.known import Known, signed
from headwater.sourcing.marks import Block, Marks, buckets, raw
from headwater.sourcing.model import (
    Intake,
    IntakeId,
    IntakeState,
    Reject,
    Source,
    SourceNotApprovedError,
    SourceState,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Future
    from datetime import datetime

    from headwater.context import Context
    from headwater.sourcing.curation import Kept, Outcome, Turned
    from headwater.sourcing.items import Chunk, Item
    from headwater.storage.database import Database
    from headwater.storage.records import RecordTables

    Act = Callable[[], AbstractContextManager[Context]]
    Then = Callable[[Context, Sequence[str], Sequence[str]], None]
    """Told, in the transaction that settles a chunk, which records it made and which say the same as others of it."""

CHUNK = 35_000


def permit(ctx: Context, source: str) -> None:
    """Check that the actor may take in from a source now, before a long upload.

    Raises:
        SourceNotApprovedError: The source is not approved.
    """
    require(ctx, Decision.INTAKE_RUN)
    _approved(ctx, source)


def start(ctx: Context, *, source: str, origin: str, recipe: Recipe | None = None) -> Intake:
    """Begin an intake of an approved source.

    Raises:
        SourceNotApprovedError: The source is not approved.
    """
    require(ctx, Decision.INTAKE_RUN)
    found = _approved(ctx, source)
    recipe = recipe or Recipe()
    intake = Intake(
        id=IntakeId(new_id("int")),
        source_id=found.id,
        origin=origin,
        recipe={name: getattr(recipe, name) for name in recipe.__dataclass_fields__},
        state=IntakeState.RUNNING,
        read=0,
        added=0,
        rejected=0,
        cursor=0,
        started_by=ctx.actor,
        started_at=ctx.clock.now(),
        finished_at=None,
    )
    store.add_intake(ctx.db, intake, ctx.program)
    lineage.record(
        ctx,
        activity="intake.run",
        used=[Node(id=found.id, kind="source", label=found.name)],
        generated=[Node(id=intake.id, kind="intake", label=origin)],
    )
    ledger.append(ctx, "intake.started", subject=intake.id, body={"source": found.id, "recipe": intake.recipe})
    return intake


def run(
    act: Act,
    database: Database,
    intake_id: str,
    items: Iterable[Item],
    *,
    then: Then | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> Intake:
    """Take the items in, going on after those a run before this one settled; then finish the intake.

    Args:
        act: Opens a write transaction as whoever runs the intake.
        database: For the record table's commit, which is outside any transaction.
        intake_id: The intake, begun by `start`.
        items: All items from the first; the same at each run.
        then: What else is done about the records of each chunk, in the transaction that settles it.
        on_progress: Told the number of items settled, outside any transaction.
    """
    with act() as ctx:
        intake = queries.intake(ctx, intake_id)
        if intake.state is IntakeState.DONE:
            return intake
        program, now = ctx.program, ctx.clock.now()
        tables = ctx.records
    known = Marks(Known(database, program))
    near = partial(signed, tables, database, program)
    curator = Curator(recipe_of(intake), intake.source_id, known, near)
    work = _Work(act, database, tables, intake, program, known, then)
    settled = intake.read
    with ThreadPoolExecutor(1, "intake") as writer:  # one chunk is written while the next one is screened
        writing: Future[int] | None = None
        for chunk in chunked(items, after=intake.cursor, most=CHUNK):
            outcome = curator.apply(chunk)
            rows = _table(outcome.kept, intake, now)
            if writing is not None:
                settled = _told(work, settled + writing.result(), on_progress)
            writing = writer.submit(_write, work, chunk, outcome, rows)
        if writing is not None:
            _told(work, settled + writing.result(), on_progress)
    tables.clean(database, program)
    with act() as ctx:
        return _finish(ctx, intake_id)


class _Work(NamedTuple):
    """What the chunks of an intake are written with."""

    act: Act
    database: Database
    tables: RecordTables
    intake: Intake
    program: str
    known: Marks
    then: Then | None


def _told(work: _Work, settled: int, on_progress: Callable[[int], None] | None) -> int:
    work.known.committed()
    if on_progress:
        on_progress(settled)
    return settled


def _write(work: _Work, chunk: Chunk, outcome: Outcome, rows: pa.Table) -> int:
    """Commit what became of a chunk, and the rows of what is kept of it; returns how many items it had."""
    kept, refused, same = outcome.kept, outcome.turned, outcome.same
    with ExitStack() as stack:
        block = None
        if kept.indices:
            compared = work.known.compared(outcome.seen)
            pin = stack.enter_context(work.tables.appended(work.database, work.program, rows, compared=compared))
            refused = refused + _taken(chunk, kept, pin.present)  # by another intake since this one began
            kept, same = kept.without(pin.present), [*same, *sorted(pin.present.difference(same))]
            if pin.added:
                block = Block(pin.next_seq - pin.added, pin.added)
                work.known.committing(outcome.block, block)
        ctx = stack.enter_context(work.act())
        if kept.indices or refused is not outcome.turned:
            work.tables.confirm(ctx.db, work.program, pin)
        if block:
            by_bucket = buckets(kept.fingerprints)
            store.add_block(ctx.db, ctx.program, block, raw(kept.record_ids), b"".join(kept.signatures), by_bucket)
        if work.then:
            work.then(ctx, kept.record_ids, same)
        _settle(ctx, work.intake, chunk, kept, refused)
    return len(chunk.places)


def _taken(chunk: Chunk, kept: Kept, present: frozenset[str]) -> list[Turned]:
    return [
        turned(chunk, index, Reason("duplicate", f"same text as {record}"))
        for index, record in zip(kept.indices, kept.record_ids, strict=True)
        if record in present
    ]


def recipe_of(intake: Intake) -> Recipe:
    """Return the recipe an intake was begun with."""
    values = dict(intake.recipe)
    return Recipe(**values | {"languages": tuple(values["languages"])})  # type: ignore[arg-type]


def _approved(ctx: Context, source: str) -> Source:
    found = queries.source(ctx, source)
    if found.state is not SourceState.APPROVED:
        raise SourceNotApprovedError(
            f"Source '{found.name}' is {found.state.value}; nothing is taken in before it is approved.",
            remedy="Have it proposed and approved first.",
        )
    return found


def _settle(ctx: Context, intake: Intake, chunk: Chunk, kept: Kept, refused: Sequence[Turned]) -> None:
    rejects = [
        Reject(intake_id=intake.id, place=item.place, reason=item.reason, evidence=item.evidence, excerpt=item.excerpt)
        for item in refused
    ]
    store.add_rejects(ctx.db, rejects)
    _tally(ctx, intake, kept)
    counts = {"read": len(chunk.places), "added": len(kept.indices), "rejected": len(refused)}
    store.count_intake(ctx.db, intake.id, **counts, cursor=chunk.places[-1])


def _tally(ctx: Context, intake: Intake, kept: Kept) -> None:
    """Count what was kept; a tally that had missed records before is counted anew from all."""
    size = len(kept.indices)
    own: dict[str, Sequence[object]] = {
        "source_id": [intake.source_id] * size,
        "intake_id": [intake.id] * size,
        "kind": kept.kinds,
    }
    counted = tallies.add(store.read_tally(ctx.db, ctx.program), kept.seen, own)
    if counted.records != queries.count(ctx):
        counted = queries.tally(ctx)
    if size:
        store.write_tally(ctx.db, ctx.program, counted)


def _finish(ctx: Context, intake_id: str) -> Intake:
    store.finish_intake(ctx.db, intake_id, IntakeState.DONE, ctx.clock.now())
    intake = queries.intake(ctx, intake_id)
    counts = {"read": intake.read, "added": intake.added, "rejected": intake.rejected}
    ledger.append(ctx, "intake.finished", subject=intake.id, body=counts)
    return intake


def _table(kept: Kept, intake: Intake, now: datetime) -> pa.Table:
    size = len(kept.indices)
    return pa.table(
        {
            "record_id": kept.record_ids,
            "source_id": pa.repeat(pa.scalar(intake.source_id), size),
            "intake_id": pa.repeat(pa.scalar(intake.id), size),
            "kind": kept.kinds,
            "text": kept.texts,
            "payload": kept.payloads,
            "attributes": kept.attributes,
            "language": kept.languages,
            "digest": kept.digests,
            "created_at": pa.repeat(pa.scalar(now, pa.timestamp("us", tz="UTC")), size),
        }
    )
