"""Reads of governance for other parts and for the edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.governance import chart
from headwater.governance.model import (
    SYSTEM,
    Decision,
    DecisionRecord,
    Delegation,
    Involvement,
    LedgerEntry,
    Notice,
    Person,
    PersonId,
    Program,
    Proposal,
    ProposalState,
    Role,
    UnknownPersonError,
    UnknownProgramError,
    Waiver,
)
from headwater.governance.store import decisions, ledger, people
from headwater.governance.store import programs as store
from headwater.storage.database import WHOLE, Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headwater.context import Context
    from headwater.governance.chart import ChartProblem


def program(ctx: Context) -> Program:
    """Return the program of the context with its charter in force."""
    found = store.select(ctx.db, identifier=ctx.program)
    if not found:
        raise UnknownProgramError(f"There is no program '{ctx.program}'.")
    return found[0]


def program_by_slug(ctx: Context, slug: str) -> Program:
    """Return a program by its short name."""
    found = store.select(ctx.db, slug=slug)
    if not found:
        known = ", ".join(item.slug for item in store.select(ctx.db)) or "none yet"
        raise UnknownProgramError(f"There is no program '{slug}'; there are: {known}.")
    return found[0]


def program_of(ctx: Context, slug: str, person: str) -> Program:
    """Return a program by its short name when a person may see it: as a member, or as administrator."""
    return store.select(ctx.db, identifier=program_id_of(ctx, slug, person))[0]


def program_id_of(ctx: Context, slug: str, person: str) -> str:
    """Return the id of a program that a person may see, without reading its charter."""
    found = store.identifier_for(ctx.db, slug, person) or (
        store.identifier(ctx.db, slug) if _is_admin(ctx, person) else None
    )
    if found:
        return found
    raise UnknownProgramError(f"There is no program '{slug}', or you have no part in it.")


def programs(ctx: Context) -> list[Program]:
    """Return all programs by short name."""
    return store.select(ctx.db)


def programs_of(ctx: Context, person: str) -> list[Program]:
    """Return the programs a person may see."""
    if _is_admin(ctx, person):
        return store.select(ctx.db)
    mine = set(people.programs_of(ctx.db, person))
    return [item for item in store.select(ctx.db) if item.id in mine]


def person(ctx: Context, identifier: str) -> Person:
    """Return a person by id."""
    found = people.get(ctx.db, identifier)
    if found is None:
        raise UnknownPersonError(f"There is no person '{identifier}'.")
    return found


def person_by_handle(ctx: Context, handle: str) -> Person:
    """Return a person by handle."""
    found = people.by_handle(ctx.db, handle)
    if found is None:
        raise UnknownPersonError(f"There is no person '{handle}'.", remedy="See: headwater person list")
    return found


def first_admin(ctx: Context) -> Person:
    """Return the administrator who was there first."""
    admins = [item for item in people.everyone(ctx.db) if item.is_admin and item.is_active]
    if not admins:
        raise UnknownPersonError("This workspace has no administrator.")
    return min(admins, key=lambda item: item.created_at)


def everyone(ctx: Context) -> list[Person]:
    """Return all people of the workspace by handle."""
    return people.everyone(ctx.db)


def names(ctx: Context) -> dict[str, str]:
    """Return the handle of every person by id, for showing."""
    return {str(item.id): item.handle for item in people.everyone(ctx.db)} | {str(SYSTEM): "system"}


def members(ctx: Context) -> list[tuple[Person, Role]]:
    """Return the people of the program with each of their roles, by handle."""
    return people.members(ctx.db, ctx.program)


def roles(ctx: Context, person: str = "") -> list[Role]:
    """Return a person's roles in the program; the actor's by default."""
    return people.roles(ctx.db, ctx.program, person or ctx.actor)


def involved(ctx: Context, decision: Decision, how: Involvement) -> list[PersonId]:
    """Return the people the chart names for a decision, roles resolved."""
    return store.involved(ctx.db, ctx.program, decision, how)


def chart_problems(ctx: Context) -> list[ChartProblem]:
    """Return the holes of the program's chart."""
    charter = program(ctx).charter
    return chart.problems(charter.chart, members(ctx), everyone(ctx), solo=charter.solo)


def proposal(ctx: Context, identifier: str) -> Proposal | None:
    """Return a proposal of the program by id."""
    found = decisions.get(ctx.db, identifier)
    return found if found and found.program == ctx.program else None


def proposals(
    ctx: Context, *, state: ProposalState | None = None, subject: str = "", part: Part = WHOLE
) -> list[Proposal]:
    """Return the program's proposals, newest first."""
    return decisions.search(ctx.db, ctx.program, state=state, subjects=[subject] if subject else None, part=part)


def proposals_about(ctx: Context, subjects: Iterable[str]) -> dict[str, Proposal]:
    """Return the newest proposal about each of some things, by what it is about."""
    found = decisions.search(ctx.db, ctx.program, subjects=list(subjects))
    return {item.subject: item for item in reversed(found)}


def decided(ctx: Context, *, subject: str = "", part: Part = WHOLE) -> list[DecisionRecord]:
    """Return decisions that were taken, newest first."""
    return decisions.records(ctx.db, ctx.program, subject=subject, part=part)


def notices(ctx: Context, *, unread: bool = False, part: Part = WHOLE) -> list[Notice]:
    """Return the actor's notices, newest first; of the program, or of all programs outside one."""
    return decisions.notices(ctx.db, ctx.actor, program=ctx.program, unread=unread, part=part)


def unread_notices(ctx: Context) -> int:
    """Return how many notices wait for the actor."""
    return decisions.unread(ctx.db, ctx.actor)


def delegations(ctx: Context, *, part: Part = WHOLE) -> list[Delegation]:
    """Return the program's delegations, newest first, past ones too."""
    return store.delegations(ctx.db, ctx.program, part=part)


def waivers(ctx: Context, *, part: Part = WHOLE) -> list[Waiver]:
    """Return the program's waivers, newest first, asked for, granted and expired."""
    return store.waivers(ctx.db, ctx.program, part=part)


def live_waivers(ctx: Context) -> list[Waiver]:
    """Return the waivers that are granted and have not expired."""
    return store.waivers(ctx.db, ctx.program, live_at=ctx.clock.now())


def entries(ctx: Context, *, before: int = 0, words: str = "", limit: int = 50) -> list[LedgerEntry]:
    """Return the program's ledger entries, newest first."""
    return ledger.page(ctx.db, ctx.program or "workspace", before=before, words=words, limit=limit)


def _is_admin(ctx: Context, person: str) -> bool:
    found = people.get(ctx.db, person)
    return bool(found and found.is_admin)
