"""People, their roles, and the proofs by which they sign in."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.governance.model import Person, PersonId, Role
from headwater.storage import prepared
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from datetime import datetime

    from headwater.storage.database import Connection

person = sa.Table(
    "person",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("handle", sa.String(60), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("email", sa.String(200), nullable=False),
    sa.Column("is_admin", sa.Boolean, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("password_hash", sa.String(200), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)

membership = sa.Table(
    "membership",
    metadata,
    sa.Column("program", sa.String(40), primary_key=True),
    sa.Column("person", sa.String(40), sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("role", sa.String(20), primary_key=True),
    sa.Index(None, "person"),
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(40), sa.ForeignKey("person.id"), nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)

api_token = sa.Table(
    "api_token",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("person", sa.String(40), sa.ForeignKey("person.id"), nullable=False),
    sa.Column("label", sa.String(100), nullable=False),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("may_write", sa.Boolean, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)

sign_in_link = sa.Table(
    "sign_in_link",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(40), sa.ForeignKey("person.id"), nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)

failed_sign_in = sa.Table(
    "failed_sign_in",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("handle", sa.String(60), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index(None, "handle", "at"),
)


def add(db: Connection, row: Person) -> None:
    """Store a person, without a password."""
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    db.execute(person.insert().values(**values, password_hash=""))


def get(db: Connection, identifier: str) -> Person | None:
    """Return a person by id."""
    return _person(db.execute(sa.select(person).where(person.c.id == identifier)).mappings().first())


def by_handle(db: Connection, handle: str) -> Person | None:
    """Return a person by handle."""
    return _person(db.execute(sa.select(person).where(person.c.handle == handle)).mappings().first())


def everyone(db: Connection) -> list[Person]:
    """Return all people by handle."""
    rows = db.execute(sa.select(person).order_by(person.c.handle)).mappings()
    return [found for row in rows if (found := _person(row))]


def update(db: Connection, identifier: str, **values: object) -> None:
    """Change columns of a person."""
    db.execute(person.update().where(person.c.id == identifier).values(**values))


def password_hash(db: Connection, identifier: str) -> str:
    """Return the stored password hash; empty when there is none."""
    return str(db.execute(sa.select(person.c.password_hash).where(person.c.id == identifier)).scalar() or "")


def add_role(db: Connection, program: str, who: str, role: Role) -> bool:
    """Give a person a role; False when they had it."""
    key = (membership.c.program == program, membership.c.person == who, membership.c.role == role.value)
    if db.execute(sa.select(membership.c.role).where(*key)).first():
        return False
    db.execute(membership.insert().values(program=program, person=who, role=role.value))
    return True


def remove_role(db: Connection, program: str, who: str, role: Role) -> bool:
    """Take a role from a person; False when they did not have it."""
    key = (membership.c.program == program, membership.c.person == who, membership.c.role == role.value)
    return db.execute(membership.delete().where(*key)).rowcount == 1


def members(db: Connection, program: str) -> list[tuple[Person, Role]]:
    """Return the people of a program with each of their roles."""
    query = (
        sa.select(person, membership.c.role)
        .join(membership, membership.c.person == person.c.id)
        .where(membership.c.program == program)
        .order_by(person.c.handle, membership.c.role)
    )
    return [(found, Role(row["role"])) for row in db.execute(query).mappings() if (found := _person(row)) is not None]


def roles(db: Connection, program: str, who: str) -> list[Role]:
    """Return a person's roles in a program."""
    query = sa.select(membership.c.role).where(membership.c.program == program, membership.c.person == who)
    return [Role(value) for value in db.execute(query).scalars()]


def programs_of(db: Connection, who: str) -> list[str]:
    """Return the programs a person has a role in."""
    return list(db.execute(sa.select(membership.c.program).where(membership.c.person == who).distinct()).scalars())


def add_proof(db: Connection, table: sa.Table, **values: object) -> None:
    """Store a session, token or link."""
    db.execute(table.insert().values(**values))


def proof(db: Connection, table: sa.Table, token_hash: str, now: datetime) -> Any:  # noqa: ANN401 -- a row mapping
    """Return the unexpired session, token or link of a hash whose person is active, or None."""
    row = prepared.one(db, _PROOFS[table.name], {"hash": token_hash, "now": now})
    return None if row is None else row._asdict()


_PROOFS = {
    table.name: sa.select(table)
    .join(person, person.c.id == table.c.person)
    .where(table.c.token_hash == sa.bindparam("hash"), table.c.expires_at > sa.bindparam("now"), person.c.is_active)
    for table in (session, api_token, sign_in_link)
}
"""Asked at every request."""


def token_proof(db: Connection, token_hash: str, now: datetime, slug: str) -> Any:  # noqa: ANN401 -- a row mapping
    """Return a token as `proof` does, and as `asked` the program with a short name where its person has a role."""
    row = prepared.one(db, _TOKEN_PROOF, {"hash": token_hash, "now": now, "slug": slug})
    return None if row is None else row._asdict()


_program = sa.table("program", sa.column("id", sa.String), sa.column("slug", sa.String))
_TOKEN_PROOF = _PROOFS[api_token.name].add_columns(
    sa.select(sa.func.min(_program.c.id))
    .join(membership, membership.c.program == _program.c.id)
    .where(_program.c.slug == sa.bindparam("slug"), membership.c.person == api_token.c.person)
    .scalar_subquery()
    .label("asked")
)


def drop_proof(db: Connection, table: sa.Table, **match: object) -> int:
    """Delete sessions, tokens or links that match; return how many."""
    conditions = [table.c[name] == value for name, value in match.items()]
    return db.execute(table.delete().where(*conditions)).rowcount


def tokens(db: Connection, who: str) -> list[Any]:
    """Return a person's API tokens, newest first."""
    query = sa.select(api_token).where(api_token.c.person == who).order_by(api_token.c.created_at.desc())
    return list(db.execute(query).mappings())


def failures(db: Connection, handle: str, since: datetime) -> int:
    """Return how often signing in as a handle failed since a moment; others who ask wait for this transaction."""
    if db.dialect.name == "postgresql":
        db.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"sign-in {handle}"})
    query = sa.select(sa.func.count()).where(failed_sign_in.c.handle == handle, failed_sign_in.c.at > since)
    return int(db.execute(query).scalar_one())


def add_failure(db: Connection, identifier: str, handle: str, at: datetime) -> None:
    """Remember a failed sign-in."""
    db.execute(failed_sign_in.insert().values(id=identifier, handle=handle, at=at))


def forget_failures(db: Connection, *, before: datetime) -> None:
    """Delete failed sign-ins that no longer count."""
    db.execute(failed_sign_in.delete().where(failed_sign_in.c.at < before))


def take_failure(db: Connection, identifier: str, handle: str) -> bool:
    """Delete all failures of a handle if one of them is still there; return whether it was."""
    mine = (failed_sign_in.c.id == identifier, failed_sign_in.c.handle == handle)
    if db.execute(sa.select(failed_sign_in.c.id).where(*mine)).first() is None:
        return False
    db.execute(failed_sign_in.delete().where(failed_sign_in.c.handle == handle))
    return True


def _person(row: Any) -> Person | None:  # noqa: ANN401 -- a row mapping
    if row is None:
        return None
    values = {field.name: row[field.name] for field in fields(Person)}
    return Person(**values | {"id": PersonId(values["id"])})
