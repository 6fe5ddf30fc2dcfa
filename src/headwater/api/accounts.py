"""People and their roles, as the API shows and changes them."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.api.session import Caller, Listing
from headwater.governance import accounts, queries
from headwater.governance.accounts import Token
from headwater.governance.model import Person, Role

router = APIRouter(tags=["accounts"])


class NewPerson(BaseModel):
    """A person to add."""

    handle: str = Field(max_length=60)
    name: str = Field(max_length=200)
    email: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A person's role in a program."""

    person: Person
    role: Role


@router.get("/me")
def me(caller: Caller) -> Person:
    """Show who the token belongs to."""
    with caller.reading() as ctx:
        return queries.person(ctx, ctx.actor)


@router.get("/me/tokens")
def tokens(caller: Caller, listing: Listing) -> list[Token]:
    """List your tokens; they are made with `headwater token create`, so that no token makes another."""
    with caller.reading() as ctx:
        return listing.part(accounts.tokens(ctx))


@router.delete("/me/tokens/{token}", status_code=204)
def revoke(token: str, caller: Caller) -> None:
    """End one of your tokens."""
    caller.write(lambda ctx: accounts.revoke_token(ctx, token))


@router.post("/people", status_code=201, response_model=Person)
def add(body: NewPerson, caller: Caller) -> Person | Response:
    """Add a person, as administrator."""
    return caller.write(lambda ctx: accounts.add_person(ctx, **body.model_dump()))


@router.post("/people/{person}/deactivation", status_code=204)
def deactivate(person: str, caller: Caller) -> None:
    """Let a person act no more, as administrator."""
    caller.write(lambda ctx: accounts.deactivate(ctx, person))


@router.post("/people/{person}/activation", status_code=204)
def activate(person: str, caller: Caller) -> None:
    """Let a person who had left act again, as administrator."""
    caller.write(lambda ctx: accounts.activate(ctx, person))


@router.get("/programs/{program}/members")
def members(caller: Caller) -> list[Member]:
    """List the people of a program with each of their roles."""
    with caller.reading() as ctx:
        return [Member(person, role) for person, role in queries.members(ctx)]


@router.put("/programs/{program}/members/{person}/roles/{role}", status_code=204)
def assign(person: str, role: Role, caller: Caller) -> None:
    """Give a person a role, as administrator."""
    caller.write(lambda ctx: accounts.assign_role(ctx, person=person, role=role))


@router.delete("/programs/{program}/members/{person}/roles/{role}", status_code=204)
def remove(person: str, role: Role, caller: Caller) -> None:
    """Take a role from a person, as administrator."""
    caller.write(lambda ctx: accounts.remove_role(ctx, person=person, role=role))
