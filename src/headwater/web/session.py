"""Who visits, and how a visit becomes one transaction; rendering.

A handler is a plain function that takes a `Visitor` and opens its transaction itself:

    def sources(visitor: Visitor) -> Response:
        with visitor.reading() as ctx:
            return page(visitor, ctx, "sourcing/sources.html", active="sources", sources=queries.sources(ctx))
"""

from __future__ import annotations

import hmac
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from headwater.core.errors import ForbiddenError
from headwater.governance import accounts
from headwater.governance import queries as governance
from headwater.governance.model import Role
from headwater.web import formats

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response

    from headwater.app.application import App
    from headwater.context import Context
    from headwater.governance.model import Person, Program

COOKIE = "hw_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.filters |= formats.FILTERS


class _Visitor:
    """The one who visits: proven when the transaction opens."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.app: App = request.app.state.app
        self.token = request.cookies.get(COOKIE, "")
        self.person: Person | None = None
        self.program: Program | None = None

    @property
    def csrf(self) -> str:
        """The token that proves a form came from one of our own pages."""
        secret = self.app.settings.secret_key.get_secret_value().encode()
        return hmac.digest(secret, b"csrf:" + self.token.encode(), "sha256").hex()

    @contextmanager
    def reading(self) -> Iterator[Context]:
        """Open a read transaction as the visitor in the program of the address."""
        with self.app.read_as() as ctx:
            yield self._identify(ctx)

    @contextmanager
    def acting(self) -> Iterator[Context]:
        """Open a write transaction as the visitor in the program of the address.

        Raises:
            ForbiddenError: The form did not come from one of our own pages.
        """
        if self.request.method in SAFE or not hmac.compare_digest(self.request.state.csrf, self.csrf):
            raise ForbiddenError("This form has expired.", remedy="Go back, reload the page and send it again.")
        with self.app.act_as("", "") as ctx:
            yield self._identify(ctx)

    @property
    def form(self) -> dict[str, str]:
        """The fields of the form that was sent, for forms whose fields are not known beforehand."""
        return dict(self.request.state.form)

    def path(self, rest: str) -> str:
        """Return an address within the program of this visit."""
        return f"/p/{self.request.path_params['program']}/{rest}"

    def _identify(self, ctx: Context) -> Context:
        self.person = accounts.person_of_session(ctx, self.token)
        slug = self.request.path_params.get("program")
        self.program = governance.program_of(ctx, slug, self.person.id) if slug else None
        return self.app.context(ctx.db, self.person.id, self.program.id if self.program else "")


async def _visitor(request: Request) -> _Visitor:
    request.state.csrf = request.headers.get("x-csrf-token", "")
    request.state.form = {}
    if request.method not in SAFE and not request.state.csrf:
        form = await request.form()
        request.state.form = {name: str(value) for name, value in form.items()}
        request.state.csrf = request.state.form.get("csrf", "")
    return _Visitor(request)


Visitor = Annotated[_Visitor, Depends(_visitor)]


def page(
    visitor: _Visitor, ctx: Context | None, template: str, /, *, status: int = 200, **values: object
) -> HTMLResponse:
    """Render a page.

    Args:
        visitor: Who visits.
        ctx: The open context, for what every page shows; None for pages outside a session.
        template: Its file under `templates`.
        status: HTTP status.
        **values: What the template shows; `active` names its place in the navigation.
    """
    shared = {
        "request": visitor.request,
        "person": visitor.person,
        "program": visitor.program,
        "programs": governance.programs_of(ctx, visitor.person.id) if ctx and visitor.person else [],
        "only_annotates": set(governance.roles(ctx) if ctx and visitor.program else ()) == {Role.ANNOTATOR},
        "unread": governance.unread_notices(ctx) if ctx and visitor.person else 0,
        "handles": governance.names(ctx) if ctx else {},
        "csrf": visitor.csrf,
        "base": f"/p/{visitor.program.slug}" if visitor.program else "",
    }
    return HTMLResponse(templates.get_template(template).render({"active": "", **shared, **values}), status_code=status)


def back(visitor: _Visitor, rest: str) -> Response:
    """Return to a page of the program after a form was taken in."""
    return RedirectResponse(visitor.path(rest), status_code=303)
