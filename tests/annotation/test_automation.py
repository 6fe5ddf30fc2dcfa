"""A model answers only where gold proves it good enough, and audits can take that back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.annotation import automation, automation_policy, campaigns, gold, prelabels, queries
from headwater.annotation.automation_model import Mode, NoCertificateError
from headwater.annotation.plan import Plan
from headwater.annotation.prelabels import Proposal
from headwater.governance.model import NotYoursError
from tests.annotation import factories

if TYPE_CHECKING:
    from tests.workspaces import Team

MODEL = "tagger 3"


def opened(team: Team, *, known: int, wrong: int, ordinary: int) -> str:
    """Open a campaign whose model proposes `billing` everywhere: right on all but some of the known tasks."""
    records = factories.put_records(team, [f"message {place}" for place in range(known + ordinary)])
    plan = Plan(overlap=2, gold_rate=0.1, shows_prelabels=True, blinded_rate=0.0)
    campaign = factories.plan_campaign(team, records[known:], plan=plan).id
    with team.act(team.ops) as ctx:
        right = {each: {"topic": "fault" if place < wrong else "billing"} for place, each in enumerate(records[:known])}
        gold.mark(ctx, campaign, right)
    factories.open_planned(team, campaign)
    rows = [
        Proposal(record=each, values={"topic": "billing"}, score=0.3 if place < wrong else 0.6 + 0.3 * place / 1000)
        for place, each in enumerate(records)
    ]
    with team.act(team.ops) as ctx:
        prelabels.add(ctx, campaign, rows, model=MODEL)
    return campaign


def test_a_model_answers_under_a_certificate_and_people_check_a_share(each_team: Team) -> None:
    campaign = opened(each_team, known=60, wrong=8, ordinary=20)
    with each_team.act(each_team.ops) as ctx:
        made = automation.certify(ctx, campaign, model=MODEL, alpha=0.1, delta=0.1, audit_rate=0.3)
        assert 0.3 < made.threshold <= 0.7
        assert made.error.high <= 0.1 + 1e-12
        automation_policy.decide(ctx, campaign, where="", mode=Mode.MODEL, reason="proven")
        done = automation.run(ctx, made.id)
    assert done.answered + done.audited == 20
    assert done.audited > 0
    with each_team.read() as ctx:
        progress = queries.progress(ctx, campaign)
        assert (progress.done, progress.answers) == (done.answered, done.answered)
        assert (progress.annotators, progress.per_hour) == (0, None)
        assert prelabels.anchoring(ctx, campaign).shown.n == 0  # the model agrees with itself; no person did
        assert automation.audit(ctx, made.id).done == 0
    person = each_team.annotators[0]
    factories.work_through(each_team, campaign, person, topic="billing")
    with each_team.read() as ctx:
        found = automation.audit(ctx, made.id)
        assert (found.drawn, found.done, found.watch.alarm) == (done.audited, done.audited, 0)
        columns = queries.answers(ctx, campaign)
        assert len(columns.annotator_ids) == 2
    with each_team.act(each_team.ops) as ctx:
        assert automation.run(ctx, made.id).answered == 0


def test_without_a_live_certificate_a_model_answers_nothing(team: Team) -> None:
    campaign = opened(team, known=60, wrong=8, ordinary=5)
    for alpha, said in ((0.001, "No score of 'tagger 3' is proven"), (0.02, "must lie above a score")):
        with team.act(team.ops) as ctx, pytest.raises(NoCertificateError, match=said):
            automation.certify(ctx, campaign, model=MODEL, alpha=alpha)
    with team.act(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        automation.certify(ctx, campaign, model=MODEL, alpha=0.1)
    with team.act(team.ops) as ctx:
        short = automation.certify(ctx, campaign, model=MODEL, alpha=0.1, days=1)
        made = automation.certify(ctx, campaign, model=MODEL, alpha=0.1, days=300)
        automation.revoke(ctx, automation.certify(ctx, campaign, model=MODEL, alpha=0.1).id, reason="a better one")
        revoked = automation.certificates(ctx, campaign)[0]
    team.app.clock.advance(days=2)  # type: ignore[attr-defined]
    for identifier, said in ((short.id, "ended on"), (revoked.id, "was revoked: a better one")):
        with team.act(team.ops) as ctx, pytest.raises(NoCertificateError, match=said):
            automation.run(ctx, identifier)
    other = factories.publish_guideline(team, factories.TEXT + "\n## other\n\nElse.\n")
    with team.act(team.ops) as ctx:
        campaigns.change(ctx, campaign, guideline_id=other.id)
    with team.act(team.ops) as ctx, pytest.raises(NoCertificateError, match="moved to other"):
        automation.run(ctx, made.id)


def test_audits_that_contradict_a_certificate_end_its_use(team: Team) -> None:
    campaign = opened(team, known=60, wrong=8, ordinary=40)
    with team.act(team.ops) as ctx:
        made = automation.certify(ctx, campaign, model=MODEL, alpha=0.1, audit_rate=1.0)
        automation_policy.decide(ctx, campaign, where="", mode=Mode.MODEL, reason="proven")
        assert automation.run(ctx, made.id, limit=30).answered == 0
    person, seen = team.annotators[0], set()
    while (given := factories.claim(team, campaign, person)) is not None:
        seen.add((bool(given.draft), given.note))
        factories.answer(team, campaign, person, given, topic="praise")
    assert (False, "") in seen  # whoever checks the model does not see what it says
    with team.read() as ctx:
        assert automation.audit(ctx, made.id).watch.alarm > 0
    with team.act(team.ops) as ctx, pytest.raises(NoCertificateError, match="Audits contradict"):
        automation.run(ctx, made.id)
