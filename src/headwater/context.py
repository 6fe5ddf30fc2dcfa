"""The context of one transaction: who acts, in which program, on what. Fields only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headwater.core.clock import Clock
    from headwater.core.settings import Settings
    from headwater.storage.database import Connection
    from headwater.storage.keys import Keys
    from headwater.storage.objects import ObjectStore
    from headwater.storage.records import RecordTables


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything a use case may touch."""

    actor: str
    """The person who acts (`per_…`), or `system` for the platform's own housekeeping."""
    program: str
    """The program this happens in (`prg_…`); empty for acts on the workspace itself."""
    db: Connection
    """The open transaction; whoever opened it commits it."""
    clock: Clock
    """The time."""
    objects: ObjectStore
    """Immutable bytes by name."""
    records: RecordTables
    """Record payloads, one table per program."""
    keys: Keys
    """Signing and keyed-hash secrets of the workspace."""
    settings: Settings
    """The workspace's settings."""
