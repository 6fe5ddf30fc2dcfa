"""The server as a process of its own: what it has done before anybody asks."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import fastapi.utils
import httpx
from fastapi import APIRouter, FastAPI

from headwater import server

if TYPE_CHECKING:
    import pytest


def test_routes_are_built_before_the_first_caller_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    built = 0
    make = fastapi.utils.create_model_field

    def count(*args: Any, **kwargs: Any) -> Any:
        nonlocal built
        built += 1
        return make(*args, **kwargs)

    monkeypatch.setattr("fastapi.routing.create_model_field", count)
    app, router = FastAPI(), APIRouter()

    @router.get("/number")
    def number() -> int:
        return 7

    app.include_router(router)

    async def ask() -> int:
        before = built
        await server.rehearse(app)
        assert built > before
        before = built
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://h") as http:
            assert (await http.get("/number")).json() == 7
        return built - before

    with ThreadPoolExecutor(1) as aside:  # a browser's event loop may run in this thread
        assert aside.submit(asyncio.run, ask()).result() == 0
