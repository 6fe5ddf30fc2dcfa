"""Passwords: hashed with argon2id, and proven outside any transaction, because that takes time on purpose."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from headwater.core.errors import InvalidError

if TYPE_CHECKING:
    from headwater.governance.model import PersonId

SHORTEST, LONGEST = 12, 1000
_hasher = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
"""RFC 9106, second recommended option: 64 MiB, three passes, four lanes."""
_at_once = threading.BoundedSemaphore(4)
"""So that many sign-ins at once take time, not all memory."""
_DECOY = "$argon2id$v=19$m=65536,t=3,p=4$iTwuXmpT+ddk7QzEHShkOQ$U+qCUvL6liMHHcEyWoKKfXAa1Aln12h/xtBJtGV2rOQ"
"""The hash of a secret nobody knows, so that an unknown handle takes as long as a wrong password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A sign-in under way; it counts as failed until it is proven."""

    id: str
    person: PersonId | None
    """Nobody when the handle is unknown, or its person has no password or has left."""
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That somebody knows a person's password; only `prove` makes one."""

    person: PersonId
    attempt: str
    renewed: str
    """A new hash of the password, when the stored one was made with weaker parameters; else empty."""


def hashed(password: str) -> str:
    """Return the argon2id hash of a new password.

    Raises:
        InvalidError: It is shorter than 12 or longer than 1,000 characters.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidError(f"A password needs at least {SHORTEST} and at most {LONGEST:,} characters.")
    with _at_once:
        return _hasher.hash(password)


def prove(attempt: Attempt, password: str) -> Proof | None:
    """Return the proof that a password is right, or None; either takes the same time, whoever it is."""
    known = attempt.hash if attempt.person else ""
    try:
        with _at_once:
            _hasher.verify(known or _DECOY, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return None
    if attempt.person is None or not known:
        return None
    renewed = hashed(password) if _hasher.check_needs_rehash(known) else ""
    return Proof(person=attempt.person, attempt=attempt.id, renewed=renewed)
