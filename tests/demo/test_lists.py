"""Every list reaches its last row, however long it is: over the API, on pages and at the command line."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from headwater.annotation import queries as annotation
from headwater.app.application import open_app
from headwater.cli.main import build
from headwater.client import Client
from headwater.core.ids import new_id, prefix_of
from headwater.governance import queries as governance
from headwater.governance import waivers
from headwater.governance.model import SYSTEM
from headwater.storage.database import metadata
from tests.serving import served
from tests.web import calls

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from headwater.app.application import App
    from headwater.context import Context
    from tests.demo.conftest import Finished

pytestmark = pytest.mark.timeout(900)

MANY = 210
"""More rows than a part of a list holds."""
GROWING = (
    "notice",
    "proposal",
    "decision_record",
    "intake",
    "release",
    "evaluation",
    "finding",
    "diagnosis",
    "brief",
    "training_run",
    "campaign",
    "waiver",
)
"""Tables of the demonstration that grow for ever."""
NAMES = {"release": "version", "campaign": "name", "evaluation": "eval_set_version", "training_run": "model_id"}
"""What else tells their rows apart."""
WHOLE = {
    "raci": "one row for each decision there is",
    "raci/people": "one row for each member",
    "raci/problems": "one row for each hole of a chart",
    "steps": "the first steps there are",
    "members": "one row for each member and role",
    "agenda": "campaigns that are open",
    "deadlines": "campaigns that run",
    "campaigns/{campaign}/leases/{lease}/case": "the answers to one task",
    "campaigns/{campaign}/deadline/moves": "how often one deadline was moved",
    "coverage": "one row for each slice of the profile",
    "assessments": "one row for each campaign and question",
    "concerns": "what is wrong now, summed up",
    "predictors": "one row for each model of the settings",
    "reviews/counts": "sums",
    "releases/{release}/gates": "one row for each standard",
    "schemas/{schema}/changes": "one row for each question",
    "guidelines/{guideline}/labels": "one row for each label",
    "guidelines/{guideline}/remarks": "one row for each label",
    "deliveries/{delivery}/sample": "a sample",
    "deliveries/{delivery}/rework": "what one delivery holds",
    "campaigns/{campaign}/skips/reasons": "one row for each reason there is",
    "campaigns/{campaign}/reviewers": "one row for each reviewer",
    "campaigns/{campaign}/automation": "one row for each slice of the policy",
    "campaigns/{campaign}/cohorts": "one row for each cohort",
    "campaigns/{campaign}/watches": "one row for each question",
    "campaigns/{campaign}/charts": "one row for each metric and cohort",
    "resolutions/{campaign}/{question}/methods": "one row for each method",
    "resolutions/{campaign}/{question}/habits": "one row for each annotator",
}
"""Lists that are given whole, and why they stay short."""
PAGES = ("inbox", "sources", "campaigns", "releases", "training", "evaluations", "findings", "briefs", "waivers")
COMMANDS = (("inbox", "show"), ("decision", "list", "--all"), ("release", "list"))
LONG = (
    "notices",
    "proposals",
    "decisions",
    "ledger",
    "records",
    "intakes",
    "releases",
    "runs",
    "evaluations",
    "findings",
)
PROGRAM = "/api/v1/programs/{program}/"
CLI = build()


@dataclass(frozen=True, slots=True, kw_only=True)
class Long:
    """A workspace of long lists, served."""

    directory: Path
    url: str
    lead: calls.Client
    """The lead, on pages."""
    client: Client
    """The lead, over the API."""
    known: dict[str, str]


@pytest.fixture(scope="module")
def long(finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Long]:
    directory = tmp_path_factory.mktemp("long") / "workspace"
    shutil.copytree(finished.directory, directory)
    with open_app(directory) as app:
        lead, known = lengthen(app)
        with served(app) as site:
            who = calls.client(app, site.url, lead)
            with Client(site.url, token=who.token, program=known["program"]) as http:
                yield Long(directory=directory, url=site.url, lead=who, client=http, known=known)
            who.http.close()


def lengthen(app: App) -> tuple[str, dict[str, str]]:
    """Repeat a row of every growing table, and return the lead and the names of things in addresses."""
    with app.act_as(SYSTEM) as ctx:
        (program,) = governance.programs(ctx)
        lead = governance.person_by_handle(ctx, "lead").id
        inside = app.context(ctx.db, lead, program.id)
        campaign = annotation.campaigns(inside)[-1]
        known = {
            "program": program.slug,
            "campaign": campaign.id,
            "question": "topic",
            "intake": last(ctx, "intake"),
            "evaluation": last(ctx, "evaluation"),
            "brief": last(ctx, "brief"),
        }
        operations = app.context(ctx.db, governance.person_by_handle(ctx, "operations").id, program.id)
        ends = ctx.clock.now() + timedelta(days=9)
        waivers.request(operations, standard="agreement.alpha", reason="Known.", expires_at=ends)
        for name in GROWING:
            repeat(ctx, metadata.tables[name], lead)
    return lead, known


def last(ctx: Context, table: str) -> str:
    column = metadata.tables[table].c.id
    return str(ctx.db.execute(sa.select(column).order_by(column.desc()).limit(1)).scalar_one())


def repeat(ctx: Context, table: sa.Table, lead: str) -> None:
    query = sa.select(table).limit(1)
    row = dict(
        ctx.db.execute(query.where(table.c.person == lead) if table.name == "notice" else query).mappings().one()
    )
    own = NAMES.get(table.name)
    rows = [
        row | {"id": new_id(prefix_of(row["id"]))} | ({own: number_of(n, row[own])} if own else {}) for n in range(MANY)
    ]
    ctx.db.execute(table.insert(), rows)


def number_of(place: int, like: object) -> object:
    return 1000 + place if isinstance(like, int) else f"0.0.{place}"


def lists() -> Iterator[tuple[str, calls.Call]]:
    """Yield every operation that gives a list."""
    for call in calls.every():
        if call.is_api and call.method == "GET":
            given = str(call.route.response_model or "")
            if given.startswith(("list[", "headwater.api.session.Page[")):
                yield call.path.removeprefix(PROGRAM), call


def asked(call: calls.Call) -> set[str]:
    own = call.route.dependant
    return {each.alias for part in (own, *own.dependencies) for each in part.query_params}


def test_every_list_of_the_api_is_paged_or_says_why_it_stays_short() -> None:
    whole = {name for name, call in lists() if not {"after", "limit"} <= asked(call)}
    assert whole == set(WHOLE)


def test_every_list_of_the_api_reaches_its_last_row(long: Long) -> None:
    reached = {}
    for name, call in lists():
        path = re.sub(r"{(\w+)}", lambda found: long.known.get(found[1], "nothing"), name)
        if not call.path.startswith(PROGRAM) or "nothing" in path or not {"after", "limit"} <= asked(call):
            continue
        query = {"lot": 500, "state": ""} if name == "acceptance/plans" else {}
        rows = [json.dumps(row) for row in long.client.each(path, **{**query, "limit": 90})]
        assert len(rows) == len(set(rows)), name
        if 1 < len(rows) < MANY:
            size = len(rows) // 2
            assert [json.dumps(row) for row in long.client.each(path, **{**query, "limit": size})] == rows, name
        reached[name] = len(rows)
    assert {name for name, found in reached.items() if found > MANY} >= set(LONG)


def test_every_list_of_the_pages_reaches_its_last_row(long: Long) -> None:
    for name in PAGES:
        shown, places = 0, [""]
        while places:
            html = long.lead.http.get(f"{long.url}/p/support/{name}?after={places.pop()}").text
            table = html if name != "sources" else html[html.index("<h2>Intakes") :]
            shown += table.count("<tr>") - table.count("<thead>")
            places = re.findall(r'rel="next" href="[^"]*after=([^"&]*)"', html)
        assert shown > MANY, name


def test_every_list_of_the_commands_reaches_its_last_row(long: Long) -> None:
    for words in COMMANDS:
        start = ["--workspace", str(long.directory), "--as", "lead", "--program", "support"]
        result = CliRunner().invoke(CLI, [*start, *words, "--json"])
        assert result.exit_code == 0, result.output
        assert len(json.loads(result.stdout)) > MANY, words
