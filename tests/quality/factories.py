"""Campaigns whose answers are known."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from headwater.annotation import tasks
from headwater.annotation.submissions import Submission
from tests.annotation import factories

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.workspaces import Team


def answer_all(team: Team, campaign: str, person: str, choose: Callable[[str], dict[str, object]]) -> int:
    """Answer everything a person is given with what `choose` says about its text; returns how many."""
    count = 0
    while (given := factories.claim(team, campaign, person)) is not None:
        submission = Submission(
            lease_id=given.lease_id,
            token=given.token,
            client_id=str(uuid.uuid4()),
            values=choose(str(given.content["text"])),
            lead_time_ms=1000,
        )
        with team.act(person) as ctx:
            tasks.submit(ctx, campaign, submission)
        count += 1
    return count
