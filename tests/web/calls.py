"""Every route of the pages and the API, a request for each, and people of every role who send it."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import httpx
from fastapi import UploadFile
from fastapi.params import Form
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter

from headwater.api.application import PARTS as API_PARTS
from headwater.governance import accounts
from headwater.governance.model import SYSTEM
from headwater.web.application import PARTS as WEB_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from headwater.app.application import App

API = "/api/v1"
SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One route."""

    method: str
    path: str
    route: APIRoute

    @property
    def name(self) -> str:
        """How it is declared."""
        return f"{self.method} {self.path}"

    @property
    def is_api(self) -> bool:
        """Whether it takes JSON."""
        return self.path.startswith(API)


def every() -> Iterator[Call]:
    """Yield every route that is registered."""
    for place, prefix, parts in (("api", API, API_PARTS), ("web", "", WEB_PARTS)):
        for part in parts:
            for route in importlib.import_module(f"headwater.{place}.{part}").router.routes:
                if isinstance(route, APIRoute):
                    for method in sorted(route.methods or ()):
                        yield Call(method=method, path=prefix + route.path, route=route)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A person who calls, over pages and over the API."""

    http: httpx.Client
    token: str
    csrf: str

    def send(self, call: Call, known: Mapping[str, str]) -> httpx.Response:
        """Send the least that a route accepts."""
        path = re.sub(r"{(\w+)(:\w+)?}", lambda found: known.get(found[1], "nothing"), call.path)
        wanted = _asked(call.route.dependant)
        query = {each.alias: known.get(each.alias, "5") for each in wanted if _required(each)}
        if call.is_api:
            headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            body = None if call.method in SAFE else _json(call.route, known)
            if any(each.field_info.annotation is bytes for each in call.route.dependant.body_params):
                return self.http.request(call.method, path, params=query, content=b"{}", headers=headers)
            return self.http.request(call.method, path, params=query, json=body, headers=headers)
        if call.method in SAFE:
            return self.http.request(call.method, path, params=query)
        fields = call.route.dependant.body_params
        if len(fields) == 1 and _is_model(fields[0]) and isinstance(fields[0].field_info, Form):
            form = _form(fields[0], known) | {"csrf": self.csrf}
            return self.http.request(call.method, path, params=query, data=form)
        if any(_is_model(each) for each in fields):
            headers = {"X-CSRF-Token": self.csrf, "Accept": "application/json"}
            return self.http.request(call.method, path, params=query, json=_json(call.route, known), headers=headers)
        files = {each.alias: ("file.jsonl", b"{}") for each in fields if _is_upload(each)}
        form = {each.alias: _form(each, known) for each in fields if not _is_upload(each)} | {"csrf": self.csrf}
        return self.http.request(call.method, path, params=query, data=form, files=files or None)


def client(app: App, url: str, person: str) -> Client:
    """Sign a person in for both; nobody for an empty person."""
    http = httpx.Client(base_url=url, timeout=60)
    if not person:
        return Client(http=http, token="", csrf="")
    with app.act_as(SYSTEM) as ctx:
        secret = accounts.sign_in_link(ctx, person=person)
    link = http.get(f"/sign-in/link/{secret}").text
    http.post(f"/sign-in/link/{secret}", data={"csrf": _csrf(link)})
    with app.act_as(person) as ctx:
        token = accounts.create_token(ctx, label="test", may_write=True).secret
    return Client(http=http, token=token, csrf=_csrf(http.get("/", follow_redirects=True).text))


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]*)"', page)
    return found[1] if found else ""


def _asked(dependant: Any) -> list[Any]:
    return [*dependant.query_params, *(each for inner in dependant.dependencies for each in _asked(inner))]


def _required(each: Any) -> bool:
    return bool(each.field_info.is_required())


def _is_model(each: Any) -> bool:
    return isinstance(each.field_info.annotation, type) and issubclass(each.field_info.annotation, BaseModel)


def _is_upload(each: Any) -> bool:
    return each.field_info.annotation is UploadFile


def _json(route: APIRoute, known: Mapping[str, str]) -> Any:
    fields = route.dependant.body_params
    made = {each.alias: _form(each, known) for each in fields}
    return next(iter(made.values())) if len(made) == 1 and _is_model(fields[0]) else made or None


def _form(each: Any, known: Mapping[str, str]) -> Any:
    schema = TypeAdapter[Any](Annotated[each.field_info.annotation, each.field_info]).json_schema()
    return _Sampler(defs=schema.get("$defs", {}), known=known).of(schema, each.alias)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sampler:
    """Makes the least value that fits a JSON schema; known names get known values."""

    defs: Mapping[str, dict[str, Any]]
    known: Mapping[str, str]

    def of(self, schema: dict[str, Any], name: str) -> Any:
        if "$ref" in schema:
            return self.of(self.defs[schema["$ref"].rpartition("/")[2]], name)
        for key in ("anyOf", "allOf"):
            if key in schema:
                return self.of(schema[key][0], name)
        if "enum" in schema or "const" in schema:
            return schema.get("const", (schema.get("enum") or [None])[0])
        makers = {"object": self._object, "array": self._array, "string": self._string}
        plain = {"boolean": False, "integer": schema.get("minimum", 1), "number": schema.get("minimum", 0.25)}
        kind = schema.get("type", "string")
        return plain[kind] if kind in plain else makers[kind](schema, name)

    def _object(self, schema: dict[str, Any], name: str) -> Any:
        wanted = schema.get("required", ())
        found = {key: self.of(each, key) for key, each in schema.get("properties", {}).items() if key in wanted}
        more = schema.get("additionalProperties")
        return found or {"x": self.of(more, name) if isinstance(more, dict) else "x"}

    def _array(self, schema: dict[str, Any], name: str) -> Any:
        return [self.of(schema.get("items", {}), name)]

    def _string(self, schema: dict[str, Any], name: str) -> Any:
        if schema.get("format") == "date-time":
            return "2026-03-03T00:00:00Z"
        said = self.known.get(name, "x" * max(schema.get("minLength", 1), 1))
        pattern = schema.get("pattern", "")
        return said if re.search(pattern, said) else re.findall(r"\w+", pattern)[0]
