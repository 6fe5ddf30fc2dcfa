"""Watching as typed and over HTTP: alarms, charts, decisions, the health of gold; nothing for annotators."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from headwater.core.errors import InvalidError
from headwater.governance import queries as governance
from headwater.quality import assessments, gold, queries
from headwater.quality.model import AlarmState
from headwater.stats.gold.sizing import Method
from tests.quality.crowd import Crowd, crowd
from tests.quality.test_agreement_edges import caller, typed
from tests.serving import served

if TYPE_CHECKING:
    from headwater.context import Context
    from tests.workspaces import Team


@pytest.fixture
def troubled(team: Team) -> Crowd:
    it = crowd(team, tasks=90, known=30, languages=("en", "de", "en"))
    it.work(error=lambda who: 0.95 if who == team.annotators[1] else 0.02)
    return it


def test_commands_watch_list_show_and_decide(team: Team, troubled: Crowd) -> None:
    name = troubled.campaign.name
    found = json.loads(typed(team, "quality", "monitor", name, "--json"))
    alarm = next(row for row in found if row["scope"] == f"annotator:{team.annotators[1]}")
    assert alarm["state"] == AlarmState.OPEN
    assert "0 new alarms" in typed(team, "quality", "monitor", name)
    assert "errors on gold" in typed(team, "alarm", "list", "--campaign", name, "--undecided")
    assert "one false alarm in" in typed(team, "alarm", "show", alarm["id"])
    charts = json.loads(typed(team, "quality", "charts", name, "--json"))
    assert {row["metric"] for row in charts} == {"gold.accuracy", "agreement", "label.mix"}
    in_slices = {(row["metric"], row["scope"]) for row in charts if "slice" in row["scope"]}
    assert in_slices == {("agreement", "slice language = 'en'"), ("label.mix", "slice language = 'en'")}  # 60 of 90
    typed(team, "alarm", "acknowledge", alarm["id"])
    assert "Decided: dismiss" in typed(team, "alarm", "decide", alarm["id"], "dismiss", "--reason", "a trial")
    assert json.loads(typed(team, "alarm", "show", alarm["id"], "--json"))["remedy"] == "dismiss"


def test_the_api_gives_the_same_and_nothing_to_annotators(team: Team, troubled: Crowd) -> None:
    here = f"/campaigns/{troubled.campaign.id}"
    with served(team.app) as server, httpx.Client(base_url=f"{server.url}/api/v1/programs/support") as http:
        call = caller(team, http)
        found = call("POST", f"{here}/monitor", {"question": ""})
        alarm = next(row for row in found if row["scope"].startswith("annotator:"))
        assert call("GET", f"{here}/watches")[0]["level"] == 0.1
        charts = call("GET", f"{here}/charts")
        mine = next(row for row in charts if row["scope"] == alarm["scope"] and row["metric"] == alarm["metric"])
        assert mine["alarm_at"] in mine["moments"]
        assert [row["id"] for row in call("GET", "/alarms?undecided=true")] == [row["id"] for row in reversed(found)]
        assert call("POST", f"/alarms/{alarm['id']}/acknowledge", {})["state"] == "acknowledged"
        decided = call("POST", f"/alarms/{alarm['id']}/decide", {"remedy": "dismiss", "reason": "a trial"})
        assert decided["state"] == "decided"
        assert call("GET", f"/alarms/{alarm['id']}")["reason"] == "a trial"
        health = call("GET", f"{here}/gold/health")
        assert health["accuracy"]["n"] == sum(sum(item["counts"].values()) for item in health["items"])
        assert call("GET", f"{here}/gold/plan?half_width=0.1")["injection"]["needed"] == 34
        for path in ("/alarms", f"/alarms/{alarm['id']}", f"{here}/charts", f"{here}/gold/health"):
            call("GET", path, by=team.annotators[1], status=403)


def test_gold_that_people_disagree_with_is_questioned_corrected_and_retired(team: Team) -> None:
    it = crowd(team, tasks=60, known=12, languages=LANGUAGES)
    it.work(error=lambda _who: 0.0)
    with team.act(team.ops) as ctx:
        row = gold.health(ctx, it.campaign.id).items[0]  # which gold is given out is drawn at random
        right = str(row.known)
        wrong = next(value for value in ("billing", "fault", "praise") if value != right)
        gold.correct(ctx, it.campaign.id, row.task_id, wrong, question="topic", reason="a slip of the pen")
        item = next(each for each in gold.health(ctx, it.campaign.id).items if each.task_id == row.task_id)
        assert (item.known, list(item.counts)) == (wrong, [right])
        gold_by_language(ctx, it.campaign.id, wrong=sum(item.counts.values()))
        gold.correct(ctx, it.campaign.id, row.task_id, right, question="topic", reason="everybody says so")
        healed = gold.health(ctx, it.campaign.id)
        assert healed.accuracy.value == 1.0
        decided = governance.decided(ctx, subject=it.campaign.id)[0]
        assert (decided.decision, decided.reason) == ("gold.change", f"{row.task_id} corrected: everybody says so")
        with pytest.raises(InvalidError, match="reason"):
            gold.correct(ctx, it.campaign.id, row.task_id, right, question="topic", reason=" ")
    with team.read(team.annotators[0]) as ctx:
        assert not [each for each in queries.latest(ctx) if "slice" in each.scope and each.metric == "gold.accuracy"]
    name = it.campaign.name
    shown = typed(team, "gold", "health", name, "--interval", "clopper-pearson")
    assert "slice language = 'de' " in shown
    assert shown.count("95 % intervals: clopper-pearson.") == 1
    typed(team, "gold", "retire", name, row.task_id, "--reason", "too well known")
    assert row.task_id not in typed(team, "gold", "health", name)
    other = next(each.task_id for each in healed.items if each.task_id != row.task_id)
    typed(team, "gold", "correct", name, other, "praise", "--reason", "looked again")
    assert "injection" in json.loads(typed(team, "gold", "plan", name, "--half-width", "0.1", "--json"))


LANGUAGES = ("en", "de", "en", "en", "fr") * 12 + ("en", "de", "fr") * 4
"""Three fifths of the tasks are in English, a third of the gold."""


def gold_by_language(ctx: Context, campaign: str, *, wrong: int) -> None:
    """Hold the figures of the slices, and of all tasks from gold by language, to what was answered."""
    found = gold.health(ctx, campaign, interval=Method.CLOPPER_PEARSON)
    assert set(found.slices) == {"language = 'de'", "language = 'en'", "language = 'fr'"}
    english = found.slices["language = 'en'"]
    assert english.method == "clopper-pearson"
    right = {name: round(value.value * value.n) for name, value in found.slices.items()}
    assert found.accuracy.n == sum(each.n for each in found.slices.values())
    assert found.accuracy.n - sum(right.values()) == wrong
    shares = {"language = 'en'": 0.6, "language = 'de'": 0.2, "language = 'fr'": 0.2}
    expected = sum(share * found.slices[name].value for name, share in shares.items())
    assert found.tasks["language"].value == pytest.approx(expected, abs=1e-12)
    assert found.tasks["language"].low < expected < found.tasks["language"].high
    rows = assessments.assess(ctx, campaign, question="topic")
    kept = {row.scope: row.estimate for row in rows if row.metric == "gold.accuracy"}
    assert kept["slice:language = 'en'"].value == english.value
