"""Programs: made by an administrator, with a first charter and the default RACI chart.

The bootstrap rule: a new program starts with the default chart, and administrators assign its roles; from then on
charter and chart change only by decision (`charters`).
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from headwater.core.canonical import digest
from headwater.core.errors import ConflictError, ForbiddenError, InvalidError
from headwater.core.ids import new_id
from headwater.governance import ledger
from headwater.governance.chart import default_chart
from headwater.governance.model import (
    SYSTEM,
    Charter,
    CriticalSlice,
    Program,
    ProgramId,
    Standard,
)
from headwater.governance.store import people
from headwater.governance.store import programs as store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.context import Context


def create(  # noqa: PLR0913 -- a charter has this many parts
    ctx: Context,
    *,
    slug: str,
    name: str,
    purpose: str = "",
    targets: Sequence[str] = (),
    standards: Sequence[Standard] = (),
    critical_slices: Sequence[CriticalSlice] = (),
    solo: bool = False,
) -> Program:
    """Make a program with its first charter and the default chart.

    Raises:
        ForbiddenError: The actor is not an administrator.
        ConflictError: The short name is taken.
        InvalidError: The short name is not letters, digits and dashes.
    """
    require_admin(ctx)
    if not slug.replace("-", "").isalnum() or slug != slug.lower():
        raise InvalidError(f"'{slug}' is not a short name: use lower-case letters, digits and dashes.")
    if store.select(ctx.db, slug=slug):
        raise ConflictError(f"There is a program '{slug}' already.", remedy="Choose another short name.")
    charter = Charter(
        version=1,
        purpose=purpose,
        targets=tuple(targets),
        standards=tuple(standards),
        critical_slices=tuple(critical_slices),
        chart=default_chart(),
        solo=solo,
    )
    program = Program(id=ProgramId(new_id("prg")), slug=slug, name=name, charter=charter, created_at=ctx.clock.now())
    store.add(ctx.db, program)
    store.add_charter(ctx.db, new_id("chr"), program.id, charter, program.created_at)
    store.enforce(ctx.db, program.id, charter)
    inside = replace(ctx, program=program.id)
    ledger.append(
        inside, "program.created", subject=program.id, body={"slug": slug, "charter": digest(asdict(charter))}
    )
    return program


def require_admin(ctx: Context) -> None:
    """Return only when the actor is an administrator of the workspace.

    Raises:
        ForbiddenError: They are not.
    """
    if ctx.actor == SYSTEM:
        return
    person = people.get(ctx.db, ctx.actor)
    if person is None or not person.is_admin:
        raise ForbiddenError("Only an administrator of the workspace may do this.")
