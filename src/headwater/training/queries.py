"""Reads of training for other parts and for the edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.storage.database import WHOLE, Part
from headwater.training import store
from headwater.training.model import Run, UnknownRunError

if TYPE_CHECKING:
    from headwater.context import Context


def runs(ctx: Context, *, release: str = "", part: Part = WHOLE) -> list[Run]:
    """Return training runs, newest first; those of a release when named."""
    return store.search(ctx.db, ctx.program, release=release, part=part)


def run(ctx: Context, identifier: str) -> Run:
    """Return a run by its id or its model's id."""
    found = store.search(ctx.db, ctx.program, identifier=identifier)
    if not found:
        raise UnknownRunError(f"There is no training run or model '{identifier}'.")
    return found[0]
