"""Accounts: people, passwords, sessions, personal tokens, one-time sign-in links, roles."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from headwater.core.errors import ConflictError, InvalidError, NotFoundError, UnauthenticatedError
from headwater.core.ids import new_id
from headwater.governance import ledger, notices, passwords, queries
from headwater.governance.model import (
    SYSTEM,
    Decision,
    Involvement,
    Person,
    PersonId,
    Role,
    TooManyAttemptsError,
    UnknownProgramError,
    role_party,
)
from headwater.governance.passwords import Attempt
from headwater.governance.programs import require_admin
from headwater.governance.store import people as store

if TYPE_CHECKING:
    from headwater.context import Context
    from headwater.governance.passwords import Proof

TOKEN_PREFIX = "hw_"  # noqa: S105 -- a prefix, not a secret
ATTEMPT_WINDOW = timedelta(minutes=15)
LONGEST_HANDLE = 60
LONGEST_LABEL = 100
LONGEST_TOKEN_DAYS = 366
HANDLE = re.compile(r"[a-z0-9][a-z0-9.-]{0,59}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a personal token allows."""

    person: PersonId
    may_write: bool
    program: str
    """The only program it is for; empty for all of the person's."""
    asked: str = ""
    """The program that was asked for by its short name, when the person has a role in it."""


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
    if not HANDLE.fullmatch(handle) or handle == SYSTEM:
        raise InvalidError(f"'{handle}' is not a handle: use at most 60 lower-case letters, digits, dots and dashes.")
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
    """Let a person act no more: their sessions, tokens and links end; what they did stays.

    Raises:
        ConflictError: They are the only administrator.
    """
    require_admin(ctx)
    found = queries.person(ctx, person)
    _keep_an_admin(ctx, found)
    store.update(ctx.db, found.id, is_active=False)
    for table in (store.session, store.api_token, store.sign_in_link):
        store.drop_proof(ctx.db, table, person=found.id)
    ledger.append(ctx, "person.deactivated", subject=found.id, body={})


def activate(ctx: Context, person: str) -> None:
    """Let a person who had left act again, in the roles they still hold; they sign in anew."""
    require_admin(ctx)
    found = queries.person(ctx, person)
    store.update(ctx.db, found.id, is_active=True)
    ledger.append(ctx, "person.activated", subject=found.id, body={})


def set_admin(ctx: Context, person: str, *, is_admin: bool) -> None:
    """Make a person an administrator of the workspace, or one no more.

    Raises:
        ConflictError: They are the only administrator.
    """
    require_admin(ctx)
    found = queries.person(ctx, person)
    if not is_admin:
        _keep_an_admin(ctx, found)
    store.update(ctx.db, found.id, is_admin=is_admin)
    ledger.append(ctx, "person.admin", subject=found.id, body={"admin": is_admin})


def _keep_an_admin(ctx: Context, leaving: Person) -> None:
    admins = [item.id for item in queries.everyone(ctx) if item.is_admin and item.is_active]
    if admins == [leaving.id]:
        raise ConflictError(f"{leaving.handle} is the only administrator.", remedy="Make somebody else one first.")


def assign_role(ctx: Context, *, person: str, role: Role) -> None:
    """Give a person a role in the program; whoever is Accountable for its chart is told when rights come with it."""
    require_admin(ctx)
    found = queries.person(ctx, person)
    if store.add_role(ctx.db, ctx.program, found.id, role):
        ledger.append(ctx, "role.assigned", subject=found.id, body={"role": role})
        _tell(ctx, found, role, "now holds")


def remove_role(ctx: Context, *, person: str, role: Role) -> None:
    """Take a role in the program from a person."""
    require_admin(ctx)
    found = queries.person(ctx, person)
    if store.remove_role(ctx.db, ctx.program, found.id, role):
        ledger.append(ctx, "role.removed", subject=found.id, body={"role": role})
        _tell(ctx, found, role, "no longer holds")


