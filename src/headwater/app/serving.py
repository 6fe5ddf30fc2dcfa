"""Where the pages of a workspace are: as the settings say, or as they were last served."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from headwater.core.errors import UnavailableError

if TYPE_CHECKING:
    from headwater.core.settings import Settings

_FILE = "served-at"
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- where a browser here finds what listens everywhere


def listen(settings: Settings) -> socket.socket:
    """Return the socket that the workspace is served on, and keep its address: only what is served is noted.

    Raises:
        UnavailableError: The port is taken, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        bound = socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        why = (error.strerror or str(error)).partition(" (")[0]
        raise UnavailableError(
            f"Nothing can listen on {settings.host}, port {settings.port}: {why}.",
            remedy="Stop what is served there, or choose another port: headwater serve --port 8001",
        ) from error
    port = bound.getsockname()[1]
    (settings.directory / _FILE).write_text(f"{url(settings.host, port)}\n", encoding="utf-8")
    return bound


def address(settings: Settings) -> str:
    """Return the address of the pages, without a slash at its end."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    try:
        return (settings.directory / _FILE).read_text(encoding="utf-8").strip()
    except OSError:  # never served
        return url(settings.host, settings.port)


def url(host: str, port: int) -> str:
    """Return the address at which a browser on this machine finds what listens."""
    host = _EVERYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
