"""Pictures come in from folders and archives, with what a list beside them says; nothing else does."""

from __future__ import annotations

import json
import zipfile
from functools import partial
from typing import TYPE_CHECKING

import httpx
import pytest

from headwater.governance import accounts
from headwater.sourcing import intakes, pictures, queries, reading
from headwater.sourcing.model import Intake, UnreadableFileError
from tests.annotation import factories
from tests.serving import served
from tests.sourcing.test_intakes import approved
from tests.sourcing.test_uploads import Sender
from tests.vision.test_header import picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from headwater.sourcing.model import Record, Reject
    from tests.workspaces import Team


class KilledError(Exception):
    """The process ends here."""


FILES = {
    "a.png": picture("PNG", (20, 10)),
    "line 1/b.jpg": picture("JPEG", (8, 4), orientation=6),
    "line 1/c.png": picture("PNG", (5, 5)),
    "twin.png": picture("PNG", (20, 10)),
    "scan.tif": picture("TIFF"),
    "notes.md": b"# hello",
    ".hidden.png": b"x",
    "__MACOSX/._a.png": b"x",
}


def folder(where: Path, files: dict[str, bytes]) -> Path:
    path = where / "photos"
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def archive(where: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(where / "photos.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return where / "photos.zip"


def take_in(team: Team, source: str, path: Path) -> Intake:
    with team.act(team.ops) as ctx:
        begun = intakes.start(ctx, source=source, origin=path.name)
    items = reading.items(path, objects=team.app.objects)
    return intakes.run(lambda: team.act(team.ops), team.app.database, begun.id, items)


def records(team: Team) -> dict[str, Record]:
    with team.read() as ctx:
        return {each.text: each for each in queries.everything(ctx)}


def rejects(team: Team, intake: Intake) -> list[Reject]:
    with team.read() as ctx:
        return queries.rejects(ctx, intake.id)


def test_every_picture_of_a_folder_becomes_a_record_and_is_stored(each_team: Team, tmp_path: Path) -> None:
    team = each_team
    done = take_in(team, approved(team), folder(tmp_path, FILES))
    assert (done.read, done.added, done.rejected) == (6, 3, 3)
    found = records(team)
    assert set(found) == {"a.png", "line 1/b.jpg", "line 1/c.png"}
    side = found["line 1/b.jpg"]
    assert (side.kind, side.payload["width"], side.payload["height"]) == ("image", 4, 8)  # as it is seen
    assert (side.attributes, side.payload["file"]) == ({"folder": "line 1", "language": "und"}, "line 1/b.jpg")
    for name, record in found.items():
        assert team.app.objects.get(str(record.payload["image"])) == FILES[name]
    assert [(each.excerpt, each.reason) for each in rejects(team, done)] == [
        ("notes.md", "malformed"),
        ("scan.tif", "malformed"),
        ("twin.png", "duplicate"),
    ]


def test_an_archive_gives_what_its_folder_gives(team: Team, tmp_path: Path) -> None:
    source = approved(team)
    take_in(team, source, folder(tmp_path, FILES))
    again = take_in(team, source, archive(tmp_path, FILES))
    assert (again.read, again.added) == (6, 0)
    assert [each.reason for each in rejects(team, again)].count("duplicate") == 4


def test_a_list_says_which_pictures_and_what_of_them(team: Team, tmp_path: Path) -> None:
    rows = [
        {"image": "line 1/c.png", "camera": 2, "parts": ["lid", "seal"]},
        {"image": "a.png", "text": "Write to a.b@example.org about the lid, please, as it does not close at all."},
        {
            "image": "line 1/b.jpg",
            "text": "Write to a.b@example.org about the lid, please, as it does not close at all.",
        },
        {"image": "../secret.png"},
        {"image": ""},
        {"text": "No picture at all."},
    ]
    files = FILES | {"list.jsonl": "".join(json.dumps(row) + "\n" for row in rows).encode()}
    (tmp_path / "secret.png").write_bytes(FILES["a.png"])
    done = take_in(team, approved(team), folder(tmp_path, files))
    assert (done.added, [each.place for each in rejects(team, done)]) == (4, [4, 5])
    assert "not beside the list" in rejects(team, done)[0].evidence
    with team.read() as ctx:
        found = queries.everything(ctx)
    assert [each.kind for each in found] == ["image", "text", "text", "text"]
    assert (found[0].attributes["camera"], found[0].payload["parts"]) == (2, ["lid", "seal"])
    assert "@" not in found[1].text  # personal data in a caption is masked, as anywhere
    assert found[1].payload["image"] != found[2].payload["image"]  # one caption, two pictures: both stay


def test_a_stored_picture_is_named_without_its_file(team: Team, tmp_path: Path) -> None:
    stored = team.app.objects.put_media(FILES["a.png"]).name
    names = [stored, "a.png", "keys/secret", "media/00/none"]
    path = tmp_path / "list.jsonl"
    path.write_text("".join(json.dumps({"image": name}) + "\n" for name in names))
    done = take_in(team, approved(team), path)
    assert (done.added, done.rejected) == (1, 3)
    assert all("not stored here" in each.evidence for each in rejects(team, done))
    (record,) = records(team).values()
    assert record.payload == {"image": stored, "width": 20, "height": 10}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "no file in"),
        ({"a.jsonl": b"{}", "b.csv": b"image\n"}, "several lists"),
        ({"a.csv": b"picture\nx.png\n"}, "no column 'text' or 'image'"),
    ],
)
def test_what_holds_no_pictures_is_refused_before_anything_is_read(
    files: dict[str, bytes], words: str, tmp_path: Path
) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        list(reading.items(archive(tmp_path, files)))
    (tmp_path / "no.zip").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(UnreadableFileError, match="no ZIP archive"):
        reading.items(tmp_path / "no.zip")


