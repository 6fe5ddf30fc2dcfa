"""The command line as a whole: it starts in a moment, every read prints JSON, every error has its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer.testing import CliRunner

from headwater.cli.main import EXIT_CODES, OUTLINE, build, exit_code
from headwater.cli.session import chosen
from headwater.core import errors
from tests.annotation.factories import open_campaign, work_through
from tests.workspaces import Team

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer.testing import Result

CLI = build()
GROUP: Any = typer.main.get_command(CLI)
READS = ("list", "show", "status", "people", "lint", "changes", "progress", "trace", "impact", "rejects")


def commands(group: Any = GROUP, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name in group.list_commands(None):
        found = group.get_command(None, name)
        if hasattr(found, "list_commands"):
            yield from commands(found, (*path, name))
        else:
            yield (*path, name), found


EVERY = dict(commands())


@pytest.fixture
def typed(team: Team) -> Iterator[Any]:
    """Type a command in the team's workspace."""
    before = (chosen.workspace, chosen.handle, chosen.program)
    options = ["--workspace", str(team.app.settings.directory)]
    yield lambda *words: CliRunner().invoke(CLI, [*options, *words])
    chosen.workspace, chosen.handle, chosen.program = before


MOST_MODULES = 450
"""A command that opens no workspace loads fewer: it starts in a quarter of a second."""


def test_the_program_starts_without_loading_its_parts() -> None:
    code = "import sys; from headwater.cli.main import cli; cli(sys.argv[1:], standalone_mode=False); "
    code += "print(len(sys.modules), *(name for name in ('numpy', 'sqlalchemy', 'fastapi') if name in sys.modules))"
    for words in (["--version"], ["--help"]):
        command = [sys.executable, "-c", code, *words]
        shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        loaded, *heavy = shown.splitlines()[-1].split()
        assert heavy == []
        assert int(loaded) < MOST_MODULES


def test_the_outline_says_what_the_commands_say() -> None:
    assert {name: GROUP.get_command(None, name).get_short_help_str(200) for name in OUTLINE} == OUTLINE


@pytest.mark.parametrize("path", [path for path in EVERY if path[-1] in READS], ids=" ".join)
def test_every_read_prints_json_when_asked(path: tuple[str, ...]) -> None:
    assert any("--json" in parameter.opts for parameter in EVERY[path].params)


@pytest.mark.parametrize(
    "path",
    [
        path
        for path, command in EVERY.items()
        if any("--json" in parameter.opts for parameter in command.params)
        and not any(parameter.required for parameter in command.params)
    ],
    ids=" ".join,
)
def test_what_is_printed_as_json_is_json(path: tuple[str, ...], typed: Any, team: Team) -> None:
    if path == ("campaign", "list"):
        work_through(team, open_campaign(team, 3).id, team.annotators[0], limit=1)
    result: Result = typed(*path, "--json")
    if isinstance(result.exception, errors.HeadwaterError):
        assert exit_code(result.exception) in EXIT_CODES.values()
    else:
        assert result.exit_code in (0, 4), result.output
        json.loads(result.stdout)


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_command_and_option_says_what_it_does(path: tuple[str, ...]) -> None:
    command = EVERY[path]
    assert command.help
    assert [parameter.name for parameter in command.params if not getattr(parameter, "help", "")] == []


def ran(team: Team, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    program = [sys.executable, "-c", "from headwater.cli.main import main; main()"]
    options = ["--workspace", str(team.app.settings.directory)]
    return subprocess.run([*program, *options, *words], check=False, capture_output=True, text=True, env=environment)


def test_brackets_in_an_error_are_words(team: Team) -> None:
    died = ran(team, "campaign", "show", "nope[/x][red]")
    assert died.returncode == 3
    assert "nope[/x][red]" in died.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("source", "show", "none"), 3),
        (("job", "show", "none"), 3),
        (("--as", "nobody", "source", "list"), 3),
        (("--program", "none", "source", "list"), 3),
        (("record", "list", "--where", "x ="), 2),
        (("record", "list", "--where", "nonsense = 'x'"), 2),
        (("no-such-command",), 2),
        (("source", "list", "--no-such-option"), 2),
        (("release", "verify", "/nowhere"), 2),
    ],
)
def test_every_kind_of_error_has_its_exit_code_and_one_line(words: tuple[str, ...], code: int, team: Team) -> None:
    died = ran(team, *words)
    assert died.returncode == code, died.stderr
    assert "Traceback" not in died.stderr
    assert died.stderr.startswith(("Error:", "Usage:")), died.stderr


def test_a_folder_that_is_no_workspace_is_told_with_the_remedy(tmp_path: Path) -> None:
    result = CliRunner().invoke(CLI, ["--workspace", str(tmp_path), "source", "list"])
    assert isinstance(result.exception, errors.SettingsError)
    assert exit_code(result.exception) == 8
    assert "headwater init" in result.exception.remedy
