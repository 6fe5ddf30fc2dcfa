"""Some seconds of the soak, with a kill, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.app.application import open_app
from headwater.app.workspace import init
from tests.annotation.soak import faults, soak
from tests.workspaces import PastClock, make_team

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("server", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_no_answer_is_lost_or_doubled_when_connections_break_and_the_server_dies(
    request: pytest.FixtureRequest, tmp_path: Path, server: str
) -> None:
    url = request.getfixturevalue("postgres_url") if server == "postgres" else ""
    init(tmp_path / "workspace", database_url=url).close()
    with open_app(tmp_path / "workspace", clock=PastClock()) as app:
        team = make_team(app, annotators=20)
        outcome = soak(team, seconds=16, kills=1, tasks=60)
        assert faults(team, outcome) == []
    assert len(outcome.acknowledged) > 40
    assert outcome.happened["server gone"] > 0
    assert outcome.happened["connection dropped"] > 0
    assert not [event for event in outcome.happened if event.startswith("server error")]
