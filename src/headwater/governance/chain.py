"""The hash chain, without a database: what links its entries, where it breaks, what a checkpoint proves."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from headwater.core import merkle
from headwater.core.canonical import canonical_json, digest, plain
from headwater.core.errors import InvalidError
from headwater.governance.model import BrokenEntryError, LedgerEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from headwater.storage.keys import Keys

FIRST = "sha256:" + "0" * 64
"""What the first entry of a chain follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What walking a chain again found."""

    scope: str
    entries: int
    """How many entries were read, the broken one included."""
    head: str
    """Hash of the last entry that holds."""
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
    """RFC 6962 tree head (hex) over the entries' hashes, each as its text."""
    head: str
    """Hash of the last entry."""
    at: str
    public_key: str
    """Ed25519, hexadecimal."""
    signature: str
    """Over the canonical JSON of scope, size, root, head and at; hexadecimal."""


def entry_hash(entry: LedgerEntry) -> str:
    """Return what an entry's `hash` must be: `sha256:` over the canonical JSON of everything else in it."""
    return digest({name: getattr(entry, name) for name in _HASHED})


_HASHED = tuple(field.name for field in fields(LedgerEntry) if field.name != "hash")


def linked(entry: LedgerEntry) -> LedgerEntry:
    """Return the entry with its hash."""
    return replace(entry, hash=entry_hash(entry))


def follow(scope: str, entries: Iterable[LedgerEntry]) -> Audit:
    """Walk a chain from its first entry; the result names the first entry that does not hold."""
    previous, count = FIRST, 0
    try:
        for count, entry in enumerate(entries, start=1):
            if problem := _problem(entry, scope, count, previous):
                return Audit(scope=scope, entries=count, head=previous, broken=count, problem=problem)
            previous = entry.hash
    except BrokenEntryError as error:
        problem = f"entry {count + 1} {error.message}"
        return Audit(scope=scope, entries=count + 1, head=previous, broken=count + 1, problem=problem)
    return Audit(scope=scope, entries=count, head=previous, broken=0, problem="")


def _problem(entry: LedgerEntry, scope: str, place: int, previous: str) -> str:
    if entry.seq != place:
        return f"entry {place} is missing"
    try:
        unchanged = entry_hash(entry) == entry.hash
    except (TypeError, ValueError):  # bytes where text was, a number JSON does not have
        unchanged = False
    if not unchanged or entry.scope != scope:
        return f"entry {place} ({entry.event}) was changed"
    return "" if entry.previous == previous else f"entry {place} does not follow the one before it"


def checkpoint(keys: Keys, scope: str, hashes: Sequence[str], at: datetime) -> Checkpoint:
    """Return a signed checkpoint of a chain with these entry hashes."""
    body = {
        "scope": scope,
        "size": len(hashes),
        "root": tree_head(hashes),
        "head": hashes[-1] if hashes else FIRST,
        "at": str(plain(at)),
    }
    signature = keys.sign(canonical_json(body)).hex()
    return Checkpoint(**body, public_key=keys.public_key.hex(), signature=signature)  # type: ignore[arg-type]


def tree_head(hashes: Sequence[str]) -> str:
    """Return the RFC 6962 tree head (hex) over entry hashes."""
    return merkle.root([value.encode() for value in hashes]).hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """The proof that a chain began with its first entries, for whoever kept their tree head (RFC 6962)."""

    scope: str
    size: int
    larger: int
    """How many entries the chain has now."""
    root: str
    """Its tree head now, hexadecimal."""
    proof: tuple[str, ...]
    """Hashes of the consistency proof, hexadecimal; checked as RFC 9162, section 2.1.4.2, says."""


def growth(scope: str, hashes: Sequence[str], size: int) -> Growth:
    """Return the proof that a chain with these entry hashes began with the first `size` of them.

    Raises:
        InvalidError: It never had that many.
    """
    if not 0 <= size <= len(hashes):
        raise InvalidError(f"The chain has {len(hashes)} entries, not {size}.")
    proof = merkle.consistency([value.encode() for value in hashes], size)
    return Growth(
        scope=scope,
        size=size,
        larger=len(hashes),
        root=tree_head(hashes),
        proof=tuple(node.hex() for node in proof),
    )


def contradiction(kept: Checkpoint, hashes: Sequence[str], public_key: str) -> str:
    """Return why a chain with these entry hashes cannot be the one a checkpoint was taken of; empty when it can.

    Args:
        kept: A checkpoint from a second place.
        hashes: The hashes of the chain's entries as they are now.
        public_key: The key whose signature is believed, hexadecimal.
    """
    if kept.public_key != public_key:
        return f"the checkpoint of {kept.at} is signed by another key"
    if not _signed(kept):
        return f"the checkpoint of {kept.at} was changed after it was signed"
    if len(hashes) < kept.size:
        return f"the chain has {len(hashes)} entries, but had {kept.size} at {kept.at}"
    if tree_head(hashes[: kept.size]) != kept.root:
        return f"the first {kept.size} entries are not those of the checkpoint of {kept.at}: history was rewritten"
    return ""


def _signed(kept: Checkpoint) -> bool:
    body = {name: getattr(kept, name) for name in ("scope", "size", "root", "head", "at")}
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(kept.public_key))
        key.verify(bytes.fromhex(kept.signature), canonical_json(body))
    except (InvalidSignature, ValueError):
        return False
    return True


def written(entry: LedgerEntry) -> bytes:
    """Return an entry as one line of canonical JSON."""
    return canonical_json({name: getattr(entry, name) for name in (*_HASHED, "hash")}) + b"\n"


def read(lines: Iterable[bytes]) -> Iterator[LedgerEntry]:
    """Yield the entries of exported lines.

    Raises:
        BrokenEntryError: A line is not the canonical JSON of an entry.
    """
    for line in lines:
        try:
            values = json.loads(line)
            entry = LedgerEntry(**values | {"at": datetime.fromisoformat(values["at"])})
        except (ValueError, TypeError, KeyError) as error:
            raise BrokenEntryError("cannot be read") from error
        if written(entry) != line.rstrip(b"\r\n") + b"\n":
            raise BrokenEntryError("was changed: it is not in canonical form")
        yield entry


def kept_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint written in a text, as `headwater audit checkpoint --json` prints it.

    Raises:
        InvalidError: It is not one.
    """
    try:
        found = Checkpoint(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise InvalidError(
            "This is not a checkpoint.", remedy="Pass what `headwater audit checkpoint --json` printed."
        ) from error
    if not isinstance(found.size, int):
        raise InvalidError("The size of this checkpoint is not a number.")
    return found
