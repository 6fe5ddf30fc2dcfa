"""Which tests share a worker: a module's do, and so do all that look at the finished demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    import pytest

TOGETHER = ("tests/demo/",)
"""Folders whose modules share what takes long to make."""


class ByModule(LoadScopeScheduling):  # type: ignore[misc]
    """Gives whole modules to workers in the order of collection, so that what a module makes is made once."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if module.startswith(folder)), module)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByModule:
    """Schedule by module."""
    config.option.loadscopereorder = False  # the longest come early in the alphabet; many small tests are no reason
    return ByModule(config, log)
