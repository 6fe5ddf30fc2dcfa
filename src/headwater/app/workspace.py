"""Making a workspace: a folder with settings, secrets, a migrated database and its first person."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from headwater.app.application import App, open_app
from headwater.core.errors import ConflictError
from headwater.core.settings import FILE_NAME
from headwater.governance import accounts
from headwater.governance.model import SYSTEM
from headwater.storage.keys import Keys

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
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / FILE_NAME
    if path.exists():
        raise ConflictError(
            f"'{directory}' already is a Headwater workspace.", remedy="Use it as it is, or choose another folder."
        )
    Keys.create(directory / "keys")
    database = f'database_url = "{database_url}"' if database_url else '# database_url = "postgresql+psycopg://…"'
    text = _TEMPLATE.format(secret=secrets.token_urlsafe(48), database=database)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    app = open_app(directory, clock=clock)
    with app.act_as(SYSTEM) as ctx:
        accounts.add_person(ctx, handle=handle, name="Administrator", is_admin=True)
    return app
