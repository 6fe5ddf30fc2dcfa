"""Files that the libraries of each format made show Headwater what they show the libraries (see `peers`)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts import exchange
from tests.annotation.exchange import interchange

CHECKED = json.loads(exchange.CHECKED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CHECKED)
def test_a_file_of_another_library_says_what_it_was_made_to_say(name: str) -> None:
    assert interchange.seen(name, interchange.MADE / f"{name}.file") == interchange.expected(name, ours=False)


@pytest.mark.parametrize("name", CHECKED)
def test_a_file_made_here_says_the_same(name: str, tmp_path: Path) -> None:
    interchange.write(name, tmp_path / "file")
    found = interchange.seen(name, tmp_path / "file")
    assert found == interchange.expected(name, ours=True)
