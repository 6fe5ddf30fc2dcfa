"""Bringing a database to the schema of this version, after a backup; never touching a newer one."""

from __future__ import annotations

import sqlite3
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.core.errors import SettingsError

if TYPE_CHECKING:
    from headwater.storage.database import Connection, Database


def migrate(database: Database, *, backup_directory: Path) -> None:
    """Upgrade the schema when it is older than this version of Headwater.

    An older SQLite file is copied to `backup_directory` first. PostgreSQL is upgraded in one transaction; back it
    up with `pg_dump` before installing a new version.

    Raises:
        SettingsError: The schema was made by a newer version.
    """
    with database.read() as connection:
        current = _current(connection)
    if current == head():
        return
    if current is not None:
        if current not in _revisions():
            raise SettingsError(
                f"The database has schema '{current}', which this version of Headwater does not know.",
                remedy="Install the version that made it, or a newer one.",
            )
        if database.is_sqlite:
            backup(database, backup_directory / f"before-{head()}.sqlite")
    from alembic import command  # noqa: PLC0415 -- a quarter of a second that only an upgrade needs
    from alembic.config import Config  # noqa: PLC0415 -- the same

    config = Config()
    config.set_main_option("script_location", str(_location()))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def head() -> str:
    """Return the newest revision; each is named as its file, and they are numbered."""
    return max(_revisions())


def backup(database: Database, path: Path) -> Path:
    """Copy a SQLite database, consistently and while it is in use, to a new file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    source = sqlite3.connect(database.engine.url.database or "")
    target = sqlite3.connect(path)
    with source, target:
        source.backup(target)
    source.close()
    target.close()
    return path


def _current(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def _revisions() -> set[str]:
    return {path.stem for path in (_location() / "versions").glob("[0-9]*.py")}


def _location() -> Path:
    return Path(str(resources.files("headwater.storage.migrations")))
