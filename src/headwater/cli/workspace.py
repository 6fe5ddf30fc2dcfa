"""`headwater init` and `headwater serve`: making a workspace and serving it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from headwater.app import serving
from headwater.app.workspace import init as make
from headwater.cli.session import chosen, done
from headwater.core.settings import load


def init(
    directory: Annotated[Path, typer.Argument(help="The folder to make.")],
    admin: Annotated[str, typer.Option(help="Sign-in name of the administrator.")] = "admin",
    database_url: Annotated[str, typer.Option(help="PostgreSQL URL; empty for SQLite in the folder.")] = "",
) -> None:
    """Make a workspace: settings, keys, a migrated database, an administrator."""
    make(directory, handle=admin, database_url=database_url).close()
    done(f"Made the workspace {directory}. Next: headwater --workspace {directory} program create SLUG --name NAME")


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; the setting `host` by default.")] = "",
    port: Annotated[int, typer.Option(help="Port to listen on; the setting `port` by default.")] = -1,
) -> None:
    """Serve the pages and the API of the workspace."""
    overrides = ({"host": host} if host else {}) | ({"port": port} if port >= 0 else {})
    settings = load(chosen.workspace, **overrides)
    if settings.public:
        settings.require_secret(settings.host)
    os.environ["HEADWATER_WORKSPACE"] = str(settings.directory)
    os.environ |= {f"HEADWATER_{name.upper()}": str(value) for name, value in overrides.items()}
    done(f"Serving {settings.directory} on http://{settings.host}:{settings.port} — stop with Ctrl-C.")
    serving.note(settings)
    uvicorn.run(
        "headwater.server:build" if settings.public else "headwater.server:build_local",
        factory=True,
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level,
        server_header=False,
    )
