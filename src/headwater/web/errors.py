"""Errors as pages, or as fragments for requests made by htmx; nobody signed in goes to the sign-in page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from headwater.core import errors
from headwater.web.headers import secured
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
_WORDS = {
    403: "Not yours to do",
    404: "Not found",
    409: "Not possible now",
    412: "Changed meanwhile",
    422: "Not as expected",
    429: "Too much at once",
    500: "Something went wrong",
    503: "Not available now",
}
_PROGRAM = re.compile(r"/p/[\w-]+/")


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
        return _page(request, status, error.message, error.remedy)

    @pages.exception_handler(RequestValidationError)
    async def _malformed(request: Request, error: RequestValidationError) -> Response:
        found = error.errors()[0]
        return _page(
            request,
            422,
            f"The field '{found['loc'][-1]}' is not as expected: {found['msg']}.",
            "Go back and repair it.",
        )

    @pages.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        message = "There is no page at this address." if error.status_code == 404 else str(error.detail)  # noqa: PLR2004
        return _page(request, error.status_code, message, "")

    @pages.exception_handler(Exception)
    async def _unforeseen(request: Request, _: Exception) -> Response:
        text = "This should not happen. What was acknowledged before is as it was."
        remedy = "Look whether what you sent was taken in; the server's log tells an administrator what went wrong."
        if _wants_json(request):
            return JSONResponse({"code": "unforeseen", "detail": text, "remedy": remedy}, status_code=500)
        return secured(request, _page(request, 500, text, remedy))  # this page is made outside of what secures others


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _page(request: Request, status: int, message: str, remedy: str) -> HTMLResponse:
    program = _PROGRAM.match(request.url.path)
    html = templates.get_template("error.html").render(
        status=status,
        title=_WORDS.get(status, str(status)),
        message=message,
        remedy=remedy,
        program=program[0] if program else "",
    )
    return HTMLResponse(html, status_code=status)
