"""The web application of a workspace: the API under `/api/v1` and the pages, on one App.

Run by `headwater serve`, or by any ASGI server: `uvicorn --factory headwater.server:build` with
`HEADWATER_WORKSPACE` set.
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Mount

from headwater.api import application as api
from headwater.api.fastpath import FastPath
from headwater.api.work import most_asked
from headwater.app import collector
from headwater.app.application import open_app
from headwater.app.watching import Watcher
from headwater.web import application as web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp

    from headwater.app.application import App

_API = "/api/v1"


def build(app: App | None = None) -> ASGIApp:
    """Return the ASGI application of a workspace.

    Args:
        app: An open workspace, which the caller closes; without one, the workspace named by
            `HEADWATER_WORKSPACE` is opened, with its jobs, and closed at shutdown.

    Raises:
        SettingsError: There is no workspace, or its secret is none: the server's address is not known here.
    """
    opened = app or _open()
    if app is None and opened.settings.insecure:
        opened.close()
        opened.settings.require_secret("an address that only the server knows")
    return _build(opened, close=app is None)


def build_local() -> ASGIApp:
    """Return the application for a server that listens on a loopback address, where any secret will do."""
    return _build(_open(), close=True)


def _open() -> App:
    collector.share()
    return open_app(Path(os.environ.get("HEADWATER_WORKSPACE", ".")), run_jobs=True)


def _build(opened: App, *, close: bool) -> ASGIApp:
    watcher = Watcher(opened)
    served = api.build(opened)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if close:  # the process is ours
            opened.jobs.load()
            opened.records.load()
            collector.calm()
            collector.alternate()
            watcher.start()
        yield
        if close:
            watcher.stop()
            opened.close()

    site = Starlette(routes=[Mount(_API, served), Mount("/", web.build(opened))], lifespan=lifespan)
    return FastPath(served, most_asked(), site=site, root=_API)
