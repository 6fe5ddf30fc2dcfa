"""Every decision, error, setting, command and operation is in the reference, with its meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.core.settings import Settings
from headwater.governance.model import Decision
from scripts import reference

if TYPE_CHECKING:
    from pathlib import Path

NO_MEANING = "|  |\n"
"""The end of a row whose last cell is empty."""


@pytest.mark.parametrize("name", reference.PAGES)
def test_every_row_of_the_reference_tells_what_it_means(name: str) -> None:
    without = [line for line in reference.PAGES[name]().splitlines(keepends=True) if line.endswith(NO_MEANING)]
    assert not without


def test_every_setting_and_decision_is_in_the_reference() -> None:
    settings, decisions = reference.settings(), reference.decisions()
    assert not [name for name in Settings.model_fields if f"| `{name}` |" not in settings]
    assert not [decision for decision in Decision if f"## `{decision}`\n" not in decisions]


def test_every_error_has_a_code_of_its_own_and_is_in_the_reference() -> None:
    page = reference.errors()
    kinds = reference.error_classes()
    assert not [kind for kind in kinds if "code" not in vars(kind)]
    assert not [kind for kind in kinds if f"| `{kind.code}` |" not in page]
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_every_command_tells_what_it_does() -> None:
    headings = reference.commands().split("\n#")[1:]
    assert not [text.partition("\n")[0] for text in headings if text.split("\n")[2].startswith("|")]


def test_pages_that_did_not_change_are_not_written_again(tmp_path: Path) -> None:
    reference.write(tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    reference.write(tmp_path)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before
    assert len(before) == len(reference.PAGES)
