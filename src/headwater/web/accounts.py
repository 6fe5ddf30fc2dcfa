"""Signing in and out."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from headwater.governance import accounts, passwords
from headwater.governance import queries as governance
from headwater.governance.model import SYSTEM, Role
from headwater.web.session import COOKIE, Visitor, page

router = APIRouter()


@router.get("/")
def home(visitor: Visitor) -> Response:
    """Show the programs of the visitor; go straight to the only one, and to the tasks when those are all they do."""
    with visitor.reading() as ctx:
        mine = governance.programs_of(ctx, ctx.actor)
        if len(mine) == 1:
            roles = set(governance.roles(replace(ctx, program=mine[0].id)))
            place = "workspace" if roles == {Role.ANNOTATOR} else ""
            return RedirectResponse(f"/p/{mine[0].slug}/{place}", status_code=303)
        return page(visitor, ctx, "programs.html", mine=mine)


@router.get("/sign-in")
def sign_in_form(visitor: Visitor, next: str = "/") -> Response:  # noqa: A002
    """Show the sign-in form."""
    return page(visitor, None, "sign_in.html", next=_local(next), message="", handle="")


@router.post("/sign-in")
def sign_in(
    visitor: Visitor,
    handle: Annotated[str, Form()],
    password: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """Sign in; a failure says neither which of the two was wrong nor whether the account exists."""
    with visitor.app.act_as(SYSTEM) as ctx:
        attempt = accounts.attempt(ctx, handle.strip().lower())
    proof = passwords.prove(attempt, password)  # slow on purpose, so no transaction waits for it
    if proof is None:
        message = "Handle or password is wrong."
        return page(visitor, None, "sign_in.html", status=403, next=_local(next), message=message, handle=handle)
    with visitor.app.act_as(SYSTEM) as ctx:
        token = accounts.sign_in(ctx, proof)
    return _welcome(visitor, token, _local(next))


@router.get("/sign-in/link/{secret}")
def link_form(visitor: Visitor, secret: str) -> Response:
    """Ask before a one-time link is used, so that a preview does not use it up."""
    return page(visitor, None, "link.html", secret=secret)


@router.post("/sign-in/link/{secret}")
def follow_link(visitor: Visitor, secret: str) -> Response:
    """Use a one-time link."""
    with visitor.app.act_as(SYSTEM) as ctx:
        token = accounts.follow_link(ctx, secret)
    return _welcome(visitor, token, "/")


@router.post("/sign-out")
def sign_out(visitor: Visitor) -> Response:
    """End the session."""
    with visitor.acting() as ctx:
        accounts.sign_out(ctx, visitor.token)
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(COOKIE)
    return response


def _welcome(visitor: Visitor, token: str, target: str) -> Response:
    settings = visitor.app.settings
    secure = settings.secure_cookies == "always" or (settings.secure_cookies == "auto" and settings.public)
    response = RedirectResponse(target, status_code=303)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(settings.session_hours * 3600),
        httponly=True,
        secure=secure,
        samesite="lax",
        path="/",
    )
    return response


def _local(target: str) -> str:
    """Return an address of ours, never one that leads elsewhere."""
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else "/"
