"""Files sent over HTTP: streamed to disk, taken in by a job, kept no longer than needed."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

from headwater.app.application import open_app
from headwater.app.uploads import Upload
from headwater.core.errors import TooLargeError
from headwater.governance import accounts
from headwater.sourcing import queries
from tests.serving import served
from tests.sourcing.test_intakes import FORM, approved
from tests.workspaces import Team

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXTS = "the printer is broken", "how do I reset my password", "hello there friend"
LINES = "".join(json.dumps({"text": text}) + "\n" for text in TEXTS).encode()


class Sender:
    """Sends files to the source `desk` of a served workspace that runs jobs."""

    def __init__(self, team: Team, http: httpx.Client) -> None:
        self.team, self.http = team, http
        with team.app.act_as(team.ops) as ctx:
            self.token = accounts.create_token(ctx, label="test", may_write=True).secret

    def send(self, body: Any, *, name: str = "texts.jsonl", key: str = "", token: str = "", **recipe: Any) -> Any:
        headers = {"Authorization": f"Bearer {token or self.token}"} | ({"Idempotency-Key": key} if key else {})
        address = "/api/v1/programs/support/sources/desk/intakes"
        return self.http.post(address, params={"name": name, **recipe}, content=body, headers=headers)

    def finish(self, reply: httpx.Response) -> dict[str, Any]:
        assert reply.status_code == 202, reply.text
        status = self.team.app.jobs.wait(reply.json()["id"])
        assert reply.headers["location"].endswith(f"/programs/support/jobs/{status.id}")
        return status.result or {}

    def files(self) -> list[Path]:
        return sorted((self.team.app.settings.directory / "uploads").iterdir())


@pytest.fixture
def sender(each_team: Team) -> Iterator[Sender]:
    approved(each_team)
    each_team.app.jobs.launch()
    with served(each_team.app) as server, httpx.Client(base_url=server.url) as http:
        yield Sender(each_team, http)
    each_team.app.jobs.stop()


def test_a_sent_file_becomes_records_and_is_removed(sender: Sender) -> None:
    done = sender.finish(sender.send(LINES))
    assert (done["read"], done["added"], done["rejected"]) == (3, 3, 0)
    with sender.team.read() as ctx:
        assert queries.intake(ctx, done["intake"]).origin == "texts.jsonl"
        assert {record.text for record in queries.records(ctx).records} == set(TEXTS)
        assert len(queries.identifiers(ctx, where=f"intake_id = '{done['intake']}'")) == 3
        assert queries.identifiers(ctx, where="kind = 'chat'") == []
    assert sender.files() == []


def test_a_body_in_pieces_and_with_a_recipe_is_taken_in(sender: Sender) -> None:
    pieces = (LINES[at : at + 7] for at in range(0, len(LINES), 7))
    done = sender.finish(sender.send(pieces, language=["en", "de"], personal_data="keep", near_duplicate=2))
    with sender.team.read() as ctx:
        recipe = queries.intake(ctx, done["intake"]).recipe
    assert (recipe["languages"], recipe["personal_data"], recipe["near_duplicate"]) == (["en", "de"], "keep", 2)


def test_a_repeat_with_the_same_key_finds_the_same_job(sender: Sender) -> None:
    first = sender.send(LINES, key="k1")
    done = sender.finish(first)
    again = sender.send(LINES, key="k1")
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["result"] == done
    other = sender.send(LINES + b'{"text": "more"}\n', key="k1")
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert sender.files() == []


@pytest.mark.parametrize(
    ("body", "name", "status", "says"),
    [(LINES, "texts.pdf", 422, "'texts.pdf' ends in '.pdf'"), (LINES, "", 422, "name")],
)
def test_what_cannot_be_read_is_refused_before_it_is_kept(
    sender: Sender, body: bytes, name: str, status: int, says: str
) -> None:
    reply = sender.send(body, name=name)
    assert reply.status_code == status
    assert says in reply.text
    assert not (sender.team.app.settings.directory / "uploads").exists()


def test_an_empty_file_is_refused(sender: Sender) -> None:
    reply = sender.send(b"")
    assert (reply.status_code, reply.json()["detail"]) == (422, "The file 'texts.jsonl' is empty.")
    assert sender.files() == []


def test_bad_lines_are_rejects_and_the_rest_is_kept(sender: Sender) -> None:
    done = sender.finish(sender.send(LINES + b'{"text": \n' + b'{"text": "caf\xff"}\n'))
    assert (done["added"], done["rejected"]) == (3, 2)
    with sender.team.read() as ctx:
        evidence = [reject.evidence for reject in queries.rejects(ctx, done["intake"])]
    assert evidence[0].startswith("line 4: not JSON")
    assert "byte 14 is not UTF-8" in evidence[1]


def test_only_those_who_may_take_in_may_send(sender: Sender) -> None:
    team = sender.team
    with team.app.act_as(team.engineer) as ctx:
        engineer = accounts.create_token(ctx, label="test", may_write=True).secret
    with team.act(team.ops) as ctx:
        from headwater.sourcing import sources  # noqa: PLC0415

        sources.describe(ctx, "desk", provenance=FORM)
    assert sender.send(LINES, token=engineer).status_code == 403
    assert sender.send(LINES).json()["code"] == "source_not_approved"
    assert sender.send(LINES, token="hw_nonsense").status_code == 401


def test_a_connection_that_breaks_off_leaves_nothing(sender: Sender) -> None:
    place = urlsplit(str(sender.http.base_url))
    request = (
        "POST /api/v1/programs/support/sources/desk/intakes?name=a.jsonl HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {sender.token}\r\nContent-Length: 5000000\r\n\r\n"
    )
    with socket.create_connection((place.hostname or "", place.port or 0)) as wire:
        wire.sendall(request.encode() + LINES)
    sender.finish(sender.send(LINES))
    assert sender.team.app.jobs.all(sender.team.program)[1:] == []


def test_an_upload_begins_while_the_part_of_another_disappears(team: Team) -> None:
    uploads = team.app.settings.directory / "uploads"
    uploads.mkdir(exist_ok=True)
    (uploads / "gone.part").symlink_to("nowhere")  # listed, and not there any more when it is looked at
    with Upload(team.app.settings, "a.jsonl") as upload:
        upload.write(LINES)
        assert upload.finish().read_bytes() == LINES


def test_a_file_longer_than_the_setting_is_refused(team: Team) -> None:
    directory = team.app.settings.directory
    with open_app(directory, max_upload_mb=0.00001) as small:
        with Upload(small.settings, "a.jsonl") as upload, pytest.raises(TooLargeError, match="longer than 1e-05 MB"):
            upload.write(LINES)
        assert list((directory / "uploads").iterdir()) == []
