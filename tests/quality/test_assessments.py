"""Assessing a campaign: the coefficient fits the question, every group has its figure, privacy holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from headwater.annotation import batches, gold, tasks
from headwater.annotation import queries as annotation
from headwater.annotation.model import BatchKind
from headwater.annotation.plan import Plan
from headwater.app import overview
from headwater.quality import assessments, queries
from headwater.quality import gold as quality_gold
from headwater.quality.model import NotAssessableError
from headwater.stats.agreement.krippendorff import alpha
from tests.annotation import factories
from tests.quality.factories import answer_all
from tests.workspaces import make_team

if TYPE_CHECKING:
    from headwater.app.application import App
    from headwater.quality.model import Measure
    from tests.workspaces import Team

QUESTIONS = [
    {"name": "topic", "kind": "single", "options": ["billing", "fault", "praise"]},
    {"name": "urgency", "kind": "rating"},
    {"name": "tags", "kind": "multiple", "options": ["a", "b", "c"], "required": False},
    {"name": "minutes", "kind": "numeric"},
    {"name": "note", "kind": "text", "required": False},
    {"name": "best", "kind": "ranking", "options": ["x", "y", "z"], "required": False, "ties": True},
]
TOPICS = ("billing", "fault", "praise")


def place(text: str) -> int:
    return int(text.rsplit(" ", 1)[1])


def truthful(text: str) -> dict[str, object]:
    number = place(text)
    chosen = [label for bit, label in enumerate("abc") if number >> bit & 1]
    values = {"topic": TOPICS[number % 3], "urgency": 1 + number % 5, "minutes": number * 1.5, "note": text}
    best = [["x"], ["y"], ["z"]] if number % 2 else [["y", "x"], ["z"]]
    return values | {"tags": chosen, "best": {"order": best}}


def careless(text: str) -> dict[str, object]:
    number = place(text)
    shifted = {"topic": TOPICS[(number + number % 2) % 3], "urgency": 1 + (number + number % 2) % 5}
    other = {"best": {"order": [["z"], ["y"], ["x"]]}} if number % 3 == 0 else {}
    return truthful(text) | shifted | other | {"minutes": number * 1.5 + number % 2, "tags": ["a"]}


@pytest.fixture
def measured(team: Team) -> tuple[Team, str]:
    return team, answered(team)


def answered(team: Team) -> str:
    campaign = factories.open_campaign(team, 24, plan=Plan(overlap=3), data=QUESTIONS)
    for person in team.annotators[:2]:
        assert answer_all(team, campaign.id, person, truthful) == 24
    assert answer_all(team, campaign.id, team.annotators[2], careless) == 24
    return campaign.id


def assess(team: Team, campaign: str, question: str, **options: object) -> dict[tuple[str, str], Measure]:
    with team.act(team.ops) as ctx:
        rows = assessments.assess(ctx, campaign, question=question, **options)  # type: ignore[arg-type]
    return {(row.metric, row.scope): row for row in rows}


@pytest.mark.parametrize(
    ("question", "scale"),
    [("topic", "nominal"), ("urgency", "ordinal"), ("tags", "MASI"), ("minutes", "interval"), ("best", "Kendall")],
)
def test_the_coefficient_fits_the_kind_of_question(measured: tuple[Team, str], question: str, scale: str) -> None:
    team, campaign = measured
    whole = assess(team, campaign, question)["agreement.alpha", f"question:{question}"]
    assert scale in whole.estimate.method
    assert whole.question == question
    assert whole.estimate.n == (21 if question == "tags" else 24)  # choosing nothing is no answer
    assert whole.estimate.low < whole.estimate.value < whole.estimate.high < 1
    with team.read() as ctx:
        given = annotation.answers(ctx, campaign, question=question)
    if question not in ("tags", "best"):
        numbers = [float(each) if scale != "nominal" else TOPICS.index(each) for each in given.values]
        answer = [numbers[code] for code in given.value]
        codes = [float(each) for each in answer] if scale == "interval" else [int(each) for each in answer]
        expected = alpha(given.task, given.annotator, codes, level=scale, resamples=0).value
        assert whole.estimate.value == pytest.approx(expected, abs=1e-12)


def test_every_group_of_answers_has_its_figure(measured: tuple[Team, str]) -> None:
    team, campaign = measured
    found = assess(team, campaign, "topic", slices=["language = 'en'", "category = 'absent'"])
    with team.read() as ctx:
        batch = annotation.batches(ctx, campaign)[0].id
        guideline = annotation.campaign(ctx, campaign).guideline_id
    scopes = {scope for metric, scope in found if metric == "agreement.alpha"}
    assert {"question:topic", "label:billing", "label:fault", "label:praise", "cohort:in-house"} <= scopes
    assert {f"batch:{batch}", f"guideline:{guideline}", "slice:language = 'en'"} <= scopes
    assert "slice:category = 'absent'" not in scopes
    assert len([scope for scope in scopes if scope.startswith("time:")]) == 1
    assert found["agreement.percent", "question:topic"].estimate.value == pytest.approx(2 / 3, abs=1e-12)
    others = [found["agreement.with_others", f"annotator:{person}"].estimate for person in team.annotators[:3]]
    # Half of the tasks: the third annotator stands alone there, and each of the first two agrees with one of two.
    assert [each.value for each in others] == pytest.approx([0.75, 0.75, 0.5], abs=1e-12)
    assert all(each.n == 24 and each.low < each.value < each.high for each in others)


def test_the_newest_assessment_knows_pairs_confusions_and_disputes(measured: tuple[Team, str]) -> None:
    team, campaign = measured
    assess(team, campaign, "topic")
    with team.read() as ctx:
        (found,) = queries.assessments(ctx, campaign=campaign)
    assert (found.question, found.scale, found.answers, found.tasks) == ("topic", "nominal", 72, 24)
    between = {frozenset((each.first, each.second)): each for each in found.pairs}
    assert between[frozenset(team.annotators[:2])].kappa.value == 1
    assert between[frozenset(team.annotators[1:3])].percent.value == 0.5
    assert len(found.disputed) == 12
    assert all(set(each.answers.values()) == {1, 2} for each in found.disputed)
    assert found.confusions[0].share.value >= found.confusions[-1].share.value
    assert sum(found.shares.values()) == pytest.approx(1)
    assert found.remark == ""  # alpha and AC1 say the same


def test_what_was_answered_in_calibration_is_no_accuracy_of_the_work(team: Team) -> None:
    records = factories.put_records(team, [f"message {place}" for place in range(25)])
    campaign = factories.plan_campaign(team, records[:22], plan=Plan(calibration_bar=0.1, gold_rate=0.5)).id
    with team.act(team.ops) as ctx:
        batches.add(ctx, campaign, name="lessons", records=records[22:], kind=BatchKind.CALIBRATION)
        gold.mark(ctx, campaign, {record: {"topic": "fault"} for record in [*records[:4], *records[22:]]})
    factories.open_planned(team, campaign)
    known = ["message 22", *(f"message {place}" for place in range(4))]  # two lessons of three are answered wrong
    answer_all(team, campaign, team.annotators[0], lambda text: {"topic": "fault" if text in known else "billing"})
    found = assess(team, campaign, "topic")
    with team.act(team.lead) as ctx:
        health = quality_gold.health(ctx, campaign, question="topic")
    for scope in ("", "cohort:in-house", f"annotator:{team.annotators[0]}"):
        measured = found["gold.accuracy", scope].estimate
        assert (measured.value, measured.n) == (1.0, health.accuracy.n)


def test_a_frequent_label_is_named_where_alpha_and_ac1_contradict_each_other(team: Team) -> None:
    campaign = factories.open_campaign(team, 40, plan=Plan(overlap=2)).id
    factories.work_through(team, campaign, team.annotators[0], topic="billing", limit=38)
    factories.work_through(team, campaign, team.annotators[0], topic="fault")
    factories.work_through(team, campaign, team.annotators[1], topic="fault", limit=2)
    factories.work_through(team, campaign, team.annotators[1], topic="billing")
    assess(team, campaign, "topic")
    with team.read() as ctx:
        (found,) = queries.assessments(ctx, campaign=campaign)
    assert "90% of the pairs of answers agree, but 95% of all answers are 'billing'" in found.remark


def test_both_databases_find_the_same(each_app: App) -> None:
    team = make_team(each_app)
    campaign = answered(team)
    for question, expected in (("topic", 0.5069), ("tags", 0.2358)):
        whole = assess(team, campaign, question)["agreement.alpha", f"question:{question}"].estimate
        assert whole.value == pytest.approx(expected, abs=1e-4)
    with team.read() as ctx:
        assert len(queries.assessments(ctx)) == 2


def test_annotators_see_only_their_own_figures(measured: tuple[Team, str]) -> None:
    team, campaign = measured
    assess(team, campaign, "topic")
    with team.read(team.annotators[0]) as ctx:
        scopes = {row.scope for row in queries.latest(ctx) if row.scope.startswith("annotator:")}
        assert scopes == {f"annotator:{team.annotators[0]}"}
        assert queries.assessments(ctx)[0].pairs == ()


def test_questions_do_not_hide_each_other(measured: tuple[Team, str]) -> None:
    team, campaign = measured
    for question in ("topic", "urgency"):
        assess(team, campaign, question)
    with team.read() as ctx:
        cohorts = [row.question for row in queries.latest(ctx) if row.scope == "cohort:in-house"]
        assert cohorts == ["topic", "urgency"]


def test_free_text_says_that_it_is_not_measured(measured: tuple[Team, str]) -> None:
    team, campaign = measured
    with team.act(team.ops) as ctx, pytest.raises(NotAssessableError, match="text question 'note'"):
        assessments.assess(ctx, campaign, question="note")


def test_answers_per_turn_are_compared_turn_by_turn(team: Team) -> None:
    payloads = [{"reply": f"welcome {number}"} for number in range(6)]
    records = factories.put_records(team, [f"hello {number}" for number in range(6)], payloads=payloads)
    data = [{"name": "tone", "kind": "single", "options": ["warm", "cold"], "per_turn": "any"}]
    campaign = factories.open_campaign(team, records, plan=Plan(overlap=2), data=data)
    for number, person in enumerate(team.annotators[:2]):
        while (given := factories.claim(team, campaign.id, person)) is not None:
            answer = {str(turn): "cold" if turn and number else "warm" for turn in range(2)}
            submission = factories.submission(given)
            with team.act(person) as ctx:
                tasks.submit(ctx, campaign.id, replace(submission, values={"tone": answer}))
    found = assess(team, campaign.id, "tone")["agreement.alpha", "question:tone"].estimate
    # Six first turns warm/warm, six second turns warm/cold: D_o = 12/24, D_e = 2·18·6/(24·23); 1 - (1/2)/(216/552).
    assert found.value == pytest.approx(1 - (1 / 2) / (216 / 552), abs=1e-12)
    assert found.n == 6  # tasks, since the turns of one task depend on each other


def test_the_overview_tells_agreement_where_there_is_no_gold(measured: tuple[Team, str]) -> None:
    team, campaign = measured

    def told() -> str:
        with team.read(team.lead) as ctx:
            return next(each.headline for each in overview.stages(ctx) if each.name == "Quality")

    assert told() == "not measured yet"
    alphas = {}
    for question in ("topic", "minutes"):
        found = assess(team, campaign, question)
        alphas[question] = found["agreement.alpha", f"question:{question}"].estimate.value
    lowest = min(alphas, key=lambda name: alphas[name])
    assert told() == f"alpha {alphas[lowest]:.2f} on {lowest}"
