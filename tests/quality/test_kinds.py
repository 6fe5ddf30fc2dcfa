"""Labels of every kind of question: numbers, choices of several, rankings, and what has no label."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from headwater.annotation import gold, prelabels
from headwater.annotation import queries as annotation
from headwater.annotation.plan import Plan
from headwater.annotation.prelabels import Proposal
from headwater.core.errors import InvalidError
from headwater.quality import assessments, labels, queries
from headwater.quality.outcomes import NotResolvableError
from headwater.sourcing import queries as sourcing
from tests.annotation import factories
from tests.quality.factories import answer_all
from tests.quality.test_agreement_edges import caller, typed
from tests.serving import served

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.quality.model import Label
    from tests.workspaces import Team

QUESTIONS = [
    {"name": "length", "kind": "numeric"},
    {"name": "tags", "kind": "multiple", "options": ["angry", "urgent", "thanks"]},
    {"name": "best", "kind": "ranking", "options": ["a", "b", "c"]},
    {"name": "note", "kind": "text"},
]
ORDERS = (["a", "b", "c"], ["c", "a", "b"], ["b", "c", "a"])
TAGS = (["angry", "urgent"], ["thanks"], ["urgent", "angry"])


def told(*, bias: float = 0.0, backwards: bool = False, also: str = "") -> Callable[[str], dict[str, object]]:
    def choose(text: str) -> dict[str, object]:
        number = int(text.rsplit(" ", 1)[1])
        order = ORDERS[number % 3][:: -1 if backwards else 1]
        tags = [*TAGS[number % 3], *([also] if also and also not in TAGS[number % 3] else [])]
        return {
            "length": 10 * number + bias,
            "tags": tags,
            "best": {"order": [[thing] for thing in order], "comment": f"by {bias}"},
            "note": text,
        }

    return choose


@pytest.fixture
def campaign(team: Team) -> str:
    """Return a campaign of nine tasks; of three people one measures 3 too high, ranks backwards and thanks always."""
    found = factories.open_campaign(team, 9, plan=Plan(overlap=3), data=QUESTIONS).id
    contrary = told(bias=3.0, backwards=True, also="thanks")
    for person, choose in zip(team.annotators, (told(), told(bias=0.5), contrary), strict=False):
        answer_all(team, found, person, choose)
    return found


def by_number(team: Team, rows: list[Label]) -> dict[int, Label]:
    with team.read(team.ops) as ctx:
        texts = [each.text for each in sourcing.take(ctx, [row.record_id for row in rows])]
    return {int(text.rsplit(" ", 1)[1]): row for text, row in zip(texts, rows, strict=True)}


def test_numbers_are_measured_not_voted_on(team: Team, campaign: str) -> None:
    with team.act(team.ops) as ctx:
        rows = by_number(team, labels.resolve(ctx, campaign, question="length"))
        (kept,) = queries.resolutions(ctx, campaign=campaign)
    assert kept.method == "continuous"
    assert [each.split(",")[0] for each in kept.warnings] == ["Without gold"]
    # every annotator's bias is learnt; only their mean, (0 + 0.5 + 3) / 3, cannot be seen
    for number, row in rows.items():
        assert float(row.value) == pytest.approx(10 * number + 3.5 / 3, abs=0.3)
        assert row.confidence > 0.99
    with team.act(team.ops) as ctx, pytest.raises(InvalidError, match="no method 'committee' for the numeric"):
        labels.resolve(ctx, campaign, question="length", method="committee")


def test_each_option_of_a_choice_of_several_is_resolved(team: Team, campaign: str) -> None:
    with team.act(team.ops) as ctx:
        rows = by_number(team, labels.resolve(ctx, campaign, question="tags"))
        (kept,) = queries.resolutions(ctx, campaign=campaign)
    assert {number: json.loads(row.value) for number, row in rows.items()} == {
        number: ["angry", "urgent"] if number % 3 != 1 else ["thanks"] for number in range(9)
    }
    assert "Each of 3 options was resolved on its own" in kept.reason
    assert any("angry and urgent (+1.00)" in each for each in kept.warnings)


def test_rankings_are_resolved_and_a_contrary_annotator_outweighed(team: Team, campaign: str) -> None:
    with team.act(team.ops) as ctx:
        rows = by_number(team, labels.resolve(ctx, campaign, question="best"))
    assert {row.method for row in rows.values()} == {"bradley-terry"}
    for number, row in rows.items():
        assert json.loads(row.value) == {"order": [[thing] for thing in ORDERS[number % 3]]}
        assert 0 <= row.confidence <= 1


def test_what_has_no_label_says_so_and_keeps_its_assessment(team: Team) -> None:
    data = [{"name": "spans", "kind": "single", "options": ["x", "y"], "per_turn": "any"}, *QUESTIONS]
    found = factories.open_campaign(team, 2, plan=Plan(overlap=2), data=data).id
    for person in team.annotators[:2]:
        answer_all(team, found, person, told())
    with team.act(team.ops) as ctx, pytest.raises(NotResolvableError, match="'note' is of kind text"):
        labels.resolve(ctx, found, question="note")
    with team.act(team.ops) as ctx, pytest.raises(NotResolvableError, match="asked for every turn"):
        labels.resolve(ctx, found, question="spans")


def test_assessing_by_command_and_page_resolves_rankings_too(team: Team, campaign: str) -> None:
    assert "Resolved 9 labels by bradley-terry" in typed(team, "quality", "assess", campaign, "--question", "best")
    with team.read(team.ops) as ctx:
        assert [each.question for each in queries.assessments(ctx)] == ["best"]
    with served(team.app) as server, httpx.Client(base_url=f"{server.url}/api/v1/programs/support") as http:
        call = caller(team, http)
        body = {"campaign": campaign, "question": "note"}
        assert call("POST", "/resolutions", body, status=409)["code"] == "not_resolvable"


def test_gold_choices_of_several_are_right_in_any_order(team: Team) -> None:
    found = factories.open_campaign(team, 8, plan=Plan(overlap=1, gold_rate=0.5), data=QUESTIONS).id
    extra = factories.put_records(team, ["message 30", "message 31"])
    with team.act(team.ops) as ctx:
        known = {extra[0]: {"tags": ["urgent", "angry"]}, extra[1]: {"tags": ["thanks"]}}
        gold.mark(ctx, found, known)
    answer_all(team, found, team.annotators[0], told())
    with team.act(team.ops) as ctx:
        rows = assessments.assess(ctx, found, question="tags")
    (whole,) = [row.estimate for row in rows if row.metric == "gold.accuracy" and not row.scope]
    assert (whole.value, whole.n) == (1.0, 2)


def test_a_models_proposals_are_weighed_when_few_annotators_saw_them(team: Team) -> None:
    data = [{"name": "topic", "kind": "single", "options": ["x", "y"]}]
    found = factories.open_campaign(team, 12, plan=Plan(overlap=2), data=data)
    with team.act(team.lead) as ctx:
        (batch,) = annotation.batches(ctx, found.id)
    with team.read(team.ops) as ctx:
        tasks = annotation.tasks_of(ctx, batch.id)
    records = {task.record_id for task in tasks}
    with team.act(team.lead) as ctx:
        proposals = [Proposal(record=each, values={"topic": "x"}, score=0.9) for each in sorted(records)]
        prelabels.add(ctx, found.id, proposals, model="m 1")
    answer_all(team, found.id, team.annotators[0], lambda _: {"topic": "x"})
    answer_all(team, found.id, team.annotators[1], lambda text: {"topic": "y" if text.endswith("1") else "x"})
    with team.act(team.ops) as ctx:
        rows = labels.resolve(ctx, found.id, question="topic")
    assert {row.method for row in rows} == {"with-model"}
    assert {row.value for row in rows} == {"x"}
