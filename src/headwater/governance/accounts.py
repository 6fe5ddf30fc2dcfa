"""Accounts: people, passwords, sessions, personal tokens, one-time sign-in links, roles."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from headwater.core.errors import ConflictError, InvalidError, NotFoundError, UnauthenticatedError
from headwater.core.ids import new_id
from headwater.governance import ledger, queries
from headwater.governance.model import Person, PersonId, Role, TooManyAttemptsError
from headwater.governance.programs import require_admin
from headwater.governance.store import people as store

if TYPE_CHECKING:
    from datetime import datetime

    from headwater.context import Context

TOKEN_PREFIX = "hw_"  # noqa: S105 -- a prefix, not a secret
ATTEMPT_WINDOW = timedelta(minutes=15)
SHORTEST_PASSWORD = 12
_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a personal token allows."""

    person: PersonId
    may_write: bool
    program: str
    """The only program it is for; empty for all of the person's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A personal token as listed; its secret is shown once, when it is made."""

    id: str
    label: str
    program: str
    may_write: bool
    created_at: datetime
    expires_at: datetime
    secret: str = ""


def add_person(ctx: Context, *, handle: str, name: str, email: str = "", is_admin: bool = False) -> Person:
    """Add a person to the workspace, without a password and without a role.

    Raises:
        ForbiddenError: The actor is not an administrator.
        ConflictError: The handle is taken.
        InvalidError: The handle is not lower-case letters, digits, dots and dashes.
    """
    require_admin(ctx)
    if not handle or not handle.replace("-", "").replace(".", "").isalnum() or handle != handle.lower():
        raise InvalidError(f"'{handle}' is not a handle: use lower-case letters, digits, dots and dashes.")
    if store.by_handle(ctx.db, handle):
        raise ConflictError(f"There is a person '{handle}' already.", remedy="Choose another handle.")
    person = Person(
        id=PersonId(new_id("per")),
        handle=handle,
        name=name,
        email=email,
        is_admin=is_admin,
        is_active=True,
        created_at=ctx.clock.now(),
    )
    store.add(ctx.db, person)
    ledger.append(ctx, "person.added", subject=person.id, body={"admin": is_admin})
    return person


def deactivate(ctx: Context, person: str) -> None:
    """Let a person act no more: their sessions, tokens and links end; what they did stays."""
    require_admin(ctx)
    found = queries.person(ctx, person)
    store.update(ctx.db, found.id, is_active=False)
    for table in (store.session, store.api_token, store.sign_in_link):
        store.drop_proof(ctx.db, table, person=found.id)
    ledger.append(ctx, "person.deactivated", subject=found.id, body={})


def assign_role(ctx: Context, *, person: str, role: Role) -> None:
    """Give a person a role in the program."""
    require_admin(ctx)
    if store.add_role(ctx.db, ctx.program, queries.person(ctx, person).id, role):
        ledger.append(ctx, "role.assigned", subject=person, body={"role": role})


def remove_role(ctx: Context, *, person: str, role: Role) -> None:
    """Take a role in the program from a person."""
    require_admin(ctx)
    if store.remove_role(ctx.db, ctx.program, person, role):
        ledger.append(ctx, "role.removed", subject=person, body={"role": role})


def set_password(ctx: Context, *, person: str, password: str) -> None:
    """Set the actor's own password, or as administrator anybody's; ends all their sessions.

    Raises:
        InvalidError: It is shorter than 12 characters.
    """
    if person != ctx.actor:
        require_admin(ctx)
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidError(f"A password needs at least {SHORTEST_PASSWORD} characters.")
    store.update(ctx.db, person, password_hash=_hasher.hash(password))
    store.drop_proof(ctx.db, store.session, person=person)
    ledger.append(ctx, "password.set", subject=person, body={})


def check_attempts(ctx: Context, handle: str) -> None:
    """Return only while an account may still be tried.

    Raises:
        TooManyAttemptsError: It failed too often within 15 minutes.
    """
    if store.failures(ctx.db, handle, ctx.clock.now() - ATTEMPT_WINDOW) >= ctx.settings.sign_in_attempts:
        raise TooManyAttemptsError(
            "Too many failed sign-ins for this account.", remedy="Wait 15 minutes, or ask an administrator for a link."
        )


