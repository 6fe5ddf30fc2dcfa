"""The kinds of durable jobs, each wired to the part that does the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headwater.app.application import App


def register(app: App) -> None:
    """Tell the job runner how each kind of job is run; must happen before it is launched."""
    del app
