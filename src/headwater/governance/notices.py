"""Notices: messages to people that something happened or waits for them, with receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.core.ids import new_id
from headwater.governance.model import Notice, PersonId, ProgramId
from headwater.governance.store import decisions as store

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headwater.context import Context


def send(ctx: Context, to: Iterable[str], *, kind: str, subject: str, text: str) -> None:
    """Put a message into the inbox of each person once."""
    now = ctx.clock.now()
    store.notify(
        ctx.db,
        [
            Notice(
                id=new_id("ntc"),
                program=ProgramId(ctx.program),
                person=PersonId(person),
                kind=kind,
                subject=subject,
                text=text,
                url="",
                created_at=now,
                read_at=None,
            )
            for person in dict.fromkeys(to)
        ],
    )


def receive(ctx: Context, notices: Sequence[str] = ()) -> None:
    """Give receipt for the actor's notices; for all of them when none are named."""
    store.mark_read(ctx.db, ctx.actor, notices, ctx.clock.now())
