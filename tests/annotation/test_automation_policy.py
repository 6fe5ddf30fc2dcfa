"""Who answers is decided slice by slice: people, people with prelabels, or a model where it is proven there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.annotation import automation, automation_policy, campaigns, gold, prelabels, queries
from headwater.annotation.automation_model import Mode, ModeError, NoCertificateError
from headwater.annotation.plan import Plan
from headwater.annotation.prelabels import Proposal
from headwater.core.errors import NotFoundError, StaleError
from headwater.governance import queries as governance
from headwater.governance.model import Decision, NotYoursError
from headwater.sourcing import queries as sourcing
from headwater.sourcing.slices import UnknownFieldError
from tests.annotation import factories

if TYPE_CHECKING:
    from tests.workspaces import Team

MODEL = "tagger 3"
EN, ES, FR = (f"language = '{language}'" for language in ("en", "es", "fr"))


def opened(team: Team, *, known: int, ordinary: int) -> str:
    """Open a campaign in three languages whose model proposes `billing` everywhere, and is right on all gold."""
    records = factories.put_records(
        team, [f"message {place}" for place in range(known + ordinary)], languages=("en", "es", "fr")
    )
    campaign = factories.plan_campaign(team, records[known:], plan=Plan(blinded_rate=0.0)).id
    with team.act(team.ops) as ctx:
        if known:
            gold.mark(ctx, campaign, {each: {"topic": "billing"} for each in records[:known]})
        rows = [Proposal(record=each, values={"topic": "billing"}, score=0.9) for each in records]
        prelabels.add(ctx, campaign, rows, model=MODEL)
    factories.open_planned(team, campaign)
    return campaign


def languages_seen_with_a_proposal(team: Team, campaign: str) -> tuple[set[str], set[str]]:
    """Answer everything; return the languages of which a proposal was shown, and those of which none was."""
    person, seen = team.annotators[0], (set[str](), set[str]())
    while (given := factories.claim(team, campaign, person)) is not None:
        seen[0 if given.draft else 1].add(str(given.content["language"]))
        factories.answer(team, campaign, person, given)
    return seen


def test_each_slice_is_answered_as_decided_and_the_most_careful_slice_wins(each_team: Team) -> None:
    campaign = opened(each_team, known=0, ordinary=9)
    with each_team.act(each_team.ops) as ctx:
        automation_policy.decide(ctx, campaign, where=f"{EN} or {ES}", mode=Mode.PRELABELS, reason="the model is good")
        automation_policy.decide(ctx, campaign, where=ES, mode=Mode.PEOPLE, reason="dialects")
    with each_team.read() as ctx:
        lines = automation_policy.policy(ctx, campaign, counted=True)
        assert [(line.where, line.mode, line.is_rest) for line in lines] == [
            (f"{EN} or {ES}", Mode.PRELABELS, False),
            (ES, Mode.PEOPLE, False),
            ("", Mode.PEOPLE, True),
        ]
        assert [line.holds and (line.holds.tasks, line.holds.open, line.holds.proposed) for line in lines] == [
            (3, 3, 3)
        ] * 3
    assert languages_seen_with_a_proposal(each_team, campaign) == ({"en"}, {"es", "fr"})
    with each_team.read() as ctx:
        kept = [each.outcome for each in governance.decided(ctx) if each.decision is Decision.AUTOMATION_CHANGE]
        assert kept == ["performed"] * 2


def test_a_model_answers_a_slice_only_when_it_is_proven_there_and_decided(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automation, "MOST", 8)  # tasks outside the slice do not keep a run from those inside
    campaign = opened(team, known=180, ordinary=30)
    with team.act(team.ops) as ctx:
        everywhere = automation.certify(ctx, campaign, model=MODEL, alpha=0.1, audit_rate=0.2)
        with pytest.raises(NoCertificateError, match="what is proven elsewhere"):
            automation_policy.decide(ctx, campaign, where=EN, mode=Mode.MODEL, reason="proven for all")
        made = automation.certify(ctx, campaign, model=MODEL, alpha=0.1, where=f"{EN} or {FR}", audit_rate=0.2)
        for row in (everywhere, made):
            with pytest.raises(ModeError, match="does not let a model answer"):
                automation.run(ctx, row.id)
        automation_policy.decide(ctx, campaign, where=made.where, mode=Mode.MODEL, reason="proven here")
        automation_policy.decide(ctx, campaign, where=FR, mode=Mode.PEOPLE, reason="a new dialect")
        done = automation.run(ctx, made.id, limit=8)
    assert done.answered + done.audited == 8  # of the English third; the French one is left to people
    with team.read() as ctx:
        first, second, rest = automation_policy.policy(ctx, campaign, counted=True)
        assert (first.certificate, second.certificate) == (made.id, "")
        assert first.holds
        assert (first.holds.tasks, first.holds.by_model, first.holds.audited) == (10, done.answered, done.audited)
        assert rest.holds
        assert rest.holds.tasks == second.holds.tasks == 10  # type: ignore[union-attr]
        columns = queries.answers(ctx, campaign)
        told = sourcing.attributes(ctx, set(columns.record_ids))
        assert {each["language"] for each in told.values()} == {"en"}
    seen, unseen = languages_seen_with_a_proposal(team, campaign)
    assert not seen  # who checks a model or answers in its place does not see what it says
    assert unseen == {"en", "es", "fr"}


def test_a_policy_is_changed_by_the_entitled_for_slices_that_exist_and_by_no_other_way(team: Team) -> None:
    campaign = opened(team, known=0, ordinary=3)
    with team.act(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        automation_policy.decide(ctx, campaign, where="", mode=Mode.PEOPLE, reason="mine")
    with team.act(team.ops) as ctx:
        with pytest.raises(UnknownFieldError):
            automation_policy.decide(ctx, campaign, where="colour = 'red'", mode=Mode.PEOPLE, reason="red")
        made = automation_policy.decide(ctx, campaign, where=EN, mode=Mode.PRELABELS, reason="good")
        with pytest.raises(StaleError):
            automation_policy.decide(
                ctx, campaign, where=EN, mode=Mode.PEOPLE, reason="late", seen_version=made.version - 1
            )
        assert campaigns.change(ctx, campaign, plan=Plan(overlap=2)).plan.slices == {EN: "prelabels"}
        with pytest.raises(NotFoundError, match="has no slice"):
            automation_policy.decide(ctx, campaign, where=ES, mode=None, reason="gone")
        assert automation_policy.decide(ctx, campaign, where=EN, mode=None, reason="gone").plan.slices == {}


def test_a_slice_says_how_many_records_match_it_and_stands_when_none_does(team: Team) -> None:
    campaign = opened(team, known=0, ordinary=9)
    with team.act(team.ops) as ctx:
        automation_policy.decide(ctx, campaign, where=ES, mode=Mode.PRELABELS, reason="the model is good")
        automation_policy.decide(ctx, campaign, where="language = 'ES'", mode=Mode.PEOPLE, reason="dialects")
    with team.read() as ctx:
        assert [line.records for line in automation_policy.policy(ctx, campaign)] == [3, 0, None]
