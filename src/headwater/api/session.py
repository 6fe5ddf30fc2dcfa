"""Who calls, and how a call becomes one transaction: credentials, idempotency, pages, entity tags.

A handler is a plain function that takes a `Caller` and opens its transaction itself, in its own thread:

    def show(source: str, caller: Caller) -> SourceView:
        with caller.reading() as ctx:
            return view(queries.source(ctx, source))

    def add(body: SourceForm, caller: Caller) -> SourceView:
        return caller.write(lambda ctx: view(service.register(ctx, **body.model_dump())))

The transaction has committed before the reply is sent.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter

from headwater.app.job_rights import permit
from headwater.core.canonical import digest, digest_bytes
from headwater.core.errors import ConflictError, ForbiddenError, InvalidError, StaleError, UnauthenticatedError
from headwater.governance import accounts
from headwater.governance import queries as governance
from headwater.storage.database import Part, next_page
from headwater.storage.once import recall, remember

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from headwater.app.application import App
    from headwater.context import Context
    from headwater.storage.jobs import JobStatus

T = TypeVar("T")
MAX_PAGE = 500
_ANYTHING: TypeAdapter[object] = TypeAdapter(object)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a list."""

    items: list[T]
    next: str | None
    """Pass as `after` for what follows; null at the end."""


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is wanted."""

    after: Annotated[str | None, Query(description="`next` of the page before.")] = None
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Most items to return.")] = 50


class _Listing:
    """Which part of a bare list is wanted; the next one is named in the `Link` header (RFC 8288)."""

    def __init__(
        self,
        request: Request,
        response: Response,
        after: Annotated[str | None, Query(description="As in the `Link` header of the part before.")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Most items to return.")] = MAX_PAGE,
    ) -> None:
        self._url, self._headers, self._after, self._limit = request.url, response.headers, after, limit

    def fetch(self, rows_of: Callable[[Part], list[T]], key: Callable[[T], str] = attrgetter("id")) -> list[T]:
        """Return the wanted part of a list of which only that part is read.

        Args:
            rows_of: Reads a part of the list.
            key: The cursor of a row: its id where the newest stand first.
        """
        found, more = next_page(rows_of(Part(self._after or "", self._limit + 1)), self._limit)
        if more:
            self._tell(key(found[-1]))
        return found

    def part(self, rows: Sequence[T], key: Callable[[T], str] = attrgetter("id")) -> list[T]:
        """Return the wanted part of a list; rows added meanwhile neither repeat a row nor hide one.

        Args:
            rows: The whole list, in its order.
            key: What tells one row from the others.

        Raises:
            InvalidError: `after` is no row of the list.
        """
        keys = [key(row) for row in rows]
        if self._after is not None and self._after not in keys:
            raise InvalidError(f"'{self._after}' is not a cursor of this list.", remedy="Begin again without `after`.")
        start = 0 if self._after is None else keys.index(self._after) + 1
        end = start + self._limit
        if end < len(rows):
            self._tell(keys[end - 1])
        return list(rows[start:end])

    def _tell(self, last: str) -> None:
        following = self._url.include_query_params(after=last, limit=self._limit)
        self._headers["Link"] = f'<{following}>; rel="next"'


class _Caller:
    """The one who calls: proven when the transaction opens."""

    def __init__(self, request: Request, response: Response | None = None) -> None:
        self.request = request
        self._headers = response.headers if response else None
        self.app: App = request.app.state.app
        self.idempotency_key = request.headers.get("idempotency-key", "")

    @contextmanager
    def reading(self) -> Iterator[Context]:
        """Open a read transaction as the caller in the program of the address."""
        with self.app.read_as() as ctx:
            actor, program = self._identify(ctx, "read")
            yield self._renew(ctx, actor, program)

    @contextmanager
    def acting(self) -> Iterator[Context]:
        """Open a write transaction as the caller in the program of the address."""
        with self.app.act_as("", "") as ctx:
            actor, program = self._identify(ctx, "write")
            yield self._renew(ctx, actor, program)

    def write(self, act: Callable[[Context], T]) -> T | Response:
        """Run a use case in a write transaction, once per `Idempotency-Key`.

        Raises:
            ConflictError: The key was used before for another request.
        """
        with self.acting() as ctx:
            known = self._known(ctx)
            if known is not None:
                return known
            result = act(ctx)
            self._keep(ctx, result)
            return result

    def settle(self, act: Callable[[], T], *, body: str = "") -> T | Response:
        """Do what has transactions of its own, and keep its reply under the `Idempotency-Key`.

        What is done must bear being done again, as it is when its process dies before the reply was kept.

        Args:
            act: Does it, after the caller's rights were checked.
            body: Digest of the body where that was streamed.

        Raises:
            ConflictError: The key was used before for another request.
        """
        if body:
            self.request.state.body_digest = body
        with self.acting() as ctx:
            known = self._known(ctx)
        if known is not None:
            return known
        result = act()
        with self.acting() as ctx:
            if self._known(ctx) is None:
                self._keep(ctx, result)
        return result

    def _known(self, ctx: Context) -> Response | None:
        """Return the reply that was kept under the key of the request; None when there is none."""
        stored = recall(ctx, self._key(ctx)) if self.idempotency_key else None
        if stored is None:
            return None
        if stored["asked"] != self._asked():
            raise ConflictError(
                f"Idempotency-Key '{self.idempotency_key}' was used for another request.", remedy="Use a new key."
            )
        headers = {"Idempotent-Replay": "true"}
        status = self.request.scope["route"].status_code or HTTPStatus.OK
        if status == HTTPStatus.NO_CONTENT:
            if self._headers is not None:
                self._headers.update(headers)  # a handler without content returns nothing
            return Response(status_code=status, headers=headers)
        return JSONResponse(stored["reply"], status_code=status, headers=headers)

    def _keep(self, ctx: Context, result: object) -> None:
        if self.idempotency_key:
            reply = _ANYTHING.dump_python(result, mode="json")
            remember(ctx, self._key(ctx), {"asked": self._asked(), "reply": reply})

    def _key(self, ctx: Context) -> str:
        return f"api:{ctx.actor}:{digest(self.idempotency_key)}"

    def _asked(self) -> str:
        url = self.request.url
        return digest([self.request.method, url.path, url.query, self.request.state.body_digest])

    def start(self, kind: str, args: dict[str, Any], response: Response) -> JobStatus:
        """Ask for a durable job, once per `Idempotency-Key`, and name it in the `Location` header.

        Raises:
            NotYoursError: The chart gives what it does to others.
        """
        with self.acting() as ctx:
            permit(ctx, kind)
            actor, program = ctx.actor, ctx.program
        key = f"job:{actor}:{digest(self.idempotency_key)}" if self.idempotency_key else None
        identifier = self.app.jobs.start(kind, args, program=program, actor=actor, key=key)
        slug = self.request.path_params["program"]
        response.headers["Location"] = f"/api/v1/programs/{slug}/jobs/{identifier}"
        return self.app.jobs.get(identifier)

    def match(self, version: int) -> None:
        """Check `If-Match` against the current version of what is updated.

        Raises:
            StaleError: The caller saw another version.
        """
        wanted = self.request.headers.get("if-match", "*")
        if not {"*", etag(version)} & {tag.strip() for tag in wanted.split(",")}:
            raise StaleError(
                f"You hold version {wanted}; it is now {etag(version)}.",
                remedy="Read it again, then repeat with its `ETag` as `If-Match`.",
                current=etag(version),
            )

    def _identify(self, ctx: Context, scope: str) -> tuple[str, str]:
        kind, _, token = self.request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise UnauthenticatedError(
                "This needs a personal token.", remedy="Make one with `headwater token create` and send it as Bearer."
            )
        slug = self.request.path_params.get("program")
        grant = accounts.grant_of_token(ctx, token, slug=slug or "")
        if scope == "write" and not grant.may_write:
            raise ForbiddenError(
                "This token may only read.", remedy="Make one with: headwater token create NAME --write"
            )
        if slug is None:
            if grant.program and scope == "write":
                raise ForbiddenError("This token is for one program only.", remedy="Use one for all of yours.")
            return grant.person, ""
        program = grant.asked or governance.program_id_of(ctx, slug, grant.person)
        if grant.program not in ("", program):
            raise ForbiddenError(f"This token is not for the program '{slug}'.")
        return grant.person, program

    def _renew(self, ctx: Context, actor: str, program: str) -> Context:
        return self.app.context(ctx.db, actor, program)


async def _caller(request: Request, response: Response) -> _Caller:
    return caller_of(request, await request.body(), response)


def caller_of(request: Request, body: bytes, response: Response | None = None) -> _Caller:
    """Return who sent a request with that body; `response` is what the framework makes of a handler's result."""
    found = _Caller(request, response)
    if found.idempotency_key:
        request.state.body_digest = digest_bytes(body)
    return found


def _unread(request: Request, response: Response) -> _Caller:
    return _Caller(request, response)


Caller = Annotated[_Caller, Depends(_caller)]
UnreadCaller = Annotated[_Caller, Depends(_unread)]
"""A caller whose body is left to be streamed."""
Pages = Annotated[Paging, Depends()]
Listing = Annotated[_Listing, Depends()]


def page_of(items: list[T], limit: int, cursor: Callable[[T], str]) -> Page[T]:
    """Return a page of a list that was fetched with one item more than `limit`."""
    kept = items[:limit]
    return Page(items=kept, next=cursor(kept[-1]) if len(items) > limit else None)


def etag(version: int | str) -> str:
    """Return the entity tag of a version."""
    return f'"{version}"'
