"""The server as a process of its own: what it has done before anybody asks."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import fastapi.utils
import httpx

from headwater import server

if TYPE_CHECKING:
    import pytest

    from headwater.app.application import App


def test_the_first_caller_waits_for_no_route_to_be_built(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    site = server.build(app)
    built: list[object] = []
    make = fastapi.utils.create_model_field

    def count(*args: Any, **kwargs: Any) -> Any:
        built.append(args)
        return make(*args, **kwargs)

    monkeypatch.setattr("fastapi.routing.create_model_field", count)

    async def ask() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://h") as http:
            return [(await http.get(path)).status_code for path in ("/api/v1/-", "/-")]

    with ThreadPoolExecutor(1) as aside:  # a browser's event loop may run in this thread
        assert aside.submit(asyncio.run, ask()).result() == [404, 404]
    assert not built
