"""The ledger: an append-only, hash-chained record of every decision and change of state.

Entries hold ids only, no personal data. Answers are not entries of their own: a batch is sealed by one entry
that carries the Merkle root of its answers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.core.canonical import plain
from headwater.governance import chain
from headwater.governance.chain import Audit, Checkpoint, Growth
from headwater.governance.model import LedgerEntry
from headwater.governance.store import ledger as store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from headwater.context import Context

WORKSPACE = "workspace"
"""The chain of what happens outside any program."""


def append(ctx: Context, event: str, *, subject: str, body: Mapping[str, object]) -> LedgerEntry:
    """Add an entry to the chain of the program, or of the workspace outside one."""
    scope = ctx.program or WORKSPACE
    end = store.lock(ctx.db, scope)
    entry = chain.linked(
        LedgerEntry(
            scope=scope,
            seq=end.seq + 1,
            at=ctx.clock.now(),
            actor=ctx.actor,
            event=event,
            subject=subject,
            body=plain(body),
            previous=end.hash,
            hash="",
        )
    )
    store.append(ctx.db, entry)
    return entry


def verify(ctx: Context, scope: str = "", *, against: Sequence[Checkpoint] = ()) -> Audit:
    """Walk a chain again; names the first entry that does not hold.

    Args:
        ctx: The context.
        scope: Which chain; the program's by default.
        against: Checkpoints of this chain from a second place, which it must still extend.
    """
    scope = scope or ctx.program or WORKSPACE
    audit = chain.follow(scope, store.walk(ctx.db, scope))
    end = store.head(ctx.db, scope)
    if not audit.verified:
        return audit
    if end.seq != audit.entries:
        problem = f"the chain ends at {audit.entries} but its head says {end.seq}: entries were cut off"
        return replace(audit, broken=min(audit.entries, end.seq) + 1, problem=problem)
    if end.hash != audit.head:
        problem = f"the head of the chain names another hash than entry {end.seq}, its last"
        return replace(audit, broken=end.seq + 1, problem=problem)
    if against:
        hashes = [entry.hash for entry in store.walk(ctx.db, scope)]
        for kept in against:
            problem = chain.contradiction(kept, hashes, ctx.keys.public_key.hex())
            if problem:
                return replace(audit, broken=min(kept.size, audit.entries), problem=problem)
    return audit


def verify_all(ctx: Context, *, against: Sequence[Checkpoint] = ()) -> list[Audit]:
    """Walk every chain of the workspace again, and those that checkpoints know of."""
    scopes = sorted({*store.scopes(ctx.db), *(kept.scope for kept in against)})
    return [verify(ctx, scope, against=[kept for kept in against if kept.scope == scope]) for scope in scopes]


def checkpoint(ctx: Context, scope: str = "") -> Checkpoint:
    """Return a signed checkpoint of a chain: its RFC 6962 tree head over the entry hashes."""
    scope = scope or ctx.program or WORKSPACE
    hashes = [entry.hash for entry in store.walk(ctx.db, scope)]
    return chain.checkpoint(ctx.keys, scope, hashes, ctx.clock.now())


def growth(ctx: Context, size: int, scope: str = "") -> Growth:
    """Return the proof that a chain still begins with the `size` entries of an earlier checkpoint."""
    scope = scope or ctx.program or WORKSPACE
    return chain.growth(scope, [entry.hash for entry in store.walk(ctx.db, scope)], size)


def export(ctx: Context, scope: str = "") -> Iterator[bytes]:
    """Yield a chain's entries as lines of canonical JSON."""
    for entry in store.walk(ctx.db, scope or ctx.program or WORKSPACE):
        yield chain.written(entry)
