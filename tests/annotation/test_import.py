"""Tasks of another tool come in as records, tasks and prior answers, and go out as they came."""

from __future__ import annotations

import json
import zipfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from headwater.annotation import batches, campaigns, exports, imports, prelabels, queries
from headwater.annotation.exchange.formats import CODECS, Format
from headwater.annotation.exchange.label_studio_config import to_schema
from headwater.annotation.exchange.model import ExchangeError, Item, Reply
from headwater.annotation.exchange.pictures import Stems
from headwater.annotation.plan import Plan
from headwater.annotation.questions import as_data, parse
from headwater.app.application import open_app
from headwater.core.errors import InvalidError
from headwater.governance import accounts
from headwater.sourcing import queries as sourcing
from headwater.sourcing import sources
from headwater.sourcing.model import SourceKind, SourceNotApprovedError
from tests.annotation.factories import answer, claim, open_campaign, plan_campaign, put_records, work_through
from tests.serving import served
from tests.sourcing.test_intakes import FORM, approved
from tests.vision.test_header import picture

if TYPE_CHECKING:
    from tests.workspaces import Team

MADE = Path(__file__).parent / "exchange" / "made"


def take_in(
    team: Team, campaign: str, path: Path, form: Format, source: str = "desk", *, as_prelabels: bool = False
) -> imports.Imported:
    origin = imports.Origin(
        path=path, codec=CODECS[form], source=source, batch="other tool", name=path.name, as_prelabels=as_prelabels
    )
    return imports.run(partial(team.act, team.ops), team.app.database, campaign, origin)


def exported(team: Team, campaign: str, form: Format) -> bytes:
    with team.read() as ctx:
        wanted = exports.scope(ctx, campaign)
    opened = partial(team.app.read_as, team.ops, team.program)
    return b"".join(CODECS[form].write(exports.items(opened, wanted), wanted.schema.questions))


