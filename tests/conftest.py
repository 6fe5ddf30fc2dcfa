"""What every test may ask for."""

import os

from hypothesis import settings

pytest_plugins = ["tests.scheduling", "tests.servers", "tests.workspaces"]

# The gate finds the same examples everywhere and never judges a machine's speed; a found bug becomes an @example.
# HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("gate", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))
