"""Governance as typed: exit codes, JSON, and what a command leaves behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from headwater.cli.main import build, exit_code
from headwater.cli.session import chosen
from headwater.core.errors import HeadwaterError
from tests.workspaces import Team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Typed = Callable[..., Result]

CLI = build()


@pytest.fixture
def typed(team: Team) -> Iterator[Typed]:
    """Type a command as a person of the team."""

    def run(*words: str, by: str = "", code: int = 0, text: str | None = None) -> Result:
        options = ["--workspace", str(team.app.settings.directory), *(["--as", by] if by else [])]
        result = CliRunner().invoke(CLI, [*options, *words], input=text)
        if isinstance(result.exception, HeadwaterError):
            assert exit_code(result.exception) == code, result.exception
        else:
            assert result.exit_code == code, (result.output, result.exception)
        return result

    before = (chosen.workspace, chosen.handle, chosen.program)
    yield run
    chosen.workspace, chosen.handle, chosen.program = before


def parsed(result: Result) -> Any:
    return json.loads(result.stdout)


def test_a_whole_ledger_verifies(typed: Typed) -> None:
    rows = parsed(typed("audit", "verify", "--json"))
    assert {row["verified"] for row in rows} == {True}
    assert "workspace" in {row["scope"] for row in rows}


def test_tables_name_people_and_programs_and_json_has_their_ids(team: Team, typed: Typed) -> None:
    assert "program support" in typed("audit", "verify").stdout
    actors = {line.split()[3] for line in typed("audit", "list").stdout.splitlines()[1:]}
    assert "admin" in actors
    assert not any(actor.startswith("per_") for actor in actors)
    assert any(row["actor"].startswith("per_") for row in parsed(typed("audit", "list", "--json")))
    assert typed("decision", "list").stdout == "Nothing waits for a decision. Closed proposals: --all\n"


def test_a_changed_entry_is_named_and_exits_with_7(team: Team, typed: Typed) -> None:
    with team.act(team.ops) as ctx:
        ctx.db.exec_driver_sql("DROP TRIGGER ledger_entry_no_update")
        ctx.db.exec_driver_sql(f"UPDATE ledger_entry SET actor = 'x' WHERE scope = '{team.program}' AND seq = 2")
    result = typed("audit", "verify", code=7)
    assert "entry 2 (person.added) was changed" in result.stdout


def test_an_exported_ledger_verifies_anywhere_and_against_a_checkpoint(typed: Typed, tmp_path: Path) -> None:
    exported, kept = tmp_path / "ledger.jsonl", tmp_path / "checkpoint.json"
    exported.write_bytes(typed("audit", "export").stdout_bytes)
    kept.write_text(typed("audit", "checkpoint", "--json").stdout)
    typed("audit", "verify", "--file", str(exported), "--against", str(kept))
    typed("audit", "verify", "--against", str(kept))
    lines = exported.read_bytes().splitlines(keepends=True)
    exported.write_bytes(b"".join(lines[:-1]))
    assert (
        "entries, but had" in typed("audit", "verify", "--file", str(exported), "--against", str(kept), code=7).stdout
    )
    exported.write_bytes(b"x" + b"".join(lines))
    assert "entry 1 cannot be read" in typed("audit", "verify", "--file", str(exported), code=7).stdout


def test_a_chart_is_exported_edited_proposed_shown_and_approved(typed: Typed, tmp_path: Path) -> None:
    file = tmp_path / "chart.yaml"
    file.write_text(typed("raci", "export").stdout.replace("intake.run:", "intake.run:\n  consulted: expert", 1))
    typed("raci", "propose", str(file), "--summary", "Ask the experts", by="ops")
    proposal = parsed(typed("decision", "list", "--json"))[0]
    assert "Ask the experts" in typed("decision", "show", proposal["id"]).stdout
    typed("decision", "approve", proposal["id"], "--reason", "mine", by="ops", code=5)
    typed("decision", "approve", proposal["id"], "--reason", "they know", by="lead")
    lint = typed("raci", "lint", code=4)
    assert "expert is Consulted on 'intake.run' but is never asked" in lint.stdout


def test_a_charter_is_exported_edited_proposed_answered_and_approved(typed: Typed, tmp_path: Path) -> None:
    file = tmp_path / "charter.yaml"
    file.write_text(typed("charter", "export").stdout.replace("standards: []", "standards: [gold.accuracy >= 0.95]"))
    typed("charter", "propose", str(file), by="ops")
    proposal = parsed(typed("decision", "list", "--json"))[0]["id"]
    typed("decision", "approve", proposal, "--reason", "fine", by="lead", code=4)
    typed("decision", "answer", proposal, "--against", "--comment", "too strict", by="expert")
    assert "too strict" in typed("decision", "show", proposal).stdout
    typed("decision", "approve", proposal, "--reason", "fine", by="lead")
    assert parsed(typed("charter", "show", "--json"))["charter"]["standards"][0]["metric"] == "gold.accuracy"
    assert "gold.accuracy >= 0.95" in typed("charter", "show").stdout


def test_a_refused_proposal_is_closed(typed: Typed, tmp_path: Path) -> None:
    file = tmp_path / "charter.yaml"
    file.write_text("purpose: Something else")
    typed("charter", "propose", str(file), by="ops")
    proposal = parsed(typed("decision", "list", "--json"))[0]["id"]
    typed("decision", "refuse", proposal, "--reason", "no", by="lead")
    assert parsed(typed("decision", "list", "--json")) == []
    assert parsed(typed("decision", "list", "--all", "--json"))[0]["state"] == "refused"
    assert "Something else" not in typed("charter", "show").stdout


@pytest.mark.parametrize("content", [b"\xff", b"a: [", b"- 1"])
def test_a_file_that_cannot_be_read_changes_nothing(typed: Typed, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "charter.yaml"
    file.write_bytes(content)
    typed("charter", "propose", str(file), by="ops", code=2)
    typed("raci", "propose", str(file), by="ops", code=2)


def test_rights_are_lent_and_taken_back(typed: Typed) -> None:
    typed("delegation", "give", "engineer", "--decision", "intake.run", "--days", "3", by="ops")
    row = parsed(typed("delegation", "list", "--json"))[0]
    assert row["decision"] == "intake.run"
    assert "engineer" in typed("delegation", "list").stdout
    typed("delegation", "end", row["id"], by="engineer", code=3)
    typed("delegation", "end", row["id"], by="ops")
    typed("delegation", "give", "engineer", "--decision", "nonsense", by="ops", code=2)


def test_people_are_added_given_roles_and_let_go(typed: Typed) -> None:
    typed("person", "add", "new", "--name", "New One", "--role", "operations", "--role", "reviewer")
    typed("person", "role", "new", "reviewer", "--remove")
    assert "new" in typed("raci", "show").stdout
    typed("person", "admin", "new")
    typed("person", "deactivate", "new")
    typed("inbox", "show", by="new", code=5)
    typed("person", "activate", "new")
    typed("person", "add", "new", code=4)
    typed("person", "role", "nobody", "reviewer", code=3)


def test_a_password_is_asked_for_and_never_shown(typed: Typed) -> None:
    shown = typed("person", "password", "ops", text="correct horse battery\ncorrect horse battery\n")
    assert "correct horse" not in shown.output
    typed("person", "password", "ops", text="short\nshort\n", code=2)


def test_a_token_is_made_listed_and_revoked(typed: Typed) -> None:
    secret = typed("token", "create", "ci", "--here", "--days", "7", by="ops").stdout.strip()
    assert secret.startswith("hw_")
    row = parsed(typed("token", "list", "--json", by="ops"))[0]
    assert row["program"].startswith("prg_")
    assert secret not in typed("token", "list", by="ops").stdout
    typed("token", "revoke", row["id"], by="lead", code=3)
    typed("token", "revoke", row["id"], by="ops")
    assert parsed(typed("token", "list", "--json", by="ops")) == []


def test_a_waiver_is_asked_for_and_granted_from_the_inbox(typed: Typed) -> None:
    typed("waiver", "request", "agreement.alpha", "--reason", "rare labels", "--days", "3", by="ops")
    assert "Waive agreement.alpha" in typed("inbox", "show", "--unread", by="lead").stdout
    proposal = parsed(typed("decision", "list", "--json"))[0]["id"]
    typed("decision", "approve", proposal, "--reason", "this once", by="lead")
    assert parsed(typed("waiver", "list", "--json"))[0]["granted_by"].startswith("per_")
    typed("inbox", "receive", by="lead")
    assert parsed(typed("inbox", "show", "--unread", "--json", by="lead")) == []


def test_a_program_is_made_and_listed(typed: Typed) -> None:
    typed("program", "create", "second", "--name", "Second", "--solo")
    assert [row["slug"] for row in parsed(typed("program", "list", "--json"))] == ["second", "support"]
    typed("program", "create", "second", "--name", "Again", code=4)
    typed("raci", "show", code=2)
