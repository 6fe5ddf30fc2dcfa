"""Errors as pages, or as fragments for requests made by htmx; nobody signed in goes to the sign-in page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from headwater.core import errors
from headwater.web.session import templates

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response

STATUS: dict[type[errors.HeadwaterError], int] = {
    errors.StaleError: 412,
    errors.InvalidError: 422,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.ForbiddenError: 403,
    errors.UnauthenticatedError: 401,
    errors.LimitError: 429,
    errors.UnavailableError: 503,
}
UNAUTHENTICATED = 401


def install(pages: FastAPI) -> None:
    """Make the application answer every error with a page in its own look."""

    @pages.exception_handler(errors.HeadwaterError)
    async def _domain(request: Request, error: errors.HeadwaterError) -> Response:
        status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
        if _wants_json(request):
            body = {"code": error.code, "detail": error.message, "remedy": error.remedy}
            return JSONResponse(body, status_code=status)
        if status == UNAUTHENTICATED and not request.url.path.startswith("/sign-in"):
            return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", status_code=303)
        return _page(status, error.message, error.remedy)

    @pages.exception_handler(RequestValidationError)
    async def _malformed(_: Request, error: RequestValidationError) -> Response:
        found = error.errors()[0]
        return _page(
            422, f"The field '{found['loc'][-1]}' is not as expected: {found['msg']}.", "Go back and repair it."
        )

    @pages.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> Response:
        message = "There is no page at this address." if error.status_code == 404 else str(error.detail)  # noqa: PLR2004
        return _page(error.status_code, message, "")


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _page(status: int, message: str, remedy: str) -> HTMLResponse:
    html = templates.get_template("error.html").render(status=status, message=message, remedy=remedy)
    return HTMLResponse(html, status_code=status)
