"""Schemas: made, upgraded with their rows kept, never downgraded."""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from headwater.app.application import open_app
from headwater.core.errors import SettingsError
from headwater.server import build
from headwater.storage.database import Database, metadata
from headwater.storage.migrations import runner

if TYPE_CHECKING:
    from pathlib import Path

    from headwater.app.application import App

ADDED = '''"""Adds a column."""

import sqlalchemy as sa
from alembic import op

revision = "9999_later"
down_revision = "{head}"


def upgrade() -> None:
    """Add it."""
    op.add_column("performed", sa.Column("note", sa.String(20), nullable=False, server_default="none"))
'''


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The migrations of a later version of Headwater: one more than those of this one."""
    later = tmp_path / "later"
    shutil.copytree(runner._location(), later, ignore=shutil.ignore_patterns("__pycache__"))
    head = runner.head()
    (later / "versions" / "9999_later.py").write_text(ADDED.format(head=head))
    monkeypatch.setattr(runner, "_location", lambda: later)


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection", "ignore:autogenerate skipping")  # of expressions
def test_the_migrations_make_exactly_the_tables_of_the_stores(each_app: App) -> None:
    build(each_app)  # which knows the tables of every part
    with each_app.database.read() as db:
        context = MigrationContext.configure(db, opts={"compare_type": False})
        found = [item for item in compare_metadata(context, metadata) if "dbos" not in str(item)]
    assert found == []


def test_the_newest_file_is_the_newest_revision() -> None:
    scripts = ScriptDirectory(str(runner._location()))
    assert scripts.get_heads() == [runner.head()]
    assert {script.revision for script in scripts.walk_revisions()} == runner._revisions()


def test_an_older_schema_is_upgraded_with_its_rows_kept(each_app: App, next_version: None) -> None:
    with each_app.database.write() as db:
        db.exec_driver_sql("INSERT INTO performed (key, result, at) VALUES ('kept', '{}', 0)")
    each_app.database.close()
    with open_app(each_app.settings.directory) as opened, opened.database.read() as db:
        assert db.exec_driver_sql("SELECT note FROM performed WHERE key = 'kept'").scalar() == "none"
    with open_app(each_app.settings.directory):
        pass


def test_a_sqlite_file_is_copied_before_it_is_upgraded(app: App, next_version: None) -> None:
    with app.database.write() as db:
        db.exec_driver_sql("INSERT INTO performed (key, result, at) VALUES ('kept', '{}', 0)")
    with open_app(app.settings.directory):
        pass
    copies = list((app.settings.directory / "backups").iterdir())
    assert [copy.name for copy in copies] == ["before-9999_later.sqlite"]
    copied = sqlite3.connect(copies[0])
    assert copied.execute("SELECT * FROM performed WHERE key = 'kept'").fetchall() == [("kept", "{}", 0)]
    assert copied.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copied.close()


def test_a_schema_of_a_newer_version_is_refused_and_left_alone(each_app: App) -> None:
    with each_app.database.write() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    each_app.database.close()
    with pytest.raises(SettingsError, match="has schema '9999', which this version of Headwater does not know"):
        open_app(each_app.settings.directory)
    with each_app.database.read() as db:
        assert db.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "9999"


def test_an_upgrade_that_fails_leaves_the_old_schema(each_app: App, next_version: None, tmp_path: Path) -> None:
    broken = tmp_path / "later" / "versions" / "9999_later.py"
    broken.write_text(broken.read_text() + '    op.execute("SELECT * FROM nowhere")\n')
    each_app.database.close()
    with pytest.raises(sa.exc.DatabaseError):
        open_app(each_app.settings.directory)
    with each_app.database.read() as db:
        assert "note" not in {column["name"] for column in sa.inspect(db).get_columns("performed")}


def test_a_database_of_something_else_is_told_from_an_empty_one(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'fresh.sqlite'}")
    runner.migrate(database, backup_directory=tmp_path / "backups")
    runner.migrate(database, backup_directory=tmp_path / "backups")
    assert not (tmp_path / "backups").exists()
    database.close()