def _tell(ctx: Context, person: Person, role: Role, verb: str) -> None:
    """Tell the chart's Accountable of a change of who decides, for they did not make it."""
    chart = queries.program(ctx).charter.chart
    if any(cell.party == role_party(role) and cell.involvement is Involvement.ACCOUNTABLE for cell in chart):
        owners = queries.involved(ctx, Decision.RACI_CHANGE, Involvement.ACCOUNTABLE)
        told = [who for who in owners if who not in (ctx.actor, person.id)]
        notices.send(ctx, told, kind="alarm", subject=person.id, text=f"{person.handle} {verb} the role {role.value}.")


def set_password(ctx: Context, *, person: str, password: str) -> None:
    """Set the actor's own password, or as administrator anybody's; ends all their sessions.

    Raises:
        InvalidError: It is shorter than 12 or longer than 1,000 characters.
    """
    if person != ctx.actor:
        require_admin(ctx)
    store.update(ctx.db, queries.person(ctx, person).id, password_hash=passwords.hashed(password))
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


def attempt(ctx: Context, handle: str) -> Attempt:
    """Return an attempt to sign in, which counts as failed until `sign_in` is given its proof.

    The attempt is stored in this transaction, so the caller lets it commit and proves the password after it:

        with app.act_as(SYSTEM) as ctx:
            attempt = accounts.attempt(ctx, handle)
        proof = passwords.prove(attempt, password)
        with app.act_as(SYSTEM) as ctx:
            token = accounts.sign_in(ctx, proof) if proof else None

    Raises:
        TooManyAttemptsError: The account failed too often within 15 minutes, whether it exists or not.
    """
    check_attempts(ctx, handle)
    now = ctx.clock.now()
    identifier = new_id("fsi")
    store.forget_failures(ctx.db, before=now - ATTEMPT_WINDOW)
    store.add_failure(ctx.db, identifier, handle[:LONGEST_HANDLE], now)
    person = store.by_handle(ctx.db, handle)
    if person is None or not person.is_active:
        return Attempt(id=identifier, person=None, hash="")
    return Attempt(id=identifier, person=person.id, hash=store.password_hash(ctx.db, person.id))


def sign_in(ctx: Context, proof: Proof) -> str:
    """Return a new session's token for a proven password; its attempt no longer counts as failed.

    Raises:
        UnauthenticatedError: The attempt is unknown or too old, or the person has left since.
    """
    person = store.get(ctx.db, proof.person)
    if person is None or not person.is_active or not store.take_failure(ctx.db, proof.attempt, person.handle):
        raise UnauthenticatedError("This took too long.", remedy="Sign in again.")
    if proof.renewed:
        store.update(ctx.db, person.id, password_hash=proof.renewed)
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

    Args:
        ctx: The context of its owner.
        label: What it is for.
        may_write: Whether it may change things, not only read.
        program: The id of the only program it is for; empty for all of its owner's.
        days: Until it expires.

    Raises:
        InvalidError: It would never expire, or only after more than a year; or it has no label.
        UnknownProgramError: The owner has no part in the program.
    """
    if not 0 < days <= LONGEST_TOKEN_DAYS:
        raise InvalidError(f"A token lives for more than 0 and at most {LONGEST_TOKEN_DAYS} days.")
    if not 0 < len(label.strip()) <= LONGEST_LABEL:
        raise InvalidError(f"A token needs a label of at most {LONGEST_LABEL} characters.")
    if program and program not in {item.id for item in queries.programs_of(ctx, ctx.actor)}:
        raise UnknownProgramError(f"There is no program '{program}', or you have no part in it.")
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


def grant_of_token(ctx: Context, secret: str, *, slug: str = "") -> Grant:
    """Return what a token allows, and which program its person means by a short name.

    Raises:
        UnauthenticatedError: The token is unknown, revoked or expired.
    """
    found = store.token_proof(ctx.db, _hash(secret), ctx.clock.now(), slug)
    if found is None:
        raise UnauthenticatedError("This token is unknown, revoked or expired.", remedy="Make a new one.")
    kept = {name: found[name] for name in ("may_write", "program")}
    return Grant(person=PersonId(found["person"]), asked=found["asked"] or "", **kept)


def _open_session(ctx: Context, person: str) -> str:
    token = secrets.token_urlsafe(32)
    expires = ctx.clock.now() + timedelta(hours=ctx.settings.session_hours)
    store.add_proof(ctx.db, store.session, token_hash=_hash(token), person=person, expires_at=expires)
    return token


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
