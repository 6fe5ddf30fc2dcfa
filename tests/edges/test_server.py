"""The server as a process of its own: what it has done before anybody asks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import fastapi.utils
import httpx

from headwater import server

if TYPE_CHECKING:
    import pytest

    from headwater.app.application import App


def test_routes_are_built_before_the_first_caller_asks(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    built = 0
    make = fastapi.utils.create_model_field

    def count(*args: Any, **kwargs: Any) -> Any:
        nonlocal built
        built += 1
        return make(*args, **kwargs)

    monkeypatch.setattr("fastapi.routing.create_model_field", count)
    monkeypatch.setattr(server, "_open", lambda: app)

    async def ask() -> list[int]:
        served = server.build_local()
        way = httpx.ASGITransport(served)
        async with (
            served.router.lifespan_context(served),
            httpx.AsyncClient(transport=way, base_url="http://h") as http,
        ):
            before = built
            found = [(await http.get(f"/api/v1/{name}")).status_code for name in ("programs", "nowhere")]
            return [*found, before]

    refused, unknown, before = asyncio.run(ask())
    assert (refused, unknown) == (401, 404)
    assert built == before > 100
