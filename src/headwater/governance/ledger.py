"""The ledger: an append-only, hash-chained record of every decision and change of state.

Entries hold ids only, no personal data. Answers are not entries of their own: a batch is sealed by one entry
that carries the Merkle root of its answers.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from headwater.core import merkle
from headwater.core.canonical import canonical_json, digest, plain
from headwater.governance.model import LedgerEntry
from headwater.governance.store import ledger as store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from headwater.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What walking a chain again found."""

    scope: str
    entries: int
    head: str
    broken: int
    """The first entry that does not hold, from 1; 0 when all do."""
    problem: str

    @property
    def verified(self) -> bool:
        """Whether every entry holds."""
        return self.broken == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The size and tree head of a chain at a time, signed, to be kept in a second place."""

    scope: str
    size: int
    root: str
    head: str
    at: str
    public_key: str
    signature: str


def append(ctx: Context, event: str, *, subject: str, body: Mapping[str, object]) -> LedgerEntry:
    """Add an entry to the chain of the program, or of the workspace outside one."""
    scope = ctx.program or "workspace"
    end = store.lock(ctx.db, scope)
    entry = LedgerEntry(
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
    entry = replace(entry, hash=_hash(entry))
    store.append(ctx.db, entry)
    return entry


def verify(ctx: Context, scope: str = "") -> Audit:
    """Walk a chain again; the program's by default. Names the first entry that does not hold."""
    scope = scope or ctx.program or "workspace"
    expected, count = store.FIRST, 0
    for entry in store.walk(ctx.db, scope):
        count += 1
        problem = ""
        if entry.seq != count:
            problem = f"entry {count} is missing"
        elif entry.previous != expected:
            problem = f"entry {count} does not follow the one before it"
        elif _hash(replace(entry, hash="")) != entry.hash:
            problem = f"entry {count} ({entry.event}) was changed"
        if problem:
            return Audit(scope=scope, entries=count, head=expected, broken=count, problem=problem)
        expected = entry.hash
    end = store.head(ctx.db, scope)
    if (end.seq, end.hash) != (count, expected):
        problem = f"the chain ends at {count} but its head says {end.seq}: entries were cut off"
        return Audit(scope=scope, entries=count, head=expected, broken=count + 1, problem=problem)
    return Audit(scope=scope, entries=count, head=expected, broken=0, problem="")


def verify_all(ctx: Context) -> list[Audit]:
    """Walk every chain of the workspace again."""
    return [verify(ctx, scope) for scope in store.scopes(ctx.db)]


def checkpoint(ctx: Context, scope: str = "") -> Checkpoint:
    """Return a signed checkpoint of a chain: its RFC 6962 tree head over the entry hashes."""
    scope = scope or ctx.program or "workspace"
    hashes = [entry.hash for entry in store.walk(ctx.db, scope)]
    body = {
        "scope": scope,
        "size": len(hashes),
        "root": merkle.root([value.encode() for value in hashes]).hex(),
        "head": hashes[-1] if hashes else store.FIRST,
        "at": str(plain(ctx.clock.now())),
    }
    signature = ctx.keys.sign(canonical_json(body)).hex()
    return Checkpoint(**body, public_key=ctx.keys.public_key.hex(), signature=signature)  # type: ignore[arg-type]


def export(ctx: Context, scope: str = "") -> Iterator[bytes]:
    """Yield a chain's entries as canonical JSON lines."""
    for entry in store.walk(ctx.db, scope or ctx.program or "workspace"):
        yield canonical_json(asdict(entry)) + b"\n"


def _hash(entry: LedgerEntry) -> str:
    body = asdict(entry)
    del body["hash"]
    return digest(body)
