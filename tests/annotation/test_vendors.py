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

from headwater.annotation import deliveries, exports, queries, vendors
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
from headwater.governance.model import NotYoursError
from tests.annotation.factories import open_campaign
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
    campaign = open_campaign(team, records, known=KNOWN)
    partner = onboarded(team)
    with team.act(team.ops) as ctx:
        batch = queries.batches(ctx, campaign.id)[0]
        row = vendors.prepare(ctx, batch.id, vendor_id=partner, due_at=ctx.clock.now() + timedelta(days=30))
    lapse(team)
    with team.act(team.lead) as ctx:
        return vendors.issue(ctx, row.id, reason="go")


def opened(team: Team, package: Package) -> dict[str, bytes]:
    with team.read() as ctx:
        data = vendors.archive_of(ctx, package.id)
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
    assert f"Task {rows[1]['id']}: no answer" in told
    assert found.gold_right == found.gold_total
    gold = [row["id"] for row in rows if row["values"]["topic"] in KNOWN.values()]
    assert not set(found.sample) & set(gold)
    with team.act(team.ops) as ctx:
        deliveries.judge(ctx, found.id, wrong=())
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
            deliveries.judge(ctx, first.id, wrong=["itm_other"])
        deliveries.judge(ctx, first.id, wrong=first.sample)
    lapse(each_team)
    with each_team.act(each_team.lead) as ctx:
        with pytest.raises(VendorStateError, match="inspected are wrong"):
            deliveries.accept(ctx, first.id, reason="fine")
        assert deliveries.send_back(ctx, first.id, reason="all wrong").state is DeliveryState.RETURNED
    second = deliver(each_team, package, rows)
    with each_team.act(each_team.ops) as ctx:
        deliveries.judge(ctx, second.id, wrong=())
    lapse(each_team)
    with each_team.act(each_team.lead) as ctx:
        deliveries.accept(ctx, second.id, reason="good now")
        (card,) = vendors.scorecards(ctx)
    assert (card.packages, card.deliveries, card.gold.n, card.gold.value) == (1, 2, 4, 1.0)
    assert (card.first_time.n, card.first_time.value) == (1, 0.0)
    assert card.sampled.value == pytest.approx(0.5)
    assert card.sampled.low < 0.5 < card.sampled.high


def test_accepted_answers_leave_with_their_tasks_under_pseudonyms_and_deletion_is_certified(team: Team) -> None:
    package = issued(team)
    found = deliver(team, package, answered(opened(team, package)))
    with team.act(team.ops) as ctx:
        deliveries.judge(ctx, found.id, wrong=())
        with pytest.raises(VendorStateError):
            vendors.certify(ctx, package.id, statement="all deleted")
    lapse(team)
    with team.act(team.lead) as ctx:
        deliveries.accept(ctx, found.id, reason="good")
    with team.act(team.ops) as ctx:
        assert vendors.certify(ctx, package.id, statement="all copies deleted").deleted_at
        assert vendors.package(ctx, package.id).state is PackageState.ACCEPTED
        wanted = exports.scope(ctx, package.campaign_id)
    items = list(exports.items(partial(team.app.read_as, team.ops, team.program), wanted))
    given = [reply for item in items for reply in item.answers]
    assert len(given) == 20
    assert {reply.by[:4] for reply in given} == {"ext_"}
    assert {reply.provenance["vendor"] for reply in given} == {"Annotation house"}


def test_only_those_whom_the_chart_names_deal_with_vendors(team: Team) -> None:
    package = issued(team)
    with team.act(team.annotators[0]) as ctx:
        for act in (
            partial(vendors.onboard, ctx, name="x", terms="y"),
            partial(vendors.archive_of, ctx, package.id),
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
