"""One's own account: the password, and the tokens with which programs act for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from headwater.core.errors import ForbiddenError, InvalidError
from headwater.governance import accounts, passwords
from headwater.web.session import Visitor, page

if TYPE_CHECKING:
    from headwater.context import Context
    from headwater.governance.accounts import Token

router = APIRouter(prefix="/account")


@router.get("")
def account(visitor: Visitor) -> Response:
    """Show one's own account."""
    with visitor.reading() as ctx:
        return _shown(visitor, ctx)


@router.post("/password")
def change_password(
    visitor: Visitor,
    password: Annotated[str, Form(min_length=12)],
    again: Annotated[str, Form(min_length=12)],
    current: Annotated[str, Form()] = "",
) -> Response:
    """Set a new password; whoever has one proves it first. All sessions end."""
    if password != again:
        raise InvalidError("The two new passwords differ.", remedy="Go back and type the same one twice.")
    with visitor.acting() as ctx:
        attempt = accounts.attempt(ctx, visitor.person.handle if visitor.person else "")
    proof = passwords.prove(attempt, current) if attempt.hash else None  # slow on purpose: no transaction waits
    if attempt.hash and proof is None:
        raise ForbiddenError("The current password is wrong.", remedy="Go back and type it again.")
    with visitor.acting() as ctx:
        if proof:
            accounts.sign_in(ctx, proof)
        accounts.set_password(ctx, person=ctx.actor, password=password)
    return RedirectResponse("/sign-in?next=/account", status_code=303)


@router.post("/tokens")
def create_token(
    visitor: Visitor,
    label: Annotated[str, Form()],
    days: Annotated[float, Form()],
    scope: Annotated[str, Form()] = "read",
    program: Annotated[str, Form()] = "",
) -> Response:
    """Make a token and show its secret, this once."""
    with visitor.acting() as ctx:
        made = accounts.create_token(ctx, label=label, may_write=scope == "write", program=program, days=days)
        return _shown(visitor, ctx, made=made)


@router.post("/tokens/{token}/revoke")
def revoke_token(visitor: Visitor, token: str) -> Response:
    """End one of one's own tokens."""
    with visitor.acting() as ctx:
        accounts.revoke_token(ctx, token)
    return RedirectResponse("/account", status_code=303)


def _shown(visitor: Visitor, ctx: Context, made: Token | None = None) -> Response:
    return page(visitor, ctx, "governance/account.html", tokens=accounts.tokens(ctx), made=made, now=ctx.clock.now())
