"""Exactly once: the result of an act, kept in the same transaction as the act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa

from headwater.core.canonical import plain
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.core.clock import Clock
    from headwater.storage.database import Connection


class Act(Protocol):
    """What of a context an act needs to be remembered; a context stands above storage."""

    @property
    def db(self) -> Connection:
        """The transaction of the act."""

    @property
    def clock(self) -> Clock:
        """The time."""


performed = sa.Table(
    "performed",
    metadata,
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("result", sa.JSON, nullable=False),
    sa.Column("at", Moment, nullable=False),
)
"""Acts that happened, by a key their caller chose; a repeat finds its answer here."""


def recall(ctx: Act, key: str) -> dict[str, Any] | None:
    """Return the result remembered under a key, or None; whoever else asks waits until this transaction has ended."""
    if ctx.db.dialect.name == "postgresql":  # on SQLite one transaction writes at a time
        ctx.db.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))
    found: dict[str, Any] | None = ctx.db.execute(
        sa.select(performed.c.result).where(performed.c.key == key)
    ).scalar_one_or_none()
    return found


def remember(ctx: Act, key: str, result: object) -> None:
    """Keep a result under a key, which must be new."""
    ctx.db.execute(performed.insert().values(key=key, result=plain(result), at=ctx.clock.now()))


def once(ctx: Act, key: str, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what `act` returned when it was first done under this key, doing it now if it never was."""
    known = recall(ctx, key)
    if known is not None:
        return known
    result = act()
    remember(ctx, key, result)
    return result
