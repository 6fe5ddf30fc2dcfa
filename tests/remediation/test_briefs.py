"""A brief runs from a diagnosis over its work to a measured effect, and lineage leads from one end to the other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from headwater.core.errors import NotFoundError
from headwater.evaluation import findings
from headwater.evaluation.model import UnknownEvaluationError
from headwater.governance.model import FourEyesError, NotYoursError
from headwater.lineage import queries as lineage
from headwater.remediation import briefs, diagnosis, drafts, queries, works
from headwater.remediation.model import BriefState, BriefStateError, BriefType, Deficit, Effect
from tests.accessibility import problems
from tests.annotation.factories import open_campaign, put_records
from tests.evaluation.factories import EVAL_SET, evaluated, release
from tests.evaluation.test_edges import typed
from tests.serving import served
from tests.web.calls import client
from tests.workspaces import Team

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from headwater.remediation.model import Brief

MEMBERS = {"billing": 6, "fault": 42, "praise": 42}
"""Training members of each topic: billing is far thinner than in production, where each is a third."""


def diagnosed(team: Team) -> str:
    """Put a release in place whose models fail on what it is thin in; returns the diagnosis."""
    topics = [topic for topic, count in MEMBERS.items() for _ in range(count)]
    records = put_records(team, [f"{topic} {place}" for place, topic in enumerate(topics)])
    rows = [
        {"record_id": key, "value": topic, "cohort_id": "coh_1"} for key, topic in zip(records, topics, strict=True)
    ]
    identifier = release(team, rows=rows)
    evaluated(team, identifier, {"billing": 0.6})
    with team.act(team.engineer) as ctx:
        findings.search(ctx, identifier, eval_set=EVAL_SET)
        (found,) = diagnosis.diagnose(ctx, identifier, eval_set=EVAL_SET)
    assert found.deficit is Deficit.COVERAGE_GAP
    return found.id


def authorised(team: Team, cause: str, order: drafts.Order | None = None) -> Brief:
    with team.act(team.ops) as ctx:
        row = drafts.propose(ctx, cause, order or drafts.Order())
    team.app.clock.advance(hours=100)  # type: ignore[attr-defined]
    with team.act(team.lead) as ctx:
        return briefs.authorise(ctx, row.id, reason="The evidence names it.")


def test_what_is_suggested_brings_the_slice_to_its_share_of_production(team: Team) -> None:
    cause = diagnosed(team)
    with team.read() as ctx:
        found = drafts.draft(ctx, cause)
    assert (found.kind, found.eval_set, found.predicate) == (BriefType.SOURCING, EVAL_SET, "target = 'billing'")
    assert (MEMBERS["billing"] + found.volume) / (sum(MEMBERS.values()) + found.volume) == pytest.approx(
        1 / 3, abs=0.01
    )
    assert found.baseline.n == 40
    assert found.baseline.low < 0.6 < found.baseline.high
    with team.read() as ctx, pytest.raises(UnknownEvaluationError):
        drafts.draft(ctx, cause, eval_set="another")


def test_a_brief_leads_from_the_finding_over_its_work_to_the_next_release(team: Team) -> None:
    row = authorised(team, diagnosed(team))
    campaign = open_campaign(team, 3).id
    with team.act(team.ops) as ctx:
        made = works.carry_out(ctx, row.id, "first")
    assert made.id == campaign
    later = release(team, "2.0.0")
    evaluated(team, later, {"billing": 0.1})
    with team.act(team.engineer) as ctx:
        verified = works.verify(ctx, row.id, release="topics@2.0.0")
    assert verified.effect is Effect.EFFECTIVE
    assert verified.measured is not None
    assert verified.measured.value == pytest.approx(0.5, abs=0.05)
    with team.read() as ctx:
        assert {node.id for node in queries.works(ctx, verified)} == {campaign, later}
        up = lineage.trace(ctx, later)
        assert {"brief", "diagnosis", "finding", "evaluation", "model", "run", "release"} <= {n.kind for n in up.nodes}
        assert later in {node.id for node in lineage.impact(ctx, row.release_id).nodes}
        names = [name for name, _ in queries.course(ctx, verified)]
        assert names == [f"{when} {number}" for when in ("before", "after") for number in (1, 2, 3)]
    with team.act(team.ops) as ctx:
        briefs.propose_close(ctx, row.id)
    with team.act(team.ops) as ctx, pytest.raises((NotYoursError, FourEyesError)):
        briefs.close(ctx, row.id, reason="Done.")
    with team.act(team.lead) as ctx:
        assert briefs.close(ctx, row.id, reason="Measured.").state is BriefState.CLOSED


def test_a_repair_that_did_nothing_is_not_called_effective(team: Team) -> None:
    row = authorised(team, diagnosed(team), drafts.Order(gain=0.3))
    evaluated(team, release(team, "2.0.0"), {"billing": 0.6})
    with team.act(team.engineer) as ctx:
        assert works.verify(ctx, row.id, release="2.0.0").effect is Effect.INEFFECTIVE


def test_slices_of_other_authorised_briefs_are_left_out_of_the_control(team: Team) -> None:
    cause = diagnosed(team)
    first, second = authorised(team, cause), authorised(team, cause)
    with team.act(team.ops) as ctx:
        drafts.propose(ctx, cause, drafts.Order())  # never authorised: nothing was done for it
    with team.read() as ctx:
        assert queries.touched(ctx, first) == (second.predicate,)


def test_work_is_opened_for_authorised_briefs_and_only_what_came_after(team: Team) -> None:
    cause = diagnosed(team)
    with team.act(team.ops) as ctx:
        proposed = drafts.propose(ctx, cause, drafts.Order(volume=7, instructions="Ask the help desk."))
    assert (proposed.volume, proposed.instructions) == (7, "Ask the help desk.")
    with team.act(team.ops) as ctx, pytest.raises(BriefStateError, match="is proposed; work is opened for authorised"):
        works.carry_out(ctx, proposed.id, "first")
    row = authorised(team, cause)
    with team.act(team.ops) as ctx, pytest.raises(NotFoundError, match="no campaign, intake or release 'none'"):
        works.carry_out(ctx, row.id, "none")
    with team.act(team.ops) as ctx, pytest.raises(BriefStateError, match="came before brief"):
        works.carry_out(ctx, row.id, row.release_id)
    with team.act(team.engineer) as ctx, pytest.raises(BriefStateError, match="came before brief"):
        works.verify(ctx, row.id, release=row.release_id)
    with team.act(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        works.carry_out(ctx, row.id, "first")


def test_briefs_are_typed(team: Team) -> None:
    cause = diagnosed(team)
    shown = json.loads(typed(team, "diagnosis", "show", cause, "--json"))
    assert shown["suggested"]["kind"] == "sourcing"
    typed(team, "brief", "propose", cause, "--gain", "0.1", by="ops")
    (row,) = json.loads(typed(team, "brief", "list", "--json"))
    assert row["acceptance"]["gain"] == 0.1
    assert json.loads(typed(team, "brief", "show", row["id"], "--json"))["diagnosis"]["id"] == cause
    assert "acceptance" not in typed(team, "diagnosis", "list")


@pytest.mark.browser
def test_a_brief_is_ordered_carried_out_and_measured_on_its_pages(team: Team, browser: Browser) -> None:
    cause = diagnosed(team)
    evaluated(team, release(team, "2.0.0"), {"billing": 0.1})
    open_campaign(team, 3)
    with served(team.app) as server:
        tab = server.tab_of(browser, team.ops)
        tab.goto(f"{server.url}/p/support/diagnoses/{cause}")
        assert not problems(tab)
        tab.get_by_label("Rise that counts as effective").fill("10")
        tab.get_by_role("button", name="Propose").click()
        tab.wait_for_url("**/briefs/brf_*")
        brief = tab.url.rpartition("/")[2]
        assert tab.get_by_text("10.0% points over untouched slices").is_visible()
        team.app.clock.advance(hours=100)  # type: ignore[attr-defined]
        with team.act(team.lead) as ctx:
            briefs.authorise(ctx, brief, reason="The evidence names it.")
        server.sign_in(tab, team.ops)
        tab.goto(f"{server.url}/p/support/briefs/{brief}")
        tab.get_by_role("button", name="Carries it out").click()
        tab.get_by_role("link", name="first").wait_for()
        tab.get_by_role("button", name="Measure the effect").click()
        tab.get_by_role("img", name="Measured effect").wait_for()
        assert tab.get_by_role("img", name="Share of right samples").count() == 1
        assert not problems(tab)
        tab.set_viewport_size({"width": 390, "height": 800})
        assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        tab.get_by_role("button", name="Propose to close").click()
        tab.get_by_role("link", name="Decide: brief.close").wait_for()
        who = client(team.app, server.url, team.lead)
        headers = {"Authorization": f"Bearer {who.token}"}
        path = f"/api/v1/programs/support/briefs/{brief}"
        done = who.http.post(f"{path}/closure", json={"reason": "Measured."}, headers=headers)
        assert (done.status_code, done.json()["state"]) == (200, "closed")
        assert {item["kind"] for item in who.http.get(f"{path}/works", headers=headers).json()} == {
            "campaign",
            "release",
        }
        who.http.close()
        tab.context.close()
