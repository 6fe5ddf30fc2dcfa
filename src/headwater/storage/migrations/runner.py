"""Bringing a database to the schema of this version, after a backup; never touching a newer one."""

from __future__ import annotations

import sqlite3
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from headwater.core.errors import SettingsError

if TYPE_CHECKING:
    from headwater.storage.database import Database


def migrate(database: Database, *, backup_directory: Path) -> None:
    """Upgrade the schema when it is older than this version of Headwater.

    An older SQLite file is copied to `backup_directory` first. PostgreSQL is upgraded in one transaction; back it
    up with `pg_dump` before installing a new version.

    Raises:
        SettingsError: The schema was made by a newer version.
    """
    scripts = _scripts()
    with database.read() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == scripts.get_current_head():
        return
    if current is not None:
        if current not in {script.revision for script in scripts.walk_revisions()}:
            raise SettingsError(
                f"The database has schema '{current}', which this version of Headwater does not know.",
                remedy="Install the version that made it, or a newer one.",
            )
        if database.is_sqlite:
            backup(database, backup_directory / f"before-{scripts.get_current_head()}.sqlite")
    config = Config()
    config.set_main_option("script_location", str(_location()))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


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


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_location()))


def _location() -> Path:
    return Path(str(resources.files("headwater.storage.migrations")))
