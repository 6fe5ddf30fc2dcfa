from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from headwater.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from headwater.governance import accounts, charters, decisions, delegations, ledger, queries
from headwater.governance.model import (
    SYSTEM,
    Cell,
    Charter,
    ChartError,
    CriticalSlice,
    Decision,
    DigestChangedError,
    FourEyesError,
    Involvement,
    NotYoursError,
    Proposal,
    Role,
    Standard,
)
from tests.workspaces import FakeClock, Team


def in_force(team: Team) -> Charter:
    with team.read() as ctx:
        return queries.program(ctx).charter


def proposed(team: Team, purpose: str = "Answer well") -> Proposal:
    with team.act(team.ops) as ctx:
        made = charters.propose(ctx, replace(queries.program(ctx).charter, purpose=purpose))
    with team.act(team.expert) as ctx:
        decisions.answer(ctx, made.id, supports=True)
    return made


def given_to(party: str, decision: Decision = Decision.INTAKE_RUN) -> Cell:
    return Cell(decision=decision, involvement=Involvement.RESPONSIBLE, party=party)


def test_a_new_charter_is_in_force_once_approved(each_team: Team) -> None:
    made = proposed(each_team)
    assert in_force(each_team).version == 1
    with each_team.act(each_team.lead) as ctx:
        charters.approve(ctx, made.subject, reason="clearer")
    assert (in_force(each_team).purpose, in_force(each_team).version) == ("Answer well", 2)


def test_only_one_of_two_competing_charters_can_be_approved(team: Team) -> None:
    first, second = proposed(team, "This"), proposed(team, "That")
    with team.act(team.lead) as ctx:
        charters.approve(ctx, second.subject, reason="better")
    with team.act(team.lead) as ctx, pytest.raises(DigestChangedError):
        charters.approve(ctx, first.subject, reason="this too")
    assert in_force(team).purpose == "That"


def test_the_right_to_change_the_charter_does_not_include_its_chart(team: Team) -> None:
    with team.act(team.ops) as ctx:
        charter = queries.program(ctx).charter
        with pytest.raises(ChartError, match="a decision of its own"):
            charters.propose(ctx, replace(charter, chart=(*charter.chart, given_to("role:engineer"))))


def test_a_new_chart_gives_rights_once_approved(each_team: Team) -> None:
    from headwater.governance.authority import require  # noqa: PLC0415

    with each_team.act(each_team.ops) as ctx:
        chart = queries.program(ctx).charter.chart
        made = charters.propose_chart(ctx, [*chart, given_to(each_team.engineer)])
    with each_team.read(each_team.engineer) as ctx, pytest.raises(NotYoursError):
        require(ctx, Decision.INTAKE_RUN)
    with each_team.act(each_team.lead) as ctx:
        charters.approve_chart(ctx, made.subject, reason="she runs it")
    with each_team.read(each_team.engineer) as ctx:
        require(ctx, Decision.INTAKE_RUN)


def test_a_chart_that_names_a_stranger_is_refused(team: Team) -> None:
    with team.act(team.ops) as ctx, pytest.raises(ChartError, match="neither a role nor an active member"):
        charters.propose_chart(ctx, [*queries.program(ctx).charter.chart, given_to("per_stranger")])


def test_a_chart_nobody_could_ever_change_again_is_refused(team: Team) -> None:
    with team.act(team.ops) as ctx:
        kept = [cell for cell in queries.program(ctx).charter.chart if cell.decision is not Decision.RACI_CHANGE]
        with pytest.raises(ChartError, match="nobody could change the chart"):
            charters.propose_chart(ctx, kept)


def test_a_proposal_that_changes_nothing_is_refused(team: Team) -> None:
    with team.act(team.ops) as ctx:
        charter = queries.program(ctx).charter
        with pytest.raises(InvalidError, match="Nothing would change"):
            charters.propose(ctx, charter)
        with pytest.raises(InvalidError, match="Nothing would change"):
            charters.propose_chart(ctx, reversed(charter.chart))


@pytest.mark.parametrize(
    "changes",
    [
        {"standards": (Standard(metric="alpha", comparison="~", value=1.0),)},
        {"standards": (Standard(metric="", comparison=">=", value=1.0),)},
        {"critical_slices": (CriticalSlice(name="a", predicate="", minimum=1),)},
        {"critical_slices": (CriticalSlice(name="a", predicate="x = 1", minimum=0),)},
        {"critical_slices": (CriticalSlice(name="a", predicate="x = 1", minimum=1),) * 2},
    ],
)
def test_a_charter_that_makes_no_sense_is_refused(team: Team, changes: dict[str, object]) -> None:
    with team.act(team.ops) as ctx, pytest.raises(InvalidError):
        charters.propose(ctx, replace(queries.program(ctx).charter, **changes))  # type: ignore[arg-type]


