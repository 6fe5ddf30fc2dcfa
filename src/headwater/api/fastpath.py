"""The short way for annotators at work: their well-formed requests skip what the framework does for every other one.

Most requests of a workspace are claims and answers, and most of their cost was the framework's: trying routes in
turn, building dependencies, validating in several passes. Here the address is looked up, the body is validated once
by the route's own model, and the route's own function is called in a worker thread. Whatever is not plainly one of
these requests, a malformed body included, goes the ordinary way with its body put back, so there is one set of
errors and one description of the API.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, get_type_hints

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError

from headwater.api import errors
from headwater.api.session import caller_of
from headwater.core.errors import HeadwaterError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.routing import APIRoute
    from starlette.types import ASGIApp

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LONGEST_BODY = 1_000_000
"""Bytes; longer bodies go the ordinary way."""
_AT_ONCE = 32
"""Requests served at a time, each with a connection to the database."""
_DEPTH = 5
"""Parts of `/programs/{program}/campaigns/{campaign}/…`, counted with the empty one at the front."""


class FastPath:
    """An ASGI application that serves some routes of an API itself and leaves everything else to a whole site."""

    def __init__(self, api: FastAPI, routes: list[APIRoute], *, site: ASGIApp, root: str = "") -> None:
        """Put it before a site.

        Args:
            api: The whole API, the routes included.
            routes: `POST /programs/{program}/campaigns/{campaign}/…` with the parameters `campaign`, `body` and
                `caller`, which return a `Response`.
            site: What serves all other requests, the API among it.
            root: Where the API is in the site.
        """
        self._api, self._site, self._root = api, site, root
        self._threads = ThreadPoolExecutor(_AT_ONCE, "work")
        self._routes = {tuple(route.path.split("/")[_DEPTH:]): (route, _body_of(route)) for route in routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        found = self._find(scope)
        if found is None:
            await self._site(scope, receive, send)
            return
        (route, model), program, campaign = found
        heard = await _heard(receive)
        data = b"".join(message.get("body", b"") for message in heard)
        try:
            body = model.model_validate_json(data if _is_whole(heard[-1]) else b"")
        except ValidationError:
            await self._site(scope, _again(heard, receive), send)
            return
        root = scope.get("root_path", "") + self._root
        inside = {**scope, "app": self._api, "route": route, "root_path": root}
        inside["path_params"] = {**scope.get("path_params", {}), "program": program, "campaign": campaign}
        caller = caller_of(Request(inside), data)

        def act() -> Response:
            try:
                reply: Response = route.endpoint(campaign=campaign, body=body, caller=caller)
            except HeadwaterError as error:
                return errors.of_domain(error)
            return reply

        try:
            reply = await asyncio.get_running_loop().run_in_executor(self._threads, act)
        except Exception as error:
            await errors.unforeseen(error)(scope, receive, send)
            raise
        await reply(scope, receive, send)

    def _find(self, scope: Scope) -> tuple[tuple[APIRoute, type[BaseModel]], str, str] | None:
        """Return the route of a request with its program and campaign, or None when it goes the ordinary way."""
        if scope["type"] != "http" or scope["method"] != "POST":
            return None
        root = scope.get("root_path", "") + self._root
        if not scope["path"].startswith(root):
            return None
        parts = scope["path"][len(root) :].split("/")
        match parts[:_DEPTH]:
            case ["", "programs", program, "campaigns", campaign] if program and campaign:
                route = self._routes.get(tuple(parts[_DEPTH:]))
            case _:
                return None
        is_json = (b"content-type", b"application/json") in scope["headers"]
        return (route, program, campaign) if route and is_json else None


def _body_of(route: APIRoute) -> type[BaseModel]:
    hints = get_type_hints(route.endpoint)
    if set(hints) != {"campaign", "body", "caller", "return"} or hints["return"] is not Response:
        raise TypeError(f"{route.path} does not take exactly a campaign, a body and a caller, or gives no response.")
    if route.status_code not in (None, HTTPStatus.OK):
        raise TypeError(f"{route.path} has a status of its own.")
    found: type[BaseModel] = hints["body"]
    return found


async def _heard(receive: Receive) -> list[Message]:
    """Return the messages of a body, up to the longest one that is taken here."""
    heard, size = [await receive()], 0
    while heard[-1].get("more_body"):
        size += len(heard[-1].get("body", b""))
        if size > LONGEST_BODY:
            break
        heard.append(await receive())
    return heard


def _is_whole(last: Message) -> bool:
    return last["type"] == "http.request" and not last.get("more_body")


def _again(heard: list[Message], receive: Receive) -> Receive:
    waiting = iter(heard)

    async def replay() -> Message:
        return next(waiting, None) or await receive()

    return replay
