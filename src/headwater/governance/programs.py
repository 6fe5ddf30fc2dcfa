"""Programs and their charters: made by an administrator, changed by decision.

The bootstrap rule: a new program starts with the default chart, and administrators assign its first roles;
from then on charter and chart change only through `charter.change` and `raci.change`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from headwater.core.canonical import digest
from headwater.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from headwater.core.ids import new_id
from headwater.governance import decisions, ledger, queries
from headwater.governance.authority import require
from headwater.governance.chart import default_chart
from headwater.governance.model import (
    SYSTEM,
    Cell,
    Charter,
    ChartError,
    CriticalSlice,
    Decision,
    Involvement,
    Program,
    ProgramId,
    Proposal,
    Standard,
    role_party,
)
from headwater.governance.store import people
from headwater.governance.store import programs as store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartProblem:
    """A hole in a RACI chart."""

    decision: str
    message: str
    remedy: str


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


def propose_charter(ctx: Context, charter: Charter, *, summary: str = "") -> Proposal:
    """Propose a new version of the charter, or of its chart alone.

    Raises:
        ChartError: The chart names a party that is neither a role nor a member.
    """
    require(ctx, Decision.CHARTER_CHANGE)
    members = {person.id for person, _ in queries.members(ctx)}
    for cell in charter.chart:
        if not cell.party.startswith("role:") and cell.party not in members:
            raise ChartError(f"'{cell.party}' in '{cell.decision.value}' is neither a role nor a member.")
    current = queries.program(ctx).charter
    only_chart = replace(charter, chart=current.chart, version=current.version) == current
    numbered = replace(charter, version=store.last_version(ctx.db, ctx.program) + 1)
    identifier = new_id("chr")
    store.add_charter(ctx.db, identifier, ctx.program, numbered, ctx.clock.now())
    return decisions.propose(
        ctx,
        Decision.RACI_CHANGE if only_chart else Decision.CHARTER_CHANGE,
        subject=identifier,
        digest=digest(asdict(numbered)),
        summary=summary or f"Charter version {numbered.version}",
    )


def approve_charter(ctx: Context, charter_id: str, *, reason: str) -> Charter:
    """Approve a proposed charter as the Accountable and put it in force."""
    require(ctx, Decision.CHARTER_CHANGE)
    charter = store.charter_by_id(ctx.db, charter_id)
    if charter is None:
        raise NotFoundError(f"There is no charter '{charter_id}'.")
    pending = [item for item in queries.proposals(ctx, subject=charter_id) if item.decided_at is None]
    decision = pending[0].decision if pending else Decision.CHARTER_CHANGE
    decisions.approve(ctx, decision, subject=charter_id, digest=digest(asdict(charter)), reason=reason)
    store.enforce(ctx.db, ctx.program, charter)
    ledger.append(ctx, "charter.enforced", subject=charter_id, body={"version": charter.version})
    return charter


def chart_problems(ctx: Context) -> list[ChartProblem]:
    """Return the holes of the program's chart: the most common reason why programs fail."""
    members = queries.members(ctx)
    held = {role_party(role) for person, role in members if person.is_active}
    active = {person.id for person, _ in members if person.is_active}
    everyone = {str(person.id): person for person in queries.everyone(ctx)}
    problems = [problem for decision in Decision for problem in _problems_of(ctx, decision)]
    wanted = Counter(cell.party for cell in queries.program(ctx).charter.chart)
    for party, count in sorted(wanted.items()):
        if party.startswith("role:") and party not in held:
            message = f"Nobody holds the role {party.removeprefix('role:')}, which {count} entries name."
            problems.append(ChartProblem(decision="", message=message, remedy="Assign the role to somebody."))
        elif not party.startswith("role:") and party not in active:
            gone = everyone[party].handle if party in everyone else party
            message = f"{gone} has left, but {count} entries name them."
            problems.append(ChartProblem(decision="", message=message, remedy="Change the chart."))
    return problems


def _problems_of(ctx: Context, decision: Decision) -> list[ChartProblem]:
    accountable = store.involved(ctx.db, ctx.program, decision, Involvement.ACCOUNTABLE)
    responsible = store.involved(ctx.db, ctx.program, decision, Involvement.RESPONSIBLE)
    if not accountable:
        message = f"'{decision.value}' has no Accountable person."
        return [ChartProblem(decision=decision.value, message=message, remedy="Name exactly one.")]
    if len(accountable) > 1:
        message = f"'{decision.value}' has {len(accountable)} Accountable people."
        return [ChartProblem(decision=decision.value, message=message, remedy="Name exactly one.")]
    if not responsible:
        message = f"'{decision.value}' has nobody Responsible."
        return [ChartProblem(decision=decision.value, message=message, remedy="Name at least one.")]
    if responsible == accountable and not queries.program(ctx).charter.solo:
        message = f"The Accountable of '{decision.value}' is the only Responsible: nobody can propose to them."
        return [ChartProblem(decision=decision.value, message=message, remedy="Add a Responsible person.")]
    return []


def cells(ctx: Context) -> tuple[Cell, ...]:
    """Return the chart in force."""
    return queries.program(ctx).charter.chart


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
