from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

from headwater.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, UnauthenticatedError
from headwater.governance import accounts, passwords, queries
from headwater.governance.model import SYSTEM, Role, TooManyAttemptsError, UnknownProgramError
from headwater.governance.store import people as store
from tests.workspaces import FakeClock, Team

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.app.application import App

PASSWORD = "correct horse battery"


def with_password(team: Team, person: str) -> None:
    with team.act(person) as ctx:
        accounts.set_password(ctx, person=person, password=PASSWORD)


def signed_in(app: App, handle: str, password: str = PASSWORD) -> str:
    """Sign in as the page does; empty when the password is wrong."""
    with app.act_as(SYSTEM) as ctx:
        attempt = accounts.attempt(ctx, handle)
    proof = passwords.prove(attempt, password)
    if proof is None:
        return ""
    with app.act_as(SYSTEM) as ctx:
        return accounts.sign_in(ctx, proof)


def fail(app: App, handle: str) -> None:
    """Sign in with a wrong password, which nobody needs to hash for it to count."""
    with app.act_as(SYSTEM) as ctx:
        accounts.attempt(ctx, handle)


def test_a_person_signs_in_and_out(each_team: Team) -> None:
    with_password(each_team, each_team.ops)
    token = signed_in(each_team.app, "ops")
    with each_team.app.act_as(SYSTEM) as ctx:
        assert accounts.person_of_session(ctx, token).handle == "ops"
        accounts.sign_out(ctx, token)
    with each_team.app.read_as() as ctx, pytest.raises(UnauthenticatedError):
        accounts.person_of_session(ctx, token)


def test_a_session_ends_by_itself(team: Team, clock: FakeClock) -> None:
    with_password(team, team.ops)
    token = signed_in(team.app, "ops")
    clock.advance(hours=13)
    with team.app.read_as() as ctx, pytest.raises(UnauthenticatedError):
        accounts.person_of_session(ctx, token)


@pytest.mark.parametrize("handle", ["ops", "nobody"])
def test_failures_stop_an_account_for_a_while_whether_it_exists_or_not(
    team: Team, clock: FakeClock, handle: str
) -> None:
    with_password(team, team.ops)
    for _ in range(10):
        fail(team.app, handle)
    with team.app.act_as(SYSTEM) as ctx, pytest.raises(TooManyAttemptsError):
        accounts.attempt(ctx, handle)
    clock.advance(minutes=16)
    assert bool(signed_in(team.app, handle)) == (handle == "ops")


def test_signing_in_clears_earlier_failures(team: Team) -> None:
    with_password(team, team.ops)
    for _ in range(2):
        for _ in range(9):
            fail(team.app, "ops")
        assert signed_in(team.app, "ops")


def test_guesses_sent_at_once_count_before_any_is_proven(each_team: Team) -> None:
    def attempt(_: int) -> bool:
        try:
            with each_team.app.act_as(SYSTEM) as ctx:
                accounts.attempt(ctx, "ops")
        except TooManyAttemptsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(30))) == 10


def test_an_unknown_handle_a_wrong_password_and_one_who_left_fail_alike(team: Team) -> None:
    for person in (team.ops, team.expert):
        with_password(team, person)
    with team.app.act_as(SYSTEM) as ctx:
        accounts.deactivate(ctx, team.expert)
    took = {}
    for handle, password in (("nobody", PASSWORD), ("ops", "wrong wrong wrong"), ("expert", PASSWORD)):
        took[handle] = min(_timed(lambda h=handle, p=password: signed_in(team.app, h, p)) for _ in range(3))  # type: ignore[misc]
    assert max(took.values()) < 3 * min(took.values()), took


def _timed(sign_in: Callable[[], str]) -> float:
    started = perf_counter()
    assert sign_in() == ""
    return perf_counter() - started


def test_a_person_without_a_password_cannot_sign_in_with_one(team: Team) -> None:
    assert not signed_in(team.app, "ops", "")
    assert not signed_in(team.app, "ops")


def test_a_proof_lets_in_once(team: Team) -> None:
    with_password(team, team.ops)
    with team.app.act_as(SYSTEM) as ctx:
        attempt = accounts.attempt(ctx, "ops")
    proof = passwords.prove(attempt, PASSWORD)
    assert proof
    with team.app.act_as(SYSTEM) as ctx:
        accounts.sign_in(ctx, proof)
        with pytest.raises(UnauthenticatedError):
            accounts.sign_in(ctx, proof)


def test_a_weaker_hash_is_renewed_at_the_next_sign_in(team: Team) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with team.app.act_as(SYSTEM) as ctx:
        store.update(ctx.db, team.ops, password_hash=weak)
    assert signed_in(team.app, "ops")
    with team.app.read_as() as ctx:
        assert "m=65536,t=3,p=4" in store.password_hash(ctx.db, team.ops)
    assert signed_in(team.app, "ops")


@pytest.mark.parametrize("password", ["short", "x" * 1001])
def test_passwords_too_short_or_too_long_are_refused(team: Team, password: str) -> None:
    with team.act(team.ops) as ctx, pytest.raises(InvalidError, match="at least 12"):
        accounts.set_password(ctx, person=team.ops, password=password)


