"""Errors as RFC 9457 problem documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from headwater.core import errors
from headwater.core.canonical import plain

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

STATUS: dict[type[errors.HeadwaterError], int] = {
    errors.StaleError: 412,
    errors.InvalidError: 422,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.ForbiddenError: 403,
    errors.UnauthenticatedError: 401,
    errors.TooLargeError: 413,
    errors.LimitError: 429,
    errors.VerificationError: 409,
    errors.SettingsError: 500,
    errors.UnavailableError: 503,
}
CODES = {404: "not_found", 405: "invalid", 413: "limit"}
"""Codes of what the framework refuses by itself, by status."""
MEDIA_TYPE = "application/problem+json"


def status_of(error: errors.HeadwaterError) -> int:
    """Return the HTTP status of an error: that of its nearest class in `STATUS`, else 500."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def install(api: FastAPI) -> None:
    """Make the application answer every domain error and every malformed request with a problem document."""

    @api.exception_handler(errors.HeadwaterError)
    async def _domain(_: Request, error: errors.HeadwaterError) -> JSONResponse:
        return of_domain(error)

    @api.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        code = CODES.get(error.status_code, "invalid")
        return problem(error.status_code, code, f"{error.detail}.", headers=dict(error.headers or {}))

    @api.exception_handler(Exception)
    async def _unforeseen(_: Request, error: Exception) -> JSONResponse:
        return unforeseen(error)

    @api.exception_handler(RequestValidationError)
    async def _malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        found = [
            {"field": ".".join(str(part) for part in item["loc"]), "message": item["msg"]} for item in error.errors()
        ]
        named = "; ".join(f"{item['field']}: {item['message']}" for item in found)
        return problem(422, "invalid", f"The request is not as expected: {named}.", problems=jsonable_encoder(found))


def of_domain(error: errors.HeadwaterError) -> JSONResponse:
    """Return the problem document of an error of ours."""
    status = status_of(error)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}  # noqa: PLR2004
    return problem(status, error.code, error.message, remedy=error.remedy, headers=headers, **error.facts)


def unforeseen(error: Exception) -> JSONResponse:
    """Return the problem document of an error nobody foresaw."""
    return problem(500, "error", f"Something went wrong here ({type(error).__name__}).", remedy="See the log.")


def problem(
    status: int, code: str, detail: str, *, remedy: str = "", headers: dict[str, str] | None = None, **facts: object
) -> JSONResponse:
    """Return a problem document; `type` is a stable URN of the error's code."""
    body = {
        "type": f"urn:headwater:error:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "code": code,
        "detail": detail,
    }
    extra = {"remedy": remedy} if remedy else {}
    reserved = body.keys() | extra.keys()
    return JSONResponse(
        body | extra | {name: _fact(value) for name, value in facts.items() if name not in reserved},
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def _fact(value: object) -> object:
    try:
        return plain(value)
    except TypeError:
        return str(value)
