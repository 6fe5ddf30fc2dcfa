from __future__ import annotations

import pytest

from headwater.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, UnauthenticatedError
from headwater.governance import accounts
from headwater.governance.model import SYSTEM, TooManyAttemptsError
from tests.workspaces import FakeClock, Team

PASSWORD = "correct horse battery"


def with_password(team: Team, person: str) -> None:
    with team.act(person) as ctx:
        accounts.set_password(ctx, person=person, password=PASSWORD)


def test_a_person_signs_in_and_out(each_team: Team) -> None:
    with_password(each_team, each_team.ops)
    with each_team.app.act_as(SYSTEM) as ctx:
        token = accounts.sign_in(ctx, handle="ops", password=PASSWORD)
    assert token
    with each_team.app.act_as(SYSTEM) as ctx:
        assert accounts.person_of_session(ctx, token).handle == "ops"
        accounts.sign_out(ctx, token)
    with each_team.app.read_as() as ctx, pytest.raises(UnauthenticatedError):
        accounts.person_of_session(ctx, token)


def test_a_session_ends_by_itself(team: Team, clock: FakeClock) -> None:
    with_password(team, team.ops)
    with team.app.act_as(SYSTEM) as ctx:
        token = accounts.sign_in(ctx, handle="ops", password=PASSWORD) or ""
    clock.advance(hours=13)
    with team.app.read_as() as ctx, pytest.raises(UnauthenticatedError):
        accounts.person_of_session(ctx, token)


def test_wrong_passwords_are_counted_and_stop_the_account_for_a_while(team: Team, clock: FakeClock) -> None:
    with_password(team, team.ops)
    for _ in range(10):
        with team.app.act_as(SYSTEM) as ctx:
            assert accounts.sign_in(ctx, handle="ops", password="wrong") is None
    with team.app.act_as(SYSTEM) as ctx, pytest.raises(TooManyAttemptsError):
        accounts.sign_in(ctx, handle="ops", password=PASSWORD)
    clock.advance(minutes=16)
    with team.app.act_as(SYSTEM) as ctx:
        assert accounts.sign_in(ctx, handle="ops", password=PASSWORD)


def test_an_unknown_handle_fails_like_a_wrong_password(team: Team) -> None:
    with team.app.act_as(SYSTEM) as ctx:
        assert accounts.sign_in(ctx, handle="nobody", password=PASSWORD) is None


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


@pytest.mark.parametrize(("handle", "error"), [("Upper", InvalidError), ("", InvalidError), ("lead", ConflictError)])
def test_handles_are_checked(team: Team, handle: str, error: type[Exception]) -> None:
    with team.app.act_as(SYSTEM) as ctx, pytest.raises(error):
        accounts.add_person(ctx, handle=handle, name="x")
