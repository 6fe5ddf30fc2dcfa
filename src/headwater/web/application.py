"""The web application: every part's pages, security headers, static files."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from headwater.web import errors
from headwater.web.headers import secured

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import Request, Response

    from headwater.app.application import App

PARTS = (
    "accounts",
    "own_account",
    "overview",
    "charter",
    "governance",
    "rights",
    "lineage",
    "sourcing",
    "reviews",
    "guidelines",
    "plans",
    "annotation",
    "assignments",
    "automation",
    "moves",
    "prelabels",
    "exchange",
    "tracking",
    "schemas",
    "documents",
    "enquiries",
    "comments",
    "workforce",
    "feedback",
    "waiting",
    "vendors",
    "workspace",
    "agreement",
    "quality",
    "acceptance",
    "monitoring",
    "label_errors",
    "personal",
    "release",
    "resolutions",
    "training",
    "evaluation",
    "remediation",
    "jobs",
)
"""Modules under `headwater.web` that export a `router`."""


def build(app: App) -> FastAPI:
    """Return the pages of an open workspace."""
    pages = FastAPI(openapi_url=None)
    pages.state.app = app
    errors.install(pages)

    @pages.middleware("http")
    async def _secure(request: Request, following: Callable[[Request], Awaitable[Response]]) -> Response:
        return secured(request, await following(request))

    pages.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    for part in PARTS:
        # as they are: including a router works each of its routes out anew for every workspace served
        pages.router.routes.extend(importlib.import_module(f"headwater.web.{part}").router.routes)
    return pages
