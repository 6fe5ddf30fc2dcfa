"""What is wrong is named with its cause, and clean work is left alone."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from headwater.annotation.plan import Plan
from headwater.core.errors import ForbiddenError
from headwater.governance import charters
from headwater.governance import queries as programs
from headwater.governance.model import NotYoursError, Standard
from headwater.quality import assessments, cards, concerns, explorer, forecasts, labels
from tests.annotation import factories
from tests.quality.factories import answer_all

if TYPE_CHECKING:
    from tests.workspaces import Team

TOPICS = factories.TOPICS


def place(text: str) -> int:
    return int(text.rsplit(" ", 1)[1])


def worked(team: Team, errors: dict[int, float], *, gold: int = 20) -> str:
    """Let annotators answer; those named err so often, by confusing fault with praise."""
    known = {number: TOPICS[(45 + number) % 3] for number in range(gold)}
    campaign = factories.open_campaign(team, 45, plan=Plan(overlap=3, gold_rate=0.4), known=known)
    rng = random.Random(5)
    for number, person in enumerate(team.annotators[:3]):

        def choose(text: str, rate: float = errors.get(number, 0.0)) -> dict[str, object]:
            right = TOPICS[place(text) % 3]
            return {"topic": {"fault": "praise", "praise": "fault"}.get(right, right) if rng.random() < rate else right}

        answer_all(team, campaign.id, person, choose)
    with team.act(team.ops) as ctx:
        assessments.assess(ctx, campaign.id, question="topic")
    return campaign.id


def test_a_careless_annotator_and_the_labels_they_confuse_are_named(team: Team) -> None:
    campaign = worked(team, {2: 0.9})
    with team.read() as ctx:
        found = {each.subject: each for each in concerns.concerns(ctx)}
    careless = found[f"annotator:{team.annotators[2]}"]
    assert careless.severity == "bad"
    assert "ann3 answers gold right in" in careless.what
    assert f"annotator:{team.annotators[0]}" not in found
    assert {"label:fault", "label:praise"} <= set(found)
    assert "label:billing" not in found
    assert "praise" in found["label:fault"].because
    assert "section" in found["label:fault"].next
    assert careless.because == ""  # until labels were resolved nobody knows what is likely true
    with team.act(team.ops) as ctx:
        labels.resolve(ctx, campaign, question="topic")
        told = {each.subject: each for each in concerns.concerns(ctx)}[careless.subject]
        assert told.because.startswith(
            ("Most often “praise” is given where “fault”", "Most often “fault” is given where")
        )
    with team.read(team.annotators[0]) as ctx:
        assert not [each for each in concerns.concerns(ctx) if each.subject.startswith(("annotator:", "cohort:"))]
    with team.read(team.annotators[2]) as ctx:
        card = cards.annotator(ctx, team.annotators[2])
        assert {each.mine.metric for each in card.figures} == {"gold.accuracy", "agreement.with_others"}
        assert card.work[0].campaign_id == campaign
        assert card.pairs == ()
        with pytest.raises(ForbiddenError):
            cards.annotator(ctx, team.annotators[0])
        with pytest.raises(ForbiddenError):
            cards.cohort(ctx, "in-house")


def test_clean_work_raises_no_concern(team: Team) -> None:
    worked(team, {})
    with team.read() as ctx:
        assert concerns.concerns(ctx) == []


def test_what_was_measured_without_anything_to_compare_is_not_called_never_measured(team: Team) -> None:
    campaign = factories.open_campaign(team, 3, plan=Plan(overlap=1)).id
    factories.work_through(team, campaign, team.annotators[0], topic="fault", limit=1)
    with team.act(team.ops) as ctx:
        assert [each.what for each in concerns.concerns(ctx)] == ["1 answer of “first” was never measured."]
        assessments.assess(ctx, campaign, question="topic")
        assert concerns.concerns(ctx) == []


def test_a_label_given_on_two_tasks_is_not_called_told_apart_badly(team: Team) -> None:
    campaign = factories.open_campaign(team, 44, plan=Plan(overlap=2)).id
    first, second = team.annotators[:2]
    for person, rounds in (
        (first, (("fault", 2), ("praise", 20), ("billing", 22))),
        (second, (("praise", 22), ("billing", 22))),
    ):
        for topic, tasks in rounds:
            factories.work_through(team, campaign, person, topic=topic, limit=tasks)
    with team.act(team.ops) as ctx:
        measured = {row.scope: row.estimate for row in assessments.assess(ctx, campaign, question="topic")}
        assert measured["label:fault"].value < 0  # the two tasks are all there is of it, and both are disputed
        assert not [each for each in concerns.concerns(ctx) if each.subject.startswith("label:")]


def test_a_failed_standard_says_since_when_and_from_what(team: Team) -> None:
    with team.act(team.ops) as ctx:
        charter = programs.program(ctx).charter
        strict = Standard(metric="agreement.alpha", comparison=">=", value=0.95, scope="topic")
        proposal = charters.propose(ctx, replace(charter, standards=(strict,)))
    team.app.clock.advance(hours=49)  # type: ignore[attr-defined]
    with team.act(team.lead) as ctx:
        charters.approve(ctx, proposal.subject, reason="strict")
    campaign = worked(team, {2: 0.5}, gold=2)
    with team.read() as ctx:
        (first,) = [each for each in concerns.concerns(ctx) if each.subject == "question:topic"]
    assert first.severity == "bad"
    assert "the charter asks for >= 0.95" in first.what
    assert "others say" in first.because
    with team.act(team.ops) as ctx:
        assessments.assess(ctx, campaign, question="topic", seed=2)
    with team.read() as ctx:
        (again,) = [each for each in concerns.concerns(ctx) if each.subject == "question:topic"]
        assert again.since == first.since


def test_disputes_stand_beside_the_rules_and_more_overlap_has_its_price(team: Team) -> None:
    campaign = worked(team, {2: 0.5}, gold=2)
    with team.read(team.reviewer) as ctx:
        found = explorer.explore(ctx, campaign, question="topic", labels=("fault", "praise"), limit=3)
        assert found.total > 3
        assert len(found.examples) == 3
        assert {voice.who for voice in found.examples[0].voices} == {"annotator 1", "annotator 2", "annotator 3"}
        assert {voice.value for voice in found.examples[0].voices} == {"fault", "praise"}
        texts = {rule.label: rule.section.text for rule in found.rules if rule.section}
        assert texts == {"fault": "Something broke.", "praise": "Thanks."}
    with team.read() as ctx:
        named = explorer.explore(ctx, campaign, question="topic", limit=1)
        assert {voice.who for voice in named.examples[0].voices} == {"ann1", "ann2", "ann3"}
        forecast = forecasts.overlap(ctx, campaign, question="topic", target=0.95)
        assert forecast.overlap == 3
        assert forecast.needed.low <= forecast.needed.value <= forecast.needed.high
        values = [step.stability.value for step in forecast.steps]
        assert values[0] < values[4] < values[8]
    with team.read(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        explorer.explore(ctx, campaign, question="topic")
