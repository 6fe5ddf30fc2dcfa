"""Making a workspace: a folder with settings, secrets, a migrated database and its first person."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from headwater.app.application import App, assemble
from headwater.core.errors import ConflictError
from headwater.core.settings import FILE_NAME, fresh
from headwater.governance import accounts, queries
from headwater.governance.model import SYSTEM
from headwater.storage.keys import Keys
from headwater.storage.syncing import sync

if TYPE_CHECKING:
    from pathlib import Path

    from headwater.core.clock import Clock

_TEMPLATE = """\
# Headwater workspace. Every setting is described in the settings reference of the documentation;
# an environment variable HEADWATER_<NAME> wins over this file.
secret_key = "{secret}"
{database}
"""


def init(directory: Path, *, handle: str = "admin", database_url: str = "", clock: Clock | None = None) -> App:
    """Make a workspace and return it open; its first person is an administrator without a password.

    Args:
        directory: The folder; made when missing, must not hold a workspace yet.
        handle: The administrator's sign-in name.
        database_url: SQLAlchemy URL; empty for SQLite in the folder.
        clock: The time; the machine's by default.

    Raises:
        ConflictError: The folder already is a workspace.
        UnavailableError: The database does not answer.
    """
    directory = directory.expanduser().resolve()
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / FILE_NAME
    if path.exists():
        raise ConflictError(
            f"'{directory}' already is a Headwater workspace.", remedy="Use it as it is, or choose another folder."
        )
    if not (directory / "keys").exists():
        Keys.create(directory / "keys")
    secret = secrets.token_urlsafe(48)
    app = assemble(fresh(directory, secret=secret, database_url=database_url), clock=clock)
    with app.act_as(SYSTEM) as ctx:
        if not queries.everyone(ctx):
            accounts.add_person(ctx, handle=handle, name="Administrator", is_admin=True)
    database = f'database_url = "{database_url}"' if database_url else '# database_url = "postgresql+psycopg://…"'
    _write(path, _TEMPLATE.format(secret=secret, database=database))
    return app


def _write(path: Path, text: str) -> None:
    """Put the settings file into place whole: a folder is a workspace once it is there."""
    staged = path.with_suffix(".part")
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(path)
    sync(path.parent)
