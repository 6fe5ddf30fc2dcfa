"""Deadlines: what is urgent comes first, who runs the work is told in time, and more time is given with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from headwater.annotation import agenda, batches, campaigns, deadlines
from headwater.annotation.deadline_model import NoDeadlineError, Verdict
from headwater.annotation.plan import Plan, PlanError
from headwater.app import overview
from headwater.app.watching import Watcher
from headwater.governance import queries as governance
from headwater.governance.model import NotYoursError
from tests.annotation import factories

if TYPE_CHECKING:
    from headwater.annotation.deadlines import Outlook
    from headwater.annotation.model import Campaign
    from tests.workspaces import Team


def due_in(team: Team, tasks: int = 30, **time: float) -> Campaign:
    """Open a campaign whose deadline is so far off."""
    row = factories.open_campaign(team, tasks)
    with team.act(team.ops) as ctx:
        return campaigns.amend(ctx, row.id, {"deadline": team.app.clock.now() + timedelta(**time)})


def days(team: Team, campaign: str, count: int) -> None:
    for _ in range(count):
        factories.work_through(team, campaign, team.annotators[0], limit=2)
        team.app.clock.advance(days=1)  # type: ignore[attr-defined]


def told(team: Team, person: str) -> list[str]:
    with team.read(person) as ctx:
        return [each.text for each in governance.notices(ctx) if each.kind == "deadline"]


def standing(team: Team) -> Outlook:
    with team.read() as ctx:
        (found,) = deadlines.outlooks(ctx)
    return found


def test_those_who_run_the_work_are_told_once_when_a_deadline_will_be_missed_and_when_it_is(each_team: Team) -> None:
    team = each_team
    campaign = due_in(team, days=7)
    assert standing(team).verdict is Verdict.AHEAD
    days(team, campaign.id, 4)
    found = standing(team)
    assert found.verdict is Verdict.LIKELY_MISSED  # 22 answers left, two a day, three days
    assert found.in_time is not None
    assert (found.in_time.value, found.due.words) == (0.0, "2 days left")
    assert [Watcher(team.app).warn(), Watcher(team.app).warn()] == [1, 0]
    team.app.clock.advance(days=3)  # type: ignore[attr-defined]
    assert standing(team).verdict is Verdict.OVERDUE
    assert [Watcher(team.app).warn(), Watcher(team.app).warn()] == [1, 0]
    for person in (team.ops, team.lead):
        late, likely = told(team, person)
        assert "will probably miss its deadline" in likely
        assert "8 of 30 tasks are done" in likely
        assert "has missed its deadline" in late
    assert not told(team, team.annotators[0])
    with team.read() as ctx:
        stage = next(each for each in overview.stages(ctx) if each.name == "Annotation")
    assert (stage.state, stage.gap.startswith("first is overdue by")) == ("bad", True)


def test_more_time_is_given_with_a_reason_and_told_to_whom_it_concerns(team: Team) -> None:
    campaign = due_in(team, days=1)
    factories.work_through(team, campaign.id, team.annotators[0], limit=1)
    before = campaign.plan.deadline
    assert before is not None
    until = before + timedelta(days=7)
    with team.act(team.ops) as ctx:
        made = deadlines.extend(ctx, campaign.id, until=until, reason="More records.")
        with pytest.raises(PlanError, match="gives 'first' no more time"):
            deadlines.extend(ctx, campaign.id, until=before, reason="Less.")
    assert made.plan.deadline == until
    assert all(said.endswith("More records.") for said in told(team, team.annotators[0]))
    assert (len(told(team, team.annotators[0])), told(team, team.annotators[1]), told(team, team.ops)) == (1, [], [])
    with team.read() as ctx:
        (extended, planned) = deadlines.moves(ctx, campaign.id)
        (entry,) = [each for each in governance.entries(ctx) if each.body.get("reason") == "More records."]
    assert (extended.by, extended.before, extended.after, extended.reason) == (team.ops, before, until, "More records.")
    assert (planned.before, planned.reason) == (None, "")
    assert (entry.actor, entry.subject) == (team.ops, campaign.id)
    with team.act(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        deadlines.extend(ctx, campaign.id, until=until + timedelta(days=1), reason="I am late.")
    with team.act(team.ops) as ctx:
        campaigns.amend(ctx, campaign.id, {"deadline": None})
        with pytest.raises(NoDeadlineError):
            deadlines.extend(ctx, campaign.id, until=until, reason="Why not?")


def test_of_several_campaigns_the_priority_counts_first_and_then_the_nearest_deadline(team: Team) -> None:
    first = factories.open_campaign(team, 3)
    records = factories.put_records(team, [f"another {place}" for place in range(3)])
    made = {}
    for name, deadline, priority in (("late", 9, 5), ("soon", 2, 5), ("urgent", None, 1)):
        now = team.app.clock.now()
        plan = Plan(overlap=2, deadline=now + timedelta(days=deadline) if deadline else None)
        with team.act(team.ops) as ctx:
            row = campaigns.create(
                ctx, name=name, schema_id=first.schema_id, guideline_id=first.guideline_id, plan=plan
            )
            batches.add(ctx, row.id, name="one", records=records, priority=priority)
        factories.open_planned(team, row.id)
        made[name] = row.id
    factories.work_through(team, made["late"], team.annotators[0])

    def order(person: str) -> list[str]:
        with team.read(person) as ctx:
            return [each.campaign.name for each in agenda.agenda(ctx)]

    assert order(team.annotators[0]) == ["urgent", "soon", "first", "late"]
    assert order(team.annotators[1]) == ["urgent", "soon", "late", "first"]


def test_a_deadline_that_has_passed_is_refused(team: Team) -> None:
    first = factories.open_campaign(team, 1)
    past = Plan(deadline=team.app.clock.now() - timedelta(days=1))
    with team.act(team.ops) as ctx, pytest.raises(PlanError, match="has passed already"):
        campaigns.create(ctx, name="late", schema_id=first.schema_id, guideline_id=first.guideline_id, plan=past)
    with team.act(team.ops) as ctx, pytest.raises(PlanError, match="has passed already"):
        campaigns.change(ctx, first.id, plan=past)
