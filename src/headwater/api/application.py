"""The API application: every part's router, errors as problems, OpenAPI."""

from __future__ import annotations

import importlib
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import FastAPI

from headwater.api import contract, errors

if TYPE_CHECKING:
    from headwater.app.application import App

PARTS = (
    "work",  # asked most often, and routes are tried in order
    "charter",
    "governance",
    "accounts",
    "ledger",
    "lineage",
    "jobs",
    "sourcing",
    "uploads",
    "workforce",
    "feedback",
    "assignments",
    "automation",
    "moves",
    "boards",
    "enquiries",
    "comments",
    "annotation",
    "exchange",
    "vendors",
    "prelabels",
    "agreement",
    "acceptance",
    "monitoring",
    "label_errors",
    "personal",
    "quality",
    "release",
    "training",
    "evaluation",
    "remediation",
)
"""Modules under `headwater.api` that export a `router`."""

DESCRIPTION = """\
The data side of an AI program. Sign in with a personal token: `Authorization: Bearer hw_…`.
Errors are RFC 9457 problem documents with a stable `code`. Lists are paged with `after` and `limit`:
pass `next` of one page as `after` of the following; a bare array names the following one in its `Link` header.
Writes take an `Idempotency-Key` header: the same key gives the same answer and happens once.
Things that change carry an `ETag`; updates take `If-Match`.
"""


def build(app: App) -> FastAPI:
    """Return the API of an open workspace."""
    api = FastAPI(
        title="Headwater",
        version=version("headwater"),
        description=DESCRIPTION,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    api.state.app = app
    errors.install(api)
    for part in PARTS:
        # as they are: including a router works each of its routes out anew for every workspace served
        api.router.routes.extend(importlib.import_module(f"headwater.api.{part}").router.routes)
    contract.declare(api)
    return api