def test_an_unknown_charter_is_not_found(team: Team) -> None:
    with team.act(team.lead) as ctx, pytest.raises(NotFoundError):
        charters.approve(ctx, "chr_none", reason="x")


def test_an_administrator_resets_a_chart_that_nobody_can_change(team: Team) -> None:
    with team.app.act_as(SYSTEM, team.program) as ctx:
        with pytest.raises(ConflictError, match="lead is Accountable"):
            charters.reset_chart(ctx, reason="tidy")
        accounts.remove_role(ctx, person=team.lead, role=Role.LEAD)
        charters.reset_chart(ctx, reason="the lead has left")
        assert queries.decided(ctx)[0].reason == "the lead has left"
    with team.read(team.ops) as ctx:
        assert any("default RACI chart" in notice.text for notice in queries.notices(ctx))
    assert in_force(team).version == 2


def test_only_an_administrator_resets_a_chart(team: Team) -> None:
    with team.act(team.ops) as ctx, pytest.raises(ForbiddenError):
        charters.reset_chart(ctx, reason="why not")


def test_whoever_last_changed_a_thing_may_not_approve_it_when_another_proposes_it(each_team: Team) -> None:
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415

    from headwater.governance.model import ProposalState  # noqa: PLC0415
    from headwater.governance.store import decisions as store  # noqa: PLC0415

    with each_team.act(each_team.ops) as ctx:
        made = decisions.propose(
            ctx, Decision.BATCH_ACCEPT, subject="bat_x", digest="d", summary="s", author=each_team.lead
        )
    with each_team.act(each_team.lead) as ctx, pytest.raises(FourEyesError, match="last changed"):
        decisions.approve(ctx, Decision.BATCH_ACCEPT, subject="bat_x", digest="d", reason="mine")
    with pytest.raises(DBAPIError), each_team.act(each_team.lead) as ctx:
        store.close(ctx.db, made.id, ProposalState.APPROVED, by=each_team.lead, at=ctx.clock.now(), reason="x")


def test_a_program_made_solo_later_does_not_open_what_was_proposed_before(team: Team) -> None:
    with team.act(team.lead) as ctx:
        decisions.propose(ctx, Decision.BATCH_ACCEPT, subject="bat_x", digest="d", summary="s")
    with team.act(team.ops) as ctx:
        made = charters.propose(ctx, replace(queries.program(ctx).charter, solo=True))
    with team.act(team.expert) as ctx:
        decisions.answer(ctx, made.id, supports=False, comment="two people see more")
    with team.act(team.lead) as ctx:
        charters.approve(ctx, made.subject, reason="alone now")
        with pytest.raises(FourEyesError):
            decisions.approve(ctx, Decision.BATCH_ACCEPT, subject="bat_x", digest="d", reason="mine")
        decisions.propose(ctx, Decision.BATCH_ACCEPT, subject="bat_x", digest="d", summary="again")
        decisions.approve(ctx, Decision.BATCH_ACCEPT, subject="bat_x", digest="d", reason="mine")


def test_a_delegated_approval_names_whose_right_it_was(team: Team, clock: FakeClock) -> None:
    with team.act(team.lead) as ctx:
        now = ctx.clock.now()
        delegations.give(ctx, to=team.expert, decision="", starts_at=now, ends_at=now + timedelta(days=1))
    with team.act(team.ops) as ctx:
        decisions.propose(ctx, Decision.BATCH_ACCEPT, subject="bat_x", digest="d", summary="s")
    clock.advance(hours=1)
    with team.act(team.expert) as ctx:
        decisions.approve(ctx, Decision.BATCH_ACCEPT, subject="bat_x", digest="d", reason="for her")
        taken = queries.decided(ctx)[0]
        assert (taken.actor, taken.behalf) == (team.expert, team.lead)
        assert queries.entries(ctx, limit=1)[0].body["behalf"] == team.lead
        assert ledger.verify(ctx).verified


def test_a_performed_act_is_told_to_the_informed(team: Team) -> None:
    with team.act(team.ops) as ctx:
        chart = queries.program(ctx).charter.chart
        informed = Cell(decision=Decision.GOLD_CHANGE, involvement=Involvement.INFORMED, party="role:engineer")
        made = charters.propose_chart(ctx, [*chart, informed])
    with team.act(team.lead) as ctx:
        charters.approve_chart(ctx, made.subject, reason="she asked")
    with team.act(team.ops) as ctx:
        decisions.record(ctx, Decision.GOLD_CHANGE, subject="gld_x", reason="new label")
    with team.read(team.engineer) as ctx:
        assert queries.notices(ctx)[0].text == "gold.change on gld_x: performed (new label)."
