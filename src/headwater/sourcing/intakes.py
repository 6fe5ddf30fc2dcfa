"""Use cases of intakes: one run from raw items to records and rejects, in chunks that each commit whole."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa

from headwater.core.canonical import canonical_json
from headwater.core.ids import new_id
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.sourcing import queries, store, tallies
from headwater.sourcing.curation import Curator, Item, Kept, Recipe, Turned
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
    from datetime import datetime

    from headwater.context import Context
    from headwater.storage.database import Database

    Act = Callable[[], AbstractContextManager[Context]]

CHUNK = 5_000
EXCERPT = 200


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
    on_progress: Callable[[int], None] | None = None,
) -> Intake:
    """Take the items in, going on after those a run before this one settled; then finish the intake.

    Args:
        act: Opens a write transaction as whoever runs the intake.
        database: For the record table's commit, which is outside any transaction.
        intake_id: The intake, begun by `start`.
        items: All items from the first; the same at each run.
        on_progress: Told the number of items settled, outside any transaction.
    """
    with act() as ctx:
        intake = queries.intake(ctx, intake_id)
        if intake.state is IntakeState.DONE:
            return intake
        program, now = ctx.program, ctx.clock.now()
        tables = ctx.records
    curator = _curator(database, program, intake)
    remaining = (item for item in items if item.place > intake.cursor)
    settled = intake.read
    while chunk := list(islice(remaining, CHUNK)):
        results = curator.apply(chunk)
        kept = [result for result in results if isinstance(result, Kept)]
        with ExitStack() as stack:
            pin = stack.enter_context(tables.appended(database, program, _table(kept, intake, now))) if kept else None
            ctx = stack.enter_context(act())
            if pin:
                tables.confirm(ctx.db, program, pin)
            if pin and pin.skipped:  # another intake took them in since this one began
                taken = store.known(ctx.db, program, [item.record_id for item in kept])
                results = [_unless_taken(result, taken) for result in results]
                kept = [result for result in results if isinstance(result, Kept)]
            _settle(ctx, intake, results, kept)
        settled += len(chunk)
        if on_progress:
            on_progress(settled)
    tables.clean(database, program)
    with act() as ctx:
        return _finish(ctx, intake_id)


def _curator(database: Database, program: str, intake: Intake) -> Curator:
    def twins(fingerprints: Sequence[str]) -> dict[str, str]:
        with database.read() as db:
            return store.twins(db, program, fingerprints)

    def known() -> list[tuple[str, bytes]]:
        with database.read() as db:
            return store.signatures(db, program)

    return Curator(recipe_of(intake), intake.source_id, twins, known)


def _unless_taken(result: Kept | Turned, taken: set[str]) -> Kept | Turned:
    if isinstance(result, Turned) or result.record_id not in taken:
        return result
    return Turned(result.item, "duplicate", f"same text as {result.record_id}")


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


def _settle(ctx: Context, intake: Intake, results: list[Kept | Turned], kept: list[Kept]) -> None:
    turned = [result for result in results if isinstance(result, Turned)]
    store.add_rejects(
        ctx.db,
        [
            Reject(
                intake_id=intake.id,
                place=item.item.place,
                reason=item.reason,
                evidence=item.evidence,
                excerpt=item.item.text[:EXCERPT].encode("utf-8", "replace").decode(),
            )
            for item in turned
        ],
    )
    store.add_signatures(ctx.db, ctx.program, [(item.record_id, item.fingerprint, item.signature) for item in kept])
    _tally(ctx, intake, kept)
    store.count_intake(
        ctx.db,
        intake.id,
        read=len(results),
        added=len(kept),
        rejected=len(turned),
        cursor=results[-1].item.place,
    )


def _tally(ctx: Context, intake: Intake, kept: list[Kept]) -> None:
    """Count what was kept; a tally that had missed records before is counted anew from all."""
    own = {"source_id": intake.source_id, "intake_id": intake.id}
    rows = [{**own, "kind": item.item.kind, "language": item.language, **item.item.attributes} for item in kept]
    counted = tallies.add(store.read_tally(ctx.db, ctx.program), rows)
    if counted.records != queries.count(ctx):
        counted = queries.tally(ctx)
    if kept:
        store.write_tally(ctx.db, ctx.program, counted)


def _finish(ctx: Context, intake_id: str) -> Intake:
    store.finish_intake(ctx.db, intake_id, IntakeState.DONE, ctx.clock.now())
    intake = queries.intake(ctx, intake_id)
    counts = {"read": intake.read, "added": intake.added, "rejected": intake.rejected}
    ledger.append(ctx, "intake.finished", subject=intake.id, body=counts)
    return intake


def _table(kept: list[Kept], intake: Intake, now: datetime) -> pa.Table:
    return pa.table(
        {
            "record_id": [item.record_id for item in kept],
            "source_id": [intake.source_id] * len(kept),
            "intake_id": [intake.id] * len(kept),
            "kind": [item.item.kind for item in kept],
            "text": [item.item.text for item in kept],
            "payload": [canonical_json(item.item.payload).decode() for item in kept],
            "attributes": [canonical_json(item.item.attributes).decode() for item in kept],
            "language": [item.language for item in kept],
            "digest": [item.digest for item in kept],
            "created_at": pa.array([now] * len(kept), pa.timestamp("us", tz="UTC")),
        }
    )
