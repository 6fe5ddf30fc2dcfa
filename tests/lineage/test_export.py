"""Provenance in the languages of others: whole, consistent, and the same from command, API and page."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx
from typer.testing import CliRunner

from headwater.cli.main import build
from headwater.cli.session import chosen
from headwater.governance import accounts
from headwater.lineage import export, queries, service
from headwater.lineage.export import Format
from headwater.lineage.model import Node
from tests.serving import served
from tests.workspaces import Team

if TYPE_CHECKING:
    from headwater.lineage.model import Graph

SOURCE = Node(id="src_1", kind="source", label="Help desk")
INTAKE = Node(id="int_1", kind="intake", label="may.jsonl")
RELEASE = Node(id="rel_1", kind="release", label="topics 1.0.0", digest="sha256:" + "a" * 64)


def grown(team: Team) -> Graph:
    """A source, its intake, and a release made of both."""
    with team.act(team.ops) as ctx:
        service.record(ctx, activity="intake.run", used=[SOURCE], generated=[INTAKE])
    with team.act(team.lead) as ctx:
        service.record(ctx, activity="release.build", used=[SOURCE, INTAKE], generated=[RELEASE])
    with team.read() as ctx:
        return queries.whole(ctx)


def test_a_prov_document_relates_only_what_it_declares(each_team: Team) -> None:
    document = export.prov(grown(each_team))
    prefix = document["prefix"]["hw"]
    assert prefix.startswith("urn:")
    assert set(document["entity"]) == {"hw:src_1", "hw:int_1", "hw:rel_1"}
    assert document["entity"]["hw:rel_1"]["hw:digest"] == RELEASE.digest
    assert {each["prov:label"] for each in document["activity"].values()} == {"intake.run", "release.build"}
    for each in document["activity"].values():
        assert datetime.fromisoformat(each["prov:endTime"]).tzinfo is not None
    declared = {"entity": "entity", "activity": "activity", "agent": "agent"}
    declared |= {"generatedEntity": "entity", "usedEntity": "entity"}
    counted = Counter()  # type: ignore[var-annotated]
    for kind in ("used", "wasGeneratedBy", "wasDerivedFrom", "wasAssociatedWith"):
        for relation in document[kind].values():
            counted[kind] += 1
            for end, identifier in relation.items():
                assert identifier in document[declared[end.removeprefix("prov:")]]
    assert counted == {"used": 3, "wasGeneratedBy": 2, "wasDerivedFrom": 3, "wasAssociatedWith": 2}
    assert set(document["agent"]) == {f"hw:{each_team.ops}", f"hw:{each_team.lead}"}


def test_openlineage_events_have_what_the_specification_requires(each_team: Team) -> None:
    graph = grown(each_team)
    events = export.openlineage(graph, namespace="headwater/support")
    assert [event["job"]["name"] for event in events] == ["intake.run", "release.build"]
    assert [event["eventTime"] for event in events] == sorted(event["eventTime"] for event in events)
    for event in events:
        assert {"eventTime", "producer", "schemaURL", "run", "job"} <= event.keys()
        uuid.UUID(event["run"]["runId"])
        for dataset in event["inputs"] + event["outputs"]:
            assert dataset["namespace"] == "headwater/support"
            for facet in dataset["facets"].values():
                assert {"_producer", "_schemaURL"} <= facet.keys()
    assert [dataset["name"] for dataset in events[1]["inputs"]] == ["int_1", "src_1"]
    assert events[1]["outputs"][0]["facets"]["version"]["datasetVersion"] == RELEASE.digest
    assert events == export.openlineage(graph, namespace="headwater/support")


def test_an_empty_program_exports_an_empty_graph(team: Team) -> None:
    with team.read() as ctx:
        graph = queries.whole(ctx)
    assert export.prov(graph)["entity"] == {}
    assert list(export.lines(graph, Format.OPENLINEAGE, program="support")) == []


def test_command_api_and_page_give_the_same(team: Team) -> None:
    graph = grown(team)
    with team.app.act_as(team.ops) as ctx:
        token = accounts.create_token(ctx, label="test", may_write=False).secret
    before = (chosen.workspace, chosen.handle, chosen.program)
    with served(team.app) as server, httpx.Client(base_url=server.url) as http:
        for wanted in Format:
            expected = b"".join(export.lines(graph, wanted, program="support"))
            path = f"/api/v1/programs/support/lineage/export?format={wanted}"
            assert http.get(path, headers={"Authorization": f"Bearer {token}"}).content == expected
            words = ["--workspace", str(team.app.settings.directory), "lineage", "export", "--format", wanted]
            shown: Any = CliRunner().invoke(build(), words)
            assert shown.stdout.encode() == expected
        assert http.get("/p/support/lineage/export/prov").status_code != 200
    chosen.workspace, chosen.handle, chosen.program = before
    assert json.loads(expected.splitlines()[0])["producer"] == "urn:headwater"
