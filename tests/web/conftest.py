"""What tests of pages share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.serving import Served, served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.workspaces import Team


@pytest.fixture
def site(team: Team) -> Iterator[Served]:
    """The team's workspace, served."""
    with served(team.app) as running:
        yield running