def tasks_file(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "tasks.jsonl"
    path.write_text("".join(json.dumps({"content": {}, "answers": []} | row) + "\n" for row in rows))
    return path


def test_a_real_export_of_label_studio_goes_through_the_platform_and_out_equal(each_team: Team) -> None:
    approved(each_team)
    questions = [as_data(each) for each in to_schema((MADE / "config.xml").read_bytes()).questions]
    campaign = plan_campaign(each_team, put_records(each_team, ["first"]), data=questions).id
    found = take_in(each_team, campaign, MADE / "label_studio.json", Format.LABEL_STUDIO)
    assert (found.batch.tasks, found.answers, found.refused) == (3, 3, ())
    before = json.loads((MADE / "label_studio.json").read_text(encoding="utf-8"))
    after = json.loads(exported(each_team, campaign, Format.LABEL_STUDIO))
    answered = [task for task in before if any(not each["was_cancelled"] for each in task["annotations"])]
    assert sorted(after, key=lambda task: int(task["id"])) == answered


def test_suggestions_become_prelabels_when_that_is_asked_for(each_team: Team, tmp_path: Path) -> None:
    approved(each_team)
    campaign = open_campaign(each_team, 1, plan=Plan(shows_prelabels=True, blinded_rate=0.0)).id
    sure, unsure = {"question_name": "topic", "score": 0.9}, {"question_name": "topic", "score": 0.2}
    rows = [
        {
            "id": "a",
            "fields": {"text": "the printer smokes"},
            "suggestions": [sure | {"value": "fault", "agent": "m 2"}],
        },
        {"id": "b", "fields": {"text": "thank you"}, "suggestions": [unsure | {"value": "praise", "agent": "m 2"}]},
        {"id": "c", "fields": {"text": "an invoice"}, "suggestions": []},
    ]
    path = tmp_path / "records.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = take_in(each_team, campaign, path, Format.ARGILLA, as_prelabels=True)
    assert (found.suggestions, found.prelabels, found.refused) == (2, 2, ())
    with each_team.read() as ctx:
        kept = prelabels.proposed(ctx, campaign).rows.values()
        assert sorted((row.values["topic"], row.score, row.model) for row in kept) == [
            ("fault", 0.9, "m 2"),
            ("praise", 0.2, "m 2"),
        ]
    drafts = []
    while (given := claim(each_team, campaign, each_team.annotators[0])) is not None:
        drafts.append(given.draft.get("topic"))
        answer(each_team, campaign, each_team.annotators[0], given)
    assert drafts == [None, "fault", "praise", None]


def test_an_answer_that_is_none_of_its_question_is_left_out_with_the_reason(team: Team, tmp_path: Path) -> None:
    approved(team)
    campaign = open_campaign(team, 2).id
    good, bad = {"values": {"topic": "fault"}, "by": "jo@example.org"}, {"values": {"topic": "weather"}}
    path = tasks_file(
        tmp_path,
        {"id": "a", "content": {"text": "the printer smokes"}, "answers": [good, bad]},
        {"id": "b", "content": {"text": "the printer smokes"}},
    )
    found = take_in(team, campaign, path, Format.JSONL)
    assert (found.intake.added, found.intake.rejected, found.answers) == (1, 1, 1)
    assert [each.task for each in found.refused] == ["a"]
    assert "weather" in found.refused[0].reason
    text = exported(team, campaign, Format.JSONL).decode()
    assert "example.org" not in text
    assert [reply["by"][:4] for reply in json.loads(text)["answers"]] == ["ext_"]


def test_prior_answers_stand_before_those_given_here_and_end_no_task(team: Team, tmp_path: Path) -> None:
    approved(team)
    campaign = open_campaign(team, 1).id
    path = tasks_file(
        tmp_path, {"content": {"text": "the printer smokes"}, "answers": [{"values": {"topic": "fault"}}]}
    )
    take_in(team, campaign, path, Format.JSONL)
    assert work_through(team, campaign, team.annotators[0], topic="praise") == 2
    rows = [json.loads(line) for line in exported(team, campaign, Format.JSONL).splitlines()]
    assert [[reply["values"]["topic"] for reply in row["answers"]] for row in rows] == [["praise"], ["fault", "praise"]]


def another(team: Team, campaign: str, name: str) -> str:
    """Plan a campaign that asks what another one asks."""
    with team.act(team.ops) as ctx:
        like = queries.campaign(ctx, campaign)
        return campaigns.create(ctx, name=name, schema_id=like.schema_id, guideline_id=like.guideline_id).id


def test_answers_about_records_that_are_there_already_come_to_them(each_team: Team, tmp_path: Path) -> None:
    team = each_team
    approved(team)
    asked = open_campaign(team, 1).id
    take_in(team, asked, tasks_file(tmp_path, {"content": {"text": "asked here"}}), Format.JSONL)
    take_in(
        team,
        another(team, asked, "elsewhere"),
        tasks_file(tmp_path, {"content": {"text": "asked nowhere"}}),
        Format.JSONL,
    )
    rows = [
        {"id": str(place), "content": {"text": text}, "answers": [{"values": {"topic": topic}}]}
        for place, (text, topic) in enumerate(
            [("asked nowhere", "fault"), ("new", "fault"), ("asked here", "fault"), ("new", "praise")]
        )
    ]
    path = tasks_file(tmp_path, *rows)
    found = take_in(team, asked, path, Format.JSONL)
    assert (found.intake.added, found.known, found.batch.tasks, found.answers) == (1, 1, 2, 3)
    assert [(each.task, each.reason) for each in found.refused] == [("2", imports.ASKED)]
    back = [json.loads(line) for line in exported(team, asked, Format.JSONL).splitlines()]
    given = {row["content"]["text"]: sorted(reply["values"]["topic"] for reply in row["answers"]) for row in back}
    assert given == {"asked nowhere": ["fault"], "new": ["fault", "praise"]}

    other = another(team, asked, "other")
    again = take_in(team, other, path, Format.JSONL)
    assert (again.intake.added, again.known, again.answers, again.refused) == (0, 3, 4, ())
    with pytest.raises(InvalidError, match=r"None of the 4 tasks .* is about a record that is new"):
        take_in(team, other, path, Format.JSONL)


BOXES = [{"name": "rust", "kind": "boxes", "text": "Where?", "options": ["spot"], "required": False}]


def coco(*names: str) -> bytes:
    """Return a COCO file with one box on each picture."""
    images = [{"id": n, "file_name": name, "width": 20, "height": 10} for n, name in enumerate(names, 1)]
    marks = [{"id": n, "image_id": n, "category_id": 1, "bbox": [1, 2, 3, 4]} for n in range(1, len(names) + 1)]
    return json.dumps({"images": images, "annotations": marks, "categories": [{"id": 1, "name": "spot"}]}).encode()


def box(place: int) -> dict[str, Any]:
    return {"x": place, "y": 1, "width": 4, "height": 5, "label": "spot"}


def packed(folder: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(folder / "boxes.zip", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return folder / "boxes.zip"


def test_pictures_come_in_with_the_export_that_names_them(each_team: Team, tmp_path: Path) -> None:
    team = each_team
    approved(team)
    campaign = plan_campaign(team, put_records(team, ["first"]), data=BOXES).id
    files = {
        "annotations/instances.json": coco("a.png", "b.png", "c.png"),
        "images/a.png": picture("PNG", (20, 10)),
        "images/b.png": picture("PNG", (21, 10)),
    }
    found = take_in(team, campaign, packed(tmp_path, files), Format.COCO)
    assert (found.intake.added, found.intake.rejected, found.answers) == (2, 1, 2)
    with team.read() as ctx:
        (missing,) = sourcing.rejects(ctx, found.intake.id)
        records = {each.text: each for each in sourcing.everything(ctx, where=f"intake_id = '{found.intake.id}'")}
    assert (missing.excerpt, missing.evidence) == ("c.png", "picture 'c.png': it is not in the archive")
    for name, record in records.items():
        assert team.app.objects.get(str(record.payload["image"])) == files[f"images/{name}"]
    back = json.loads(exported(team, campaign, Format.COCO))
    assert [each["file_name"] for each in back["images"]] == ["a.png", "b.png"]


@pytest.mark.parametrize("form", [Format.YOLO, Format.VOC])
def test_pictures_of_one_name_in_two_folders_stay_two(form: Format, team: Team, tmp_path: Path) -> None:
    approved(team)
    campaign = plan_campaign(team, put_records(team, ["first"]), data=BOXES).id
    names = ("one/a.png", "two/a.png", "a.png")
    shown = [{"kind": "image", "image": name, "width": 20 + place, "height": 10} for place, name in enumerate(names)]
    made = [
        Item(id=str(place), content=content, answers=(Reply(values={"rust": [box(place)]}),))
        for place, content in enumerate(shown)
    ]
    path = tmp_path / "marks.zip"
    path.write_bytes(b"".join(CODECS[form].write(made, parse(BOXES))))
    with zipfile.ZipFile(path, "a") as archive:
        assert len(set(archive.namelist())) == len(archive.namelist())
        for place, name in enumerate(names):
            archive.writestr(
                f"{'images' if form is Format.YOLO else 'JPEGImages'}/{name}", picture("PNG", (20 + place, 10))
            )
    found = take_in(team, campaign, path, form)
    assert (found.intake.added, found.intake.rejected, found.answers, found.refused) == (3, 0, 3, ())
    with team.read() as ctx:
        widths = {each.payload["width"] for each in sourcing.everything(ctx, where=f"intake_id = '{found.intake.id}'")}
    assert widths == {20, 21, 22}


def test_files_about_one_picture_are_told_apart() -> None:
    stem = Stems()
    items = [Item(id=str(n), content={"image": name}) for n, name in enumerate(("a.png", "a.png", "../b/c d.jpg", ""))]
    assert [stem(each) for each in items] == ["a", "a-2", "b/c_d", "3"]
    assert stem(Item(id="x", content={"image": "https://example.org/one/a.png"})) == "a-3"


def test_an_archive_without_one_export_is_refused(team: Team, tmp_path: Path) -> None:
    approved(team)
    campaign = plan_campaign(team, put_records(team, ["first"]), data=BOXES).id
    for files in ({"a.png": b""}, {"a.json": coco("a.png"), "b.json": coco("a.png")}):
        with pytest.raises(ExchangeError, match=r"holds \d files that end in '.json'"):
            take_in(team, campaign, packed(tmp_path, files), Format.COCO)


def test_nothing_comes_in_from_a_source_that_is_not_approved_or_out_of_a_broken_file(
    team: Team, tmp_path: Path
) -> None:
    campaign = open_campaign(team, 1).id
    path = tasks_file(tmp_path, {"content": {"text": "x y z"}})
    draft = _registered(team)
    with pytest.raises(SourceNotApprovedError):
        take_in(team, campaign, path, Format.JSONL, draft)
    approved(team)
    path.write_text(path.read_text() + "{")
    with pytest.raises(InvalidError, match="Line 2"):
        take_in(team, campaign, path, Format.JSONL)
    with team.read() as ctx:
        assert not sourcing.intakes(ctx)
    with team.act(team.ops) as ctx:
        assert len(batches.select(ctx)) == 1


def test_a_file_comes_in_over_http(team: Team, tmp_path: Path) -> None:
    approved(team)
    campaign = open_campaign(team, 1).id
    with team.act(team.ops) as ctx:
        token = accounts.create_token(ctx, label="import", may_write=True).secret
    data = tasks_file(tmp_path, {"content": {"text": "the printer smokes"}}).read_bytes()
    url = "/api/v1/programs/support/campaigns/{}/import?source=desk&batch=old"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream", "Idempotency-Key": "old"}
    with served(team.app) as server, httpx.Client(base_url=server.url, headers=headers, timeout=60) as http:
        reply = http.post(url.format(campaign), content=data)
        again = http.post(url.format(campaign), content=data)
        other = http.post(url.format(campaign), content=data + b"\n")
    assert (again.headers["idempotent-replay"], again.json(), other.status_code) == ("true", reply.json(), 409)
    assert reply.status_code == 201, reply.text
    assert (reply.json()["batch"]["name"], reply.json()["batch"]["tasks"]) == ("old", 1)
    assert list((team.app.settings.directory / "uploads").iterdir()) == []


def test_a_file_sent_to_be_imported_is_refused_when_it_is_too_long_and_leaves_nothing(team: Team) -> None:
    approved(team)
    campaign = open_campaign(team, 1).id
    with team.act(team.ops) as ctx:
        token = accounts.create_token(ctx, label="import", may_write=True).secret
    directory = team.app.settings.directory
    with open_app(directory, max_upload_mb=1, clock=team.app.clock) as small, served(small) as server:
        reply = httpx.post(
            f"{server.url}/api/v1/programs/support/campaigns/{campaign}/import?source=desk&batch=old",
            content=b"x" * 1_500_000,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"},
            timeout=60,
        )
    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")
    assert list((directory / "uploads").iterdir()) == []


def _registered(team: Team) -> str:
    with team.act(team.ops) as ctx:
        return sources.register(ctx, name="draft", kind=SourceKind.PRIVATE, provenance=FORM).id
