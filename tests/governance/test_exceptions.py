"""Delegations and waivers: exceptions that end by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from headwater.core.errors import ConflictError, InvalidError, NotFoundError
from headwater.governance import accounts, authority, decisions, delegations, queries, waivers
from headwater.governance.model import SYSTEM, Decision, FourEyesError, NotYoursError
from tests.workspaces import FakeClock, Team

DAY = timedelta(days=1)


def lend(team: Team, giver: str, taker: str, decision: str = "", *, days: float = 1, starts_in: float = 0) -> str:
    with team.act(giver) as ctx:
        start = ctx.clock.now() + starts_in * DAY
        return delegations.give(ctx, to=taker, decision=decision, starts_at=start, ends_at=start + days * DAY).id


def may(team: Team, who: str, decision: Decision) -> bool:
    with team.read(who) as ctx:
        try:
            authority.require(ctx, decision)
        except NotYoursError:
            return False
    return True


def test_lent_rights_begin_and_end_by_the_clock(each_team: Team, clock: FakeClock) -> None:
    lend(each_team, each_team.ops, each_team.engineer, "intake.run", starts_in=1)
    assert not may(each_team, each_team.engineer, Decision.INTAKE_RUN)
    clock.advance(days=1, hours=1)
    assert may(each_team, each_team.engineer, Decision.INTAKE_RUN)
    assert not may(each_team, each_team.engineer, Decision.SOURCE_APPROVE)
    clock.advance(days=1)
    assert not may(each_team, each_team.engineer, Decision.INTAKE_RUN)


def test_a_giver_takes_rights_back(team: Team) -> None:
    lent = lend(team, team.ops, team.engineer)
    with team.act(team.engineer) as ctx, pytest.raises(NotFoundError):
        delegations.end(ctx, lent)
    with team.act(team.ops) as ctx:
        delegations.end(ctx, lent)
    assert not may(team, team.engineer, Decision.INTAKE_RUN)
    with team.act(team.ops) as ctx, pytest.raises(NotFoundError):
        delegations.end(ctx, lent)
    with team.read(team.engineer) as ctx:
        assert len(queries.notices(ctx)) == 2


def test_what_was_lent_cannot_be_lent_on(team: Team) -> None:
    lend(team, team.ops, team.engineer)
    lend(team, team.engineer, team.reviewer)
    assert not may(team, team.reviewer, Decision.INTAKE_RUN)


@pytest.mark.parametrize("leaver", ["ops", "engineer"])
def test_lent_rights_end_when_giver_or_taker_leaves(team: Team, leaver: str) -> None:
    lend(team, team.ops, team.engineer)
    with team.app.act_as(SYSTEM, team.program) as ctx:
        accounts.deactivate(ctx, getattr(team, leaver))
    assert not may(team, team.engineer, Decision.INTAKE_RUN)


def test_a_delegate_may_not_approve_what_they_proposed(team: Team) -> None:
    lend(team, team.lead, team.ops)
    with team.act(team.ops) as ctx:
        decisions.propose(ctx, Decision.BATCH_ACCEPT, subject="bat_x", digest="d", summary="s")
        with pytest.raises(FourEyesError):
            decisions.approve(ctx, Decision.BATCH_ACCEPT, subject="bat_x", digest="d", reason="both")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"days": -1}, "ends after it starts"),
        ({"starts_in": -3}, "in the future"),
        ({"decision": "intake.stop"}, "not a decision"),
    ],
)
def test_a_delegation_that_makes_no_sense_is_refused(team: Team, changes: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        lend(team, team.ops, team.engineer, **changes)  # type: ignore[arg-type]


def test_rights_are_lent_to_other_members_only(team: Team) -> None:
    with team.app.act_as(SYSTEM) as ctx:
        stranger = accounts.add_person(ctx, handle="stranger", name="S").id
    for taker in (team.ops, stranger):
        with pytest.raises(InvalidError, match="another member"):
            lend(team, team.ops, taker)


def ask(team: Team, *, days: float = 14) -> str:
    with team.act(team.ops) as ctx:
        expires = ctx.clock.now() + days * DAY
        return waivers.request(ctx, standard="agreement.alpha", reason="rare labels", expires_at=expires).id


def test_a_waiver_is_granted_by_the_accountable_and_expires(each_team: Team, clock: FakeClock) -> None:
    waiver = ask(each_team)
    with each_team.read() as ctx:
        assert queries.live_waivers(ctx) == []
    with each_team.act(each_team.ops) as ctx, pytest.raises(NotYoursError):
        waivers.grant(ctx, waiver, reason="mine")
    with each_team.act(each_team.lead) as ctx:
        waivers.grant(ctx, waiver, reason="until the next campaign")
        assert [(item.id, item.granted_by) for item in queries.live_waivers(ctx)] == [(waiver, each_team.lead)]
    clock.advance(days=15)
    with each_team.read() as ctx:
        assert queries.live_waivers(ctx) == []


def test_a_waiver_that_would_have_expired_is_not_granted(team: Team, clock: FakeClock) -> None:
    waiver = ask(team, days=1)
    clock.advance(days=2)
    with team.act(team.lead) as ctx, pytest.raises(ConflictError, match="asked for anew"):
        waivers.grant(ctx, waiver, reason="late")


@pytest.mark.parametrize(("reason", "days"), [("", 1), ("  ", 1), ("because", -1)])
def test_a_waiver_needs_a_reason_and_an_end_in_the_future(team: Team, reason: str, days: float) -> None:
    with team.act(team.ops) as ctx, pytest.raises(InvalidError):
        waivers.request(ctx, standard="x", reason=reason, expires_at=ctx.clock.now() + days * DAY)


def test_terms_of_waivers_and_delegations_never_change(each_team: Team) -> None:
    ask(each_team)
    lend(each_team, each_team.ops, each_team.engineer)
    for statement in (
        "UPDATE waiver SET expires_at = expires_at + 1",
        "UPDATE waiver SET reason = 'other'",
        "UPDATE delegation SET taker = giver",
        "UPDATE delegation SET decision = 'release.approve'",
    ):
        with pytest.raises(DBAPIError), each_team.act(each_team.ops) as ctx:
            ctx.db.exec_driver_sql(statement)
