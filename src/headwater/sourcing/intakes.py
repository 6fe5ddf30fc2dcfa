"""Use cases of intakes: one run from raw items to records and rejects, in chunks that each commit whole."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Self

import pyarrow as pa

from headwater.core.ids import new_id
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.sourcing import pictures, queries, store, tallies
from headwater.sourcing.curation import Curator, Recipe
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
from headwater.sourcing.outcomes import Turned, excerpt, same_as
from headwater.storage.appends import Appends

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from datetime import datetime

    from headwater.context import Context
    from headwater.sourcing.items import Chunk, Item
    from headwater.sourcing.outcomes import Content, Kept, Outcome
    from headwater.storage.database import Database
    from headwater.storage.objects import ObjectStore
    from headwater.storage.pins import Pin

    Act = Callable[[], AbstractContextManager[Context]]
    Then = Callable[[Context, Sequence[str], Sequence[str]], None]
    """Told, in the transaction that settles a chunk, which records it made and which say the same as others of it."""

CHUNK = 30_000
_IN_A_ROW = 8
"""Chunks after which the record table is free for other intakes."""


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
        objects = ctx.objects
    known = Marks(Known(database, program))
    near = partial(signed, tables, database, program)
    curator = Curator(recipe_of(intake), intake.source_id, known, near)
    with _Writer(act, Appends(tables, database, program), intake, known, then) as writer:
        settled = intake.read
        for chunk in chunked(items, after=intake.cursor, most=CHUNK):
            for size in writer.write(chunk.places, *_screen(curator, chunk, intake, now, objects)):
                settled = _told(settled + size, on_progress)
        for size in writer.rest():
            settled = _told(settled + size, on_progress)
    tables.clean(database, program)
    with act() as ctx:
        return _finish(ctx, intake_id)


def _screen(
    curator: Curator, chunk: Chunk, intake: Intake, now: datetime, objects: ObjectStore
) -> tuple[Outcome, pa.Table]:
    """Return what becomes of a chunk and the rows of its records, which alone hold their texts from then on."""
    outcome, content = curator.apply(chunk)
    pictures.keep(objects, (chunk.others[each] for each in outcome.kept.indices if each in chunk.others))
    return outcome, _table(outcome.kept, content, intake, now)


def _told(settled: int, on_progress: Callable[[int], None] | None) -> int:
    if on_progress:
        on_progress(settled)
    return settled


class _Ready(NamedTuple):
    """A chunk whose rows are in the record table, to be made visible."""

    places: Sequence[int]
    """Of all its items."""
    kept: Kept
    refused: Sequence[Turned]
    same: Sequence[str]
    pin: Pin | None
    """None when nothing was kept of it."""
    block: Block | None
    """Where its records are; None when it has none that are new."""
    number: int
    """Of its marks."""


class _Writer:
    """Writes chunks in two steps, each in a thread: rows to the record table, then the transaction that settles them.

    So one chunk is appended while the one before it is settled and the one after it is screened. A chunk is settled
    after those before it, or not at all.
    """

    def __init__(self, act: Act, appends: Appends, intake: Intake, known: Marks, then: Then | None) -> None:
        self._act, self._appends, self._intake, self._known, self._then = act, appends, intake, known, then
        self._stack = ExitStack()
        self._under_way: deque[Future[_Ready]] = deque()
        self._written = 0

    def __enter__(self) -> Self:
        self._stack.enter_context(self._appends)
        self._appending = self._stack.enter_context(ThreadPoolExecutor(1, "intake append"))
        self._settling = self._stack.enter_context(ThreadPoolExecutor(1, "intake"))
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def write(self, places: Sequence[int], outcome: Outcome, rows: pa.Table) -> Iterator[int]:
        """Begin to write a chunk, and yield how many items those had that were settled before there was room for it."""
        yield from self.rest(leave=1 if self._written % _IN_A_ROW else 0)
        self._written += 1
        ready = self._appending.submit(self._append, places, outcome, rows)
        before = self._under_way[-1] if self._under_way else None
        self._under_way.append(self._settling.submit(self._settle, ready, before))

    def rest(self, *, leave: int = 0) -> Iterator[int]:
        """Yield how many items the chunks under way had as each is settled, but for the last so many."""
        while len(self._under_way) > leave:
            done = self._under_way.popleft().result()
            if done.block:
                self._known.committed(done.number)
            yield len(done.places)

    def _append(self, places: Sequence[int], outcome: Outcome, rows: pa.Table) -> _Ready:
        """Add the rows of what is kept of a chunk to the record table."""
        kept, refused, same = outcome.kept, outcome.turned, outcome.same
        if not kept.indices:
            return _Ready(places, kept, refused, same, None, None, outcome.block)
        pin = self._appends.append(rows, compared=self._known.compared(outcome.seen))
        refused = refused + _taken(places, kept, rows, pin.present)  # by another intake since this one began
        kept, same = kept.without(pin.present), [*same, *sorted(pin.present.difference(same))]
        block = Block(pin.next_seq - pin.added, pin.added) if pin.added else None
        if block:
            self._known.committing(outcome.block, block)
        return _Ready(places, kept, refused, same, pin, block, outcome.block)

    def _settle(self, appended: Future[_Ready], before: Future[_Ready] | None) -> _Ready:
        """Commit what became of a chunk."""
        if before is not None:
            before.result()
        ready = appended.result()
        kept, block = ready.kept, ready.block
        with self._act() as ctx, self._appends.confirmed(ctx.db, ready.pin) if ready.pin else nullcontext():
            if block:
                by_bucket = buckets(kept.fingerprints)
                store.add_block(ctx.db, ctx.program, block, raw(kept.record_ids), b"".join(kept.signatures), by_bucket)
            if self._then:
                self._then(ctx, kept.record_ids, ready.same)
            _settle(ctx, self._intake, ready.places, kept, ready.refused)
        return ready


def _taken(places: Sequence[int], kept: Kept, rows: pa.Table, present: frozenset[str]) -> list[Turned]:
    texts = rows.column("text")
    return [
        Turned(places[index], "duplicate", same_as("text", record), excerpt(texts[row].as_py()))
        for row, (index, record) in enumerate(zip(kept.indices, kept.record_ids, strict=True))
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


def _settle(ctx: Context, intake: Intake, places: Sequence[int], kept: Kept, refused: Sequence[Turned]) -> None:
    rejects = [
        Reject(intake_id=intake.id, place=item.place, reason=item.reason, evidence=item.evidence, excerpt=item.excerpt)
        for item in refused
    ]
    store.add_rejects(ctx.db, rejects)
    _tally(ctx, intake, kept)
    counts = {"read": len(places), "added": len(kept.indices), "rejected": len(refused)}
    store.count_intake(ctx.db, intake.id, **counts, cursor=places[-1])


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


def _table(kept: Kept, content: Content, intake: Intake, now: datetime) -> pa.Table:
    size = len(kept.indices)
    return pa.table(
        {
            "record_id": kept.record_ids,
            "source_id": pa.repeat(pa.scalar(intake.source_id), size),
            "intake_id": pa.repeat(pa.scalar(intake.id), size),
            "kind": kept.kinds,
            "text": content.texts,
            "payload": content.payloads,
            "attributes": content.attributes,
            "language": content.languages,
            "digest": content.digests,
            "created_at": pa.repeat(pa.scalar(now, pa.timestamp("us", tz="UTC")), size),
        }
    )
