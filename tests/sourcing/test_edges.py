"""Production is profiled and files are taken in by page, by HTTP and by command alike."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from headwater.governance.model import NotYoursError
from headwater.sourcing import coverage, queries, reading
from headwater.sourcing.model import ProfileError
from tests.evaluation.test_edges import typed
from tests.serving import served
from tests.sourcing.test_intakes import approved
from tests.web.calls import client
from tests.workspaces import Team

if TYPE_CHECKING:
    from pathlib import Path

TRAFFIC = [{"text": "Where is my invoice for May?", "topic": "billing"}] * 60
TRAFFIC += [{"text": "The printer does not print.", "topic": "fault"}] * 20


def lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def test_a_profile_counts_own_fields_and_what_an_intake_would_add(team: Team) -> None:
    with team.act(team.ops) as ctx:
        items = [reading.item_of(place, row) for place, row in enumerate(TRAFFIC, 1)]
        found = coverage.measure(ctx, items, by=["topic", "language"])
    assert found.n == 80
    assert found.counts["topic"] == {"billing": 60, "fault": 20}
    assert sum(found.counts["language"].values()) == 80
    with team.read() as ctx:
        assert coverage.production(ctx) == found
        assert {gap.predicate for gap in coverage.gaps(ctx)} >= {"topic = 'billing'", "topic = 'fault'"}


@pytest.mark.parametrize(
    ("rows", "by", "told"),
    [
        (TRAFFIC[:1], ["colour"], r"No item has 'colour'; items have kind, language, length, topic"),
        (TRAFFIC[:1], [], r"No attribute was named"),
        ([{"no": "text"}], ["topic"], r"Item 1 cannot be read"),
    ],
)
def test_a_profile_that_says_nothing_is_refused(
    rows: list[dict[str, Any]], by: list[str], told: str, team: Team
) -> None:
    items = [reading.item_of(place, row) for place, row in enumerate(rows, 1)]
    with team.act(team.ops) as ctx, pytest.raises(ProfileError, match=told):
        coverage.measure(ctx, items, by=by)
    with team.read() as ctx:
        assert coverage.production(ctx) is None
    with team.act(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        coverage.measure(ctx, items, by=["topic"])


def test_production_is_profiled_by_command(team: Team, tmp_path: Path) -> None:
    file = tmp_path / "traffic.jsonl"
    file.write_bytes(lines(TRAFFIC))
    assert "Profiled 80 items by topic" in typed(team, "source", "profile", str(file), "--by", "topic", by="ops")
    assert json.loads(typed(team, "source", "production", "--json", by="ops"))["counts"]["topic"]["fault"] == 20
    assert "75.0%" in typed(team, "source", "production", by="ops")


def test_a_file_is_profiled_and_taken_in_from_pages_and_http(team: Team) -> None:
    source = approved(team)
    team.app.jobs.launch()
    with served(team.app) as server:
        who = client(team.app, server.url, team.ops)
        form, file = {"csrf": who.csrf}, {"file": ("traffic.jsonl", lines(TRAFFIC))}
        told = who.http.post("/p/support/coverage", data=form | {"by": "topic"}, files=file, follow_redirects=True)
        assert "80 items by topic" in told.text
        recipe = {"languages": "", "personal_data": "mask", "near_duplicate": "2"}
        path = f"/p/support/sources/{source}/intakes"
        page = who.http.post(path, data=form | recipe, files=file, follow_redirects=True)
        assert page.status_code == 200
        job = page.url.path.rpartition("/")[2]
        done = team.app.jobs.wait(job).result
        assert done is not None
        assert (done["read"], done["added"]) == (80, 2)
        assert done["intake"] in who.http.get(f"/p/support/jobs/{job}").text
        bad = who.http.post(path, data=form | recipe, files={"file": ("traffic.exe", b"x")})
        assert bad.status_code == 422
        assert "not a format that can be read" in bad.text
        headers = {"Authorization": f"Bearer {who.token}"}
        api = f"{server.url}/api/v1/programs/support/coverage/profile"
        made = who.http.post(api, json={"items": TRAFFIC[:5], "by": ["topic"]}, headers=headers)
        assert (made.status_code, made.json()["n"]) == (201, 5)
        assert who.http.get(api, headers=headers).json() == made.json()
        who.http.close()
    assert list((team.app.settings.directory / "uploads").iterdir()) == []
    with team.read() as ctx:
        assert queries.count(ctx) == 2
