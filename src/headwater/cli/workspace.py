"""`headwater init` and `headwater serve`: making a workspace and serving it."""

from __future__ import annotations

import os
from contextlib import suppress
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
    program = "headwater.server:build" if settings.public else "headwater.server:build_local"
    config = uvicorn.Config(
        program, factory=True, host=settings.host, log_level=settings.log_level, server_header=False
    )
    server = uvicorn.Server(config)
    with serving.listen(settings) as listener, suppress(KeyboardInterrupt):
        os.environ["HEADWATER_WORKSPACE"] = str(settings.directory)
        os.environ |= {f"HEADWATER_{name.upper()}": str(value) for name, value in overrides.items()}
        config.port = listener.getsockname()[1]
        done(f"Serving {settings.directory} on {serving.url(settings.host, config.port)} — stop with Ctrl-C.")
        server.run(sockets=[listener])
    if not server.started:
        raise typer.Exit(1)