def test_a_picture_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    (found,) = reading.items(archive(tmp_path, {"a.png": bytes(2_000_000)}), longest_mb=1)
    assert "larger than 1 MB" in found.problem


def test_cut_off_anywhere_each_picture_is_taken_in_once(team: Team, tmp_path: Path) -> None:
    files = {f"{place}.png": picture("PNG", (20 + place, 10)) for place in range(10)}
    path, source = archive(tmp_path, files), approved(team)
    with team.act(team.ops) as ctx:
        begun = intakes.start(ctx, source=source, origin="photos")

    def run(on_progress: Callable[[int], None] | None = None) -> Intake:
        shelf = pictures.Archive(path, 10**7)
        items = pictures.Pictures(pictures.Alone(shelf), shelf, most=3)
        act = partial(team.act, team.ops)
        return intakes.run(act, team.app.database, begun.id, items, on_progress=on_progress)

    def stop(_: int) -> None:
        raise KilledError

    settled = 0
    while settled < len(files):
        with pytest.raises(KilledError):
            run(stop)
        with team.read() as ctx:
            before, settled = settled, queries.intake(ctx, begun.id).read
        assert settled > before
    found = run()
    assert (found.read, found.added, len(records(team))) == (10, 10, 10)


def test_an_archive_sent_over_http_is_asked_about_and_seen(each_team: Team, tmp_path: Path) -> None:
    team = each_team
    approved(team)
    team.app.jobs.launch()
    campaign = factories.open_campaign(team, 1).id
    person = team.annotators[0]
    factories.work_through(team, campaign, person)
    with served(team.app) as server, httpx.Client(base_url=server.url) as http:
        sender = Sender(team, http)
        body = archive(tmp_path, {"a.png": FILES["a.png"]}).read_bytes()
        result = sender.finish(sender.send(body, name="photos.zip", campaign=campaign))
        assert (result["added"], result["tasks"]) == (1, 1)
        held = factories.claim(team, campaign, person)
        assert held is not None
        assert (held.content["image"], held.content["text"]) == (True, "")  # a file's name may tell the answer
        record = records(team)["a.png"]
        with team.app.act_as(person) as ctx:
            token = accounts.create_token(ctx, label="test").secret
        mine, base = {"Authorization": f"Bearer {token}"}, "/api/v1/programs/support"
        task = http.get(f"{base}/campaigns/{campaign}/leases/{held.lease_id}/image", headers=mine)
        assert (task.content, task.headers["content-type"]) == (FILES["a.png"], "image/png")
        theirs = {"Authorization": f"Bearer {sender.token}"}
        assert http.get(f"{base}/records/{record.id}/image", headers=theirs).content == FILES["a.png"]
    team.app.jobs.stop()
