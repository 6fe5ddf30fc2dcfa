"""What every test may ask for."""

import functools
import os

import pytest
import typer.testing
from hypothesis import settings

from headwater.app import collector

pytest_plugins = ["tests.scheduling", "tests.servers", "tests.workspaces"]

# The gate finds the same examples everywhere and never judges a machine's speed; a found bug becomes an @example.
# HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("gate", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))

# Typer makes its commands anew at each call of a runner, which took half the time of every test that types some.
typer.testing._get_command = functools.cache(typer.testing._get_command)  # type: ignore[attr-defined]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave what all tests share out of garbage collections."""
    del session
    collector.calm()
