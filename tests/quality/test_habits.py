"""What annotators mix up: kept with intervals, shown to those entitled, and believed where overlap adapts."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import httpx
import numpy as np
import pytest

from headwater.annotation.adaptive import Evidence, confidence, decisive
from headwater.annotation.plan import Plan
from headwater.annotation.questions import parse
from headwater.annotation.store import trust
from headwater.quality import cards, habits, labels, queries
from headwater.stats.inference.dawid_skene import dawid_skene
from headwater.stats.inference.truth import answers
from tests.annotation import factories
from tests.quality.factories import answer_all
from tests.quality.test_agreement_edges import caller, typed
from tests.quality.test_kinds import QUESTIONS as KINDS
from tests.quality.test_kinds import told
from tests.serving import served

if TYPE_CHECKING:
    from headwater.annotation.model import Answer
    from tests.workspaces import Team

QUESTIONS = [{"name": "topic", "kind": "single", "options": ["billing", "fault", "praise"]}]
TOPICS = ("billing", "fault", "praise")


def right(text: str) -> dict[str, object]:
    return {"topic": TOPICS[int(text.rsplit(" ", 1)[1]) % 3]}


def blind_to_faults(text: str) -> dict[str, object]:
    return {"topic": "billing" if right(text)["topic"] == "fault" else right(text)["topic"]}


@pytest.fixture
def campaign(team: Team) -> str:
    """Return a campaign of thirty tasks, each answered by three people, one of whom takes faults for billing."""
    found = factories.open_campaign(team, 30, plan=Plan(overlap=3), data=QUESTIONS).id
    for person, choose in zip(team.annotators, (right, right, blind_to_faults), strict=False):
        answer_all(team, found, person, choose)
    with team.act(team.ops) as ctx:
        labels.resolve(ctx, found, question="topic", method="dawid-skene")
    return found


def test_what_somebody_mixes_up_is_kept_with_its_interval(team: Team, campaign: str) -> None:
    with team.read(team.ops) as ctx:
        rows = {row.subject: row for row in queries.habits(ctx, campaign=campaign)}
    worst = rows[f"annotator:{team.annotators[2]}"]
    cell = worst.confusion()[1][0]
    # ten faults given as billing on top of the prior of .5 everywhere and 2 on the diagonal: 10.5 of 13.5
    assert cell.value == pytest.approx(10.5 / 13.5, abs=0.01)
    assert 0.45 < cell.low < cell.value < cell.high < 0.97
    assert worst.skill.value < rows[f"annotator:{team.annotators[0]}"].skill.low + 0.1
    (team_row,) = [row for key, row in rows.items() if key.startswith("cohort:")]
    # the team's 30 answers to faults, 20 of them right, with one prior: 22.5 of 33.5
    assert team_row.confusion()[1][1].value == pytest.approx(22.5 / 33.5, abs=0.01)


def test_whoever_is_always_right_is_so_however_many_options_there_are(team: Team) -> None:
    options = [f"topic_{number}" for number in range(21)]
    asked = [{"name": "topic", "kind": "single", "options": options}]
    campaign = factories.open_campaign(team, 42, plan=Plan(overlap=3), data=asked).id

    def choose(text: str) -> dict[str, object]:
        return {"topic": options[int(text.rsplit(" ", 1)[1]) % 21]}

    for person in team.annotators[:3]:
        answer_all(team, campaign, person, choose)
    with team.act(team.ops) as ctx:
        labels.resolve(ctx, campaign, question="topic")
        rows = queries.habits(ctx, campaign=campaign)
    # Jeffreys' prior of half an answer each way: 42.5 of 43 and, of the team, 126.5 of 127; the votes are sure of all
    assert [row.skill.value for row in rows if row.answers == 42] == pytest.approx([42.5 / 43] * 3, abs=0.02)
    assert next(row.skill.value for row in rows if row.answers == 126) == pytest.approx(126.5 / 127, abs=0.02)
    assert all(row.skill.high > 0.98 for row in rows)


def test_others_see_only_their_own(team: Team, campaign: str) -> None:
    mine = f"annotator:{team.annotators[1]}"
    with team.read(team.annotators[1]) as ctx:
        assert [row.subject for row in queries.habits(ctx, campaign=campaign)] == [mine]
        assert queries.habits(ctx, subject=f"annotator:{team.annotators[2]}") == []
        assert [row.subject for row in cards.annotator(ctx, team.annotators[1]).habits] == [mine]


def test_a_label_says_what_else_it_may_be(team: Team, campaign: str) -> None:
    with team.read(team.ops) as ctx:
        rows = queries.doubtful(ctx, campaign, question="topic")
    assert len(rows) == 30
    assert rows == sorted(rows, key=lambda row: row.confidence)
    for row in rows:
        assert row.beliefs[row.value] == pytest.approx(row.confidence, abs=1e-3)
        assert 0.97 < sum(row.beliefs.values()) < 1.001


def test_adaptive_overlap_believes_what_the_resolution_found(team: Team, campaign: str) -> None:
    questions = decisive(parse(QUESTIONS))

    class Said:
        def __init__(self, annotator: str, topic: str) -> None:
            self.annotator, self.values = annotator, {"topic": topic}

    def sure(*given: tuple[str, str]) -> float:
        people = [person for person, _ in given]
        with team.read(team.ops) as ctx:
            known = Evidence({}, trust.of(ctx.db, campaign, people))
        told_so: list[Answer] = [Said(*each) for each in given]  # type: ignore[misc]
        return confidence(questions, told_so, known)

    good, other, confused = team.annotators[:3]
    assert sure((good, "billing"), (other, "billing")) > 0.95
    assert sure((confused, "billing")) < 0.6  # says nothing between billing and fault
    assert sure((confused, "praise")) > 0.85


def test_numbers_and_orders_have_habits_of_their_own(team: Team) -> None:
    found = factories.open_campaign(team, 9, plan=Plan(overlap=3), data=KINDS).id
    contrary = told(bias=3.0, backwards=True)
    for person, choose in zip(team.annotators, (told(), told(bias=0.5), contrary), strict=False):
        answer_all(team, found, person, choose)
    with team.act(team.ops) as ctx:
        for question in ("length", "best", "tags"):
            labels.resolve(ctx, found, question=question)
        rows = {(row.question, row.subject): row for row in queries.habits(ctx, campaign=found)}
    key = f"annotator:{team.annotators[2]}"
    assert rows["length", key].bias == pytest.approx(3 - 3.5 / 3, abs=0.3)
    assert rows["best", key].skill.high < 0.5
    assert ("tags", key) not in rows


def test_commands_api_and_pages_show_labels_and_habits(team: Team, campaign: str) -> None:
    habits = typed(team, "quality", "habits", campaign, "--question", "topic")
    assert re.search(r"fault +billing +0\.77", habits)
    found = json.loads(typed(team, "quality", "labels", campaign, "--question", "topic", "--limit", "3", "--json"))
    assert len(found) == 3
    with served(team.app) as server, httpx.Client(base_url=f"{server.url}/api/v1/programs/support") as http:
        call = caller(team, http)
        assert len(call("GET", f"/resolutions/{campaign}/topic/labels?limit=5")) == 5
        assert len(call("GET", f"/resolutions/{campaign}/topic/habits")) == 4
        assert len(call("GET", f"/resolutions/{campaign}/topic/habits", by=team.annotators[0])) == 1
        call("GET", f"/resolutions/{campaign}/topic/labels", by=team.annotators[0], status=403)


def test_intervals_of_skills_cover_though_the_truth_is_inferred() -> None:
    rng, hits = np.random.default_rng(47), []
    for _ in range(60):
        skill, truth = rng.uniform(0.6, 0.95, 20), rng.integers(0, 3, 300)
        task, person = np.repeat(np.arange(300), 3), np.argsort(rng.random((300, 20)), axis=1)[:, :3].ravel()
        slip = (truth[task] + rng.integers(1, 3, task.size)) % 3
        said = np.where(rng.random(task.size) < skill[person], truth[task], slip)
        inferred = dawid_skene(answers(task, person, said, classes=3))
        found = habits.skills(person, 20, inferred.posterior[task, said])
        hits += [each.low <= right <= each.high for each, right in zip(found, skill, strict=True)]
    assert 0.93 <= np.mean(hits) <= 0.97
