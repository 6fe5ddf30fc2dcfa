"""What a page says when something is not there, or went wrong."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx

from headwater.web.application import build

if TYPE_CHECKING:
    from fastapi import FastAPI

    from headwater.app.application import App


def get(pages: FastAPI, path: str, accept: str = "text/html") -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(pages, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
            return await client.get(path, headers={"Accept": accept})

    with ThreadPoolExecutor(1) as apart:
        return apart.submit(lambda: asyncio.run(asked())).result()


def test_what_nobody_foresaw_is_a_page_in_words_and_json_for_those_who_want_it(app: App) -> None:
    pages = build(app)

    @pages.get("/p/support/broken")
    def broken() -> None:
        raise ZeroDivisionError

    shown = get(pages, "/p/support/broken")
    assert shown.status_code == 500
    assert "Something went wrong" in shown.text
    assert 'href="/p/support/"' in shown.text
    assert "ZeroDivisionError" not in shown.text
    assert shown.headers["content-security-policy"] == get(pages, "/sign-in").headers["content-security-policy"]
    told = get(pages, "/p/support/broken", "application/json")
    assert (told.status_code, told.json()["code"]) == (500, "unforeseen")


def test_an_address_without_a_page_says_so_and_leads_back(app: App) -> None:
    pages = build(app)
    shown = get(pages, "/p/support/nothing/here")
    assert shown.status_code == 404
    assert "There is no page at this address." in shown.text
    assert 'href="/p/support/"' in shown.text
    assert 'href="/p/' not in get(pages, "/nothing").text
