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
from headwater.app.application import open_app
from headwater.app.watching import Watcher
from headwater.web import application as web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from headwater.app.application import App


def build(app: App | None = None) -> Starlette:
    """Return the ASGI application of a workspace.

    Args:
        app: An open workspace, which the caller closes; without one, the workspace named by
            `HEADWATER_WORKSPACE` is opened, with its jobs, and closed at shutdown.
    """
    opened = app or open_app(Path(os.environ.get("HEADWATER_WORKSPACE", ".")), run_jobs=True)

    watcher = Watcher(opened)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if app is None:
            watcher.start()
        yield
        if app is None:
            watcher.stop()
            opened.close()

    return Starlette(
        routes=[Mount("/api/v1", FastPath(api.build(opened), most_asked())), Mount("/", web.build(opened))],
        lifespan=lifespan,
    )
