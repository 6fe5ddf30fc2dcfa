"""The Python client against a real server: files in, tasks answered, lists walked, errors as in Python."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from headwater.client import Client
from headwater.core.errors import ForbiddenError, InvalidError, NotFoundError, UnauthenticatedError
from tests.annotation.factories import open_campaign
from tests.serving import served
from tests.sourcing.test_intakes import approved
from tests.workspaces import Team

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_client_takes_in_answers_and_lists(team: Team, token: Callable[[Team, str], str], tmp_path: Path) -> None:
    approved(team)
    file = tmp_path / "texts.jsonl"
    file.write_text(
        "".join(json.dumps({"text": f"{word} is broken"}) + "\n" for word in ("printer", "door", "invoice"))
    )
    team.app.jobs.launch()
    told: list[str] = []
    with served(team.app) as server, Client(server.url, token=token(team, team.ops), program="support") as ops:
        job = ops.take_in("desk", file, near_duplicate=2)
        assert ops.wait(job["id"], lambda status: told.append(status["state"]))["added"] == 3
        assert told[-1] == "done"
        assert len({record["id"] for record in ops.each("records", limit=2)}) == 3
        campaign = open_campaign(team, 3).id
        answered = 0
        with Client(server.url, token=token(team, team.annotators[0]), program="support") as annotator:
            task = annotator.claim(campaign)
            while task is not None:
                task, answered = annotator.submit(campaign, task, {"topic": "fault"}), answered + 1
            assert annotator.claim(campaign) is None
            with pytest.raises(ForbiddenError):
                annotator.post("sources", {"name": "x", "kind": "private", "provenance": {"title": "x"}})
        assert answered == 3
        assert ops.get(f"campaigns/{campaign}/progress")["answers"] == 3
        assert len(list(ops.each("sources", limit=1))) == 1
        with pytest.raises(NotFoundError):
            ops.get("sources/none")
        with pytest.raises(InvalidError, match="limit"):
            ops.get("records", limit=0)
        with Client(server.url, token="hw_wrong", program="support") as nobody, pytest.raises(UnauthenticatedError):
            nobody.get("sources")
