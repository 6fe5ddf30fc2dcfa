"""The boards of a campaign show its own work alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import boards, campaigns
from tests.annotation.test_vendors import accepted, answered, issued, opened

if TYPE_CHECKING:
    from tests.workspaces import Team


def test_without_answers_there_are_no_cohorts_of_others(team: Team) -> None:
    package = issued(team)
    accepted(team, package, answered(opened(team, package)))
    with team.act(team.ops) as ctx:
        assert boards.cohorts(ctx, package.campaign_id)
        other = campaigns.create(
            ctx, name="second", schema_id=package.schema_id, guideline_id=package.guideline_id, plan=None
        )
        assert not boards.cohorts(ctx, other.id)
