"""Whatever anybody sends to any operation, the answer is never the server's fault, and every refusal is a problem."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable

from tests.annotation.factories import open_campaign, work_through
from tests.serving import served
from tests.workspaces import Team

if TYPE_CHECKING:
    from collections.abc import Callable

MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


@pytest.mark.timeout(240)
@pytest.mark.filterwarnings("ignore")
def test_no_request_of_any_role_makes_the_server_fail(team: Team, token: Callable[[Team, str], str]) -> None:
    campaign = open_campaign(team, 5).id
    work_through(team, campaign, team.annotators[0], limit=2)
    known = {"program": "support", "campaign": campaign, "person": team.annotators[0]}
    wrong: list[tuple[Any, ...]] = []
    with served(team.app) as server, requests.Session() as session:
        base = f"{server.url}/api/v1"
        roles = [token(team, person) for person in (team.lead, team.ops, team.annotators[0])]
        found = schemathesis.openapi.from_url(f"{base}/openapi.json").get_all_operations()
        operations: list[Any] = [operation.ok() for operation in found]  # type: ignore[union-attr]

        def try_out(case: Any) -> None:
            case.path_parameters = {
                name: known.get(name, value) for name, value in (case.path_parameters or {}).items()
            }
            for role in roles:
                reply = case.call(base_url=base, session=session, headers={"Authorization": f"Bearer {role}"})
                refused = reply.status_code >= 400
                problem = "application/problem+json" in str(reply.headers.get("content-type"))
                if reply.status_code >= 500 or refused != problem:
                    wrong.append((case.method, case.path, reply.status_code, reply.text[:300], case.query, case.body))

        for operation in operations:
            for mode in MODES:
                with suppress(Unsatisfiable):  # nothing of the operation can be wrong
                    seed(7)(_sparing(given(case=operation.as_strategy(generation_mode=mode))(try_out)))()
    assert len(operations) > 100
    assert not wrong, wrong[:5]


def _sparing(test: Callable[[], None]) -> Callable[[], None]:
    chosen = settings(
        max_examples=2, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
    )
    return chosen(test)
