"""What every operation promises, declared in OpenAPI once for all of them: tokens, idempotency keys, tags, problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headwater.api.errors import MEDIA_TYPE

if TYPE_CHECKING:
    from fastapi import FastAPI

_READS = frozenset({"get", "head"})
_UPDATES = frozenset({"put", "patch"})
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Any text of your own. The same key and request give the same answer, and it happens once; a repeat "
    "is marked by `Idempotent-Replay: true`.",
    "schema": {"type": "string"},
}
MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of the version you saw; another one is answered by 412 and changes nothing.",
    "schema": {"type": "string"},
}
PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457); more members hold the facts of the case.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "description": "`urn:headwater:error:` and the code."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; see the reference of errors."},
        "detail": {"type": "string", "description": "The culprit and what was expected."},
        "remedy": {"type": "string", "description": "What to do next."},
    },
}
TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "A personal token (`hw_…`), from `headwater token create`.",
}


def declare(api: FastAPI) -> None:
    """Make the application's OpenAPI document say what every operation promises."""
    plain = api.openapi

    def openapi() -> dict[str, Any]:
        known = api.openapi_schema
        document = plain()  # keeps what it made, so that it is completed once
        if known is None:
            parts = document.setdefault("components", {})
            parts.setdefault("securitySchemes", {})["token"] = TOKEN
            parts.setdefault("schemas", {})["Problem"] = PROBLEM
            document["security"] = [{"token": []}]
            for methods in document["paths"].values():
                for method, operation in methods.items():
                    _complete(method, operation)
        return document

    api.openapi = openapi  # type: ignore[method-assign]


def _complete(method: str, operation: dict[str, Any]) -> None:
    replies = operation["responses"]
    replies["default"] = _refused("Anything that is refused.")
    if "422" in replies:
        replies["422"] = _refused("The request is not as expected.")
    if method not in _READS:
        operation.setdefault("parameters", []).append(KEY)
    if method in _UPDATES and "requestBody" in operation:
        operation["parameters"].append(MATCH)
        replies["412"] = _refused("It has changed since you saw it.")


def _refused(description: str) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