def test_a_new_password_ends_all_sessions(team: Team) -> None:
    with_password(team, team.ops)
    token = signed_in(team.app, "ops")
    with_password(team, team.ops)
    with team.app.read_as() as ctx, pytest.raises(UnauthenticatedError):
        accounts.person_of_session(ctx, token)


def test_a_link_signs_in_once(team: Team) -> None:
    with team.app.act_as(SYSTEM) as ctx:
        secret = accounts.sign_in_link(ctx, person=team.lead)
        token = accounts.follow_link(ctx, secret)
        assert accounts.person_of_session(ctx, token).handle == "lead"
        with pytest.raises(UnauthenticatedError, match="used or has expired"):
            accounts.follow_link(ctx, secret)


def test_a_token_is_stored_only_as_its_hash_and_ends(team: Team, clock: FakeClock) -> None:
    with team.act(team.engineer) as ctx:
        token = accounts.create_token(ctx, label="ci", days=1)
        stored = ctx.db.exec_driver_sql("SELECT token_hash FROM api_token").scalar_one()
    assert token.secret.startswith("hw_")
    assert token.secret not in stored
    with team.app.read_as() as ctx:
        assert accounts.grant_of_token(ctx, token.secret).person == team.engineer
    clock.advance(days=2)
    with team.app.read_as() as ctx, pytest.raises(UnauthenticatedError):
        accounts.grant_of_token(ctx, token.secret)


def test_nobody_revokes_the_token_of_another(team: Team) -> None:
    with team.act(team.engineer) as ctx:
        token = accounts.create_token(ctx, label="ci")
    with team.act(team.ops) as ctx, pytest.raises(NotFoundError):
        accounts.revoke_token(ctx, token.id)


def test_a_person_who_left_can_do_nothing(team: Team) -> None:
    with team.act(team.engineer) as ctx:
        token = accounts.create_token(ctx, label="ci")
    with team.app.act_as(SYSTEM) as ctx:
        accounts.deactivate(ctx, team.engineer)
    with team.app.read_as() as ctx, pytest.raises(UnauthenticatedError):
        accounts.grant_of_token(ctx, token.secret)


def test_only_administrators_add_people(team: Team) -> None:
    with team.act(team.lead) as ctx, pytest.raises(ForbiddenError):
        accounts.add_person(ctx, handle="friend", name="Friend")


@pytest.mark.parametrize(
    ("handle", "error"),
    [
        ("Upper", InvalidError),
        ("", InvalidError),
        ("-x", InvalidError),
        ("é", InvalidError),
        ("x" * 61, InvalidError),
        ("system", InvalidError),
        ("lead", ConflictError),
    ],
)
def test_handles_are_checked(team: Team, handle: str, error: type[Exception]) -> None:
    with team.app.act_as(SYSTEM) as ctx, pytest.raises(error):
        accounts.add_person(ctx, handle=handle, name="x")


def test_a_person_who_returns_may_act_again_and_signs_in_anew(team: Team) -> None:
    with_password(team, team.ops)
    token = signed_in(team.app, "ops")
    with team.app.act_as(SYSTEM) as ctx:
        accounts.deactivate(ctx, team.ops)
        accounts.activate(ctx, team.ops)
    with team.app.read_as() as ctx, pytest.raises(UnauthenticatedError):
        accounts.person_of_session(ctx, token)
    assert signed_in(team.app, "ops")


def test_the_last_administrator_stays(team: Team) -> None:
    with team.app.act_as(SYSTEM) as ctx:
        admin = queries.first_admin(ctx)
        for leave in (accounts.deactivate, lambda c, p: accounts.set_admin(c, p, is_admin=False)):
            with pytest.raises(ConflictError, match="only administrator"):
                leave(ctx, admin.id)
        accounts.set_admin(ctx, team.lead, is_admin=True)
        accounts.set_admin(ctx, admin.id, is_admin=False)
    with team.app.act_as(admin.id) as ctx, pytest.raises(ForbiddenError):
        accounts.add_person(ctx, handle="friend", name="Friend")


def test_the_accountable_for_the_chart_learns_of_who_becomes_accountable(team: Team) -> None:
    with team.app.act_as(SYSTEM, team.program) as ctx:
        accounts.assign_role(ctx, person=team.engineer, role=Role.REVIEWER)
        accounts.assign_role(ctx, person=team.engineer, role=Role.LEAD)
    with team.read(team.lead) as ctx:
        assert [notice.text for notice in queries.notices(ctx)] == ["engineer now holds the role lead."]


def test_a_token_may_be_for_one_program_of_its_owner(team: Team) -> None:
    with team.act(team.engineer) as ctx:
        token = accounts.create_token(ctx, label="ci", program=team.program)
        assert accounts.grant_of_token(ctx, token.secret).program == team.program
        with pytest.raises(UnknownProgramError):
            accounts.create_token(ctx, label="ci", program="prg_other")


@pytest.mark.parametrize(("label", "days"), [("ci", 0), ("ci", 367), ("", 1), ("x" * 101, 1)])
def test_tokens_have_a_label_and_an_end(team: Team, label: str, days: float) -> None:
    with team.act(team.engineer) as ctx, pytest.raises(InvalidError):
        accounts.create_token(ctx, label=label, days=days)
