"""Governance as typed: exit codes, JSON, and what a command leaves behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from headwater.cli.main import build
from headwater.cli.session import chosen
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
        result = CliRunner().invoke(CLI, [*options, *words], input=text, catch_exceptions=False)
        assert result.exit_code == code, result.output
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
