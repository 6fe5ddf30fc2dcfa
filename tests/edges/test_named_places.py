"""What cannot be accepted is named where it was written, with the remedy."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from headwater.app import serving
from headwater.app.application import open_app
from headwater.cli.main import build
from headwater.cli.session import chosen
from headwater.core import settings
from headwater.core.errors import HeadwaterError, SettingsError, UnavailableError
from headwater.evaluation.model import BadSamplesError
from headwater.evaluation.service import parse_samples
from headwater.server import build as serve
from headwater.sourcing import reading
from headwater.sourcing.model import UnreadableFileError
from tests.annotation.factories import open_campaign, put_records
from tests.sourcing.test_intakes import approved, items, take_in
from tests.workspaces import Team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CLI = build()
TOPIC = """\
- name: topic
  kind: single
  text: What is it about?
  options: [billing, fault]
"""
CHARTER = "purpose: Help\nstandards:\n  - agreement.alpha >= 0.7\n"


@pytest.fixture
def refused(team: Team) -> Iterator[Callable[..., str]]:
    """Type a command as a person and return how it was refused."""
    before = (chosen.workspace, chosen.handle, chosen.program)

    def run(*words: str, by: str = "ops") -> str:
        result = CliRunner().invoke(CLI, ["--workspace", str(team.app.settings.directory), "--as", by, *words])
        assert isinstance(result.exception, HeadwaterError), result.output
        return str(result.exception)

    yield run
    chosen.workspace, chosen.handle, chosen.program = before


@pytest.mark.parametrize(
    ("command", "text", "line", "words"),
    [
        ("schema write topic", TOPIC + TOPIC.replace("about", "again"), 5, "has the same name"),
        ("schema write topic", TOPIC.replace("[billing, fault]", "\n  - billing\n  - fault\n  - billing"), 7, "twice"),
        ("schema write topic", TOPIC.replace("single", "singel"), 2, "there is no kind 'singel'"),
        ("charter propose", CHARTER + "  - alpha is high\n", 4, "is not a standard. Write METRIC"),
        ("charter propose", CHARTER + "targts: []\n", 4, "is no part of a charter. Parts: purpose"),
        ("charter propose", CHARTER + "critical_slices:\n  - name: rare\n", 5, "is not a critical slice. Give name"),
        ("raci propose", "release.approve:\n  accountable: bos\n", 2, "is not a role. Roles: "),
    ],
)
def test_a_document_that_cannot_stand_is_named_with_its_line(
    refused: Callable[..., str], tmp_path: Path, command: str, text: str, line: int, words: str
) -> None:
    file = tmp_path / "written.yaml"
    file.write_text(text)
    said = refused(*command.split(), str(file), by="lead" if command.startswith("raci") else "ops")
    assert said.startswith(f"'{file}', line {line}: ")
    assert words in said


@pytest.mark.parametrize(("content", "words"), [(b"", "is empty"), (b"\xff\xfea\x00", "cannot be read")])
def test_a_document_with_nothing_readable_is_named(
    refused: Callable[..., str], tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "written.yaml"
    file.write_bytes(content)
    said = refused("schema", "write", "topic", str(file))
    assert said.startswith(f"'{file}'")
    assert words in said
    assert "Give a UTF-8 file" in said


def test_gold_that_is_no_answer_or_about_no_record_is_named_with_its_line(
    team: Team, refused: Callable[..., str], tmp_path: Path
) -> None:
    one, two = put_records(team, ["message one", "message two"])
    campaign = open_campaign(team, [one, two]).id
    file = tmp_path / "gold.jsonl"
    right = json.dumps({"record": one, "values": {"topic": "billing"}})

    def said(second: object) -> str:
        file.write_text(f"{right}\n{json.dumps(second)}\n")
        return refused("campaign", "gold", campaign, str(file))

    wrong = said({"record": two, "values": {"topic": "nonsense"}})
    assert wrong.startswith(f"'{file}', line 2: ")
    assert "billing" in wrong
    assert said({"record": "rec_none", "values": {"topic": "billing"}}).startswith(f"'{file}', line 2: ")
    assert f"Line 2 of '{file}' is not as expected: 'values' is missing" in said({"record": two})


def test_a_result_without_a_field_is_named_with_its_line() -> None:
    with pytest.raises(BadSamplesError, match=r"x\.jsonl, line 2: 'passed' is missing") as refusal:
        parse_samples([b"\n", b'{"sample_id": "1", "input": "a", "target": "b", "output": "b"}'], "x.jsonl")
    assert "Give sample_id, input, target, output, passed" in refusal.value.remedy


@pytest.mark.parametrize(
    ("content", "words"),
    [('{"text": "hello"}\n'.encode("utf-16"), "is UTF-16"), (b"\n  \n\t\n", "nothing but blank lines")],
)
def test_a_file_that_holds_no_lines_of_text_is_refused_whole(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "items.jsonl"
    file.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=words):
        reading.items(file)


def test_a_misspelt_variable_of_the_environment_is_named(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWATER_SESION_HOURS", "3")
    with pytest.raises(SettingsError, match="HEADWATER_SESION_HOURS is no setting") as refusal:
        settings.load(team.app.settings.directory)
    assert refusal.value.remedy == "Did you mean HEADWATER_SESSION_HOURS?"
    monkeypatch.delenv("HEADWATER_SESION_HOURS")
    monkeypatch.setenv("HEADWATER_MODELS__JUDGE__KEY", "x")
    monkeypatch.setenv("HEADWATER_SERVICE_HOST", "10.0.0.7")  # an orchestrator's
    monkeypatch.setenv("HEADWATER_PORT_8000_TCP_PROTO", "tcp")
    monkeypatch.setenv("HEADWATER_PROGRAM", "support")
    monkeypatch.setenv("HEADWATER_SESSION_HOURS", "3")
    with pytest.raises(SettingsError, match="models"):  # of a model that the file does not describe
        settings.load(team.app.settings.directory)


def test_a_bucket_that_does_not_answer_is_named(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    source = approved(team)
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
    with open_app(team.app.settings.directory, clock=team.app.clock, records_url="s3://nowhere/records") as app:
        away = Team(**{name: getattr(team, name) for name in team.__dataclass_fields__} | {"app": app})
        with pytest.raises(UnavailableError, match="'s3://nowhere/records' do not answer") as refusal:
            take_in(away, source, items("the printer is broken"))
    assert "Check records_url" in refusal.value.remedy


def test_a_ruling_without_a_verdict_names_both(refused: Callable[..., str]) -> None:
    said = refused("feedback", "rule", "apl_1", "--reason", "rule 5")
    assert said.endswith("Add --uphold when its author was right, --dismiss when the reviewer was.")


def test_an_application_factory_refuses_a_secret_that_is_none(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWATER_WORKSPACE", str(team.app.settings.directory))
    monkeypatch.setenv("HEADWATER_SECRET_KEY", "short")
    with pytest.raises(SettingsError, match="secret_key"):
        serve()


def test_a_sign_in_link_leads_to_where_the_pages_are(team: Team) -> None:
    directory = team.app.settings.directory

    def link() -> str:
        result = CliRunner().invoke(CLI, ["--workspace", str(directory), "person", "link", "ops"])
        return result.output.partition("/sign-in/")[0]

    assert link() == "http://127.0.0.1:8000"
    served = serving.listen(settings.load(directory, port=0))
    port = served.getsockname()[1]
    assert link() == f"http://127.0.0.1:{port}"
    tried = CliRunner().invoke(CLI, ["--workspace", str(directory), "serve", "--port", str(port)])
    assert f"Nothing can listen on 127.0.0.1, port {port}: Address already in use." in str(tried.exception)
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(UnavailableError):
        serving.listen(settings.load(directory, port=other.getsockname()[1]))
    assert link() == f"http://127.0.0.1:{port}"  # where it is served, not where it could not be
    served.close()
    serving.listen(settings.load(directory, port=0, host="0.0.0.0")).close()  # noqa: S104 -- as a published server does
    assert link().startswith("http://127.0.0.1:")
    with (directory / settings.FILE_NAME).open("a") as file:
        file.write('public_url = "https://labels.example.org/"\n')
    assert link() == "https://labels.example.org"
