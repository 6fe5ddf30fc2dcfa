"""The automation policy is followed unasked: what is new is answered, and people are told when it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import automation, automation_policy, batches, prelabels, queries
from headwater.annotation.automation_model import Mode
from headwater.annotation.prelabels import Proposal
from headwater.app.watching import Watcher
from headwater.governance import queries as governance
from headwater.governance.model import Decision
from tests.annotation import factories
from tests.annotation.test_automation import MODEL, opened

if TYPE_CHECKING:
    from tests.workspaces import Team


def told(team: Team) -> list[str]:
    with team.read(team.ops) as ctx:
        return [each.text for each in governance.notices(ctx) if each.kind == "automation"]


def done(team: Team, campaign: str) -> int:
    with team.read() as ctx:
        return queries.progress(ctx, campaign).done


def test_what_is_new_in_a_slice_is_answered_until_the_certificate_ends(each_team: Team) -> None:
    team = each_team
    campaign = opened(team, known=60, wrong=8, ordinary=20)
    watcher = Watcher(team.app)
    with team.act(team.ops) as ctx:
        made = automation.certify(ctx, campaign, model=MODEL, alpha=0.1, audit_rate=0.3, days=10)
    assert watcher.automate() == 0  # a certificate is no order
    with team.act(team.ops) as ctx:
        automation_policy.decide(ctx, campaign, where="", mode=Mode.MODEL, reason="proven")
    first = watcher.automate()
    assert 0 < first == done(team, campaign)
    assert watcher.automate() == 0
    records = factories.put_records(team, [f"new {place}" for place in range(20)])
    with team.act(team.ops) as ctx:
        batches.add(ctx, campaign, name="two", records=records)
    assert watcher.automate() == 0  # nothing is proposed for them yet
    proposals = [Proposal(record=each, values={"topic": "billing"}, score=0.95) for each in records]
    with team.act(team.ops) as ctx:
        prelabels.add(ctx, campaign, proposals, model=MODEL)
    second = watcher.automate()
    assert second > 0
    assert done(team, campaign) == first + second
    with team.read() as ctx:
        runs = [each for each in governance.decided(ctx, subject=campaign) if each.reason.endswith("by the policy")]
        drawn = automation.audit(ctx, made.id).drawn
    assert {(each.decision, each.actor) for each in runs} == {(Decision.AUTOMATION_CHANGE, team.ops)}
    assert first + second + drawn == 40
    assert told(team) == []
    team.app.clock.advance(days=11)  # type: ignore[attr-defined]
    assert [watcher.automate(), watcher.automate()] == [0, 0]
    (said,) = told(team)
    assert said.startswith(f"{MODEL} answers no more in 'first' (all records): its certificate ended on")


def test_a_model_that_people_contradict_stops_and_those_who_decide_are_told(team: Team) -> None:
    campaign = opened(team, known=60, wrong=8, ordinary=40)
    watcher = Watcher(team.app)
    with team.act(team.ops) as ctx:
        made = automation.certify(ctx, campaign, model=MODEL, alpha=0.1, audit_rate=1.0)
        automation_policy.decide(ctx, campaign, where="", mode=Mode.MODEL, reason="proven")
    assert watcher.automate() == 0  # all of them were drawn
    factories.work_through(team, campaign, team.annotators[0], topic="praise")
    assert [watcher.automate(), watcher.automate()] == [0, 0]
    (said,) = told(team)
    assert "people's checks contradict its certificate" in said
    with team.act(team.ops) as ctx:
        automation.revoke(ctx, made.id, reason="wrong")
    watcher.automate()
    assert len(told(team)) == 1  # told once
