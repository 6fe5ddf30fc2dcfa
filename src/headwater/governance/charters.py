"""Changes of the charter and its RACI chart: proposed, consulted on, approved, put in force.

A proposal binds to the charter it would replace as well as to its own text: once another version is in force, it is
stale. The text of the charter and its chart change by decisions of their own, so that neither right includes the other.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from headwater.core.canonical import digest
from headwater.core.errors import ConflictError, InvalidError, NotFoundError
from headwater.core.ids import new_id
from headwater.governance import chart, decisions, ledger, notices, queries
from headwater.governance.authority import require
from headwater.governance.model import Cell, Charter, ChartError, Decision, Involvement, Proposal
from headwater.governance.programs import require_admin
from headwater.governance.store import programs as store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headwater.context import Context

COMPARISONS = frozenset({">=", "<=", "="})


def propose(ctx: Context, charter: Charter, *, summary: str = "") -> Proposal:
    """Propose a new version of the charter; its chart must be the one in force.

    Raises:
        ChartError: The chart differs; it changes by `propose_chart`.
        InvalidError: A standard or critical slice makes no sense, or nothing would change.
    """
    require(ctx, Decision.CHARTER_CHANGE)
    current = queries.program(ctx).charter
    if set(charter.chart) != set(current.chart):
        raise ChartError("A charter's RACI chart changes by a decision of its own.", remedy="Propose the chart alone.")
    _check_text(charter)
    return _put_forward(ctx, Decision.CHARTER_CHANGE, charter, summary)


def propose_chart(ctx: Context, cells: Iterable[Cell], *, summary: str = "") -> Proposal:
    """Propose a new RACI chart.

    Raises:
        ChartError: It names a party that is neither a role nor a member, or nobody could ever change it again.
        InvalidError: Nothing would change.
    """
    require(ctx, Decision.RACI_CHANGE)
    proposed = tuple(sorted(set(cells)))
    current = queries.program(ctx).charter
    members = queries.members(ctx)
    known = {str(person.id) for person, _ in members if person.is_active}
    for cell in proposed:
        if not cell.party.startswith("role:") and cell.party not in known:
            raise ChartError(
                f"'{cell.party}' in '{cell.decision.value}' is neither a role nor an active member.",
                remedy="Give them a role in the program first.",
            )
    owners = chart.resolve(proposed, members, Decision.RACI_CHANGE, Involvement.ACCOUNTABLE)
    if len(owners) != 1:
        raise ChartError(
            f"'raci.change' would have {len(owners)} Accountable people: nobody could change the chart.",
            remedy="Name exactly one.",
        )
    return _put_forward(ctx, Decision.RACI_CHANGE, replace(current, chart=proposed), summary)


def approve(ctx: Context, charter_id: str, *, reason: str) -> Charter:
    """Approve a proposed charter as the Accountable and put it in force."""
    require(ctx, Decision.CHARTER_CHANGE)
    return _enforce(ctx, Decision.CHARTER_CHANGE, charter_id, reason)


def approve_chart(ctx: Context, charter_id: str, *, reason: str) -> Charter:
    """Approve a proposed RACI chart as the Accountable and put it in force."""
    require(ctx, Decision.RACI_CHANGE)
    return _enforce(ctx, Decision.RACI_CHANGE, charter_id, reason)


def reset_chart(ctx: Context, *, reason: str) -> Charter:
    """Put the default chart in force as an administrator, because nobody can change the chart any more.

    Every member gets a notice. This is the only change of a chart without its Accountable.

    Raises:
        ConflictError: `raci.change` has its one Accountable: they decide.
        InvalidError: There is no reason.
    """
    require_admin(ctx)
    if not reason.strip():
        raise InvalidError("Resetting a chart needs a reason.")
    owners = queries.involved(ctx, Decision.RACI_CHANGE, Involvement.ACCOUNTABLE)
    if len(owners) == 1:
        raise ConflictError(
            f"{queries.names(ctx)[owners[0]]} is Accountable for the chart.", remedy="Have it proposed to them."
        )
    identifier, charter = _next(ctx, replace(queries.program(ctx).charter, chart=chart.default_chart()))
    store.enforce(ctx.db, ctx.program, charter)
    decisions.keep(
        ctx, Decision.RACI_CHANGE, subject=identifier, digest=digest(asdict(charter)), outcome="reset", reason=reason
    )
    text = f"An administrator put the default RACI chart in force: {reason}."
    notices.send(ctx, [person.id for person, _ in queries.members(ctx)], kind="alarm", subject=identifier, text=text)
    return charter


def _put_forward(ctx: Context, decision: Decision, charter: Charter, summary: str) -> Proposal:
    current = queries.program(ctx).charter
    if replace(charter, version=current.version) == current:
        raise InvalidError("Nothing would change.", remedy="Propose something else than what is in force.")
    identifier, numbered = _next(ctx, charter)
    what = "RACI chart" if decision is Decision.RACI_CHANGE else "Charter"
    return decisions.propose(
        ctx,
        decision,
        subject=identifier,
        digest=_binding(numbered, current),
        summary=summary or f"{what}, version {numbered.version}",
    )


def _enforce(ctx: Context, decision: Decision, charter_id: str, reason: str) -> Charter:
    charter = store.charter_by_id(ctx.db, charter_id)
    if charter is None:
        raise NotFoundError(f"There is no charter '{charter_id}'.")
    binding = _binding(charter, queries.program(ctx).charter)
    decisions.approve(ctx, decision, subject=charter_id, digest=binding, reason=reason)
    store.enforce(ctx.db, ctx.program, charter)
    ledger.append(ctx, "charter.enforced", subject=charter_id, body={"version": charter.version})
    return charter


def _next(ctx: Context, charter: Charter) -> tuple[str, Charter]:
    """Store a charter under the next version number."""
    numbered = replace(charter, version=store.last_version(ctx.db, ctx.program) + 1)
    identifier = new_id("chr")
    store.add_charter(ctx.db, identifier, ctx.program, numbered, ctx.clock.now())
    return identifier, numbered


def _binding(charter: Charter, current: Charter) -> str:
    return digest({"charter": asdict(charter), "replaces": asdict(current)})


def _check_text(charter: Charter) -> None:
    for standard in charter.standards:
        if not standard.metric or standard.comparison not in COMPARISONS:
            raise InvalidError(
                f"'{standard.metric} {standard.comparison} {standard.value}' is not a standard.",
                remedy="Write a metric, one of >=, <= or =, and a number.",
            )
    names = [item.name for item in charter.critical_slices]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise InvalidError(f"Two critical slices are called '{min(repeated)}'.")
    for item in charter.critical_slices:
        if not item.name or not item.predicate or item.minimum < 1:
            raise InvalidError(
                f"The critical slice '{item.name}' needs a name, a predicate and a minimum of at least 1."
            )
