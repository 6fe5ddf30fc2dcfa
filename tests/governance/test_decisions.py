from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from headwater.governance import authority, decisions, ledger, queries
from headwater.governance.model import (
    ConsultationOpenError,
    Decision,
    DigestChangedError,
    FourEyesError,
    NoAccountableError,
    NotYoursError,
    ProposalState,
    Role,
)
from headwater.governance.store import decisions as store
from tests.workspaces import FakeClock, Team


def propose(team: Team, *, digest: str = "sha256:1") -> str:
    with team.act(team.ops) as ctx:
        made = decisions.propose(ctx, Decision.RELEASE_APPROVE, subject="rel_x", digest=digest, summary="Release 1.0.0")
    return made.id


def approve(team: Team, who: str, *, digest: str = "sha256:1") -> ProposalState:
    with team.act(who) as ctx:
        return decisions.approve(ctx, Decision.RELEASE_APPROVE, subject="rel_x", digest=digest, reason="fine").state


def hear(team: Team, proposal: str) -> None:
    with team.act(team.expert) as ctx:
        decisions.answer(ctx, proposal, supports=True, comment="sound")


def test_the_accountable_approves_what_another_proposed_after_consultation(each_team: Team) -> None:
    hear(each_team, propose(each_team))
    assert approve(each_team, each_team.lead) is ProposalState.APPROVED
    with each_team.read(each_team.engineer) as ctx:
        assert "Release 1.0.0: approved (fine)." in [notice.text for notice in queries.notices(ctx)]


@pytest.mark.parametrize("who", ["ops", "expert", "engineer"])
def test_nobody_but_the_accountable_may_approve(team: Team, who: str) -> None:
    hear(team, propose(team))
    with pytest.raises(NotYoursError, match="lead"):
        approve(team, getattr(team, who))


def test_an_engineer_may_not_start_an_intake(team: Team) -> None:
    with team.read(team.engineer) as ctx, pytest.raises(NotYoursError, match="gives it to ops, lead"):
        authority.require(ctx, Decision.INTAKE_RUN)


def test_whoever_proposed_may_not_approve_even_as_accountable(team: Team) -> None:
    with team.act(team.lead) as ctx:
        proposal = decisions.propose(ctx, Decision.RELEASE_APPROVE, subject="rel_x", digest="sha256:1", summary="mine")
    hear(team, proposal.id)
    with pytest.raises(FourEyesError):
        approve(team, team.lead)


def test_the_database_itself_refuses_an_approval_by_the_proposer(each_team: Team) -> None:
    proposal = propose(each_team)
    with pytest.raises(DBAPIError), each_team.act(each_team.ops) as ctx:
        store.close(
            ctx.db, proposal, ProposalState.APPROVED, by=each_team.ops, at=ctx.clock.now(), reason="behind their back"
        )


def test_an_approval_of_something_that_changed_is_refused(team: Team) -> None:
    hear(team, propose(team))
    with pytest.raises(DigestChangedError):
        approve(team, team.lead, digest="sha256:2")


def test_approval_waits_for_the_consulted_or_for_their_window(team: Team, clock: FakeClock) -> None:
    propose(team)
    with pytest.raises(ConsultationOpenError, match="expert"):
        approve(team, team.lead)
    clock.advance(hours=49)
    assert approve(team, team.lead) is ProposalState.APPROVED


def test_a_second_accountable_is_an_error_that_names_both(team: Team) -> None:
    with team.read() as ctx:
        admin = queries.first_admin(ctx).id
    from headwater.governance import accounts  # noqa: PLC0415

    with team.app.act_as(admin, team.program) as ctx:
        accounts.assign_role(ctx, person=team.expert, role=Role.LEAD)
    with pytest.raises(NoAccountableError, match="expert, lead"):
        propose(team)


def test_a_solo_program_lets_one_person_do_both(app) -> None:
    from headwater.governance import accounts, programs  # noqa: PLC0415

    with app.read_as() as ctx:
        admin = queries.first_admin(ctx).id
    with app.act_as(admin) as ctx:
        program = programs.create(ctx, slug="solo", name="Solo", solo=True).id
    with app.act_as(admin, program) as ctx:
        for role in (Role.LEAD, Role.OPERATIONS):
            accounts.assign_role(ctx, person=admin, role=role)
    with app.act_as(admin, program) as ctx:
        decisions.propose(ctx, Decision.BATCH_ACCEPT, subject="bat_x", digest="d", summary="s")
        closed = decisions.approve(ctx, Decision.BATCH_ACCEPT, subject="bat_x", digest="d", reason="alone")
    assert closed.state is ProposalState.APPROVED


def test_decisions_and_ledger_cannot_be_rewritten(each_team: Team) -> None:
    hear(each_team, propose(each_team))
    approve(each_team, each_team.lead)
    for statement in (
        "UPDATE decision_record SET reason = 'other'",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_entry SET event = 'other'",
        "UPDATE proposal SET digest = 'other'",
    ):
        with pytest.raises(DBAPIError), each_team.act(each_team.ops) as ctx:
            ctx.db.exec_driver_sql(statement)


def test_the_ledger_verifies_and_names_the_first_entry_that_was_changed(team: Team) -> None:
    hear(team, propose(team))
    with team.read() as ctx:
        before = ledger.verify(ctx)
    assert before.verified
    with team.act(team.ops) as ctx:
        ctx.db.exec_driver_sql("DROP TRIGGER ledger_entry_no_update")
        ctx.db.exec_driver_sql("UPDATE ledger_entry SET subject = 'other' WHERE event = 'decision.proposed'")
    with team.read() as ctx:
        after = ledger.verify(ctx)
    assert not after.verified
    assert "decision.proposed" in after.problem


def test_entries_cut_off_at_the_end_are_noticed(team: Team) -> None:
    propose(team)
    with team.act(team.ops) as ctx:
        ctx.db.exec_driver_sql("DROP TRIGGER ledger_entry_no_delete")
        ctx.db.exec_driver_sql(
            f"DELETE FROM ledger_entry WHERE event = 'decision.proposed' AND scope = '{team.program}'"
        )
    with team.read() as ctx:
        assert "cut off" in ledger.verify(ctx).problem


def test_a_checkpoint_is_signed_over_the_whole_chain(team: Team) -> None:
    propose(team)
    with team.read() as ctx:
        checkpoint = ledger.checkpoint(ctx)
        assert checkpoint.size == ledger.verify(ctx).entries
        assert checkpoint.public_key == ctx.keys.public_key.hex()
