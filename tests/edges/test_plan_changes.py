"""Every number of a plan changes while a campaign runs, by command, API and page alike."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from headwater.annotation import campaigns, queries
from headwater.annotation.plan import Plan, PlanError, rates_of
from headwater.api.annotation import CampaignChange
from headwater.cli.main import build
from headwater.cli.session import chosen
from headwater.core.canonical import plain
from headwater.web.plans import PlanForm
from tests.annotation import factories
from tests.serving import served
from tests.web import calls

if TYPE_CHECKING:
    from tests.workspaces import Team

DEADLINE = datetime(2027, 1, 31, 18, tzinfo=UTC)
WANTED = Plan(
    overlap=2,
    most_overlap=4,
    confidence=0.9,
    shows_prelabels=True,
    blinded_rate=0.2,
    gold_rate=0.1,
    lease_minutes=20.0,
    qualification_days=30.0,
    review_rate=0.3,
    review_rates={"north": 0.5},
    review_target=0.01,
    review_floor=0.1,
    skill="german",
    deadline=DEADLINE,
    budget=500,
    shows_accuracy=True,
)
CLOSED = [{"name": "topic", "kind": "single", "options": ["billing", "fault"]}]


def running(team: Team) -> str:
    return factories.open_campaign(team, 2, data=CLOSED).id


def plan_of(team: Team, campaign: str) -> Plan:
    with team.read() as ctx:
        return queries.campaign(ctx, campaign).plan


def test_no_number_of_a_plan_is_missing_at_an_edge() -> None:
    names = {each.name for each in fields(Plan)} - {"slices"}  # the automation policy, a decision of its own
    assert names == set(CampaignChange.model_fields) - {"guideline_id"} == set(PlanForm.model_fields)
    assert PlanForm().plan() == Plan()


def test_a_command_changes_what_it_names_and_leaves_the_rest(team: Team) -> None:
    campaign, before = running(team), (chosen.workspace, chosen.handle, chosen.program)

    def typed(*words: str) -> str:
        start = ["--workspace", str(team.app.settings.directory), "--as", "ops", "campaign", "change", campaign]
        result = CliRunner().invoke(build(), [*start, *words])
        return str(result.exception) if result.exit_code else ""

    words = (
        "--overlap 2 --most-overlap 4 --confidence 0.9 --prelabels --blinded-rate 0.2 --gold-rate 0.1 "
        "--lease-minutes 20 --qualification-days 30 --review-rate 0.3 --team-rate north=0.5 --review-target 0.01 "
        "--review-floor 0.1 --skill german --deadline 2027-01-31T18:00Z --budget 500 --accuracy"
    )
    assert not typed(*words.split())
    assert plan_of(team, campaign) == WANTED
    assert "in no time zone" in typed("--deadline", "2027-01-31")
    assert not typed("--deadline", "", "--budget", "0", "--no-prelabels", "--team-rate", "")
    chosen.workspace, chosen.handle, chosen.program = before
    now = plan_of(team, campaign)
    assert (now.deadline, now.budget, now.shows_prelabels, now.review_rates, now.skill) == (
        None,
        0,
        False,
        {},
        "german",
    )


def test_the_api_and_the_page_change_the_same_and_refuse_what_was_seen_too_long_ago(team: Team) -> None:
    campaign = running(team)
    with served(team.app) as site:
        caller = calls.client(team.app, site.url, team.ops)
        path, headers = f"/api/v1/programs/support/campaigns/{campaign}", {"Authorization": f"Bearer {caller.token}"}
        seen = headers | {"If-Match": caller.http.get(path, headers=headers).headers["ETag"]}
        assert caller.http.patch(path, json=plain(asdict(WANTED)), headers=seen).is_success
        assert plan_of(team, campaign) == WANTED
        assert caller.http.patch(path, json={"budget": 1}, headers=seen).status_code == 412
        now = caller.http.patch(path, json={"deadline": None}, headers=headers).json()
        assert now["plan"]["deadline"] is None

        form = {"csrf": caller.csrf, "overlap": "1", "skill": " french ", "review_rates": "north = 0.2\r\n\r\n"}
        form |= {"deadline": "2027-01-31T18:00", "version": str(now["version"])}
        assert caller.http.post(f"/p/support/campaigns/{campaign}/change", data=form).status_code == 303
        assert plan_of(team, campaign) == Plan(skill="french", review_rates={"north": 0.2}, deadline=DEADLINE)
        assert caller.http.post(f"/p/support/campaigns/{campaign}/change", data=form).status_code == 412
        caller.http.close()


def test_work_that_runs_does_not_ask_for_a_calibration_nobody_can_pass(team: Team) -> None:
    campaign = running(team)
    with team.act(team.ops) as ctx, pytest.raises(PlanError, match="no calibration batch"):
        campaigns.amend(ctx, campaign, {"calibration_bar": 0.8})


@pytest.mark.parametrize("line", ["north", "= 0.5", "north = much"])
def test_a_line_that_is_no_rate_is_named(line: str) -> None:
    with pytest.raises(PlanError, match="no review rate"):
        rates_of([line])
