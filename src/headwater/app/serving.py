"""Where the pages of a workspace are: as the settings say, or as they were last served."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headwater.core.settings import Settings

_FILE = "served-at"


def note(settings: Settings) -> None:
    """Keep where the workspace is about to be served."""
    (settings.directory / _FILE).write_text(f"http://{settings.host}:{settings.port}\n", encoding="utf-8")


def address(settings: Settings) -> str:
    """Return the address of the pages, without a slash at its end."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    try:
        return (settings.directory / _FILE).read_text(encoding="utf-8").strip()
    except OSError:  # never served
        return f"http://{settings.host}:{settings.port}"