def sign_in(ctx: Context, *, handle: str, password: str) -> str | None:
    """Return a new session's token, or None when handle or password is wrong (which of them is not told).

    A failure is remembered in this transaction, so the caller must let it commit.

    Raises:
        TooManyAttemptsError: The account failed too often within 15 minutes.
    """
    check_attempts(ctx, handle)
    person = store.by_handle(ctx.db, handle)
    known = store.password_hash(ctx.db, person.id) if person else ""
    try:
        _hasher.verify(known or _decoy(), password)
    except (VerifyMismatchError, InvalidHashError):
        known = ""
    if person is None or not known or not person.is_active:
        store.add_failure(ctx.db, new_id("fsi"), handle[:60], ctx.clock.now())
        return None
    return _open_session(ctx, person.id)


def sign_in_link(ctx: Context, *, person: str, hours: float = 24.0) -> str:
    """Return the secret of a link that signs a person in once; for administrators to hand over."""
    require_admin(ctx)
    secret = secrets.token_urlsafe(32)
    expires = ctx.clock.now() + timedelta(hours=hours)
    store.add_proof(ctx.db, store.sign_in_link, token_hash=_hash(secret), person=person, expires_at=expires)
    ledger.append(ctx, "link.made", subject=person, body={})
    return secret


def follow_link(ctx: Context, secret: str) -> str:
    """Use a one-time link and return a new session's token.

    Raises:
        UnauthenticatedError: The link is unknown, used or expired.
    """
    found = store.proof(ctx.db, store.sign_in_link, _hash(secret), ctx.clock.now())
    if found is None:
        raise UnauthenticatedError("This sign-in link was used or has expired.", remedy="Ask for a new one.")
    store.drop_proof(ctx.db, store.sign_in_link, token_hash=_hash(secret))
    return _open_session(ctx, found["person"])


def person_of_session(ctx: Context, token: str) -> Person:
    """Return who a session belongs to.

    Raises:
        UnauthenticatedError: There is no such session, or it has ended.
    """
    found = store.proof(ctx.db, store.session, _hash(token), ctx.clock.now()) if token else None
    person = store.get(ctx.db, found["person"]) if found else None
    if person is None:
        raise UnauthenticatedError("Sign in first.")
    return person


def sign_out(ctx: Context, token: str) -> None:
    """End a session."""
    store.drop_proof(ctx.db, store.session, token_hash=_hash(token))


def create_token(ctx: Context, *, label: str, may_write: bool = False, program: str = "", days: float = 90.0) -> Token:
    """Make a personal token of the actor's; its secret is in the result and nowhere else.

    Raises:
        InvalidError: It would never expire, or only after more than a year.
    """
    if not 0 < days <= 366:  # noqa: PLR2004 -- a year
        raise InvalidError("A token lives for more than 0 and at most 366 days.")
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    now = ctx.clock.now()
    values = {"label": label, "program": program, "may_write": may_write, "created_at": now}
    values["expires_at"] = now + timedelta(days=days)
    identifier = new_id("tok")
    store.add_proof(ctx.db, store.api_token, id=identifier, person=ctx.actor, token_hash=_hash(secret), **values)
    ledger.append(ctx, "token.created", subject=identifier, body={"may_write": may_write})
    return Token(id=identifier, secret=secret, **values)  # type: ignore[arg-type]


def revoke_token(ctx: Context, token: str) -> None:
    """End one of the actor's own tokens.

    Raises:
        NotFoundError: The actor has no such token.
    """
    if not store.drop_proof(ctx.db, store.api_token, id=token, person=ctx.actor):
        raise NotFoundError(f"You have no token '{token}'.")
    ledger.append(ctx, "token.revoked", subject=token, body={})


def tokens(ctx: Context) -> list[Token]:
    """Return the actor's tokens, newest first, without their secrets."""
    names = ("id", "label", "program", "may_write", "created_at", "expires_at")
    return [Token(**{name: row[name] for name in names}) for row in store.tokens(ctx.db, ctx.actor)]


def grant_of_token(ctx: Context, secret: str) -> Grant:
    """Return what a token allows.

    Raises:
        UnauthenticatedError: The token is unknown, revoked or expired.
    """
    found = store.proof(ctx.db, store.api_token, _hash(secret), ctx.clock.now())
    if found is None:
        raise UnauthenticatedError("This token is unknown, revoked or expired.", remedy="Make a new one.")
    return Grant(person=PersonId(found["person"]), may_write=found["may_write"], program=found["program"])


def _open_session(ctx: Context, person: str) -> str:
    token = secrets.token_urlsafe(32)
    expires = ctx.clock.now() + timedelta(hours=ctx.settings.session_hours)
    store.add_proof(ctx.db, store.session, token_hash=_hash(token), person=person, expires_at=expires)
    return token


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@cache
def _decoy() -> str:
    """Return a hash no password fits, so that an unknown handle takes as long as a wrong password."""
    return _hasher.hash(secrets.token_urlsafe(32))
