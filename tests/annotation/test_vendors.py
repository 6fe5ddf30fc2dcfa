"""Work goes out sealed with hidden gold, comes back checked row by row, and is accepted by plan or returned."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from headwater.annotation import boards, deliveries, exports, packages, queries, rework, vendors
from headwater.annotation.plan import Plan
from headwater.annotation.vendor_model import (
    Delivery,
    DeliveryError,
    DeliveryState,
    Package,
    PackageState,
    VendorStateError,
)
from headwater.core.canonical import digest_bytes
from headwater.core.errors import InvalidError
from headwater.governance import accounts
from headwater.governance import queries as governance
from headwater.governance.model import NotYoursError
from headwater.lineage import queries as lineage
from tests.annotation.factories import claim, open_campaign, work_through
from tests.serving import served

if TYPE_CHECKING:
    from tests.workspaces import FakeClock, Team

KNOWN = {0: "fault", 1: "praise"}


def lapse(team: Team) -> None:
    clock: FakeClock = team.app.clock  # type: ignore[assignment]
    clock.advance(hours=49)


def onboarded(team: Team) -> str:
    with team.act(team.ops) as ctx:
        row = vendors.onboard(ctx, name="Annotation house", terms="EU only; deletes within 30 days")
    lapse(team)
    with team.act(team.lead) as ctx:
        return vendors.approve(ctx, row.id, reason="audited").id


def issued(team: Team, *, records: int = 20) -> Package:
    return package_of(team, open_campaign(team, records, known=KNOWN).id)


def package_of(team: Team, campaign: str) -> Package:
    """Issue a package of the first batch of a campaign to a new vendor."""
    partner = onboarded(team)
    with team.act(team.ops) as ctx:
        batch = queries.batches(ctx, campaign)[0]
        row = packages.prepare(ctx, batch.id, vendor_id=partner, due_at=ctx.clock.now() + timedelta(days=30))
    lapse(team)
    with team.act(team.lead) as ctx:
        return packages.issue(ctx, row.id, reason="go")


def opened(team: Team, package: Package) -> dict[str, bytes]:
    with team.read() as ctx:
        data = packages.archive_of(ctx, package.id)
    assert digest_bytes(data) == package.digest
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def answered(files: dict[str, bytes], topic: str = "billing") -> list[dict[str, Any]]:
    gold = {f"message {20 + place}": right for place, right in KNOWN.items()}
    tasks = [json.loads(line) for line in files["tasks.jsonl"].splitlines()]
    return [
        {"id": task["id"], "values": {"topic": gold.get(task["content"]["text"], topic)}, "by": "jo"} for task in tasks
    ]


def deliver(team: Team, package: Package, rows: list[Any]) -> Delivery:
    with team.act(team.ops) as ctx:
        return deliveries.receive(ctx, package.id, "\n".join(map(json.dumps, rows)).encode())


def test_a_package_stands_by_itself_and_does_not_tell_which_tasks_are_gold(each_team: Team) -> None:
    package = issued(each_team)
    files = opened(each_team, package)
    manifest = json.loads(files["manifest.json"])
    assert manifest["files"].keys() | {"manifest.json"} == files.keys()
    for name, facts in manifest["files"].items():
        assert facts == {"sha256": digest_bytes(files[name]), "bytes": len(files[name])}
    tasks = [json.loads(line) for line in files["tasks.jsonl"].splitlines()]
    assert (len(tasks), package.items) == (22, 22)
    assert [task["id"] for task in tasks] == sorted(task["id"] for task in tasks)
    assert len({tuple(sorted(task)) for task in tasks}) == 1
    assert {(task["record"], task["batch"], len(task["answers"])) for task in tasks} == {("", "", 0)}
    assert b"secret truth" not in b"".join(files.values())
    assert b"gold" not in b"".join(data for name, data in files.items() if name != "guideline.md")
    assert manifest["acceptance"]["sample"] >= 2


def test_a_delivery_is_checked_row_by_row_and_its_gold_scored(team: Team) -> None:
    package = issued(team)
    rows: list[Any] = answered(opened(team, package))
    doubled, unknown = rows[0], {"id": "itm_nothing", "values": {"topic": "fault"}}
    rows[1] = rows[1] | {"values": {"topic": "weather"}}
    found = deliver(team, package, [*rows, doubled, unknown, "words"])
    assert (found.rows, found.valid) == (25, 21)
    told = "\n".join(found.problems)
    for reason in ("a second answer", "there is no task 'itm_nothing'", "'weather' is not one of", "not a JSON object"):
        assert reason in told
    assert found.failed.keys() == {rows[1]["id"]}
    assert found.gold_right == found.gold_total
    gold = [row["id"] for row in rows if row["values"]["topic"] in KNOWN.values()]
    assert not set(found.sample) & set(gold)
    with team.act(team.ops) as ctx:
        deliveries.judge(ctx, found.id, wrong={})
    lapse(team)
    with team.act(team.lead) as ctx, pytest.raises(VendorStateError, match="1 of 22 tasks have no valid answer"):
        deliveries.accept(ctx, found.id, reason="fine")


def test_a_bad_sample_can_only_be_returned_and_rework_is_accepted(each_team: Team) -> None:
    package = issued(each_team)
    rows = answered(opened(each_team, package))
    first = deliver(each_team, package, rows)
    with pytest.raises(VendorStateError, match="waits for a decision"):
        deliver(each_team, package, rows)
    with each_team.act(each_team.ops) as ctx:
        with pytest.raises(InvalidError, match="not in the sample"):
            deliveries.judge(ctx, first.id, wrong={"itm_other": "no"})
        with pytest.raises(InvalidError, match="needs a reason"):
            deliveries.judge(ctx, first.id, wrong=dict.fromkeys(first.sample, " "))
        deliveries.judge(ctx, first.id, wrong=dict.fromkeys(first.sample, "is about a fault"))
    lapse(each_team)
    with each_team.act(each_team.lead) as ctx:
        with pytest.raises(VendorStateError, match="inspected are wrong"):
            deliveries.accept(ctx, first.id, reason="fine")
        assert deliveries.send_back(ctx, first.id, reason="all wrong").state is DeliveryState.RETURNED
    second = deliver(each_team, package, rows)
    with each_team.act(each_team.ops) as ctx:
        deliveries.judge(ctx, second.id, wrong={})
    lapse(each_team)
    with each_team.act(each_team.lead) as ctx:
        deliveries.accept(ctx, second.id, reason="good now")
        (card,) = vendors.scorecards(ctx)
    assert (card.packages, card.deliveries, card.gold.n, card.gold.value) == (1, 2, 4, 1.0)
    assert (card.first_time.n, card.first_time.value) == (1, 0.0)
    assert card.sampled.value == pytest.approx(0.5)
    assert card.sampled.low < 0.5 < card.sampled.high


def accepted(team: Team, package: Package, rows: list[Any]) -> Delivery:
    found = deliver(team, package, rows)
    with team.act(team.ops) as ctx:
        deliveries.judge(ctx, found.id, wrong={})
    lapse(team)
    with team.act(team.lead) as ctx:
        return deliveries.accept(ctx, found.id, reason="good")


def test_accepted_answers_close_their_tasks_and_count_as_those_of_the_vendors_cohort(each_team: Team) -> None:
    team = each_team
    package = issued(team)
    rows = answered(opened(team, package))
    rows = [row | {"by": ("jo", "kim")[place % 2], "seconds": 9} for place, row in enumerate(rows)]
    assert accepted(team, package, rows).used == 22
    with team.act(team.ops) as ctx:
        assert vendors.package(ctx, package.id).state is PackageState.ACCEPTED
        progress = queries.progress(ctx, package.campaign_id)
        assert (progress.done, progress.tasks, progress.annotators) == (20, 20, 2)
        (line,) = boards.cohorts(ctx, package.campaign_id)
        assert (line.cohort.team, line.cohort.training) == ("Annotation house", package.id)
        assert (line.cohort.guideline_id, line.cohort.batch_id) == (package.guideline_id, package.batch_id)
        assert (line.answers, line.accuracy.n, line.accuracy.value, line.seconds) == (22, 2, 1.0, 9.0)
        columns = queries.answers(ctx, package.campaign_id, question="topic")
        assert set(columns.cohort_ids) == {line.cohort.id}
        assert {name[:4] for name in columns.annotator_ids} == {"ext_"}
        wanted = exports.scope(ctx, package.campaign_id)
        graph = lineage.trace(ctx, line.cohort.id)
    assert {"delivery", "package", "campaign", "guideline"} <= {node.kind for node in graph.nodes}
    items = list(exports.items(partial(team.app.read_as, team.ops, team.program), wanted))
    given = [reply for item in items for reply in item.answers]
    assert (len(given), {reply.by[:4] for reply in given}) == (20, {"ann_"})
    assert {reply.provenance["cohort"] for reply in given} == {line.cohort.id}
    assert claim(team, package.campaign_id, team.annotators[0]) is None
    with team.act(team.ops) as ctx:
        task = queries.tasks_of(ctx, package.batch_id)[0]
        assert rework.reopen(ctx, package.batch_id, [task.id], reason="unclear") == 1


def test_tasks_that_are_out_are_given_to_nobody_until_they_come_back(each_team: Team) -> None:
    team = each_team
    campaign = open_campaign(team, 6)
    partner = onboarded(team)
    held = claim(team, campaign.id, team.annotators[0])
    assert held is not None
    with team.act(team.ops) as ctx:
        batch = queries.batches(ctx, campaign.id)[0].id
        due = ctx.clock.now() + timedelta(days=30)
        row = packages.prepare(ctx, batch, vendor_id=partner, due_at=due)
        assert row.items == 5
        with pytest.raises(InvalidError, match="has 0 that want answers"):
            packages.prepare(ctx, batch, vendor_id=partner, due_at=due)
    assert claim(team, campaign.id, team.annotators[1]) is None
    lapse(team)
    with team.act(team.lead) as ctx:
        assert packages.refuse(ctx, row.id, reason="too dear").state is PackageState.REFUSED
    assert work_through(team, campaign.id, team.annotators[1], limit=2) == 2
    with team.act(team.ops) as ctx:
        row = packages.prepare(ctx, batch, vendor_id=partner, due_at=ctx.clock.now() + timedelta(days=30))
        with pytest.raises(InvalidError, match="with a reason"):
            packages.withdraw(ctx, row.id, reason=" ")
        packages.withdraw(ctx, row.id, reason="they are full")
        assert not [each for each in governance.proposals(ctx, subject=row.id) if each.state == "pending"]
    work_through(team, campaign.id, team.annotators[1])
    with team.act(team.ops) as ctx:
        assert queries.progress(ctx, campaign.id).done == 6


def test_an_overdue_package_gives_its_tasks_back_and_a_late_delivery_fills_what_is_free(each_team: Team) -> None:
    team = each_team
    package = issued(team, records=6)
    rows = answered(opened(team, package))
    assert claim(team, package.campaign_id, team.annotators[0]) is None
    team.app.clock.advance(hours=24 * 32)  # type: ignore[attr-defined]
    assert work_through(team, package.campaign_id, team.annotators[0], limit=2) == 2
    with team.act(team.ops) as ctx:
        assert vendors.package(ctx, package.id).state is PackageState.OVERDUE
    assert accepted(team, package, rows).used == 4 + len(KNOWN)
    with team.act(team.ops) as ctx:
        assert queries.progress(ctx, package.campaign_id).done == 6
        assert vendors.scorecards(ctx)[0].on_time.value == 0.0


def test_what_a_vendors_answer_leaves_open_is_asked_of_the_others(team: Team) -> None:
    campaign = open_campaign(team, 4, plan=Plan(overlap=2))
    partner = onboarded(team)
    with team.act(team.ops) as ctx:
        batch = queries.batches(ctx, campaign.id)[0].id
        row = packages.prepare(ctx, batch, vendor_id=partner, due_at=ctx.clock.now() + timedelta(days=30))
    lapse(team)
    with team.act(team.lead) as ctx:
        package = packages.issue(ctx, row.id, reason="go")
    assert claim(team, campaign.id, team.annotators[0]) is None
    accepted(team, package, answered(opened(team, package)))
    assert work_through(team, campaign.id, team.annotators[0], topic="fault") == 4
    with team.act(team.ops) as ctx:
        assert queries.progress(ctx, campaign.id).done == 4
        assert len(queries.disagreements(ctx, campaign.id)) == 4


def test_only_what_failed_comes_back_with_its_reason_and_the_rest_stands(team: Team) -> None:
    package = issued(team)
    rows = answered(opened(team, package))
    lost, broken = rows[0]["id"], rows[1]["id"]
    rows[1] = rows[1] | {"values": {"topic": "weather"}}
    first = deliver(team, package, rows[1:])
    with team.act(team.ops) as ctx:
        one, *others = deliveries.sample(ctx, first.id)
        assert (one.content["text"][:8], one.values) == ("message ", {"topic": "billing"})
        deliveries.inspect(ctx, first.id, one.item_id, wrong=False)
        deliveries.inspect(ctx, first.id, one.item_id, wrong=True, reason="it is praise")
        for each in others:
            row = deliveries.inspect(ctx, first.id, each.item_id, wrong=False)
        assert (row.state, row.wrong) == (DeliveryState.JUDGED, 1)
        with pytest.raises(VendorStateError, match="only a returned one"):
            deliveries.rework(ctx, first.id)
    lapse(team)
    with team.act(team.lead) as ctx:
        deliveries.send_back(ctx, first.id, reason="see the reasons")
        again = {each["id"]: each for each in deliveries.rework(ctx, first.id)}
    assert again.keys() == {lost, broken, one.item_id}
    assert (again[one.item_id]["reason"], again[one.item_id]["values"]) == ("it is praise", {"topic": "billing"})
    assert (again[lost]["reason"], "weather" in again[broken]["reason"]) == ("no answer", True)
    second = deliver(team, package, [{"id": item, "values": {"topic": "praise"}, "by": "jo"} for item in again])
    assert (second.rows, second.valid, second.complete, second.failed) == (3, 3, 22, {})
    with team.act(team.ops) as ctx:
        deliveries.judge(ctx, second.id, wrong={})
    lapse(team)
    with team.act(team.lead) as ctx:
        assert deliveries.accept(ctx, second.id, reason="good").used == 22


def test_the_certificate_of_deletion_is_kept_with_its_document(team: Team) -> None:
    package = issued(team)
    rows = answered(opened(team, package))
    with team.act(team.ops) as ctx, pytest.raises(VendorStateError):
        packages.certify(ctx, package.id, statement="all deleted")
    accepted(team, package, rows)
    with team.act(team.ops) as ctx:
        found = packages.certify(ctx, package.id, statement="all copies deleted", document=b"%PDF-1.7 signed")
        assert found.deleted_at
        assert packages.certificate_of(ctx, package.id) == b"%PDF-1.7 signed"


def test_only_those_whom_the_chart_names_deal_with_vendors(team: Team) -> None:
    package = issued(team)
    with team.act(team.annotators[0]) as ctx:
        for act in (
            partial(vendors.onboard, ctx, name="x", terms="y"),
            partial(packages.archive_of, ctx, package.id),
            partial(deliveries.receive, ctx, package.id, b"{}"),
            partial(vendors.scorecards, ctx),
        ):
            with pytest.raises(NotYoursError):
                act()
    with team.act(team.ops) as ctx:
        with pytest.raises(DeliveryError, match="empty"):
            deliveries.receive(ctx, package.id, b"\n")
        with pytest.raises(DeliveryError, match="UTF-8"):
            deliveries.receive(ctx, package.id, b"\xff")


def test_packages_and_deliveries_travel_over_http(team: Team) -> None:
    package = issued(team)
    with team.act(team.ops) as ctx:
        token = accounts.create_token(ctx, label="vendors", may_write=True).secret
    rows = "\n".join(map(json.dumps, answered(opened(team, package))))
    with served(team.app) as server:
        client = httpx.Client(
            base_url=f"{server.url}/api/v1/programs/support", headers={"Authorization": f"Bearer {token}"}
        )
        archive = client.get(f"/packages/{package.id}/archive")
        assert digest_bytes(archive.content) == package.digest
        reply = client.post(
            f"/packages/{package.id}/deliveries", content=rows, headers={"Content-Type": "application/jsonl"}
        )
        assert (reply.status_code, reply.json()["valid"]) == (201, 22)
        assert client.get("/vendors").json()[0]["gold"]["n"] == 2
        client.close()
