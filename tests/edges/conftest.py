"""The API as a person of the team calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from headwater.governance import accounts
from tests.serving import served
from tests.workspaces import Team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def token_of(team: Team, person: str) -> str:
    """Make a token that may do everything the person may."""
    with team.app.act_as(person) as ctx:
        return accounts.create_token(ctx, label="test", may_write=True).secret


@pytest.fixture
def token() -> Callable[[Team, str], str]:
    """The function that makes a token."""
    return token_of


@pytest.fixture
def call(each_team: Team) -> Iterator[Callable[..., httpx.Response]]:
    """Call the API as a person of the team, and expect a status; once on each database."""
    tokens: dict[str, str] = {}
    with (
        served(each_team.app) as server,
        httpx.Client(base_url=f"{server.url}/api/v1/programs/support", timeout=60) as http,
    ):

        def send(
            method: str, path: str, body: Any = None, *, by: str = "ops", status: int = 200, **header: str
        ) -> httpx.Response:
            if by not in tokens:
                tokens[by] = token_of(each_team, getattr(each_team, by, by))
            headers = {"Authorization": f"Bearer {tokens[by]}"}
            headers |= {name.replace("_", "-"): value for name, value in header.items()}
            reply = http.request(method, path, json=body, headers=headers)
            assert status in (0, reply.status_code), reply.text
            return reply

        yield send
