"""Reads of remediation for the edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.core.errors import NotFoundError
from headwater.remediation import store
from headwater.remediation.model import Brief, Diagnosis, UnknownBriefError

if TYPE_CHECKING:
    from headwater.context import Context


def diagnoses(ctx: Context, *, release: str = "") -> list[Diagnosis]:
    """Return diagnoses, newest first."""
    return store.diagnoses(ctx.db, ctx.program, release=release)


def diagnosis(ctx: Context, identifier: str) -> Diagnosis:
    """Return a diagnosis."""
    found = store.diagnoses(ctx.db, ctx.program, identifier=identifier)
    if not found:
        raise NotFoundError(f"There is no diagnosis '{identifier}'.")
    return found[0]


def briefs(ctx: Context, *, release: str = "") -> list[Brief]:
    """Return briefs, newest first."""
    return store.briefs(ctx.db, ctx.program, release=release)


def brief(ctx: Context, identifier: str) -> Brief:
    """Return a brief."""
    found = store.briefs(ctx.db, ctx.program, identifier=identifier)
    if not found:
        raise UnknownBriefError(f"There is no brief '{identifier}'.")
    return found[0]
