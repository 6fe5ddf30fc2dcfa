"""Changes of who may do what: members and their roles, sign-in links, waivers, delegations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Response

from headwater.core.errors import InvalidError
from headwater.governance import accounts, delegations, queries, waivers
from headwater.governance.authority import may
from headwater.governance.model import Decision, Involvement, Role
from headwater.release import queries as releases
from headwater.release.gates import name
from headwater.storage.database import Part
from headwater.web.paging import screenful
from headwater.web.session import Visitor, back, page

router = APIRouter(prefix="/p/{program}")


@router.post("/people")
def add(
    visitor: Visitor,
    handle: Annotated[str, Form()],
    full_name: Annotated[str, Form()],
    role: Annotated[Role, Form()],
    email: Annotated[str, Form()] = "",
) -> Response:
    """Add a person to the workspace and give them a role in the program, as administrator."""
    with visitor.acting() as ctx:
        person = accounts.add_person(ctx, handle=handle.strip().lower(), name=full_name.strip(), email=email.strip())
        accounts.assign_role(ctx, person=person.id, role=role)
    return back(visitor, "people")


@router.post("/people/roles")
def grant(visitor: Visitor, person: Annotated[str, Form()], role: Annotated[Role, Form()]) -> Response:
    """Give somebody of the workspace a role in the program, as administrator."""
    with visitor.acting() as ctx:
        accounts.assign_role(ctx, person=person, role=role)
    return back(visitor, "people")


@router.post("/people/{person}/roles/{role}/revoke")
def revoke(visitor: Visitor, person: str, role: Role) -> Response:
    """Take a role in the program from somebody, as administrator."""
    with visitor.acting() as ctx:
        accounts.remove_role(ctx, person=person, role=role)
    return back(visitor, "people")


@router.post("/people/{person}/link")
def link(visitor: Visitor, person: str) -> Response:
    """Make a link that signs somebody in once and show it, this once, as administrator."""
    with visitor.acting() as ctx:
        secret = accounts.sign_in_link(ctx, person=queries.person(ctx, person).id)
        address = f"{str(visitor.request.base_url).rstrip('/')}/sign-in/link/{secret}"
        who = queries.person(ctx, person)
        return page(visitor, ctx, "governance/sign_in_link.html", active="people", who=who, address=address)


@router.get("/waivers")
def waived(visitor: Visitor, after: str = "") -> Response:
    """Show waivers, the gates of the newest release that need one, and the form that asks for one."""
    with visitor.reading() as ctx:
        newest = next(iter(releases.releases(ctx, part=Part(limit=1))), None)
        found = screenful(lambda part: queries.waivers(ctx, part=part), after)
        gates = releases.gates_now(ctx, newest) if newest else []
        charter = queries.program(ctx).charter
        names = [f"{item.metric}:{item.scope}" if item.scope else item.metric for item in charter.standards]
        return page(
            visitor,
            ctx,
            "governance/waivers.html",
            active="waivers",
            waivers=found.rows,
            more=found.more,
            open_gates=[(name(gate), gate) for gate in gates if gate.open],
            names=sorted({*names, *(f"coverage.critical:{item.name}" for item in charter.critical_slices)}),
            asks=may(ctx, Decision.WAIVER_GRANT),
            owners=queries.involved(ctx, Decision.WAIVER_GRANT, Involvement.ACCOUNTABLE),
            now=ctx.clock.now(),
        )


@router.post("/waivers")
def ask(
    visitor: Visitor,
    standard: Annotated[str, Form()],
    reason: Annotated[str, Form()],
    days: Annotated[float, Form(gt=0, le=366)],
) -> Response:
    """Ask the Accountable to open a gate."""
    with visitor.acting() as ctx:
        ends = ctx.clock.now() + timedelta(days=days)
        waivers.request(ctx, standard=standard.strip(), reason=reason, expires_at=ends)
    return back(visitor, "waivers")


@router.get("/delegations")
def lent(visitor: Visitor, after: str = "") -> Response:
    """Show who decides in whose place, and the form with which one lends one's own rights."""
    with visitor.reading() as ctx:
        people = {person.id: person for person, _ in queries.members(ctx) if person.is_active}
        found = screenful(lambda part: queries.delegations(ctx, part=part), after)
        return page(
            visitor,
            ctx,
            "governance/delegations.html",
            active="delegations",
            delegations=found.rows,
            more=found.more,
            takers=[person for person in people.values() if person.id != ctx.actor],
            mine=[which for which in Decision if may(ctx, which)],
            now=ctx.clock.now(),
        )


@router.post("/delegations")
def lend(
    visitor: Visitor,
    to: Annotated[str, Form()],
    starts: Annotated[str, Form()],
    ends: Annotated[str, Form()],
    decision: Annotated[str, Form()] = "",
) -> Response:
    """Lend one's own rights to another member from one day to another, both included."""
    with visitor.acting() as ctx:
        ends_at = _day(ends) + timedelta(days=1)
        delegations.give(ctx, to=to, decision=decision, starts_at=_day(starts), ends_at=ends_at)
    return back(visitor, "delegations")


@router.post("/delegations/{delegation}/end")
def take_back(visitor: Visitor, delegation: str) -> Response:
    """End one of one's own delegations."""
    with visitor.acting() as ctx:
        delegations.end(ctx, delegation)
    return back(visitor, "delegations")


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise InvalidError(f"'{text}' is not a day.", remedy="Write it as YYYY-MM-DD.") from error
