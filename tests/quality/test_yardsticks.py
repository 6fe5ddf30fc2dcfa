"""What agreement is measured by can be chosen, by the Accountable, where it makes sense; groups and gates follow."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import numpy as np
import pytest

from headwater.annotation import queries as annotation
from headwater.annotation.questions import parse
from headwater.governance.model import NotYoursError
from headwater.quality import coefficients, measuring, pooling, queries, yardsticks
from headwater.quality.model import Measure, MeasureId, NotAssessableError
from headwater.quality.panels import Panel
from headwater.quality.yardsticks import Coefficient, Distance, Yardstick, YardstickError
from headwater.stats.agreement import krippendorff, many_raters, patterns, sets
from headwater.stats.agreement.two_raters import cohen, joint_table
from headwater.stats.interval import wilson
from headwater.web.quality import agreement_of_batches
from tests.quality.test_agreement_edges import caller, typed
from tests.quality.test_assessments import QUESTIONS, TOPICS, answered, assess
from tests.serving import served

if TYPE_CHECKING:
    from headwater.annotation.answers import Answers
    from tests.workspaces import Team

ASKED = {each.name: each for each in parse(QUESTIONS)}
MORE = {
    each.name: each
    for each in parse(
        [
            {"name": "yes", "kind": "single", "options": ["yes", "no"]},
            {"name": "cents", "kind": "numeric", "minimum": 0},
            {"name": "parts", "kind": "spans", "options": ["name"]},
            {"name": "tree", "kind": "single", "options": ["a", {"value": "b", "parent": "a"}, "c"]},
            {"name": "turns", "kind": "single", "options": ["a", "b", "c"], "per_turn": "assistant"},
        ]
    )
}


def by(coefficient: str, distance: str) -> Yardstick:
    return Yardstick(coefficient=Coefficient(coefficient), distance=Distance(distance))


@pytest.mark.parametrize(
    ("question", "coefficient", "distance", "why"),
    [
        ("topic", "alpha", "MASI", "sets of options"),
        ("topic", "alpha", "ratio", "true zero"),
        ("tree", "alpha", "ordinal", "hierarchy"),
        ("yes", "cohen", "interval", "every distance says the same"),
        ("urgency", "alpha", "Kendall", "orders of things"),
        ("urgency", "gwet", "ratio", "true zero"),
        ("minutes", "alpha", "ratio", "numbers below 0"),
        ("minutes", "fleiss", "interval", "closed list"),
        ("tags", "gwet", "MASI", "every possible set"),
        ("best", "brennan-prediger", "Kendall", "every possible set or order"),
        ("parts", "cohen", "1 - IoU", "marks have none"),
        ("parts", "alpha", "nominal", "the same or not"),
        ("turns", "cohen", "nominal", "turns of one chat"),
        ("note", "alpha", "nominal", "text question"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(
    question: str, coefficient: str, distance: str, why: str
) -> None:
    with pytest.raises(YardstickError, match=why) as caught:
        yardsticks.check((ASKED | MORE)[question], by(coefficient, distance))
    assert str(caught.value.remedy).startswith("Use ")


def test_the_usual_yardstick_makes_sense_for_every_kind_that_is_measured() -> None:
    for each in (ASKED | MORE).values():
        if each.name != "note":
            yardsticks.check(each, yardsticks.usual(each))
            offers = (*yardsticks.coefficients(each), *yardsticks.distances(each))
            assert all(offer.means for offer in offers)
    yardsticks.check(MORE["cents"], by("alpha", "ratio"))
    yardsticks.check(ASKED["topic"], by("cohen", "interval"))  # options that are a scale


def test_every_choice_is_measured_as_its_kernel_says(team: Team) -> None:
    campaign = answered(team)
    with team.read() as ctx:
        topic, urgency, tags = (
            annotation.answers(ctx, campaign, question=name, structured=True) for name in ("topic", "urgency", "tags")
        )
    counted = patterns.count(topic.task, topic.annotator, codes(topic, list(TOPICS)), labels=3)
    chosen = {("topic", "gwet", "nominal"): many_raters.gwet(counted).value}
    chosen["topic", "fleiss", "nominal"] = many_raters.fleiss(counted).value
    chosen["topic", "brennan-prediger", "nominal"] = many_raters.brennan_prediger(counted).value
    steps = codes(urgency, list("12345"))
    rows = (urgency.task, urgency.annotator, steps)
    chosen["urgency", "cohen", "interval"] = many_raters.conger(*rows, labels=5, weighting="quadratic").value
    rated = patterns.count(*rows, labels=5)
    chosen["urgency", "gwet", "ordinal"] = many_raters.gwet(rated, weighting="ordinal").value
    chosen["urgency", "alpha", "linear"] = krippendorff.alpha(
        *rows, level=np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0))), resamples=0
    ).value
    held = sets.members([json.loads(each) if each[0] == "[" else [each] for each in tags.values], list("abc"))
    chosen["tags", "alpha", "Jaccard"] = krippendorff.alpha(
        tags.task, tags.annotator, tags.value, level=sets.jaccard(held), resamples=0
    ).value
    for (question, coefficient, distance), expected in chosen.items():
        yardstick = by(coefficient, distance)
        with team.act(team.lead) as ctx:
            measuring.choose(ctx, yardstick, question=question, campaign_id=campaign, reason="As published before.")
        found = assess(team, campaign, question)
        whole = found[yardstick.metric, f"question:{question}"].estimate
        assert whole.value == pytest.approx(expected, abs=1e-12), (question, coefficient, distance)
        assert distance in whole.method or (coefficient, distance) == ("gwet", "nominal")
        assert whole.low < whole.value < whole.high
        assert found[yardstick.metric, "cohort:in-house"].estimate.value == pytest.approx(expected, abs=1e-12)
        assert ("agreement.alpha", f"question:{question}") in found  # stands beside it, for the forecast of overlap
        with team.read() as ctx:
            everything = annotation.batches(ctx, campaign)
            gate = pooling.agreement(ctx, yardstick.metric, question=question, batches=[each.id for each in everything])
        assert gate.value == pytest.approx(expected, abs=1e-12)


def test_of_two_people_the_weighted_kappa_is_cohens() -> None:
    left, right = np.array([0, 1, 2, 2, 0, 1]), np.array([0, 2, 2, 1, 0, 1])
    steps = np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0))) / 4
    found = Panel(
        task=np.tile(np.arange(6), 2),
        annotator=np.repeat([0, 1], 6),
        answer=np.concatenate([left, right]),
        row=np.arange(12),
        level=steps,
        scale="linear",
        labels=(),
        held=None,
        width=5,
        coefficient=Coefficient.COHEN,
    )
    measured = coefficients.of_all(found, seed=0)
    table = joint_table(found.task, found.annotator, found.answer, first=0, second=1, labels=5)
    assert measured.value == pytest.approx(cohen(table, weighting="linear").value, abs=1e-12)
    assert measured.method == "Conger's kappa, linear, normal"


def test_only_the_accountable_chooses_and_what_was_measured_otherwise_is_no_history(team: Team) -> None:
    campaign = answered(team)
    assess(team, campaign, "urgency")
    plain = by("alpha", "interval")
    with pytest.raises(NotYoursError), team.act(team.ops) as ctx:
        measuring.choose(ctx, plain, question="urgency", reason="It looks better.")
    with pytest.raises(NotAssessableError), team.act(team.lead) as ctx:
        measuring.choose(ctx, plain, question="absent", reason="No.")
    with team.act(team.lead) as ctx:
        measuring.choose(ctx, plain, question="urgency", reason="Equal steps.")
        measuring.choose(ctx, by("alpha", "nominal"), question="topic", reason="Names.")
    assess(team, campaign, "urgency")
    with team.read() as ctx:
        past = queries.history(ctx, campaign=campaign, metric="agreement.alpha", scope="question:urgency")
        assert ["interval" in each.estimate.method for each in past] == [True]
        assert queries.options(ctx, campaign, question="urgency").yardstick == plain
    with team.act(team.lead) as ctx:
        measuring.choose(ctx, by("alpha", "linear"), question="urgency", campaign_id=campaign, reason="Here linear.")
    with team.read() as ctx:
        options = queries.options(ctx, campaign, question="urgency")
        assert options.choice is not None
        assert (options.choice.reason, options.choice.by) == ("Here linear.", team.lead)
        assert options.usual == by("alpha", "ordinal")


def test_the_front_page_tells_no_batch_by_a_coefficient_that_was_given_up() -> None:
    old, new = (
        Measure(
            id=MeasureId(f"msr_{metric}"),
            campaign_id="cmp_1",
            metric=metric,
            scope="batch:bat_1",
            estimate=wilson(3, 4),
            measured_at=datetime(2026, 1, 1, tzinfo=UTC),
            question="topic",
        )
        for metric in ("agreement.alpha", "agreement.ac1")
    )
    told = {("cmp_1", "topic"): "agreement.ac1"}
    assert agreement_of_batches([new, old], told) == {"bat_1": new}


def test_a_choice_is_typed_sent_and_read(team: Team) -> None:
    campaign = answered(team)
    words = (
        "agreement",
        "choose",
        "--question",
        "topic",
        "--coefficient",
        "gwet",
        "--distance",
        "nominal",
        "--reason",
        "Prevalence.",
    )
    assert "agreement.ac1" in typed(team, *words, by="lead")
    (shown,) = json.loads(typed(team, "agreement", "yardstick", campaign, "--question", "topic", "--json"))
    assert shown["yardstick"]["coefficient"] == "gwet"
    assert "not here: it needs sets of options" in typed(
        team, "agreement", "yardstick", campaign, "--question", "topic"
    )
    with served(team.app) as server, httpx.Client(base_url=f"{server.url}/api/v1/programs/support") as http:
        call = caller(team, http)
        body = {"question": "topic", "coefficient": "fleiss", "distance": "MASI", "reason": "Sets."}
        call("POST", "/yardsticks", body, status=403)
        assert call("POST", "/yardsticks", body, by=team.lead, status=422)["code"] == "bad_yardstick"
        call("POST", "/yardsticks", body | {"distance": "nominal", "campaign": campaign}, by=team.lead, status=201)
        assert call("GET", f"/assessments/{campaign}/topic/yardstick")["yardstick"]["coefficient"] == "fleiss"
        assert [each["yardstick"]["coefficient"] for each in call("GET", "/yardsticks")] == ["gwet", "fleiss"]


def codes(given: Answers, names: list[str]) -> np.ndarray:
    return np.array([names.index(name) for name in given.values])[given.value]
