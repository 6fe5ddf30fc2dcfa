"""Bad input: the message names the file, the line and the remedy; what was good is kept, or nothing is."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from typer.testing import CliRunner

from headwater.cli.main import build, exit_code
from headwater.cli.session import chosen
from headwater.core.errors import HeadwaterError
from headwater.sourcing import queries, reading
from tests.annotation.factories import open_campaign
from tests.sourcing.test_intakes import approved, take_in
from tests.storage.killed import environment
from tests.workspaces import Team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Call = Callable[..., httpx.Response]

CLI = build()
WORDS = ["printer", "password", "invoice", "refund", "delivery", "login", "battery", "screen", "contract", "keyboard"]
TEN = [json.dumps({"text": f"{word} trouble since {number} {word[::-1]}s"}) for number, word in enumerate(WORDS)]
NASTY = {
    '{"text": broken': "line 2: not JSON at column 10",
    '{"text": "huge number", "n": ' + "9" * 5000 + "}": "line 2: holds a value",
    '{"text": "no number at all", "n": NaN}': "line 2: holds a value",
    '{"text": "half a sign \\ud800 here"}': "line 2: holds a value",
    '{"text": "half a sign in an attribute", "topic": "\\udc00"}': "line 2: holds a value",
    '{"text": 7}': "line 2: expected a non-empty string in 'text'",
    "[" * 100_000: "line 2: not JSON nests too deep",
}


@pytest.fixture
def typed(each_team: Team) -> Iterator[Callable[..., Any]]:
    """Type a command as the operations person; returns what was printed, and the exit code."""
    before = (chosen.workspace, chosen.handle, chosen.program)

    def run(*words: str) -> tuple[str, int]:
        result = CliRunner().invoke(CLI, ["--workspace", str(each_team.app.settings.directory), "--as", "ops", *words])
        if isinstance(result.exception, HeadwaterError):
            return str(result.exception), exit_code(result.exception)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.output, result.exit_code

    yield run
    chosen.workspace, chosen.handle, chosen.program = before


def test_a_malformed_third_line_of_ten_is_a_reject_and_the_others_are_kept(
    each_team: Team, typed: Callable[..., Any], tmp_path: Path
) -> None:
    approved(each_team)
    file = tmp_path / "ten.jsonl"
    file.write_text("\n".join([*TEN[:2], '{"text": broken', *TEN[3:]]))
    program = [sys.executable, "-c", "from headwater.cli.main import main; main()", "--as", "ops", "--workspace"]
    command = [*program, str(each_team.app.settings.directory), "intake", "run", str(file), "--source", "desk"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True, env=environment()).stdout
    assert "Read 10, added 9 records, rejected 1" in shown
    intake = json.loads(typed("intake", "list", "--json")[0])[0]["id"]
    reject = json.loads(typed("intake", "rejects", intake, "--json")[0])[0]
    assert (reject["place"], reject["reason"]) == (3, "malformed")
    assert reject["evidence"].startswith("line 3: not JSON at column 10")
    assert "repair or remove the line" in reject["evidence"]


@pytest.mark.parametrize("line", NASTY, ids=lambda line: line[:40])
def test_a_line_that_cannot_be_kept_is_a_reject_and_the_next_is_kept(team: Team, line: str, tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text(f"{TEN[0]}\n{line}\n{TEN[1]}\n")
    done = take_in(team, approved(team), list(reading.items(file)))
    assert (done.read, done.added, done.rejected) == (3, 2, 1)
    with team.read() as ctx:
        assert queries.rejects(ctx, done.id)[0].evidence.startswith(NASTY[line])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'text\n"' + b"x" * 200_000 + b'"\ngood one here\n', ""),
        (b"text\ngood one here\ncaf\xe9 is not\n", "line 3: the row is not UTF-8"),
        (b"text\ngood one here\na,b\n", "line 3: the row has more cells"),
        (b'text\ngood one here\n"never closed\n', ""),
        (b"text\ngood one here\nnul \x00 inside\n", ""),
    ],
)
def test_oddities_of_csv_spoil_no_other_row(team: Team, content: bytes, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes(content)
    done = take_in(team, approved(team), list(reading.items(file)))
    with team.read() as ctx:
        assert "good one here" in {record.text for record in queries.everything(ctx)}
        found = [reject.evidence for reject in queries.rejects(ctx, done.id)]
    assert [evidence[: len(problem)] for evidence in found] == ([problem] if problem else [])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [("empty.jsonl", b"", "is empty"), ("x.pdf", b"x", "ends in '.pdf'")],
)
def test_a_file_with_nothing_in_it_is_refused_by_name(
    each_team: Team, typed: Callable[..., Any], tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    approved(each_team)
    (tmp_path / name).write_bytes(content)
    shown, code = typed("intake", "run", str(tmp_path / name), "--source", "desk")
    assert code in (2, 4), shown
    assert name in shown
    assert message in shown


def test_a_line_of_50_mb_is_turned_away_and_the_rest_is_kept(team: Team, tmp_path: Path) -> None:
    file = tmp_path / "long.jsonl"
    with file.open("wb") as out:
        out.write(TEN[0].encode() + b'\n{"text": "')
        for _ in range(50):
            out.write(b"x" * 1_000_000)
        out.write(b'"}\n' + TEN[1].encode())
    done = take_in(team, approved(team), list(reading.items(file)))
    assert (done.read, done.added, done.rejected) == (3, 2, 1)
    with team.read() as ctx:
        assert "longer than 32 MB; raise max_line_mb" in queries.rejects(ctx, done.id)[0].evidence


def test_a_wrong_label_is_refused_with_the_labels_there_are(call: Call, each_team: Team) -> None:
    campaign, ann = open_campaign(each_team, 3).id, each_team.annotators[0]
    task = call("POST", f"campaigns/{campaign}/claim", {}, by=ann).json()["task"]
    held = {"lease_id": task["lease_id"], "token": task["token"], "client_id": str(uuid.uuid4())}
    for values in ({"topic": "nonsense"}, {"topik": "billing"}, {}):
        reply = call("POST", f"campaigns/{campaign}/submit", held | {"values": values}, by=ann, status=422)
        assert "topic" in reply.json()["detail"]
    assert (
        "billing"
        in call("POST", f"campaigns/{campaign}/submit", held | {"values": {"topic": "x"}}, by=ann, status=422).text
    )
    call("POST", f"campaigns/{campaign}/submit", held | {"values": {"topic": "billing"}}, by=ann)


def test_an_unknown_field_of_a_slice_is_named(call: Call, typed: Callable[..., Any]) -> None:
    for where, named in (("nonsens = 'x'", "nonsens"), ("language = ", "language"), ("language == 'en", "language")):
        shown, code = typed("record", "list", "--where", where)
        assert (code, named in shown) == (2, True), shown
        assert named in call("GET", f"records?where={where}", status=422).json()["detail"]


def test_a_schema_that_asks_a_question_twice_is_refused(call: Call, typed: Callable[..., Any], tmp_path: Path) -> None:
    question = {"name": "topic", "kind": "single", "options": ["a", "b"]}
    file = tmp_path / "schema.json"
    file.write_text(json.dumps([question, question]))
    shown, code = typed("schema", "write", "topics", str(file))
    assert (code, "'topic'" in shown) == (2, True), shown
    reply = call("POST", "schemas", {"name": "topics", "questions": [question, question]}, status=422)
    assert "'topic'" in reply.json()["detail"]
    assert call("GET", "schemas").json() == []
